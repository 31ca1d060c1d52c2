//! The ledger: what happened to the pool, in order, and the figures that follow from it.

mod buying;
pub mod cut_over;
mod model;
mod paying;
mod telling;

use app::licences::{Asked, ledger, recompute};
use app::members::{accept, activate, deactivate, invite, remove, transfer};
use app::testing::each_database;
use app::{Ctx, Error};
use domain::ids::{RecordId, UserTypeId};
use domain::licences::Event;
use store::members::Member;

use crate::people::{client_type, contact, token};

const SECRET: &str = "seven-lanterns-by-the-lake";

/// A second user type, of contacts as well.
async fn another_type(ctx: &Ctx) -> UserTypeId {
    let partners = app::portals::TypeDraft {
        name: "Partners".into(),
        active: true,
        policy: domain::access::beginning(ctx.snapshot.catalogue.named("Contacts").unwrap()),
    };
    let portal = ctx.snapshot.portals[0].id;
    app::portals::create_user_type(ctx, portal, partners).await.unwrap()
}

async fn asked(ctx: &Ctx, email: &str, event: &str) -> Vec<(u64, String, u64)> {
    let asked = Asked::read("", email, "", event).unwrap();
    let page = ledger(ctx, asked).await.unwrap();
    let line = |e: &store::licences::Entry| (e.recorded.number, e.recorded.event.name().to_owned(), e.recorded.consumed);
    page.entries.iter().rev().map(line).collect()
}

#[tokio::test]
async fn the_ledger_says_in_order_what_happened_and_how_many_seats_were_held() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let (maria, john) = (contact(&ctx, "maria").await, contact(&ctx, "john").await);
        let first = invite(&ctx, client_type(&ctx), maria).await.unwrap();
        let second = invite(&ctx, client_type(&ctx), john).await.unwrap();
        accept(&bench.app, "northwind", &token(&ctx, "maria@example.com").await, SECRET)
            .await
            .unwrap();
        deactivate(&ctx, first.id).await.unwrap();
        activate(&ctx, first.id).await.unwrap();
        remove(&ctx, second.id).await.unwrap();
        let line = |number, event: &str, consumed| (number, event.to_owned(), consumed);
        let all = [
            line(1, "invited", 1),
            line(2, "invited", 2),
            line(3, "confirmed", 2),
            line(4, "deactivated", 1),
            line(5, "activated", 2),
            line(6, "removed", 1),
        ];
        assert_eq!(asked(&ctx, "", "").await, all);
        assert_eq!(asked(&ctx, " John@Example.com", "").await, [all[1].clone(), all[5].clone()]);
        assert_eq!(asked(&ctx, "", "invited").await, all[..2]);
        let page = async |before, limit| {
            let asked = Asked {
                before,
                limit: Some(limit),
                ..Asked::default()
            };
            let page = ledger(&ctx, asked).await.unwrap();
            (page.entries.iter().map(|e| e.recorded.number).collect::<Vec<_>>(), page.more)
        };
        assert_eq!(page(None, 4).await, (vec![6, 5, 4, 3], true));
        assert_eq!(page(Some(3), 4).await, (vec![2, 1], false));
        assert_eq!(page(Some(3), 2).await, (vec![2, 1], false));
        let held = async |email: &str| ledger(&ctx, Asked::read("", email, "", "").unwrap()).await.unwrap().held;
        assert_eq!(
            (held("maria@example.com").await, held("john@example.com").await, held("").await),
            (Some(1), Some(0), None)
        );
        let found = recompute(&ctx).await.unwrap();
        assert_eq!((found.events, found.by_events, found.consumed, found.wrong), (6, 1, 1, vec![]));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_asked_of_the_ledger_is_named() {
    for (before, user_type, event, expected) in [
        ("x", "", "", "before: expected the number of an entry"),
        ("-1", "", "", "before: expected the number of an entry"),
        ("", "Clients", "", "user_type: expected the id of a user type"),
        (
            "",
            "",
            "corrected",
            "event: expected one of invited, confirmed, deactivated, activated, removed, transferred, email_changed, purchased, reduced, renewed, cut_over, edition_changed, granted",
        ),
    ] {
        let refused = Asked::read(before, "", user_type, event).unwrap_err().to_string();
        assert_eq!(refused, expected);
    }
    each_database(async |bench| {
        let nobody = Ctx {
            rights: domain::orgs::Rights::standard(),
            ..bench.system().await
        };
        assert!(matches!(ledger(&nobody, Asked::default()).await, Err(Error::NoPermission(_))));
        assert!(matches!(recompute(&nobody).await, Err(Error::NoPermission(_))));
    })
    .await;
}

