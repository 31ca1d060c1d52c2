//! From the policy of 2023 to that of 2025: what held before, what is promised, and that nothing is lost.

use app::licences::{Aim, Change, Wanted, cut_over, invoices, purchase, recompute, renew, show};
use app::members::{invite, transfer};
use app::portals::{TypeDraft, create_user_type};
use app::testing::Bench;
use app::{Ctx, Error, Settings};
use domain::ids::{RecordId, UserTypeId};
use domain::licences::{Cohort, Event, LicencePolicy, Policies, PriceBook};
use domain::time::Day;
use store::members::Member;

use super::asked;
use crate::people::{client_type, record, token};

const DAY: i64 = 86_400;

/// As the product has them, but with few seats, and with the new one in the future.
pub fn policies() -> Policies {
    let old = LicencePolicy {
        free: Some(5),
        ..LicencePolicy::of_2023()
    };
    let new = LicencePolicy {
        free: Some(3),
        since: Day::parse("2027-01-01").unwrap(),
        ..LicencePolicy::default()
    };
    Policies::new(vec![old, new]).unwrap()
}

pub async fn bench(place: &store::testing::Place) -> (Bench, Ctx) {
    let settings = Settings {
        licences: policies(),
        ..Settings::default()
    };
    let bench = Bench::with(place, settings).await;
    let ctx = bench.system().await;
    (bench, ctx)
}

/// Somebody of another company.
pub async fn client(ctx: &Ctx, name: &str) -> RecordId {
    let email = format!("{name}@client.example.net");
    record(ctx, "Contacts", &[("Last_Name", name), ("Email", &email)]).await
}

async fn buy(ctx: &Ctx, quantity: u64) -> Result<app::licences::Taken, Error> {
    let wanted = Wanted {
        quantity,
        currency: None,
        cycle: None,
    };
    purchase(&ctx.refreshed().await.unwrap(), wanted).await
}

async fn partners(ctx: &Ctx, module: &str) -> Result<UserTypeId, Error> {
    let draft = TypeDraft {
        name: format!("Partners {module}"),
        active: true,
        policy: domain::access::beginning(ctx.snapshot.catalogue.named(module).unwrap()),
    };
    create_user_type(ctx, ctx.snapshot.portals[0].id, draft).await
}

pub fn to_2025() -> Aim {
    Aim {
        policy: "2025".into(),
        cohort: Cohort::default(),
        held: false,
    }
}

async fn moved(ctx: &Ctx) -> Change {
    let ctx = ctx.refreshed().await.unwrap();
    let change = cut_over(&ctx, to_2025()).await.unwrap();
    assert_eq!(recompute(&ctx).await.unwrap().wrong, [""; 0]);
    change
}

