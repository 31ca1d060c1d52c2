//! Addresses with a query.

use std::fmt::Write as _;

/// A text as it stands in the query of an address.
#[must_use]
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// `path?a=1&b=2`, or the path alone.
#[must_use]
pub fn with_query<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    if pairs.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", pairs.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_has_a_meaning_in_an_address_is_encoded() {
        assert_eq!(encode("a&b=c d+ü/?#"), "a%26b%3Dc%20d%2B%C3%BC%2F%3F%23");
        assert_eq!(with_query("/x", [("q", "a b"), ("f", "1~2")]), "/x?q=a%20b&f=1~2");
        assert_eq!(with_query("/x", []), "/x");
    }
}
