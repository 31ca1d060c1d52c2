//! `ARCHITECTURE.md` is a map: every path it names must be there.

use std::path::Path;

use super::Findings;
use crate::shell;

const MAP: &str = "ARCHITECTURE.md";

pub(super) fn check(root: &Path) -> Findings {
    let text = shell::read(&root.join(MAP))?;
    let missing = paths(&text).into_iter().filter(|path| !root.join(path).exists());
    Ok(missing.map(|path| format!("{MAP} names `{path}`, which is not there")).collect())
}

/// What stands in backticks and looks like a path: it has a slash or a file's ending, and no placeholder.
fn paths(text: &str) -> Vec<&str> {
    let inline = text.split("```").step_by(2).flat_map(|prose| prose.split('`').skip(1).step_by(2));
    inline.filter(|code| is_path(code)).collect()
}

fn is_path(code: &str) -> bool {
    let plain = code.chars().all(|letter| letter.is_ascii_alphanumeric() || "/._-".contains(letter));
    let is_file = [".rs", ".md", ".toml", ".json", ".mjs", ".css"]
        .iter()
        .any(|ending| code.ends_with(ending));
    plain && !code.starts_with('/') && (code.contains('/') || is_file)
}

#[cfg(test)]
mod tests {
    use super::paths;

    #[test]
    fn paths_are_told_from_other_code() {
        let text = "See `crates/web/src` and `deny.toml`; `app::members`, `domain/<noun>`, `/healthz`, `web`, `a b/c`.\n\
                    ```\n`not/this`\n```\nBut `docs/decisions` again.";
        assert_eq!(paths(text), ["crates/web/src", "deny.toml", "docs/decisions"]);
    }
}
