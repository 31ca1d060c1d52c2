//! Portals and their user types.

mod named;
mod single_sign_on;

use crate::ids::{ModuleId, PortalId, UserTypeId};

pub use named::{Unnamed, split_name, user_type_named};
pub use single_sign_on::{MAX_CERTIFICATE, SingleSignOn, check_address, may_cross};

/// The name of the user type that an organisation's first portal begins with.
pub const DEFAULT_TYPE: &str = "Client Portal";

/// How many portals an organisation may have. Zoho allows one; nothing here grows with their number but the pages.
pub const MAX_PORTALS: usize = 20;
/// How many user types a portal may have, where the licence policy says nothing else. Nothing grows with them but the pages.
pub const MAX_USER_TYPES: usize = 50;

/// The most characters that a portal's title has.
pub const MAX_TITLE: usize = 100;

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
    #[error("the name stands for something else in addresses: expected another one")]
    Reserved,
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
    /// Whether its people sign in at a provider of their own, and not with a password.
    pub single_sign_on: bool,
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

/// What stands in the API's addresses where a portal's name may stand too.
const RESERVED: [&str; 2] = ["actions", "licences"];

/// Checks a portal's name: 6 to 30 ASCII letters, digits and hyphens, beginning with a letter or digit.
pub fn check_portal_name(name: &str) -> Result<(), BadName> {
    length(name, 6, 30)?;
    if RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
        return Err(BadName::Reserved);
    }
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !name.starts_with('-') && !name.ends_with('-');
    if plain {
        Ok(())
    } else {
        Err(BadName::Pattern {
            expected: "letters, digits and hyphens",
        })
    }
}

/// Checks a portal's title, and takes the spaces around it away. None: it is empty, too long, or holds what cannot be seen.
#[must_use]
pub fn title(text: &str) -> Option<&str> {
    let title = text.trim();
    let fits = !title.is_empty() && title.chars().count() <= MAX_TITLE && !title.chars().any(char::is_control);
    fits.then_some(title)
}

/// The name of the user type that a portal begins with. User types of two portals may have one name, but need not begin so.
pub fn default_type_name(is_taken: impl Fn(&str) -> bool) -> String {
    let later = (2..).map(|n: usize| format!("{DEFAULT_TYPE} {n}"));
    let mut names = std::iter::once(DEFAULT_TYPE.to_owned()).chain(later);
    names.find(|name| !is_taken(name)).unwrap_or_else(|| DEFAULT_TYPE.to_owned())
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
        assert_eq!(check_portal_name("Licences"), Err(BadName::Reserved));
        assert!(check_portal_name("licences-2").is_ok());
    }

    #[test]
    fn a_title_can_be_read() {
        assert_eq!(title(" Acme: partners "), Some("Acme: partners"));
        for bad in ["", "  ", "a\nb", &"x".repeat(101)] {
            assert_eq!(title(bad), None, "{bad:?}");
        }
        assert!(title(&"ä".repeat(100)).is_some());
    }

    #[test]
    fn further_portals_begin_with_a_user_type_of_another_name() {
        assert_eq!(default_type_name(|_| false), "Client Portal");
        let taken = ["Client Portal", "Client Portal 2"];
        let name = default_type_name(|name| taken.contains(&name));
        assert_eq!(name, "Client Portal 3");
        assert!(check_type_name(&name).is_ok());
    }

    #[test]
    fn any_company_gets_a_portal_name_that_passes() {
        for company in ["Alfreds Futterkiste GmbH & Co. KG of Berlin", "A", "Ä", "Northwind Traders"] {
            assert!(check_portal_name(&name_from_company(company)).is_ok(), "{company}");
        }
    }
}
