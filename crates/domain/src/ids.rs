//! Identifiers: 64-bit, positive, ordered by time, written as digits.
//!
//! Layout of the 63 usable bits, from the left: 41 bits of milliseconds since 2025-01-01 (until
//! 2094), 10 bits of node (each server process takes its own), 12 bits of sequence. A JSON number
//! would lose digits in JavaScript, so on the wire an id is always a string.

use std::fmt;
use std::str::FromStr;

/// Milliseconds from the Unix epoch to 2025-01-01T00:00:00Z.
const EPOCH_MILLIS: i64 = 1_735_689_600_000;

/// How many processes can make ids at the same time.
pub const NODES: u16 = 1024;

/// How many ids a node can make in one millisecond.
pub const PER_MILLI: u16 = 4096;

/// Puts an id together. `node` and `sequence` are cut to their widths.
#[must_use]
pub fn compose(unix_millis: i64, node: u16, sequence: u16) -> i64 {
    let millis = (unix_millis - EPOCH_MILLIS).max(0) & 0x1FF_FFFF_FFFF;
    (millis << 22) | (i64::from(node % NODES) << 12) | i64::from(sequence % PER_MILLI)
}

/// A text that is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an id: expected digits, at most 19")]
pub struct NotAnId(pub String);

fn parse(text: &str) -> Result<i64, NotAnId> {
    let digits = !text.is_empty() && text.len() <= 19 && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse::<i64>() {
        Ok(id) if digits && id > 0 => Ok(id),
        _ => Err(NotAnId(text.chars().take(32).collect())),
    }
}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                parse(text).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                parse(&text).map(Self).map_err(serde::de::Error::custom)
            }
        }
    )*};
}

id! {
    /// An organisation.
    OrgId
    /// A module of an organisation.
    ModuleId
    /// A field of a module.
    FieldId
    /// A layout of a module.
    LayoutId
    /// A custom view of a module.
    ViewId
    /// A record of a module.
    RecordId
    /// A portal.
    PortalId
    /// A user type of a portal.
    UserTypeId
    /// A draft of the organisation's policies.
    PolicyDraftId
    /// A portal user: one record invited into one user type.
    MemberId
    /// Somebody who asked to become a portal user.
    SignUpId
    /// A sign-in: one e-mail address with its password.
    IdentityId
    /// A profile: what an employee may do in the CRM.
    ProfileId
    /// A role: where an employee stands.
    RoleId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_ids_are_larger_whatever_the_node() {
        let a = compose(EPOCH_MILLIS + 5, 1023, 4095);
        let b = compose(EPOCH_MILLIS + 6, 0, 0);
        assert!(a < b && a > 0);
    }

    #[test]
    fn only_digits_make_an_id() {
        assert_eq!("12".parse::<RecordId>(), Ok(RecordId(12)));
        for bad in ["", "0", "-1", "+1", "1.0", " 1", "x", "9223372036854775808", "99999999999999999999"] {
            assert!(bad.parse::<RecordId>().is_err(), "{bad}");
        }
    }
}
