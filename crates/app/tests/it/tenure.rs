//! Editions and trials: what an organisation may do with its portals, and how that ends.

use app::licences::{Aim, Wanted, cut_over, purchase, recompute, show};
use app::members::{accept, deactivate, invite};
use app::orgs::{NewOrg, close, create, set_edition, standing};
use app::portals::{TypeDraft, create_user_type, update};
use app::testing::{Bench, PASSWORD};
use app::{App, Ctx, Error, Settings};
use domain::licences::{Cohort, LicencePolicy, Limits, Policies};
use domain::orgs::{Availability, Edition};
use domain::time::Day;
use store::members::Member;

use crate::people::{client_type, contact, token};

const DAY: i64 = 86_400;
const SECRET: &str = "seven-lanterns-by-the-lake";

/// The product's own policies, with two seats for a trial.
fn settings() -> Settings {
    let limits = Limits {
        trial: 2,
        ..Limits::default()
    };
    let new = LicencePolicy {
        since: Day::parse("2026-12-01").unwrap(),
        limits,
        ..LicencePolicy::default()
    };
    let old = LicencePolicy {
        limits: Limits {
            own_domain: true,
            trial: 2,
            ..LicencePolicy::of_2023().limits
        },
        ..LicencePolicy::of_2023()
    };
    Settings {
        licences: Policies::new(vec![old, new]).unwrap(),
        ..Settings::default()
    }
}

/// An organisation on trial for twenty days, that has an edition then.
async fn trial(app: &App, name: &str, edition: Edition) -> Ctx {
    let new = NewOrg {
        name: name.into(),
        edition,
        trial_ends: Some(Day(app.now().day().0 + 20)),
        data_centre: "eu".into(),
        admin_email: "anna@example.com".into(),
        admin_password: PASSWORD.into(),
        portal: Some(name.to_lowercase()),
    };
    let made = create(app, new).await.unwrap();
    app.system(made.org.id).await.unwrap()
}

async fn each(body: impl AsyncFn(&Bench)) {
    store::testing::each_database(async |place| body(&Bench::with(place, settings()).await).await).await;
}

async fn invited(ctx: &Ctx, name: &str) -> Result<Member, Error> {
    let ctx = ctx.refreshed().await.unwrap();
    invite(&ctx, client_type(&ctx), contact(&ctx, name).await).await
}

async fn availability(ctx: &Ctx) -> Availability {
    standing(&ctx.refreshed().await.unwrap()).await.unwrap().availability
}

/// Whoever changes portals in an edition that has none.
fn is_kept<T: std::fmt::Debug>(answer: Result<T, Error>) -> bool {
    matches!(answer, Err(Error::Edition(_)))
}