fn full(answer: Result<Member, Error>) -> (u64, u64) {
    match answer {
        Err(Error::Exhausted(full)) => (full.allowance, full.consumed),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn before_the_change_free_seats_are_for_clients_alone() {
    store::testing::each_database(async |place| {
        let (_bench, ctx) = bench(place).await;
        let own = record(&ctx, "Contacts", &[("Last_Name", "Own"), ("Email", "own@example.com")]).await;
        let refused = invite(&ctx, client_type(&ctx), own).await;
        assert!(
            matches!(&refused, Err(Error::OwnDomain { domain, .. }) if domain == "example.com"),
            "{refused:?}"
        );
        let refused = partners(&ctx, "Vendors").await;
        assert!(matches!(refused, Err(Error::NotInPolicy { .. })), "{refused:?}");
        buy(&ctx, 2).await.unwrap();
        let employees = partners(&ctx, "Employees").await;
        assert!(matches!(employees, Err(Error::NotInPolicy { .. })), "{employees:?}");
        assert_eq!(invoices(&ctx).await.unwrap()[0].net.to_string(), "10.00", "five dollars each");
        let partners = partners(&ctx, "Contacts").await.unwrap();
        let ctx = ctx.refreshed().await.unwrap();
        let mut people = Vec::new();
        for name in ["ada", "bert", "cleo", "dana", "egon", "fatma", "gus", "hanna"] {
            people.push(client(&ctx, name).await);
        }
        let bert = invite(&ctx, partners, people[1]).await.unwrap();
        invite(&ctx, partners, people[0]).await.unwrap();
        assert_eq!(full(invite(&ctx, partners, people[2]).await), (2, 2));
        let cleo = invite(&ctx, client_type(&ctx), people[2]).await.unwrap();
        let moved = transfer(&ctx, cleo.id, partners).await;
        assert!(matches!(moved, Err(Error::Exhausted(_))), "{moved:?}");
        transfer(&ctx, bert.id, client_type(&ctx)).await.unwrap();
        transfer(&ctx, cleo.id, partners).await.unwrap();
        for person in &people[3..7] {
            invite(&ctx, client_type(&ctx), *person).await.unwrap();
        }
        assert_eq!(full(invite(&ctx, client_type(&ctx), people[7]).await), (7, 7));
        assert_eq!(recompute(&ctx).await.unwrap().wrong, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_cut_over_keeps_what_was_promised_and_happens_once() {
    store::testing::each_database(async |place| {
        let (bench, ctx) = bench(place).await;
        buy(&ctx, 4).await.unwrap();
        let partners = partners(&ctx, "Contacts").await.unwrap();
        let ctx = ctx.refreshed().await.unwrap();
        for (name, user_type) in [("ada", client_type(&ctx)), ("bert", client_type(&ctx)), ("cleo", partners)] {
            invite(&ctx, user_type, client(&ctx, name).await).await.unwrap();
        }
        let change = moved(&ctx).await;
        let after = change.after.unwrap();
        assert_eq!((change.before.policy.as_str(), change.before.allowance), ("2023", Some(9)));
        assert_eq!((after.policy.as_str(), after.free, after.allowance), ("2025", Some(3), Some(7)));
        let invoice = |figures: &app::licences::Figures| figures.next_invoice.unwrap().to_string();
        // Three of the four are not charged, the fourth costs what the first slab says.
        assert_eq!((invoice(&change.before), invoice(&after)), ("20.00".into(), "3.00".into()));
        assert_eq!(change.gains[1].gains, ["free seats", "people of the own domain", "employees"]);
        let again = moved(&ctx).await;
        assert!(again.after.is_none() && again.stays.is_some());
        assert_eq!(asked(&ctx, "", Event::CutOver.name()).await.len(), 1);
        let mails = app::mail::unsent(&ctx).await.unwrap();
        let told: Vec<_> = mails.iter().filter(|m| m.mail.subject.contains("policy 2025")).collect();
        assert_eq!((told.len(), told[0].mail.to.as_str()), (1, app::testing::ADMIN));
        // Everybody can come now.
        let own = record(&ctx, "Contacts", &[("Last_Name", "Own"), ("Email", "own@example.com")]).await;
        for person in [
            own,
            client(&ctx, "dana").await,
            client(&ctx, "egon").await,
            client(&ctx, "gus").await,
        ] {
            invite(&ctx, partners, person).await.unwrap();
        }
        assert_eq!(full(invite(&ctx, partners, client(&ctx, "hanna").await).await), (7, 7));
        bench.clock.advance(31 * DAY);
        let ctx = ctx.refreshed().await.unwrap();
        renew(&ctx).await.unwrap();
        assert_eq!(invoices(&ctx).await.unwrap()[0].net.to_string(), "3.00");
        assert_eq!(recompute(&ctx).await.unwrap().wrong, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn whoever_had_more_clients_than_are_free_keeps_their_number_for_ever() {
    store::testing::each_database(async |place| {
        let (_bench, ctx) = bench(place).await;
        let mut members = Vec::new();
        for name in ["ada", "bert", "cleo", "dana", "egon"] {
            members.push(invite(&ctx, client_type(&ctx), client(&ctx, name).await).await.unwrap());
        }
        for member in members.iter().take(4) {
            let token = crate::people::token(&ctx, &member.email).await;
            app::members::accept(&ctx.app, "northwind", &token, super::SECRET).await.unwrap();
        }
        moved(&ctx).await;
        let ctx = ctx.refreshed().await.unwrap();
        let report = show(&ctx).await.unwrap();
        assert_eq!((report.free, report.grandfathered, report.allowance), (Some(5), 5, Some(5)));
        app::members::remove(&ctx, members[0].id).await.unwrap();
        invite(&ctx, client_type(&ctx), client(&ctx, "fatma").await).await.unwrap();
        assert_eq!(full(invite(&ctx, client_type(&ctx), client(&ctx, "gus").await).await), (5, 5));
        let unknown = Aim {
            policy: "2031".into(),
            ..to_2025()
        };
        assert!(matches!(cut_over(&ctx, unknown).await, Err(Error::NotFound("licence policy"))));
    })
    .await;
}

#[tokio::test]
async fn nobody_is_moved_to_where_what_they_bought_has_no_prices() {
    store::testing::each_database(async |place| {
        let new = LicencePolicy {
            free: Some(3),
            since: Day::parse("2027-01-01").unwrap(),
            prices: PriceBook::new(Vec::new()).unwrap(),
            ..LicencePolicy::default()
        };
        let settings = Settings {
            licences: Policies::new(vec![LicencePolicy::of_2023(), new]).unwrap(),
            ..Settings::default()
        };
        let bench = Bench::with(place, settings).await;
        let ctx = bench.system().await;
        buy(&ctx, 7).await.unwrap();
        let change = moved(&ctx).await;
        assert_eq!((change.stays.map(|s| s.name()), change.after), (Some("no_prices"), None));
        assert_eq!(show(&ctx).await.unwrap().policy, "2023");
        // What ends with the period needs none.
        app::licences::reduce(&ctx, 0).await.unwrap();
        assert_eq!(moved(&ctx).await.stays, None);
    })
    .await;
}

/// The same product after its policy file was changed.
async fn reopened(bench: &Bench, place: &store::testing::Place, licences: Policies) -> Ctx {
    let settings = Settings {
        licences,
        ..Settings::default()
    };
    bench.reopened(place, settings).await.system().await
}

#[tokio::test]
async fn where_the_policy_is_gone_nobody_comes_and_everybody_can_go() {
    store::testing::each_database(async |place| {
        let (bench, before) = bench(place).await;
        let clients = client_type(&before);
        let mut members = Vec::new();
        for name in ["ann", "bob", "eve"] {
            let record = client(&before, name).await;
            members.push(invite(&before, clients, record).await.unwrap());
        }
        buy(&before, 2).await.unwrap();
        let other = |formerly: &[&str]| {
            let renamed = LicencePolicy {
                name: "ours".into(),
                formerly: formerly.iter().map(|name| (*name).to_owned()).collect(),
                ..policies().all().next().unwrap().clone()
            };
            Policies::new(vec![renamed, LicencePolicy::default()]).unwrap()
        };

        let ctx = reopened(&bench, place, other(&[])).await;
        let why = "the organisation is under the licence policy \"2023\", which the policy file does not have any more";
        let zoe = client(&ctx, "zoe").await;
        let refused: [Error; 3] = [
            invite(&ctx, clients, zoe).await.unwrap_err(),
            buy(&ctx, 1).await.unwrap_err(),
            show(&ctx).await.unwrap_err(),
        ];
        assert!(refused.iter().all(|error| error.to_string().starts_with(why)), "{refused:?}");
        let link = token(&ctx, "ann@client.example.net").await;
        app::members::accept(&ctx.app, "northwind", &link, app::testing::PASSWORD)
            .await
            .unwrap();
        app::members::deactivate(&ctx, members[0].id).await.unwrap();
        app::members::remove(&ctx, members[1].id).await.unwrap();
        app::licences::pay(&ctx, 1, "by hand").await.unwrap();
        let told = recompute(&ctx).await.unwrap();
        assert_eq!((told.consumed, told.wrong), (1, vec![]));
        let without = app::licences::without_policy(&ctx.app).await.unwrap();
        assert_eq!(without.len(), 1);

        let ctx = reopened(&bench, place, other(&["2023"])).await;
        assert_eq!(show(&ctx).await.unwrap().policy, "ours");
        invite(&ctx, clients, zoe).await.unwrap();
        assert!(app::licences::without_policy(&ctx.app).await.unwrap().is_empty());
    })
    .await;
}
