//! The ledger: what happened to the pool. Every figure follows from it, and [`Replay`] shows that it does.

use std::collections::BTreeMap;

use super::{Bill, NoStep, Step, Subscription};
use crate::ids::{MemberId, UserTypeId};
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
    Purchased,
    Reduced,
    Renewed,
}

impl Event {
    /// All of them: first those of a portal user's life, then those of licences that are bought.
    pub const ALL: [Self; 9] = [
        Self::Invited,
        Self::Confirmed,
        Self::Deactivated,
        Self::Activated,
        Self::Removed,
        Self::Transferred,
        Self::Purchased,
        Self::Reduced,
        Self::Renewed,
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
            Self::Purchased => "purchased",
            Self::Reduced => "reduced",
            Self::Renewed => "renewed",
        }
    }

    /// Reads [`Event::name`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
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
}

/// A portal user, and the address by which they hold a seat or do not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    pub member: MemberId,
    pub user_type: UserTypeId,
    pub email: String,
}

/// A step of the subscription, and what is owed for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licences {
    pub on: Day,
    pub step: Step,
    pub bill: Option<Bill>,
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
    #[error("entry {number}: {recorded} bought licences were recorded, but by the events it was {counted}")]
    Purchased { number: u64, recorded: u64, counted: u64 },
    #[error("entry {number}: licences were {}, but {why}", .event.name())]
    NoStep { number: u64, event: Event, why: NoStep },
    #[error("entry {number} says one thing happened and is about another")]
    Mixed { number: u64 },
    #[error("entry {number}: invoice {found} follows invoice {after}: one is missing, or is there twice")]
    Invoice { number: u64, after: u64, found: u64 },
}

/// Works the figures out from the events alone: one seat for each address of which a portal user is invited or active, and
/// the licences that are bought.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    /// Who holds a seat, by which address.
    holding: BTreeMap<MemberId, String>,
    /// How many portal users an address is.
    seats: BTreeMap<String, u64>,
    subscription: Option<Subscription>,
    invoices: u64,
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
        match &entry.about {
            About::Seat(seat) => self.seat(entry, seat)?,
            About::Licences(licences) => self.licences(entry, licences)?,
        }
        let (number, recorded, counted) = (entry.number, entry.consumed, self.consumed());
        if recorded != counted {
            return Err(Contradiction::Count { number, recorded, counted });
        }
        let (recorded, counted) = (entry.purchased, self.purchased());
        if recorded != counted {
            return Err(Contradiction::Purchased { number, recorded, counted });
        }
        Ok(())
    }

    fn seat(&mut self, entry: &Recorded, seat: &Seat) -> Result<(), Contradiction> {
        let holds = self.holding.contains_key(&seat.member);
        let fits = match entry.event {
            Event::Invited | Event::Activated => !holds,
            Event::Confirmed | Event::Deactivated => holds,
            Event::Removed | Event::Transferred => true,
            Event::Purchased | Event::Reduced | Event::Renewed => return Err(Contradiction::Mixed { number: entry.number }),
        };
        if !fits {
            return Err(Contradiction::Unexpected {
                number: entry.number,
                event: entry.event,
                email: seat.email.clone(),
                holds,
            });
        }
        match entry.event {
            Event::Invited | Event::Activated => self.hold(seat),
            Event::Deactivated | Event::Removed => self.release(seat.member),
            _ => {}
        }
        Ok(())
    }

    fn licences(&mut self, entry: &Recorded, licences: &Licences) -> Result<(), Contradiction> {
        let number = entry.number;
        if entry.event != Event::of(licences.step) {
            return Err(Contradiction::Mixed { number });
        }
        let after = Subscription::after(self.subscription, licences.step, licences.on);
        let event = entry.event;
        self.subscription = Some(after.map_err(|why| Contradiction::NoStep { number, event, why })?);
        if let Some(bill) = &licences.bill {
            let after = std::mem::replace(&mut self.invoices, bill.number);
            if bill.number != after + 1 {
                let found = bill.number;
                return Err(Contradiction::Invoice { number, after, found });
            }
        }
        Ok(())
    }

    fn hold(&mut self, seat: &Seat) {
        self.holding.insert(seat.member, seat.email.clone());
        *self.seats.entry(seat.email.clone()).or_default() += 1;
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

    /// How many licences are bought.
    #[must_use]
    pub fn purchased(&self) -> u64 {
        self.subscription.map_or(0, |s| s.quantity)
    }

    /// What is bought, if anything ever was.
    #[must_use]
    pub fn subscription(&self) -> Option<Subscription> {
        self.subscription
    }

    /// How many invoices were written.
    #[must_use]
    pub fn invoices(&self) -> u64 {
        self.invoices
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
    use crate::licences::{Currency, Cycle, Order};
    use Event::{Activated, Confirmed, Deactivated, Invited, Removed, Transferred};

    fn entry(number: u64, event: Event, member: i64, email: &str, consumed: u64) -> Recorded {
        Recorded {
            number,
            event,
            about: About::Seat(Seat {
                member: MemberId(member),
                user_type: UserTypeId(1),
                email: email.into(),
            }),
            consumed,
            purchased: 0,
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
    fn licences_are_bought_by_the_steps_that_are_recorded() {
        let order = |quantity| {
            Step::Buy(Order {
                quantity,
                currency: Currency::USD,
                cycle: Cycle::Monthly,
            })
        };
        let entry = |number, event, step, on, purchased| Recorded {
            number,
            event,
            about: About::Licences(Licences {
                on: Day(on),
                step,
                bill: None,
            }),
            consumed: 0,
            purchased,
        };
        let mut replay = Replay::default();
        for entry in [
            entry(1, Event::Purchased, order(50), 20_000, 50),
            entry(2, Event::Purchased, order(10), 20_001, 60),
            entry(3, Event::Reduced, Step::Want(20), 20_002, 60),
            entry(4, Event::Renewed, Step::Renew, 20_040, 20),
        ] {
            replay.take(&entry).unwrap();
        }
        assert_eq!((replay.events(), replay.purchased(), replay.consumed()), (4, 20, 0));
        let told = |entry| replay.clone().take(&entry).unwrap_err().to_string();
        assert_eq!(
            told(entry(5, Event::Purchased, order(5), 20_041, 24)),
            "entry 5: 24 bought licences were recorded, but by the events it was 25"
        );
        assert_eq!(
            told(entry(5, Event::Reduced, Step::Want(21), 20_041, 20)),
            "entry 5: licences were reduced, but expected 0 to 20 licences: more are bought, not renewed"
        );
        assert_eq!(
            told(entry(5, Event::Removed, Step::Renew, 20_099, 20)),
            "entry 5 says one thing happened and is about another"
        );
    }

    #[test]
    fn events_are_read_as_they_are_written() {
        assert!(Event::ALL.into_iter().all(|event| Event::parse(event.name()) == Some(event)));
        assert_eq!(Event::parse("granted"), None);
    }
}
