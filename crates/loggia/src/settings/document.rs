//! Reading a TOML file, with errors that do not repeat what stands in it.

use std::path::Path;

use super::layers::Bad;

/// The table in a file.
pub fn read(path: &Path) -> Result<toml::Table, Bad> {
    let bad = |why: String| Bad::File {
        file: path.to_owned(),
        why,
    };
    let text = std::fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
    // The whole error would show the line, and there may be a password in it.
    text.parse::<toml::Table>().map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        bad(format!("line {}: {}", before.matches('\n').count() + 1, error.message()))
    })
}
