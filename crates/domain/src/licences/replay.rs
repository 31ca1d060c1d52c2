//! Working every figure out from the entries of the ledger alone.

use std::collections::BTreeMap;

use super::{About, CutOver, Event, Licences, NoStep, Recorded, Seat, Subscription};
use crate::ids::{MemberId, UserTypeId};
use crate::orgs::Tenure;

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
    #[error("entry {number}: {recorded} more in the user type were recorded, but by the events it is {counted}")]
    Change { number: u64, recorded: i64, counted: i64 },
    #[error("entry {number} says one thing happened and is about another")]
    Mixed { number: u64 },
    #[error("entry {number}: the organisation is under the policy {policy:?} already")]
    Again { number: u64, policy: String },
    #[error("entry {number}: {recorded} seats were said to stay free, but by the promise it is {counted}")]
    Grandfathered { number: u64, recorded: u64, counted: u64 },
    #[error("entry {number}: invoice {found} follows invoice {after}: one is missing, or is there twice")]
    Invoice { number: u64, after: u64, found: u64 },
}

/// Works the figures out from the events alone: one seat for each address of which a portal user is invited or active, and
/// the licences that are bought.
#[derive(Debug, Clone, Default)]
pub struct Replay {
    /// Who holds a seat, by which address and in which user type.
    holding: BTreeMap<MemberId, (String, UserTypeId)>,
    /// How many portal users an address is.
    seats: BTreeMap<String, u64>,
    subscription: Option<Subscription>,
    /// The policy that the organisation was cut over to, and the seats that stay free since.
    policy: Option<String>,
    grandfathered: u64,
    granted: u64,
    tenure: Option<Tenure>,
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
            About::CutOver(moved) => self.cut_over(entry, moved)?,
            About::Edition(tenure) if entry.event == Event::EditionChanged => self.tenure = Some(*tenure),
            About::Granted(grant) if entry.event == Event::Granted => self.granted = grant.seats,
            About::Edition(_) | About::Granted(_) => return Err(Contradiction::Mixed { number: entry.number }),
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
            Event::Removed | Event::Transferred | Event::EmailChanged => true,
            _ => return Err(Contradiction::Mixed { number: entry.number }),
        };
        if !fits {
            return Err(Contradiction::Unexpected {
                number: entry.number,
                event: entry.event,
                email: seat.email.clone(),
                holds,
            });
        }
        match (entry.event, seat.to) {
            (Event::Invited | Event::Activated, None) => self.hold(seat),
            (Event::Deactivated | Event::Removed, None) => self.release(seat.member),
            (Event::Transferred, Some(to)) => self.transfer(seat.member, to),
            (Event::EmailChanged, None) => self.readdress(seat),
            (Event::Confirmed, None) => {}
            _ => return Err(Contradiction::Mixed { number: entry.number }),
        }
        let (number, recorded, counted) = (entry.number, seat.change, entry.event.change(holds));
        match recorded == counted {
            true => Ok(()),
            false => Err(Contradiction::Change { number, recorded, counted }),
        }
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

    fn cut_over(&mut self, entry: &Recorded, moved: &CutOver) -> Result<(), Contradiction> {
        let number = entry.number;
        if entry.event != Event::CutOver {
            return Err(Contradiction::Mixed { number });
        }
        if self.policy.as_ref() == Some(&moved.to) || moved.from == moved.to {
            let policy = moved.to.clone();
            return Err(Contradiction::Again { number, policy });
        }
        let after = moved.after(self.subscription);
        self.policy = Some(moved.to.clone());
        (self.subscription, self.grandfathered) = (after.subscription, after.grandfathered);
        let (recorded, counted) = (moved.grandfathered, after.grandfathered);
        if recorded != counted {
            return Err(Contradiction::Grandfathered { number, recorded, counted });
        }
        Ok(())
    }

    fn hold(&mut self, seat: &Seat) {
        self.holding.insert(seat.member, (seat.email.clone(), seat.user_type));
        *self.seats.entry(seat.email.clone()).or_default() += 1;
    }

    fn release(&mut self, member: MemberId) {
        let Some((email, _)) = self.holding.remove(&member) else { return };
        let left = self.seats.get(&email).map_or(0, |held| held.saturating_sub(1));
        match left {
            0 => drop(self.seats.remove(&email)),
            _ => drop(self.seats.insert(email, left)),
        }
    }

    fn transfer(&mut self, member: MemberId, to: UserTypeId) {
        if let Some((_, user_type)) = self.holding.get_mut(&member) {
            *user_type = to;
        }
    }

    /// Whoever holds a seat holds it by another address.
    fn readdress(&mut self, seat: &Seat) {
        if self.holding.contains_key(&seat.member) {
            self.release(seat.member);
            self.hold(seat);
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

    /// The policy that the organisation was cut over to last, if it ever was.
    #[must_use]
    pub fn policy(&self) -> Option<&str> {
        self.policy.as_deref()
    }

    /// How many seats stay free for ever.
    #[must_use]
    pub fn grandfathered(&self) -> u64 {
        self.grandfathered
    }

    /// How many free seats the operator has given.
    #[must_use]
    pub fn granted(&self) -> u64 {
        self.granted
    }

    /// The edition and trial that the organisation was given last, if it ever was given any.
    #[must_use]
    pub fn tenure(&self) -> Option<Tenure> {
        self.tenure
    }

    /// How many invoices were written.
    #[must_use]
    pub fn invoices(&self) -> u64 {
        self.invoices
    }

    /// Which portal users hold a seat: by which address, and in which user type.
    pub fn holding(&self) -> impl Iterator<Item = (&str, UserTypeId)> {
        self.holding.values().map(|(email, user_type)| (email.as_str(), *user_type))
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
    use crate::licences::{Currency, Cycle, Licences, Order, Reading, Step};
    use crate::time::Day;
    use Event::{Activated, Confirmed, Deactivated, EmailChanged, Invited, Removed, Transferred};

    fn entry(number: u64, event: Event, member: i64, email: &str, consumed: u64) -> Recorded {
        Recorded {
            number,
            event,
            about: About::Seat(Seat {
                member: MemberId(member),
                user_type: UserTypeId(1),
                to: (event == Transferred).then_some(UserTypeId(2)),
                change: 0,
                email: email.into(),
            }),
            consumed,
            purchased: 0,
        }
    }

    fn replay(entries: &[(Event, i64, &str, u64)]) -> Result<Replay, Contradiction> {
        let mut replay = Replay::default();
        for ((event, member, email, consumed), number) in entries.iter().zip(1..) {
            let mut entry = entry(number, *event, *member, email, *consumed);
            if let About::Seat(seat) = &mut entry.about {
                seat.change = event.change(replay.holding.contains_key(&seat.member));
            }
            replay.take(&entry)?;
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
            (EmailChanged, 3, "jon", 1),
            (Removed, 3, "jon", 1),
            (Invited, 4, "maria", 1),
            (EmailChanged, 4, "mary", 2),
            (EmailChanged, 1, "mary", 1),
        ]);
        let replay = replay.unwrap();
        assert_eq!((replay.events(), replay.consumed()), (14, 1));
        assert_eq!(replay.seats().iter().collect::<Vec<_>>(), [(&"mary".to_owned(), &2)]);
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
        let mut first = entry(1, Invited, 1, "maria", 1);
        let unchanged = gap.clone().take(&first).unwrap_err().to_string();
        assert_eq!(
            unchanged,
            "entry 1: 0 more in the user type were recorded, but by the events it is 1"
        );
        if let About::Seat(seat) = &mut first.about {
            seat.change = 1;
        }
        gap.take(&first).unwrap();
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
    fn a_cut_over_is_what_was_promised_and_happens_once() {
        let cut_over = |number, clients_active, grandfathered| Recorded {
            number,
            event: Event::CutOver,
            about: About::CutOver(CutOver {
                on: Day(20_000),
                from: "2023".into(),
                to: "2025".into(),
                free: Some(1000),
                reading: Reading::default(),
                clients_invited: 250,
                clients_active,
                grandfathered,
            }),
            consumed: 0,
            purchased: 0,
        };
        let mut replay = Replay::default();
        replay.take(&cut_over(1, 6500, 6750)).unwrap();
        assert_eq!((replay.policy(), replay.grandfathered()), (Some("2025"), 6750));
        let again = replay.clone().take(&cut_over(2, 6500, 6750)).unwrap_err();
        assert_eq!(again.to_string(), "entry 2: the organisation is under the policy \"2025\" already");
        let wrong = Replay::default().take(&cut_over(1, 1000, 1250)).unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "entry 1: 1250 seats were said to stay free, but by the promise it is 0"
        );
        let mixed = Recorded {
            event: Event::Renewed,
            ..cut_over(2, 6500, 6750)
        };
        assert_eq!(replay.take(&mixed), Err(Contradiction::Mixed { number: 2 }));
    }
}
