//! API names: how modules and fields are called in URLs, JSON and import files.

/// Why a text cannot be an API name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} cannot be an API name: expected a letter, then letters, digits or single underscores, at most 50 characters")]
pub struct BadApiName(pub String);

/// Checks an API name: a letter, then letters, digits and underscores; at most 50 characters.
pub fn check(name: &str) -> Result<(), BadApiName> {
    let letter_first = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let fits = name.len() <= 50 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if letter_first && fits && !name.contains("__") && !name.ends_with('_') {
        Ok(())
    } else {
        Err(BadApiName(name.chars().take(60).collect()))
    }
}

/// Makes an API name of a label: `Ship via (2)` becomes `Ship_via_2`.
#[must_use]
pub fn from_label(label: &str) -> String {
    let mut name = String::new();
    for c in label.chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    name.truncate(50);
    let name = name.trim_end_matches('_');
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name.to_owned()
    } else {
        format!("F_{name}").trim_end_matches('_').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_letters_digits_and_single_underscores() {
        for good in ["Last_Name", "orderID", "A1"] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in ["", "1A", "_A", "A__B", "A_", "Ä", "A b", "A;drop", &"x".repeat(51)] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn labels_become_names_that_pass() {
        for (label, name) in [
            ("Ship via (2)", "Ship_via_2"),
            ("2nd name", "F_2nd_name"),
            ("Größe", "Gr_e"),
            ("order ID", "order_ID"),
        ] {
            assert_eq!(from_label(label), name);
            assert!(check(&from_label(label)).is_ok());
        }
    }
}
