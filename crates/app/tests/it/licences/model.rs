//! Random histories against a naive model, written apart: after every step seats, bought licences and invoices are what the
//! model says.
//!
//! The model counts people in a list, prices licence by licence, and has a calendar of its own.

use std::collections::BTreeSet;

use app::licences::{Invoice, Wanted, credit, invoices, pay, purchase, recompute, reduce, renew, show};
use app::members::{accept, activate, deactivate, invite, remove, transfer};
use app::testing::Bench;
use app::{Ctx, Settings};
use domain::ids::{RecordId, UserTypeId};
use domain::licences::{LicencePolicy, Tax};
use domain::members::Status;
use domain::time::Moment;
use store::members::Member;

use crate::people::{contact, token};

/// Seats that cost nothing: few, so that people are often refused.
const FREE: u64 = 4;
/// Days in which an invoice is to be paid, and days of reminders after that.
const PATIENCE: i64 = 28;

/// How many steps are tried on each database: as many as are wanted, else so many.
#[expect(clippy::disallowed_methods, reason = "a test has no settings file")]
fn steps() -> u64 {
    let wanted = std::env::var("LOGGIA_LICENCE_STEPS").ok();
    wanted.map_or(5_000, |n| n.parse().unwrap())
}

/// Chance with a seed (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }

    fn one<'t, T>(&mut self, of: &'t [T]) -> Option<&'t T> {
        let n = u64::try_from(of.len()).unwrap();
        (n > 0).then(|| &of[usize::try_from(self.below(n)).unwrap()])
    }
}

/// Year, month and day of a day counted from 1970-01-01, by counting.
fn date(mut day: i64) -> (i64, i64, i64) {
    for year in 1970.. {
        for month in 1..=12 {
            let long = length(year, month);
            if day < long {
                return (year, month, day + 1);
            }
            day -= long;
        }
    }
    unreachable!()
}

fn length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The day counted from 1970-01-01.
fn number(year: i64, month: i64, day: i64) -> i64 {
    let years: i64 = (1970..year).map(|y| 337 + length(y, 2)).sum();
    years + (1..month).map(|m| length(year, m)).sum::<i64>() + day - 1
}

/// What was bought, as the model has it.
#[derive(Debug, Clone)]
struct Bought {
    quantity: u64,
    next: u64,
    begun: i64,
    period: i64,
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
    fn cost(&self, had: u64, on: i64) -> i64 {
        let (from, to) = (self.begins(self.period), self.begins(self.period + 1));
        let price = |licence: u64| match licence {
            1..=1000 => 300,
            1001..=10_000 => 200,
            _ => 100,
        };
        let mut slabs = [0_i64; 3];
        for licence in had + 1..=self.quantity {
            slabs[usize::try_from((300 - price(licence)) / 100).unwrap()] += price(licence);
        }
        slabs.iter().map(|cents| cents * (to - on) / (to - from)).sum()
    }
}

#[derive(Debug, Clone)]
struct Bill {
    cents: i64,
    issued: i64,
    settled: bool,
}

/// An organisation as it should be.
#[derive(Debug, Default)]
struct Model {
    bought: Option<Bought>,
    bills: Vec<Bill>,
}

impl Model {
    fn purchased(&self) -> u64 {
        self.bought.as_ref().map_or(0, |b| b.quantity)
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

    fn renew(&mut self, today: i64) {
        while let Some(mut bought) = self.bought.clone().filter(|b| b.begins(b.period + 1) <= today) {
            bought.quantity = bought.next;
            bought.period += 1;
            self.bill(bought.cost(0, bought.begins(bought.period)), today);
            self.bought = (bought.quantity > 0).then_some(bought);
        }
    }

    fn buy(&mut self, more: u64, today: i64) {
        self.renew(today);
        let before = self.bought.clone();
        let had = self.purchased();
        let mut bought = before.unwrap_or(Bought {
            quantity: 0,
            next: 0,
            begun: today,
            period: 0,
        });
        bought.quantity += more;
        bought.next += more;
        self.bill(bought.cost(had, today), today);
        self.bought = Some(bought);
    }

    /// Whether so many licences can be had from the next period on, with so many seats held.
    fn reduce(&mut self, next: u64, consumed: u64, today: i64) -> bool {
        let mut after = Self {
            bought: self.bought.clone(),
            bills: self.bills.clone(),
        };
        after.renew(today);
        let Some(bought) = after.bought.as_mut().filter(|b| next <= b.quantity && FREE + next >= consumed) else {
            return false;
        };
        bought.next = next;
        *self = after;
        true
    }

    fn invites(&self, today: i64) -> bool {
        self.bills.iter().all(|b| b.settled || today <= b.issued + PATIENCE)
    }
}

/// A product and what should become of it.
struct World {
    bench: Bench,
    ctx: Ctx,
    people: Vec<RecordId>,
    types: Vec<UserTypeId>,
    model: Model,
    dice: Dice,
    /// How often something was done, and refused.
    done: u64,
    refused: u64,
}

impl World {
    async fn new(bench: Bench, seed: u64) -> Self {
        let ctx = bench.system().await;
        let portal = ctx.snapshot.portals[0].id;
        let partners = app::portals::TypeDraft {
            name: "Partners".into(),
            active: true,
            policy: domain::access::beginning(ctx.snapshot.catalogue.named("Contacts").unwrap()),
        };
        app::portals::create_user_type(&ctx, portal, partners).await.unwrap();
        let ctx = ctx.refreshed().await.unwrap();
        let mut people = Vec::new();
        for name in ["ada", "bert", "cleo", "dana", "egon", "fatma", "gus", "hanna", "ivo", "jana"] {
            people.push(contact(&ctx, name).await);
        }
        Self {
            types: ctx.snapshot.user_types.iter().map(|t| t.id).collect(),
            bench,
            ctx,
            people,
            model: Model::default(),
            dice: Dice(seed),
            done: 0,
            refused: 0,
        }
    }

