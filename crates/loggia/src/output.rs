//! What commands say on stdout: one JSON document, or text for people.

use std::io::Write as _;

use serde::Serialize;

use crate::failure::Failure;

/// Writes text, which ends in a line break.
pub fn text(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Writes one JSON document, or the text when people ask.
pub fn document(json: bool, document: &impl Serialize, for_people: impl FnOnce() -> String) -> Result<(), Failure> {
    if json {
        let document = serde_json::to_string(document).map_err(|error| Failure::of(&error))?;
        text(&format!("{document}\n"))
    } else {
        text(&for_people())
    }
}

/// A table with a head, its columns as wide as what is in them.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        let head = head.get(column).map_or(0, |name| name.chars().count());
        cells.max().unwrap_or(0).max(head)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded: Vec<String> = cells.zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        format!("{}\n", padded.join("  ").trim_end())
    };
    let mut text = line(&mut head.iter().copied());
    for row in rows {
        text += &line(&mut row.iter().map(String::as_str));
    }
    text
}

/// `1 test`, `7 tests`.
pub fn counted(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

/// Control characters of a terminal have no business in what others have written.
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other() {
        let rows = [vec!["1".to_owned(), "Ärzte".to_owned()], vec!["200".to_owned(), "x".to_owned()]];
        assert_eq!(table(&["ID", "NAME"], &rows), "ID   NAME\n1    Ärzte\n200  x\n");
        assert_eq!(plain("a\u{1b}[31mb\n"), "a[31mb\n");
    }
}
