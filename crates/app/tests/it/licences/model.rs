//! Random histories against a naive model, written apart: after every step seats, bought licences and invoices are what the
//! model says.
//!
//! The model counts people in a list, prices licence by licence, and has a calendar of its own. Each history is that of an
//! organisation of its own, which is cut over to another policy on the way. Two servers serve it in turn.

mod addresses;
mod calendar;
mod editions;
mod expected;
mod line;
mod signing_up;

use std::collections::BTreeSet;

use app::clock::SystemRandom;
use app::licences::{Invoice, Wanted, credit, cut_over, invoices, pay, purchase, recompute, reduce, renew, show};
use app::members::{accept, activate, deactivate, invite, invite_many, remove, transfer};
use app::orgs::NewOrg;
use app::testing::{Bench, PASSWORD};
use app::{App, Ctx, Settings};
use domain::ids::{OrgId, RecordId, UserTypeId};
use domain::licences::{LicencePolicy, Limits, Policies, Tax};
use domain::members::Status;
use domain::orgs::Edition;
use domain::time::Day;
use store::members::Member;
use store::testing::Place;

use self::expected::{FREE, FREE_BEFORE, Model, Seats, TRIAL};
use self::line::Applicant;
use super::cut_over::to_2025;
use crate::people::{contact, token};

/// How many steps a history has.
const HISTORY: u64 = 500;

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

/// An organisation that two servers serve, and what should become of it.
struct World {
    bench: Bench,
    servers: [Ctx; 2],
    /// Whose turn it is.
    turn: usize,
    people: Vec<(RecordId, String)>,
    /// The first one is the one that the portal began with.
    types: Vec<UserTypeId>,
    model: Model,
    /// Who should stand in line.
    line: Vec<Applicant>,
    /// The addresses that records have.
    known: BTreeSet<String>,
    dice: Dice,
    /// How often something was done, and refused.
    done: u64,
    refused: u64,
    /// How many of those who signed up were let in, and how many steps were broken off.
    let_in: usize,
    broken: u64,
}

const NAMES: [&str; 10] = ["ada", "bert", "cleo", "dana", "egon", "fatma", "gus", "hanna", "ivo", "jana"];

fn portal_name(history: u64) -> String {
    format!("history{history}")
}

/// A new organisation under the old policy, with one licence that was bought, and a second user type.
async fn organisation(app: &App, history: u64) -> OrgId {
    let new = NewOrg {
        name: portal_name(history),
        edition: Edition::Enterprise,
        trial_ends: None,
        data_centre: String::new(),
        admin_email: app::testing::ADMIN.into(),
        admin_password: PASSWORD.into(),
        portal: Some(portal_name(history)),
    };
    let org = app::orgs::create(app, new).await.unwrap().org.id;
    let ctx = app.system(org).await.unwrap();
    purchase(&ctx, wanted(1)).await.unwrap();
    let partners = app::portals::TypeDraft {
        name: "Partners".into(),
        active: true,
        policy: domain::access::beginning(ctx.snapshot.catalogue.named("Contacts").unwrap()),
    };
    app::portals::create_user_type(&ctx, ctx.snapshot.portals[0].id, partners)
        .await
        .unwrap();
    let ctx = signing_up::opened(ctx.refreshed().await.unwrap()).await;
    for name in NAMES {
        contact(&ctx, name).await;
    }
    org
}

fn wanted(quantity: u64) -> Wanted {
    Wanted {
        quantity,
        currency: None,
        cycle: None,
    }
}

impl World {
    async fn new(place: &Place, seed: u64) -> Self {
        let bench = Bench::with(place, settings()).await;
        let ctx = bench.system().await;
        Self {
            servers: [ctx.clone(), ctx],
            turn: 0,
            bench,
            people: Vec::new(),
            types: Vec::new(),
            model: Model::default(),
            line: Vec::new(),
            known: BTreeSet::new(),
            dice: Dice(seed),
            done: 0,
            refused: 0,
            let_in: 0,
            broken: 0,
        }
    }

    /// Begins the history of a new organisation.
    async fn begin(&mut self, other: &App, history: u64) {
        let org = organisation(&self.bench.app, history).await;
        self.servers = [self.bench.app.system(org).await.unwrap(), other.system(org).await.unwrap()];
        let ctx = &self.servers[0];
        let contacts = app::records::access(ctx, "Contacts").unwrap();
        let found = app::records::list(ctx, &contacts, domain::records::Query::newest(Vec::new(), 200))
            .await
            .unwrap();
        let ids = found.records.iter().rev().map(|record| record.id);
        self.people = ids.zip(NAMES).map(|(id, name)| (id, format!("{name}@example.com"))).collect();
        self.types = ctx.snapshot.user_types.iter().map(|t| t.id).collect();
        self.model = Model::default();
        self.line = Vec::new();
        self.known = self.people.iter().map(|(_, email)| email.clone()).collect();
        self.model.buy(1, self.today());
    }

    fn ctx(&self) -> &Ctx {
        &self.servers[self.turn]
    }

    fn today(&self) -> i64 {
        self.bench.app.now().day().0
    }