#[tokio::test]
async fn figures_that_do_not_follow_from_the_events_are_told() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let maria = contact(&ctx, "maria").await;
        invite(&ctx, client_type(&ctx), maria).await.unwrap();
        let spoil = async |sql: &'static str| {
            let changed = ctx.tenant.db.write::<_, store::engine::Error>(move |conn| conn.execute(sql, &[]));
            assert_eq!(changed.await.unwrap(), 1);
            recompute(&ctx).await.unwrap().wrong
        };
        assert_eq!(spoil("UPDATE :db.pool SET consumed = 2").await, ["seats: 2, by the events 1"]);
        spoil("UPDATE :db.pool SET consumed = 1").await;
        assert_eq!(
            spoil("UPDATE :db.seats SET email = 'john@example.com'").await,
            [
                "john@example.com as portal users: 1, by the events 0",
                "maria@example.com as portal users: 0, by the events 1"
            ]
        );
        spoil("UPDATE :db.seats SET email = 'maria@example.com'").await;
        for (spoiled, mended, told) in [
            (
                "UPDATE :db.pool SET beyond = 1",
                "UPDATE :db.pool SET beyond = 0",
                "people beside clients: 1, by the events 0",
            ),
            (
                "UPDATE :db.pool SET trial_ends = 20000",
                "UPDATE :db.pool SET trial_ends = NULL",
                "the edition or its trial is another one than the events say",
            ),
            (
                "UPDATE :db.members SET status = 'deactivated'",
                "UPDATE :db.members SET status = 'invited'",
                "portal users in Client Portal: 0, by the events 1",
            ),
            (
                "UPDATE :db.ledger SET change = 0",
                "UPDATE :db.ledger SET change = 1",
                "entry 1: 0 more in the user type were recorded, but by the events it is 1",
            ),
        ] {
            assert_eq!(spoil(spoiled).await, [told]);
            assert_eq!(spoil(mended).await, [""; 0]);
        }
        assert_eq!(
            spoil("UPDATE :db.ledger SET consumed = 5").await,
            ["entry 1: 5 seats were recorded, but by the events it was 1"]
        );
    })
    .await;
}

/// A few people and user types, and a life at random.
struct Life {
    ctx: Ctx,
    people: Vec<RecordId>,
    types: Vec<UserTypeId>,
    state: u64,
}

impl Life {
    fn roll(&mut self, below: usize) -> usize {
        // xorshift: any numbers will do, as long as they are the same each time.
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % u64::try_from(below).unwrap()).unwrap()
    }

    async fn members(&self) -> Vec<Member> {
        let wanted = store::members::Wanted {
            limit: 100,
            ..store::members::Wanted::default()
        };
        app::members::list(&self.ctx, wanted).await.unwrap()
    }

    /// Accepts by the latest letter; it may be for another user type of the same person.
    async fn accept(&self, member: &Member) {
        let token = token(&self.ctx, &member.email).await;
        drop(accept(&self.ctx.app, "northwind", &token, SECRET).await);
    }

    /// Tries something; it may be refused, and then it is no event.
    async fn step(&mut self) {
        let (kind, person, to) = (self.roll(8), self.roll(self.people.len()), self.roll(self.types.len()));
        let (ctx, members) = (self.ctx.clone(), self.members().await);
        let some = members.get(self.roll(members.len().max(1)));
        match (kind, some) {
            (0 | 1, _) | (_, None) => drop(invite(&ctx, self.types[to], self.people[person]).await),
            (2, Some(member)) => drop(deactivate(&ctx, member.id).await),
            (3, Some(member)) => drop(activate(&ctx, member.id).await),
            (4, Some(member)) => drop(remove(&ctx, member.id).await),
            (5, Some(member)) => drop(app::members::transfer(&ctx, member.id, self.types[to]).await),
            (_, Some(member)) => self.accept(member).await,
        }
    }
}

