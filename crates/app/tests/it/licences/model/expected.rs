//! An organisation as it should be: people in a list, licences priced one by one.

use std::collections::BTreeSet;

use domain::members::Status;
use store::members::Member;

use super::calendar::{date, length, number};
use super::editions::Tenure;

/// Seats that cost nothing before the cut-over, for clients alone, and after it: few, so that people are often refused.
pub const FREE_BEFORE: u64 = 5;
pub const FREE: u64 = 3;
/// All seats of a trial, and after it.
pub const TRIAL: u64 = 4;
/// Days in which an invoice is to be paid, and days of reminders after that.
const PATIENCE: i64 = 28;

/// What was bought.
#[derive(Debug, Clone)]
pub struct Bought {
    quantity: u64,
    next: u64,
    begun: i64,
    period: i64,
    /// How many of the first ones are not charged, in this period and from the next one on.
    uncharged: u64,
    uncharged_next: u64,
}

impl Bought {
    /// The day on which a period begins.
    fn begins(&self, period: i64) -> i64 {
        let (year, month, day) = date(self.begun);
        let since = year * 12 + month - 1 + period;
        let (year, month) = (since / 12, since % 12 + 1);
        number(year, month, day.min(length(year, month)))
    }

    /// What the licences beyond `had` cost from a day to the period's end, in cents.
    fn cost(&self, had: u64, on: i64, is_moved: bool) -> i64 {
        let (from, to) = (self.begins(self.period), self.begins(self.period + 1));
        let price = |licence: u64| match licence {
            _ if !is_moved => 500,
            1..=1000 => 300,
            1001..=10_000 => 200,
            _ => 100,
        };
        let mut slabs = [0_i64; 6];
        for licence in had.max(self.uncharged) + 1..=self.quantity {
            slabs[usize::try_from(price(licence) / 100).unwrap()] += price(licence);
        }
        slabs.iter().map(|cents| cents * (to - on) / (to - from)).sum()
    }
}

/// What is owed for a step.
#[derive(Debug, Clone)]
pub struct Bill {
    pub cents: i64,
    pub issued: i64,
    pub settled: bool,
}

/// Who holds seats.
#[derive(Debug, Default)]
pub struct Seats {
    /// Everybody who is invited or active, once; those among them who are in another user type than the first; and those
    /// in the first, active or not yet.
    pub all: BTreeSet<String>,
    pub beyond: BTreeSet<String>,
    clients: BTreeSet<String>,
    active_clients: BTreeSet<String>,
}

impl Seats {
    pub fn of(members: &[Member], first: domain::ids::UserTypeId) -> Self {
        let mut seats = Self::default();
        for member in members.iter().filter(|m| matches!(m.status, Status::Invited | Status::Active)) {
            seats.all.insert(member.email.clone());
            if member.user_type != first {
                seats.beyond.insert(member.email.clone());
                continue;
            }
            seats.clients.insert(member.email.clone());
            if member.status == Status::Active {
                seats.active_clients.insert(member.email.clone());
            }
        }
        seats
    }

    /// Somebody more is invited.
    pub fn take(&mut self, email: &str, is_first: bool) {
        self.all.insert(email.to_owned());
        let kind = if is_first { &mut self.clients } else { &mut self.beyond };
        kind.insert(email.to_owned());
    }

    pub fn count(&self) -> u64 {
        u64::try_from(self.all.len()).unwrap()
    }
}

fn many(people: &BTreeSet<String>) -> u64 {
    u64::try_from(people.len()).unwrap()
}

/// An organisation.
#[derive(Debug, Clone, Default)]
pub struct Model {
    bought: Option<Bought>,
    pub bills: Vec<Bill>,
    pub is_moved: bool,
    pub grandfathered: u64,
    pub tenure: Tenure,
    /// Seats that the operator has given.
    pub granted: u64,
}

impl Model {
    pub fn purchased(&self) -> u64 {
        self.bought.as_ref().map_or(0, |b| b.quantity)
    }