    async fn members(&self) -> Vec<Member> {
        let wanted = store::members::Wanted {
            limit: 200,
            ..store::members::Wanted::default()
        };
        app::members::list(self.ctx(), wanted).await.unwrap()
    }

    async fn seats(&self) -> Seats {
        Seats::of(&self.members().await, self.types[0])
    }

    fn note(&mut self, is_done: bool, expected: bool, what: &str) {
        assert_eq!(is_done, expected, "{what} on day {}: {:?}", self.today(), self.model);
        if is_done { self.done += 1 } else { self.refused += 1 }
    }

    async fn step(&mut self) {
        self.turn = usize::try_from(self.dice.below(2)).unwrap();
        match self.dice.below(100) {
            0..=16 => self.invite().await,
            17..=20 => self.invite_some().await,
            21..=37 => self.change().await,
            38..=45 => self.accept().await,
            46..=55 => self.sign_up().await,
            56..=60 => self.decide().await,
            61..=65 => self.break_off().await,
            66..=71 => self.buy().await,
            72..=75 => self.reduce().await,
            76..=87 => self.settle().await,
            88..=91 => {
                renew(self.ctx()).await.unwrap();
                self.model.renew(self.today());
            }
            92 => self.cut_over().await,
            93 | 94 => self.change_edition().await,
            95 => self.grant().await,
            96 => self.readdress().await,
            _ => self.wait().await,
        }
    }

    async fn wait(&mut self) {
        let hours = i64::try_from(self.dice.below(24 * 9)).unwrap();
        self.bench.clock.advance(hours * 3600);
        for server in &mut self.servers {
            *server = server.refreshed().await.unwrap();
        }
    }

    async fn invite(&mut self) {
        let ((person, email), user_type) = (self.dice.one(&self.people).unwrap().clone(), *self.dice.one(&self.types).unwrap());
        let members = self.members().await;
        let is_new = !members.iter().any(|m| m.record == person && m.user_type == user_type);
        let room = self.model.has_room(&self.seats().await, &email, user_type == self.types[0]);
        let expected = is_new && self.model.invites(self.today()) && room;
        let invited = invite(self.ctx(), user_type, person).await;
        self.note(invited.is_ok(), expected, "inviting");
    }

    /// Several at once: as many come in as there is room for, whoever they are.
    async fn invite_some(&mut self) {
        let user_type = if self.model.is_for_everybody() {
            *self.dice.one(&self.types).unwrap()
        } else {
            self.types[0]
        };
        let first = usize::try_from(self.dice.below(6)).unwrap();
        let some = self.people[first..first + 4].to_vec();
        let (members, seats) = (self.members().await, self.seats().await);
        let is_new = |person: &RecordId| !members.iter().any(|m| m.record == *person && m.user_type == user_type);
        let (seated, others): (Vec<_>, Vec<_>) = some
            .iter()
            .filter(|(id, _)| is_new(id))
            .partition(|(_, email)| seats.all.contains(email));
        let room = usize::try_from(self.model.allowance().saturating_sub(seats.count())).unwrap();
        let expected = match self.model.invites(self.today()) {
            true => seated.len() + others.len().min(room),
            false => 0,
        };
        let ids: Vec<RecordId> = some.iter().map(|(id, _)| *id).collect();
        let invited = invite_many(self.ctx(), user_type, &ids).await;
        let count = invited.iter().filter(|(_, result)| result.is_ok()).count();
        assert_eq!(count, expected, "{invited:?}");
    }

    async fn change(&mut self) {
        let members = self.members().await;
        let Some(member) = self.dice.one(&members).cloned() else { return };
        let (kind, to) = (self.dice.below(4), *self.dice.one(&self.types).unwrap());
        let seats = self.seats().await;
        let (ctx, first) = (self.ctx().clone(), self.types[0]);
        let (is_done, expected) = match kind {
            0 => (remove(&ctx, member.id).await.is_ok(), true),
            1 => {
                let is_in = member.status == Status::Active;
                (deactivate(&ctx, member.id).await.is_ok(), is_in)
            }
            2 => {
                let room = self.model.has_room(&seats, &member.email, member.user_type == first);
                let asleep = member.status == Status::Deactivated;
                let open = self.model.tenure.may_change(self.today());
                (activate(&ctx, member.id).await.is_ok(), asleep && room && open)
            }
            _ => (transfer(&ctx, member.id, to).await.is_ok(), self.may_move(&members, &member, to)),
        };
        self.note(is_done, expected, &format!("change {kind} of {member:?} to {to}"));
    }

    /// Whether somebody may be moved: not where they are already, nor to where they need a licence that there is not.
    fn may_move(&self, members: &[Member], member: &Member, to: UserTypeId) -> bool {
        let is_same = |m: &Member| m.email == member.email || m.record == member.record;
        let twin = |m: &Member| m.id != member.id && is_same(m) && m.user_type == to;
        if members.iter().any(twin) || !self.model.tenure.may_change(self.today()) {
            return false;
        }
        let is_asleep = member.status == Status::Deactivated;
        let stays = to == self.types[0] || member.user_type != self.types[0];
        is_asleep || stays || self.model.may_be_beyond(&Seats::of(members, self.types[0]), &member.email)
    }

