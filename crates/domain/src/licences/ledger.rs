//! The ledger: what happened to the pool. Every figure follows from it, and [`Replay`] shows that it does.

use std::collections::BTreeMap;

use crate::ids::{MemberId, UserTypeId};

/// What the ledger says happened to the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    Invited,
    Confirmed,
    Deactivated,
    Activated,
    Removed,
    Transferred,
}

impl Event {
    /// All of them, in the order of a portal user's life.
    pub const ALL: [Self; 6] = [
        Self::Invited,
        Self::Confirmed,
        Self::Deactivated,
        Self::Activated,
        Self::Removed,
        Self::Transferred,
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
        }
    }

    /// Reads [`Event::name`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
    }
}

/// An entry of the ledger, as far as figures follow from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// 1 for the first, without gaps.
    pub number: u64,
    pub event: Event,
    pub member: MemberId,
    pub user_type: UserTypeId,
    pub email: String,
    /// Seats held after it.
    pub consumed: u64,
}

/// An entry that does not go together with those before it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    #[error("entry {found} follows entry {after}: one is missing, or is there twice")]
    Gap { after: u64, found: u64 },
    #[error("entry {number}: {} was {}, who {} a seat", .email, .event.name(), if *.holds { "held" } else { "did not hold" })]
    Unexpected {
        number: u64,
        event: Event,
        email: String,
        holds: bool,
    },
    #[error("entry {number}: {recorded} seats were recorded, but by the events it was {counted}")]
    Count { number: u64, recorded: u64, counted: u64 },
}

/// Works the figures out from the events alone: one seat for each address of which a portal user is invited or active.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    /// Who holds a seat, by which address.
    holding: BTreeMap<MemberId, String>,
    /// How many portal users an address is.
    seats: BTreeMap<String, u64>,
    events: u64,
}

impl Replay {
    /// Takes the next entry. Errors: it contradicts what was before; the figures then stay as the events say.
    pub fn take(&mut self, entry: &Recorded) -> Result<(), Contradiction> {
        let after = std::mem::replace(&mut self.events, entry.number);
        if entry.number != after + 1 {
            let found = entry.number;
            return Err(Contradiction::Gap { after, found });
        }
        let holds = self.holding.contains_key(&entry.member);
        let fits = match entry.event {
            Event::Invited | Event::Activated => !holds,
            Event::Confirmed | Event::Deactivated => holds,
            Event::Removed | Event::Transferred => true,
        };
        if !fits {
            return Err(Contradiction::Unexpected {
                number: entry.number,
                event: entry.event,
                email: entry.email.clone(),
                holds,
            });
        }
        match entry.event {
            Event::Invited | Event::Activated => self.hold(entry),
            Event::Deactivated | Event::Removed => self.release(entry.member),
            Event::Confirmed | Event::Transferred => {}
        }
        match (entry.consumed, self.consumed()) {
            (recorded, counted) if recorded == counted => Ok(()),
            (recorded, counted) => Err(Contradiction::Count {
                number: entry.number,
                recorded,
                counted,
            }),
        }
    }

    fn hold(&mut self, entry: &Recorded) {
        self.holding.insert(entry.member, entry.email.clone());
        *self.seats.entry(entry.email.clone()).or_default() += 1;
    }

    fn release(&mut self, member: MemberId) {
        let Some(email) = self.holding.remove(&member) else { return };
        let left = self.seats.get(&email).map_or(0, |held| held.saturating_sub(1));
        match left {
            0 => drop(self.seats.remove(&email)),
            _ => drop(self.seats.insert(email, left)),
        }
    }

    /// How many entries were taken.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }

    /// How many seats are held.
    #[must_use]
    pub fn consumed(&self) -> u64 {
        u64::try_from(self.seats.len()).unwrap_or(u64::MAX)
    }

    /// Who holds a seat, with how many portal users each is.
    #[must_use]
    pub fn seats(&self) -> &BTreeMap<String, u64> {
        &self.seats
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Event::{Activated, Confirmed, Deactivated, Invited, Removed, Transferred};

    fn entry(number: u64, event: Event, member: i64, email: &str, consumed: u64) -> Recorded {
        Recorded {
            number,
            event,
            member: MemberId(member),
            user_type: UserTypeId(1),
            email: email.into(),
            consumed,
        }
    }

    fn replay(entries: &[(Event, i64, &str, u64)]) -> Result<Replay, Contradiction> {
        let mut replay = Replay::default();
        for ((event, member, email, consumed), number) in entries.iter().zip(1..) {
            replay.take(&entry(number, *event, *member, email, *consumed))?;
        }
        Ok(replay)
    }

    #[test]
    fn an_address_holds_one_seat_however_many_portal_users_it_is() {
        let replay = replay(&[
            (Invited, 1, "maria", 1),
            (Invited, 2, "maria", 1),
            (Invited, 3, "john", 2),
            (Confirmed, 1, "maria", 2),
            (Deactivated, 1, "maria", 2),
            (Transferred, 1, "maria", 2),
            (Removed, 2, "maria", 1),
            (Activated, 1, "maria", 2),
            (Deactivated, 3, "john", 1),
            (Removed, 3, "john", 1),
        ]);
        let replay = replay.unwrap();
        assert_eq!((replay.events(), replay.consumed()), (10, 1));
        assert_eq!(replay.seats().iter().collect::<Vec<_>>(), [(&"maria".to_owned(), &1)]);
    }

    #[test]
    fn an_entry_that_contradicts_those_before_is_told() {
        let told = |entries: &[(Event, i64, &str, u64)]| replay(entries).unwrap_err().to_string();
        let twice = told(&[(Invited, 1, "maria", 1), (Activated, 1, "maria", 1)]);
        assert_eq!(twice, "entry 2: maria was activated, who held a seat");
        for event in [Confirmed, Deactivated] {
            let nobody = told(&[(event, 1, "maria", 0)]);
            assert_eq!(nobody, format!("entry 1: maria was {}, who did not hold a seat", event.name()));
        }
        let count = told(&[(Invited, 1, "maria", 1), (Invited, 2, "john", 3)]);
        assert_eq!(count, "entry 2: 3 seats were recorded, but by the events it was 2");
        let mut gap = Replay::default();
        gap.take(&entry(1, Invited, 1, "maria", 1)).unwrap();
        for found in [1, 3] {
            let error = gap.clone().take(&entry(found, Confirmed, 1, "maria", 1)).unwrap_err();
            assert_eq!(error, Contradiction::Gap { after: 1, found });
        }
    }

    #[test]
    fn events_are_read_as_they_are_written() {
        assert!(Event::ALL.into_iter().all(|event| Event::parse(event.name()) == Some(event)));
        assert_eq!(Event::parse("granted"), None);
    }
}
