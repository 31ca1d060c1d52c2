//! Keys by which a repeated call is known.

/// How long it is known, in seconds.
pub const KEPT: i64 = 86_400;
/// The most characters of a key.
const LONGEST: usize = 255;

/// Whether a text can be a key.
#[must_use]
pub fn is_key(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_short_and_can_be_seen() {
        assert!(is_key("8e03978e-40d5-43dd-bc93-6894a57f9324") && is_key(&"x".repeat(255)));
        for bad in ["", "two words", "\u{e4}", "a\u{0}", &"x".repeat(256)] {
            assert!(!is_key(bad), "{bad:?}");
        }
    }
}