    fn free(&self) -> u64 {
        let by_policy = match (self.tenure.trial_ends, self.is_moved) {
            (Some(_), _) => TRIAL.max(self.grandfathered),
            (None, true) => FREE.max(self.grandfathered),
            (None, false) => FREE_BEFORE,
        };
        by_policy + self.granted
    }

    pub fn allowance(&self) -> u64 {
        self.free() + self.purchased()
    }

    /// Whether free seats are for people in whatever user type.
    pub fn is_for_everybody(&self) -> bool {
        self.is_moved || self.tenure.trial_ends.is_some()
    }

    /// Whether licences can be bought.
    pub fn sells(&self, today: i64) -> bool {
        self.tenure.may_change(today) && self.tenure.trial_ends.is_none()
    }

    /// Whether a person may be one more portal user, in the first user type or in another one.
    pub fn has_room(&self, seats: &Seats, email: &str, is_first: bool) -> bool {
        let a_seat = seats.all.contains(email) || seats.count() < self.allowance();
        a_seat && (is_first || self.may_be_beyond(seats, email))
    }

    /// Before the cut-over whoever is in another user type than the first needs a licence that was bought.
    pub fn may_be_beyond(&self, seats: &Seats, email: &str) -> bool {
        self.is_for_everybody() || seats.beyond.contains(email) || many(&seats.beyond) < self.purchased()
    }

    /// Whether seats may be held by other addresses: not if these are more, and more than there are.
    pub fn may_be_held(&self, before: &Seats, after: &Seats) -> bool {
        let (seats, beyond) = (after.count(), many(&after.beyond));
        let has_seats = seats <= before.count() || seats <= self.allowance();
        has_seats && (self.is_for_everybody() || beyond <= many(&before.beyond) || beyond <= self.purchased())
    }

    fn bill(&mut self, cents: i64, issued: i64) {
        if cents > 0 {
            self.bills.push(Bill {
                cents,
                issued,
                settled: false,
            });
        }
    }

    pub fn renew(&mut self, today: i64) {
        while let Some(mut bought) = self.bought.clone().filter(|b| b.begins(b.period + 1) <= today) {
            bought.quantity = bought.next;
            bought.uncharged = bought.uncharged_next;
            bought.period += 1;
            self.bill(bought.cost(0, bought.begins(bought.period), self.is_moved), today);
            self.bought = (bought.quantity > 0).then_some(bought);
        }
    }

    pub fn buy(&mut self, more: u64, today: i64) {
        self.renew(today);
        let had = self.purchased();
        let mut bought = self.bought.clone().unwrap_or(Bought {
            quantity: 0,
            next: 0,
            begun: today,
            period: 0,
            uncharged: 0,
            uncharged_next: 0,
        });
        bought.quantity += more;
        bought.next += more;
        self.bill(bought.cost(had, today, self.is_moved), today);
        self.bought = Some(bought);
    }

    /// Whether so many licences can be had from the next period on, with these seats held.
    pub fn reduce(&mut self, next: u64, seats: &Seats, today: i64) -> bool {
        let mut after = self.clone();
        after.renew(today);
        let beyond = if self.is_for_everybody() { 0 } else { many(&seats.beyond) };
        let fits = |b: &&mut Bought| next <= b.quantity && self.free() + next >= seats.count() && next >= beyond;
        let Some(bought) = after.bought.as_mut().filter(fits) else {
            return false;
        };
        bought.next = next;
        *self = after;
        true
    }

    /// Comes to the new policy. Returns whether it was under the old one.
    pub fn cut_over(&mut self, seats: &Seats, today: i64) -> bool {
        if self.is_moved || !self.tenure.has_portals || self.tenure.trial_ends.is_some() {
            return false;
        }
        self.renew(today);
        self.is_moved = true;
        if many(&seats.active_clients) > FREE {
            self.grandfathered = many(&seats.clients);
        }
        if let Some(bought) = &mut self.bought {
            bought.uncharged_next = bought.quantity.min(FREE);
        }
        true
    }

    pub fn invites(&self, today: i64) -> bool {
        self.tenure.may_change(today) && self.bills.iter().all(|b| b.settled || today <= b.issued + PATIENCE)
    }
}