#[tokio::test]
async fn a_trial_has_few_seats_and_is_kept_as_it_is_when_it_is_over() {
    each(async |bench| {
        let ctx = trial(&bench.app, "Trying", Edition::Professional).await;
        let maria = invited(&ctx, "maria").await.unwrap();
        bench.clock.advance(19 * DAY);
        let john = invited(&ctx, "john").await.unwrap();
        assert!(matches!(invited(&ctx, "bert").await, Err(Error::Exhausted(full)) if full.allowance == 2));
        let wanted = Wanted::read("5", "", "").unwrap();
        assert!(matches!(purchase(&ctx, wanted).await, Err(Error::OnTrial)));
        bench.clock.advance(DAY);
        let ctx = ctx.refreshed().await.unwrap();
        assert_eq!(availability(&ctx).await, Availability::Kept);
        // Whoever was invited comes in, and nobody else.
        let link = token(&ctx, "john@example.com").await;
        accept(&bench.app, "trying", &link, SECRET).await.unwrap();
        assert!(is_kept(invited(&ctx, "cleo").await) && is_kept(purchase(&ctx, wanted).await));
        let (portal, contacts) = (&ctx.snapshot.portals[0], ctx.snapshot.catalogue.named("Contacts").unwrap());
        let draft = TypeDraft {
            name: "Partners".into(),
            active: true,
            policy: domain::access::beginning(contacts),
        };
        assert!(is_kept(create_user_type(&ctx, portal.id, draft).await));
        assert!(is_kept(update(&ctx, portal.id, "trying", "Another title", true).await));
        deactivate(&ctx, john.id).await.unwrap();
        app::members::remove(&ctx, maria.id).await.unwrap();
        assert!(is_kept(app::members::activate(&ctx, john.id).await));
        update(&ctx, portal.id, "trying", &portal.title, false).await.unwrap();
        let again = set_edition(&ctx, Edition::Enterprise, None).await.unwrap();
        assert_eq!(again.availability, Availability::Open);
        app::members::activate(&ctx, john.id).await.unwrap();
        invited(&ctx, "dana").await.unwrap();
        assert_eq!(recompute(&ctx).await.unwrap().wrong, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn neither_a_trial_nor_an_edition_without_portals_is_cut_over() {
    each(async |bench| {
        let tried = trial(&bench.app, "Trying", Edition::Professional).await;
        let small = trial(&bench.app, "Smaller", Edition::Standard).await;
        bench.clock.advance(DAY);
        set_edition(&small.refreshed().await.unwrap(), Edition::Standard, None)
            .await
            .unwrap();
        for (ctx, why) in [(tried, "trial"), (small, "edition")] {
            let ctx = ctx.refreshed().await.unwrap();
            let before = show(&ctx).await.unwrap();
            let aim = Aim {
                policy: "2025".into(),
                cohort: Cohort::default(),
                held: false,
            };
            let change = cut_over(&ctx, aim).await.unwrap();
            assert_eq!((change.stays.map(|why| why.name()), change.after.is_none()), (Some(why), true));
            let after = show(&ctx).await.unwrap();
            let figures = |report: &app::licences::Report| (report.policy.clone(), report.allowance, report.grandfathered);
            assert_eq!(figures(&before), figures(&after));
            assert_eq!(after.policy, "2023");
        }
    })
    .await;
}

#[tokio::test]
async fn free_of_charge_portals_are_deleted_after_thirty_days_and_three_warnings() {
    each(async |bench| {
        let ctx = trial(&bench.app, "Trying", Edition::Free).await;
        invited(&ctx, "maria").await.unwrap();
        let warnings = async || {
            let mails = app::mail::unsent(&ctx).await.unwrap();
            let subjects = mails.into_iter().map(|m| m.mail.subject);
            subjects.filter(|subject| subject.contains("are deleted")).collect::<Vec<_>>()
        };
        let mut told = Vec::new();
        for day in 0..49 {
            let now = ctx.refreshed().await.unwrap();
            assert!(!close(&now).await.unwrap(), "{day}");
            if warnings().await.len() > told.len() {
                told = warnings().await;
                assert!([20, 43, 49].contains(&day), "told on day {day}");
            }
            bench.clock.advance(DAY);
        }
        close(&ctx.refreshed().await.unwrap()).await.unwrap();
        let deleted = |left: &str| format!("Trying: your portals are deleted {left}");
        assert_eq!(warnings().await, [deleted("in 30 days"), deleted("in 7 days"), deleted("tomorrow")]);
        assert_eq!(show(&ctx.refreshed().await.unwrap()).await.unwrap().consumed, 1);
        bench.clock.advance(DAY);
        assert!(close(&ctx.refreshed().await.unwrap()).await.unwrap());
        let ctx = ctx.refreshed().await.unwrap();
        assert_eq!((ctx.snapshot.portals.len(), ctx.snapshot.user_types.len()), (0, 0));
        assert!(!close(&ctx).await.unwrap(), "there is nothing left to delete");
        let found = recompute(&ctx).await.unwrap();
        assert_eq!((found.consumed, found.wrong.len(), found.events), (0, 0, 3));
        // With an edition that has portals it begins anew.
        set_edition(&ctx, Edition::Enterprise, None).await.unwrap();
        let ctx = ctx.refreshed().await.unwrap();
        app::portals::create(&ctx, "trying-again", "Trying again", None).await.unwrap();
        invited(&ctx, "john").await.unwrap();
        assert_eq!(recompute(&ctx).await.unwrap().wrong, [""; 0]);
        // The old name is free for others.
        trial(&bench.app, "Trying2", Edition::Free).await;
        let other = bench.system().await;
        update(&other, other.snapshot.portals[0].id, "trying", "Northwind", true)
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn bought_licences_are_cancelled_with_the_portals() {
    each(async |bench| {
        let ctx = bench.system().await;
        let wanted = Wanted::read("5", "", "").unwrap();
        purchase(&ctx, wanted).await.unwrap();
        invited(&ctx, "maria").await.unwrap();
        set_edition(&ctx, Edition::Free, None).await.unwrap();
        bench.clock.advance(31 * DAY);
        // Nothing ran in those days: the last warning is given first.
        assert!(!close(&ctx.refreshed().await.unwrap()).await.unwrap());
        assert!(!close(&ctx.refreshed().await.unwrap()).await.unwrap());
        bench.clock.advance(DAY);
        assert!(close(&ctx.refreshed().await.unwrap()).await.unwrap());
        bench.clock.advance(300 * DAY);
        let ctx = ctx.refreshed().await.unwrap();
        app::licences::renew(&ctx).await.unwrap();
        assert_eq!(show(&ctx).await.unwrap().purchased, 0);
        let billed = app::licences::invoices(&ctx).await.unwrap();
        assert_eq!(billed.len(), 2, "the period in which they were deleted is the last one");
        assert_eq!(recompute(&ctx).await.unwrap().wrong, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn with_another_edition_in_time_everything_stays() {
    each(async |bench| {
        let ctx = bench.system().await;
        invited(&ctx, "maria").await.unwrap();
        set_edition(&ctx, Edition::Free, None).await.unwrap();
        bench.clock.advance(29 * DAY);
        let ctx = ctx.refreshed().await.unwrap();
        assert!(matches!(availability(&ctx).await, Availability::Closing { .. }));
        assert!(is_kept(invited(&ctx, "john").await));
        set_edition(&ctx, Edition::Ultimate, None).await.unwrap();
        bench.clock.advance(90 * DAY);
        let ctx = ctx.refreshed().await.unwrap();
        assert!(!close(&ctx).await.unwrap());
        invited(&ctx, "john").await.unwrap();
        assert_eq!(show(&ctx).await.unwrap().consumed, 2);
        let listed = app::orgs::list(&bench.app).await.unwrap();
        assert_eq!(listed[0].edition, Edition::Ultimate);
    })
    .await;
}

#[tokio::test]
async fn a_trial_that_cannot_be_is_refused_and_changes_nothing() {
    each(async |bench| {
        let ctx = bench.system().await;
        let today = ctx.now.day();
        for (edition, ends, expected) in [
            (Edition::Standard, today, "trial: expected a day after today"),
            (Edition::Enterprise, Day(today.0 + 5), "edition: expected one without portals"),
        ] {
            let refused = set_edition(&ctx, edition, Some(ends)).await.unwrap_err().to_string();
            assert!(refused.starts_with(expected), "{refused}");
        }
        assert_eq!(recompute(&ctx).await.unwrap().events, 0);
        let secret = bench.employee("eve", "Administrator").await;
        let eve = bench.as_employee(&secret).await;
        assert!(matches!(
            set_edition(&eve, Edition::Ultimate, None).await,
            Err(Error::NoPermission(_))
        ));
        assert!(matches!(close(&eve).await, Err(Error::NoPermission(_))));
    })
    .await;
}
