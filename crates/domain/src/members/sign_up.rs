//! Signing up: people who ask to become portal users themselves.

use crate::time::Moment;

/// How long the link works by which an address is proven: one day, in seconds.
pub const PROOF_SECONDS: i64 = 24 * 3600;

/// How many links to the same address for the same form may be open at once: no more mail goes there before one expires.
pub const MAX_PROOFS: u64 = 3;

/// Where somebody stands who signed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Nobody knows yet whether the address is theirs.
    Unproven,
    /// An employee decides.
    Asking,
    /// Gets in when a seat is free.
    Waiting,
}

impl Stage {
    /// All stages.
    pub const ALL: [Self; 3] = [Self::Unproven, Self::Asking, Self::Waiting];

    /// The stage as stored: `unproven`, `asking`, `waiting`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unproven => "unproven",
            Self::Asking => "asking",
            Self::Waiting => "waiting",
        }
    }

    /// The stage with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// Whether a link from `asked` still proves an address.
#[must_use]
pub fn proves(asked: Moment, now: Moment) -> bool {
    now <= asked.plus_seconds(PROOF_SECONDS)
}

/// Where somebody comes who has proven their address. An employee decides about whoever may be somebody that is there
/// already (`known`): whose records they see is never for the one to say who signs up.
#[must_use]
pub fn proven(checked: bool, known: bool) -> Stage {
    if checked || known { Stage::Asking } else { Stage::Waiting }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_may_be_somebody_already_is_checked() {
        assert_eq!(proven(false, false), Stage::Waiting);
        for (checked, known) in [(true, false), (false, true), (true, true)] {
            assert_eq!(proven(checked, known), Stage::Asking);
        }
    }

    #[test]
    fn a_link_works_for_a_day() {
        let asked = Moment(1_000_000);
        assert!(proves(asked, asked.plus_seconds(PROOF_SECONDS)));
        assert!(!proves(asked, asked.plus_seconds(PROOF_SECONDS + 1)));
    }

    #[test]
    fn stages_have_names() {
        for stage in Stage::ALL {
            assert_eq!(Stage::named(stage.name()), Some(stage));
        }
    }
}
