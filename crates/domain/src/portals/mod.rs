//! Portals and their user types.

use crate::ids::{ModuleId, PortalId, UserTypeId};

/// The name of the user type that every portal begins with.
pub const DEFAULT_TYPE: &str = "Client Portal";

/// Why a portal or user type cannot be called so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    #[error("a name is needed")]
    Missing,
    #[error("the name is too short: expected at least {minimum} characters")]
    TooShort { minimum: usize },
    #[error("the name is too long: expected at most {maximum} characters")]
    TooLong { maximum: usize },
    #[error("the name holds a character that is not allowed: expected {expected}")]
    Pattern { expected: &'static str },
}

/// An external site of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    pub id: PortalId,
    /// In the address: 6 to 30 letters and digits, unique in the installation whatever the case.
    pub name: String,
    /// What its pages call it.
    pub title: String,
    pub active: bool,
}

/// A kind of portal user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserType {
    pub id: UserTypeId,
    pub portal: PortalId,
    pub name: String,
    pub active: bool,
    /// Made with the portal; cannot be deleted.
    pub default: bool,
    pub personality: ModuleId,
}

/// Checks a portal's name: 6 to 30 ASCII letters, digits and hyphens, beginning with a letter or digit.
pub fn check_portal_name(name: &str) -> Result<(), BadName> {
    length(name, 6, 30)?;
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !name.starts_with('-') && !name.ends_with('-');
    if plain {
        Ok(())
    } else {
        Err(BadName::Pattern {
            expected: "letters, digits and hyphens",
        })
    }
}

/// Checks a user type's name: 1 to 50 ASCII letters, digits and spaces.
pub fn check_type_name(name: &str) -> Result<(), BadName> {
    length(name, 1, 50)?;
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ') && name.trim() == name;
    if plain {
        Ok(())
    } else {
        Err(BadName::Pattern {
            expected: "letters, digits and spaces",
        })
    }
}

/// Makes a portal name of a company's: `Alfreds Futterkiste GmbH` becomes `alfreds-futterkiste-gmbh`.
#[must_use]
pub fn name_from_company(company: &str) -> String {
    let mut name = String::new();
    for c in company.chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    name.truncate(30);
    let name = name.trim_end_matches('-').to_owned();
    if name.len() < 6 {
        format!("{name}-portal").trim_start_matches('-').to_owned()
    } else {
        name
    }
}

fn length(name: &str, minimum: usize, maximum: usize) -> Result<(), BadName> {
    match name.chars().count() {
        0 => Err(BadName::Missing),
        n if n < minimum => Err(BadName::TooShort { minimum }),
        n if n > maximum => Err(BadName::TooLong { maximum }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portal_names_are_short_and_plain() {
        assert!(check_portal_name("northwind").is_ok());
        assert_eq!(check_portal_name("five5"), Err(BadName::TooShort { minimum: 6 }));
        assert_eq!(check_portal_name(&"x".repeat(31)), Err(BadName::TooLong { maximum: 30 }));
        assert!(matches!(check_portal_name("north/wind"), Err(BadName::Pattern { .. })));
        assert_eq!(check_portal_name(""), Err(BadName::Missing));
    }

    #[test]
    fn any_company_gets_a_portal_name_that_passes() {
        for company in ["Alfreds Futterkiste GmbH & Co. KG of Berlin", "A", "Ä", "Northwind Traders"] {
            assert!(check_portal_name(&name_from_company(company)).is_ok(), "{company}");
        }
    }
}
