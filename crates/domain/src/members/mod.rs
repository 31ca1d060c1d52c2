//! Members: the portal users, from invitation to removal.

pub mod sign_up;

use serde::{Deserialize, Serialize};

use crate::time::Moment;

/// How long an invitation can be accepted: seven days, in seconds.
pub const INVITATION_SECONDS: i64 = 7 * 24 * 3600;

/// Where a portal user stands. Removed ones are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Has not accepted yet. Holds a seat.
    Invited,
    /// Has accepted. Holds a seat.
    Active,
    /// Locked out by an administrator. Holds no seat.
    Deactivated,
}

/// What happens to a portal user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Reinvite,
    Accept,
    Deactivate,
    Activate,
    Transfer,
}

/// Why a step is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the portal user is active already")]
    AlreadyActive,
    #[error("the portal user has accepted the invitation already")]
    AlreadyAccepted,
    #[error("the portal user has not accepted the invitation yet: remove or re-invite instead")]
    NotAccepted,
    #[error("the portal user is deactivated")]
    Deactivated,
}

impl Status {
    /// All statuses.
    pub const ALL: [Self; 3] = [Self::Invited, Self::Active, Self::Deactivated];

    /// Whether the portal user counts against the licence pool.
    #[must_use]
    pub fn holds_seat(self) -> bool {
        self != Self::Deactivated
    }

    /// The status as stored and shown: `invited`, `active`, `deactivated`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Deactivated => "deactivated",
        }
    }

    /// The status with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }

    /// The status after a step, or why the step is not possible.
    pub fn after(self, step: Step) -> Result<Self, Refusal> {
        match (self, step) {
            (Self::Invited, Step::Reinvite) | (Self::Invited, Step::Transfer) => Ok(Self::Invited),
            (Self::Invited, Step::Accept) | (Self::Deactivated, Step::Activate) => Ok(Self::Active),
            (Self::Active, Step::Deactivate) => Ok(Self::Deactivated),
            (Self::Active | Self::Deactivated, Step::Transfer) => Ok(self),
            (Self::Invited, Step::Deactivate | Step::Activate) => Err(Refusal::NotAccepted),
            (Self::Active, Step::Activate) => Err(Refusal::AlreadyActive),
            (Self::Active, Step::Reinvite | Step::Accept) => Err(Refusal::AlreadyAccepted),
            (Self::Deactivated, _) => Err(Refusal::Deactivated),
        }
    }
}

/// As which of the portal users that somebody is they come in: the one they were last, else the first. None if there are none.
///
/// Each is given after the moment at which they last came in as it.
pub fn come_in_as<T>(open: impl IntoIterator<Item = (Moment, T)>) -> Option<T> {
    let latest = |best: (Moment, T), next: (Moment, T)| if next.0 > best.0 { next } else { best };
    open.into_iter().reduce(latest).map(|(_, member)| member)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_comes_in_as_whom_one_was_last_else_as_the_first() {
        let as_whom = |entered: [i64; 3]| come_in_as(entered.map(Moment).into_iter().zip("abc".chars()));
        assert_eq!(as_whom([0, 0, 0]), Some('a'));
        assert_eq!(as_whom([0, 5, 3]), Some('b'));
        assert_eq!(as_whom([7, 5, 7]), Some('a'));
        assert_eq!(come_in_as(std::iter::empty::<(Moment, char)>()), None);
    }

    #[test]
    fn an_invited_person_can_accept_but_not_be_deactivated() {
        assert_eq!(Status::Invited.after(Step::Accept), Ok(Status::Active));
        assert_eq!(Status::Invited.after(Step::Deactivate), Err(Refusal::NotAccepted));
    }

    #[test]
    fn only_deactivated_people_hold_no_seat() {
        for status in Status::ALL {
            assert_eq!(status.holds_seat(), status != Status::Deactivated);
            assert_eq!(Status::named(status.name()), Some(status));
        }
    }

    #[test]
    fn a_deactivated_person_can_only_be_activated_or_moved() {
        for step in [Step::Reinvite, Step::Accept, Step::Deactivate] {
            assert_eq!(Status::Deactivated.after(step), Err(Refusal::Deactivated));
        }
        assert_eq!(Status::Deactivated.after(Step::Activate), Ok(Status::Active));
        assert_eq!(Status::Deactivated.after(Step::Transfer), Ok(Status::Deactivated));
    }
}