    /// Somebody uses the link in their latest letter. It may be spent; no seat changes hands either way.
    async fn accept(&mut self) {
        let members = self.members().await;
        if let Some(member) = self.dice.one(&members) {
            let token = token(self.ctx(), &member.email).await;
            let portal = self.ctx().snapshot.portals[0].name.clone();
            drop(accept(&self.ctx().app, &portal, &token, "seven-lanterns-by-the-lake").await);
        }
    }

    async fn buy(&mut self) {
        let quantity = [0, 1, 2, 3, 5, 997, 9_001][usize::try_from(self.dice.below(7)).unwrap()];
        let is_done = purchase(self.ctx(), wanted(quantity)).await.is_ok();
        let expected = quantity > 0 && self.model.sells(self.today());
        if expected {
            self.model.buy(quantity, self.today());
        }
        self.note(is_done, expected, "buying");
    }

    async fn reduce(&mut self) {
        let next = [0, 0, 1, 3, 700][usize::try_from(self.dice.below(5)).unwrap()];
        let expected = self.model.reduce(next, &self.seats().await, self.today());
        let is_done = reduce(self.ctx(), next).await.is_ok();
        self.note(is_done, expected, "reducing");
    }

    async fn cut_over(&mut self) {
        let expected = self.model.cut_over(&self.seats().await, self.today());
        let change = cut_over(self.ctx(), to_2025()).await.unwrap();
        self.note(change.after.is_some(), expected, "cutting over");
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
            pay(self.ctx(), number, "bank").await.is_ok()
        } else {
            credit(self.ctx(), number, "by mistake").await.is_ok()
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
        let report = show(self.ctx()).await.unwrap();
        let figures = (report.consumed, report.purchased, report.allowance, report.grandfathered);
        let model = &self.model;
        let expected = (
            self.seats().await.count(),
            model.purchased(),
            Some(model.allowance()),
            model.grandfathered,
        );
        assert_eq!(figures, expected);
    }

    async fn compare_bills(&self) {
        let cents = |bill: &expected::Bill| (bill.cents, bill.cents + (bill.cents * 19 + 50) / 100, bill.settled);
        let expected: Vec<_> = self.model.bills.iter().map(cents).collect();
        let kept = |i: &Invoice| (i.net.minor, i.total.minor, i.paid.is_some() || i.credit_note.is_some());
        let mut found = invoices(self.ctx()).await.unwrap();
        found.reverse();
        assert!(found.iter().zip(1..).all(|(invoice, number)| invoice.number == number));
        assert_eq!(found.iter().map(kept).collect::<Vec<_>>(), expected);
    }
}

/// The policies of 2023 and 2025, with few seats and a tax.
fn settings() -> Settings {
    let taxes = vec![Tax {
        name: "VAT".into(),
        rate: 1900,
    }];
    let before = LicencePolicy {
        free: Some(FREE_BEFORE),
        taxes: taxes.clone(),
        limits: Limits {
            own_domain: true,
            trial: TRIAL,
            ..LicencePolicy::of_2023().limits
        },
        ..LicencePolicy::of_2023()
    };
    let after = LicencePolicy {
        free: Some(FREE),
        since: Day::parse("2399-01-01").unwrap(),
        taxes,
        limits: Limits {
            trial: TRIAL,
            ..Limits::default()
        },
        ..LicencePolicy::default()
    };
    Settings {
        licences: Policies::new(vec![before, after]).unwrap(),
        ..Settings::default()
    }
}

#[tokio::test]
async fn random_histories_are_what_the_model_says() {
    store::testing::each_database(async |place| {
        let mut world = World::new(place, 0x0041_1903_2811).await;
        let clock = Box::new(world.bench.clock.clone());
        let other = App::open(place.another_engine(), settings(), clock, Box::new(SystemRandom))
            .await
            .unwrap();
        let (steps, mut bills, mut moved) = (steps(), 0, 0);
        for step in 0..steps {
            if step % HISTORY == 0 {
                world.begin(&other, step / HISTORY).await;
            }
            world.step().await;
            world.follow_line().await;
            world.compare().await;
            let is_last = (step + 1) % HISTORY == 0 || step + 1 == steps;
            if step % 50 == 0 || is_last {
                world.compare_bills().await;
            }
            if is_last {
                let found = recompute(world.ctx()).await.unwrap();
                assert_eq!(found.wrong, [""; 0]);
                bills += world.model.bills.len();
                moved += u64::from(world.model.is_moved);
            }
        }
        let bills = u64::try_from(bills).unwrap();
        let (let_in, broken) = (u64::try_from(world.let_in).unwrap(), world.broken);
        println!("{} done, {} refused, {bills} invoices, {moved} cut over", world.done, world.refused);
        println!("{let_in} let in who signed up, {broken} broken off");
        assert!(world.done > steps / 10 && world.refused > steps / 20 && bills > steps / 50);
        assert!(let_in > steps / 50 && broken > steps / 50);
        assert!(moved > steps / HISTORY / 2);
        other.close().await;
    })
    .await;
}
