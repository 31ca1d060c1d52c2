//! The ledger: what happened to the pool. Every figure follows from it, and [`super::Replay`] shows that it does.

use super::{After, Before, Bill, Reading, Step, Subscription};
use crate::ids::{MemberId, UserTypeId};
use crate::orgs::Tenure;
use crate::time::Day;

/// What the ledger says happened to the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    Invited,
    Confirmed,
    Deactivated,
    Activated,
    Removed,
    Transferred,
    /// They have another address, and with it the seat.
    EmailChanged,
    Purchased,
    Reduced,
    Renewed,
    /// The organisation came to another policy.
    CutOver,
    /// It has another edition, or another trial.
    EditionChanged,
    /// It was given free seats beyond those of its policy, or they were taken back.
    Granted,
}

impl Event {
    /// All of them: first those of a portal user's life, then those of licences that are bought.
    pub const ALL: [Self; 13] = [
        Self::Invited,
        Self::Confirmed,
        Self::Deactivated,
        Self::Activated,
        Self::Removed,
        Self::Transferred,
        Self::EmailChanged,
        Self::Purchased,
        Self::Reduced,
        Self::Renewed,
        Self::CutOver,
        Self::EditionChanged,
        Self::Granted,
    ];

    /// The event as stored and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Confirmed => "confirmed",
            Self::Deactivated => "deactivated",
            Self::Activated => "activated",
            Self::Removed => "removed",
            Self::Transferred => "transferred",
            Self::EmailChanged => "email_changed",
            Self::Purchased => "purchased",
            Self::Reduced => "reduced",
            Self::Renewed => "renewed",
            Self::CutOver => "cut_over",
            Self::EditionChanged => "edition_changed",
            Self::Granted => "granted",
        }
    }

    /// Reads [`Event::name`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
    }

    /// [`Seat::change`] of somebody who held a seat before, or did not.
    #[must_use]
    pub fn change(self, held: bool) -> i64 {
        match self {
            Self::Invited => 1,
            Self::Activated => i64::from(!held),
            Self::Deactivated | Self::Removed | Self::Transferred => -i64::from(held),
            _ => 0,
        }
    }

    /// The event that a step of the subscription is.
    #[must_use]
    pub fn of(step: Step) -> Self {
        match step {
            Step::Buy(_) => Self::Purchased,
            Step::Want(_) => Self::Reduced,
            Step::Renew => Self::Renewed,
        }
    }
}

/// An entry of the ledger, as far as figures follow from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// 1 for the first, without gaps.
    pub number: u64,
    pub event: Event,
    pub about: About,
    /// Seats held after it.
    pub consumed: u64,
    /// Licences bought after it.
    pub purchased: u64,
}

/// What an entry is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    Seat(Seat),
    Licences(Licences),
    CutOver(CutOver),
    Edition(Tenure),
    Granted(Grant),
}

/// A portal user, and the address by which they hold a seat or do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    pub member: MemberId,
    /// The user type in which they are; in which they were, if they are moved.
    pub user_type: UserTypeId,
    /// To which one they are moved.
    pub to: Option<UserTypeId>,
    /// How many portal users with a seat that user type has more since: 1, 0 or −1. The one to which somebody is moved has as
    /// many more as the other one has less.
    pub change: i64,
    pub email: String,
}

/// Free seats beyond those of the policy, in all, and why they were given or taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub seats: u64,
    pub reason: String,
}

/// A step of the subscription, and what is owed for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licences {
    pub on: Day,
    pub step: Step,
    pub bill: Option<Bill>,
}

/// An organisation comes from one policy to another: what it had, and what was promised to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOver {
    pub on: Day,
    /// The policies' names.
    pub from: String,
    pub to: String,
    /// Free seats of the new policy; none means unlimited.
    pub free: Option<u64>,
    pub reading: Reading,
    /// Seats in the user types with which portals began: those that were not taken up yet, and those in use.
    pub clients_invited: u64,
    pub clients_active: u64,
    /// Seats that stay free for ever.
    pub grandfathered: u64,
}

impl CutOver {
    /// What follows from it for what was bought.
    #[must_use]
    pub fn after(&self, subscription: Option<Subscription>) -> After {
        let before = Before {
            clients_invited: self.clients_invited,
            clients_active: self.clients_active,
            subscription,
        };
        before.cut_over(self.free, self.reading)
    }
}

impl Recorded {
    /// Of how many licences the entry speaks: bought, wanted from the next period on, renewed, kept free for ever, granted.
    #[must_use]
    pub fn licences(&self) -> Option<u64> {
        match &self.about {
            About::Seat(_) | About::Edition(_) => None,
            About::Licences(Licences { step, .. }) => Some(match step {
                Step::Buy(order) => order.quantity,
                Step::Want(next) => *next,
                Step::Renew => self.purchased,
            }),
            About::CutOver(moved) => Some(moved.grandfathered),
            About::Granted(grant) => Some(grant.seats),
        }
    }

    /// The number of the invoice that was written with it, if one was.
    #[must_use]
    pub fn invoice(&self) -> Option<u64> {
        match &self.about {
            About::Licences(Licences { bill: Some(bill), .. }) => Some(bill.number),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_as_they_are_written() {
        assert!(Event::ALL.into_iter().all(|event| Event::parse(event.name()) == Some(event)));
        assert_eq!(Event::parse("lost"), None);
    }
}