    fn today(&self) -> i64 {
        self.ctx.now.0 / 86_400_000_000
    }

    async fn members(&self) -> Vec<Member> {
        let wanted = store::members::Wanted {
            limit: 200,
            ..store::members::Wanted::default()
        };
        app::members::list(&self.ctx, wanted).await.unwrap()
    }

    /// Who holds a seat: everybody who is invited or active, once.
    fn seats(members: &[Member]) -> BTreeSet<String> {
        let holds = |m: &&Member| matches!(m.status, Status::Invited | Status::Active);
        members.iter().filter(holds).map(|m| m.email.clone()).collect()
    }

    /// Whether one more seat may be taken by this person.
    fn has_room(&self, seats: &BTreeSet<String>, email: &str) -> bool {
        let held = u64::try_from(seats.len()).unwrap();
        seats.contains(email) || held < FREE + self.model.purchased()
    }

    fn note(&mut self, is_done: bool, expected: bool, what: &str) {
        assert_eq!(is_done, expected, "{what} on day {}: {:?}", self.today(), self.model);
        if is_done { self.done += 1 } else { self.refused += 1 }
    }

    async fn step(&mut self) {
        match self.dice.below(20) {
            0..=4 => self.invite().await,
            5..=9 => self.change().await,
            10..=11 => self.accept().await,
            12..=13 => self.buy().await,
            14 => self.reduce().await,
            15..=17 => self.settle().await,
            18 => {
                renew(&self.ctx).await.unwrap();
                self.model.renew(self.today());
            }
            _ => {
                let hours = i64::try_from(self.dice.below(24 * 9)).unwrap();
                self.bench.clock.advance(hours * 3600);
                self.ctx = self.ctx.refreshed().await.unwrap();
            }
        }
    }

    async fn invite(&mut self) {
        let (person, user_type) = (*self.dice.one(&self.people).unwrap(), *self.dice.one(&self.types).unwrap());
        let members = self.members().await;
        let email = members
            .iter()
            .find(|m| m.record == person)
            .map(|m| m.email.clone())
            .unwrap_or_default();
        let is_new = !members.iter().any(|m| m.record == person && m.user_type == user_type);
        let expected = is_new && self.model.invites(self.today()) && self.has_room(&Self::seats(&members), &email);
        let invited = invite(&self.ctx, user_type, person).await;
        self.note(invited.is_ok(), expected, "inviting");
    }

    async fn change(&mut self) {
        let members = self.members().await;
        let Some(member) = self.dice.one(&members).cloned() else { return };
        let (kind, to) = (self.dice.below(4), *self.dice.one(&self.types).unwrap());
        let others = members
            .iter()
            .any(|m| m.id != member.id && m.record == member.record && m.user_type == to);
        let (is_done, expected) = match kind {
            0 => (remove(&self.ctx, member.id).await.is_ok(), true),
            1 => {
                let is_in = member.status == Status::Active;
                (deactivate(&self.ctx, member.id).await.is_ok(), is_in)
            }
            2 => {
                let room = self.has_room(&Self::seats(&members), &member.email);
                let asleep = member.status == Status::Deactivated;
                (activate(&self.ctx, member.id).await.is_ok(), asleep && room)
            }
            _ => (transfer(&self.ctx, member.id, to).await.is_ok(), !others),
        };
        self.note(is_done, expected, &format!("change {kind} of {member:?}"));
    }

