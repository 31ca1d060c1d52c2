//! `contains_folded(text, needle)`: is the needle in the text, whatever the case, in any script?

use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};

/// Makes the function known to a connection. It is used in queries only, never in the schema: the file stays readable
/// for other programs.
pub(super) fn register(conn: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    conn.create_scalar_function("contains_folded", 2, flags, |context| answer(context))
}

fn answer(context: &Context<'_>) -> rusqlite::Result<Option<bool>> {
    let (text, needle) = (context.get_raw(0), context.get_raw(1));
    match (text.as_str_or_null(), needle.as_str_or_null()) {
        (Ok(Some(text)), Ok(Some(needle))) => Ok(Some(contains(text, needle))),
        _ => Ok(None),
    }
}

/// Plain ASCII, by far the most common, is compared in place.
fn contains(text: &str, needle: &str) -> bool {
    if needle.is_empty() {
        return true;
    }
    if text.is_ascii() && needle.is_ascii() {
        let needle = needle.as_bytes();
        return text
            .as_bytes()
            .windows(needle.len())
            .any(|window| window.eq_ignore_ascii_case(needle));
    }
    text.to_lowercase().contains(&needle.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::contains;

    #[test]
    fn case_is_ignored_in_any_script() {
        for (text, needle) in [("Straße", "STRA"), ("ЖУК", "жук"), ("ÄNNE", "änne"), ("x", ""), ("Ünï x", "X")] {
            assert!(contains(text, needle), "{needle} in {text}");
        }
        for (text, needle) in [("", "a"), ("abc", "abcd"), ("Anne", "Änne")] {
            assert!(!contains(text, needle), "{needle} in {text}");
        }
    }
}