#[tokio::test]
async fn after_any_life_the_figures_follow_from_the_events() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        another_type(&ctx).await;
        let ctx = ctx.refreshed().await.unwrap();
        let mut people = Vec::new();
        for name in ["maria", "john", "anna", "bert", "cleo"] {
            people.push(contact(&ctx, name).await);
        }
        // Two records of one person hold one seat.
        people.push(crate::people::record(&ctx, "Contacts", &[("Last_Name", "Maria again"), ("Email", "maria@example.com")]).await);
        let types = ctx.snapshot.user_types.iter().map(|t| t.id).collect();
        let mut life = Life {
            ctx: ctx.clone(),
            people,
            types,
            state: 0x2026_1128,
        };
        for _ in 0..300 {
            life.step().await;
        }
        let found = recompute(&ctx).await.unwrap();
        assert_eq!(found.wrong, Vec::<String>::new());
        assert_eq!(found.by_events, found.consumed);
        assert!(found.events > 60, "{found:?}");
        let kinds = async |event: Event| asked(&ctx, "", event.name()).await.len();
        for event in [
            Event::Invited,
            Event::Deactivated,
            Event::Activated,
            Event::Removed,
            Event::Transferred,
        ] {
            assert!(kinds(event).await > 2, "{event:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn how_many_seats_there_were_on_each_day_follows_from_the_ledger() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let now = async || ctx.refreshed().await.unwrap();
        let (maria, john) = (contact(&ctx, "maria").await, contact(&ctx, "john").await);
        let partners = another_type(&ctx).await;
        let first = invite(&now().await, client_type(&ctx), maria).await.unwrap();
        bench.clock.advance(86_400);
        invite(&now().await, client_type(&ctx), john).await.unwrap();
        bench.clock.advance(2 * 86_400);
        transfer(&now().await, first.id, partners).await.unwrap();
        bench.clock.advance(86_400);
        remove(&now().await, first.id).await.unwrap();

        let seen = app::licences::history(&now().await, 6).await.unwrap();
        let lines: Vec<_> = seen.user_types.iter().map(|of| (of.id, of.seats.as_slice())).collect();
        let expected = [(client_type(&ctx), &[0, 1, 2, 2, 1, 1][..]), (partners, &[0, 0, 0, 0, 1, 0][..])];
        assert_eq!(lines, expected);
        assert_eq!(
            (seen.to, seen.user_types[1].name.as_deref()),
            (bench.app.now().day().iso(), Some("Partners"))
        );

        let asked = Asked::read("", "", &partners.to_string(), "").unwrap();
        let of_partners = ledger(&now().await, asked).await.unwrap().entries;
        let events: Vec<&str> = of_partners.iter().map(|entry| entry.recorded.event.name()).collect();
        assert_eq!(events, ["removed", "transferred"], "somebody who came is found where they came to");
        let domain::licences::About::Seat(seat) = &of_partners[1].recorded.about else {
            panic!("a seat")
        };
        assert_eq!(app::licences::types_of(&now().await, seat), "Client Portal → Partners");
        for days in [0, 1, 367] {
            let refused = app::licences::history(&now().await, days).await.unwrap_err();
            assert_eq!(refused.to_string(), "days: expected 2 to 366");
        }
    })
    .await;
}

#[tokio::test]
async fn the_operator_gives_seats_and_takes_them_back() {
    store::testing::each_database(async |place| {
        let policy = domain::licences::LicencePolicy {
            free: Some(1),
            ..Default::default()
        };
        let settings = app::Settings {
            licences: policy.into(),
            ..Default::default()
        };
        let bench = app::testing::Bench::with(place, settings).await;
        let ctx = bench.system().await;
        let mut people = Vec::new();
        for name in ["maria", "john", "anna"] {
            people.push(contact(&ctx, name).await);
        }
        invite(&ctx, client_type(&ctx), people[0]).await.unwrap();
        assert!(matches!(invite(&ctx, client_type(&ctx), people[1]).await, Err(Error::Exhausted(_))));
        let granted = app::licences::grant(&ctx, 1, " for their patience ").await.unwrap();
        assert_eq!((granted.before, granted.granted, granted.allowance), (0, 1, Some(2)));
        invite(&ctx, client_type(&ctx), people[1]).await.unwrap();
        let letters: Vec<String> = app::mail::latest(&ctx)
            .await
            .unwrap()
            .into_iter()
            .map(|posted| posted.mail.subject)
            .collect();
        assert!(
            letters.contains(&"Northwind Traders: 1 more seat for portal users, free of charge".to_owned()),
            "{letters:?}"
        );

        // Nothing more, too much, or without a reason: nothing is changed.
        let secret = bench.employee("clerk", "Administrator").await;
        let before = store::testing::contents(&ctx.tenant.db).await;
        app::licences::grant(&ctx, 1, "again").await.unwrap();
        for (seats, reason) in [(1_000_001, "many"), (2, " "), (2, "two\nlines")] {
            assert!(matches!(app::licences::grant(&ctx, seats, reason).await, Err(Error::Input(..))));
        }
        let refused = app::licences::grant(&bench.as_employee(&secret).await, 9, "mine").await;
        assert!(matches!(refused, Err(Error::NoPermission("of the operator"))));
        assert!(store::testing::contents(&ctx.tenant.db).await == before);
        assert_eq!(app::licences::show(&ctx).await.unwrap().granted, 1);

        // Taken back: nobody is put out, nobody else comes.
        let back = app::licences::grant(&ctx, 0, "a mistake").await.unwrap();
        assert_eq!((back.before, back.allowance), (1, Some(1)));
        assert!(matches!(invite(&ctx, client_type(&ctx), people[2]).await, Err(Error::Exhausted(_))));
        let found = recompute(&ctx).await.unwrap();
        assert_eq!((found.consumed, found.wrong), (2, vec![]));
    })
    .await;
}