    /// Somebody uses the link in their latest letter. It may be spent; no seat changes hands either way.
    async fn accept(&mut self) {
        let members = self.members().await;
        if let Some(member) = self.dice.one(&members) {
            let token = token(&self.ctx, &member.email).await;
            drop(accept(&self.bench.app, "northwind", &token, "seven-lanterns-by-the-lake").await);
        }
    }

    async fn buy(&mut self) {
        let quantity = [0, 1, 2, 3, 5, 997, 9_001][usize::try_from(self.dice.below(7)).unwrap()];
        let wanted = Wanted {
            quantity,
            currency: None,
            cycle: None,
        };
        let is_done = purchase(&self.ctx, wanted).await.is_ok();
        if quantity > 0 {
            self.model.buy(quantity, self.today());
        }
        self.note(is_done, quantity > 0, "buying");
    }

    async fn reduce(&mut self) {
        let next = [0, 0, 1, 3, 700][usize::try_from(self.dice.below(5)).unwrap()];
        let consumed = u64::try_from(Self::seats(&self.members().await).len()).unwrap();
        let expected = self.model.reduce(next, consumed, self.today());
        let is_done = reduce(&self.ctx, next).await.is_ok();
        self.note(is_done, expected, "reducing");
    }

    async fn settle(&mut self) {
        // Mostly what is owed longest, sometimes what is settled or not there.
        let count = u64::try_from(self.model.bills.len()).unwrap();
        let oldest = self.model.bills.iter().zip(1..).find(|(bill, _)| !bill.settled);
        let number = match oldest {
            Some((_, number)) if self.dice.below(10) < 9 => number,
            _ => self.dice.below(count + 2) + 1,
        };
        let is_paid = if self.dice.below(4) > 0 {
            pay(&self.ctx, number, "bank").await.is_ok()
        } else {
            credit(&self.ctx, number, "by mistake").await.is_ok()
        };
        if let Some(bill) = self.model.bills.get_mut(usize::try_from(number - 1).unwrap()) {
            // Paying what was taken back is refused, and then it is settled already.
            assert!(is_paid || bill.settled);
            bill.settled = true;
        } else {
            assert!(!is_paid, "there is no invoice {number}");
        }
    }

    async fn compare(&self) {
        let report = show(&self.ctx).await.unwrap();
        let seats = Self::seats(&self.members().await).len();
        let figures = (report.consumed, report.purchased, report.allowance);
        let purchased = self.model.purchased();
        assert_eq!(figures, (u64::try_from(seats).unwrap(), purchased, Some(FREE + purchased)));
    }

    async fn compare_bills(&self) {
        let cents = |bill: &Bill| (bill.cents, bill.cents + (bill.cents * 19 + 50) / 100, bill.settled);
        let expected: Vec<_> = self.model.bills.iter().map(cents).collect();
        let kept = |i: &Invoice| (i.net.minor, i.total.minor, i.paid.is_some() || i.credit_note.is_some());
        let mut found = invoices(&self.ctx).await.unwrap();
        found.reverse();
        assert!(found.iter().zip(1..).all(|(invoice, number)| invoice.number == number));
        assert_eq!(found.iter().map(kept).collect::<Vec<_>>(), expected);
    }
}

fn settings() -> Settings {
    let vat = Tax {
        name: "VAT".into(),
        rate: 1900,
    };
    Settings {
        licences: LicencePolicy {
            free: Some(FREE),
            taxes: vec![vat],
            ..LicencePolicy::default()
        }
        .into(),
        ..Settings::default()
    }
}

#[tokio::test]
async fn random_histories_are_what_the_model_says() {
    store::testing::each_database(async |place| {
        let mut world = World::new(Bench::with(place, settings()).await, 0x0041_1903_2811).await;
        let steps = steps();
        for step in 1..=steps {
            world.step().await;
            world.compare().await;
            if step % 50 == 0 || step == steps {
                world.compare_bills().await;
            }
            if step % 500 == 0 || step == steps {
                let found = recompute(&world.ctx).await.unwrap();
                assert_eq!(found.wrong, [""; 0]);
            }
        }
        let bills = u64::try_from(world.model.bills.len()).unwrap();
        println!("{} done, {} refused, {bills} invoices", world.done, world.refused);
        assert!(world.done > steps / 5 && world.refused > steps / 20 && bills > steps / 50);
        assert!(world.ctx.now > Moment(0));
    })
    .await;
}

#[test]
fn the_models_calendar_is_the_calendar() {
    for day in (0..80_000).step_by(7) {
        let (year, month, of_month) = date(day);
        assert_eq!(domain::time::Day(day).iso(), format!("{year:04}-{month:02}-{of_month:02}"));
        assert_eq!(number(year, month, of_month), day);
    }
}
