//! A server with two licence policies, and somebody who is in as its operator.

use app::operators::{Operator, link};
use app::orgs::NewOrg;
use app::testing::{Bench, PASSWORD};
use app::{App, Settings};
use domain::ids::OrgId;
use domain::licences::{LicencePolicy, Policies};
use domain::orgs::Edition;
use domain::time::Day;
use store::testing::Place;

use crate::browser::Browser;

/// That of 2023 and, later than any test, that of 2025, both with few free seats; and a third one if there shall be.
pub fn settings(third: bool) -> Settings {
    let old = LicencePolicy {
        free: Some(5),
        ..LicencePolicy::of_2023()
    };
    let new = LicencePolicy {
        free: Some(3),
        since: Day::parse("2027-01-01").unwrap(),
        ..LicencePolicy::default()
    };
    let later = LicencePolicy {
        name: "passing".into(),
        since: Day::parse("2027-06-01").unwrap(),
        ..LicencePolicy::default()
    };
    let all = [old, new].into_iter().chain(third.then_some(later));
    Settings {
        licences: Policies::new(all.collect()).unwrap(),
        ..Settings::default()
    }
}

pub async fn each_database(body: impl AsyncFn(Bench)) {
    store::testing::each_database(async |place| body(Bench::with(place, settings(false)).await).await).await;
}

/// The address of a link, below the server's own.
pub async fn place(app: &App, name: &str) -> String {
    let link = link(&Operator::at_the_machine(app), name).await.unwrap();
    link.address.strip_prefix(&app.settings().public_url).unwrap().to_owned()
}

/// Somebody who came in by a link.
pub async fn dora(app: &App) -> Browser {
    let browser = Browser::new(app);
    let done = browser.post(&place(app, "Dora").await, &[]).await;
    assert_eq!(done.leads_to(), "/operator");
    browser
}

pub async fn organisation(app: &App, name: &str, edition: Edition, data_centre: &str) -> OrgId {
    let new = NewOrg {
        name: name.into(),
        edition,
        trial_ends: None,
        data_centre: data_centre.into(),
        admin_email: "somebody@example.com".into(),
        admin_password: PASSWORD.into(),
        portal: None,
    };
    app::orgs::create(app, new).await.unwrap().org.id
}

/// The product again, with an organisation that came to a policy which is not there any more.
pub async fn with_a_lost_one(place: &Place) -> (Bench, App, OrgId) {
    let bench = Bench::with(place, settings(true)).await;
    let lost = organisation(&bench.app, "Lost & Found", Edition::Ultimate, "").await;
    let aim = app::licences::Aim {
        policy: "passing".into(),
        cohort: domain::licences::Cohort::default(),
        held: false,
    };
    let ctx = bench.app.system(lost).await.unwrap();
    app::licences::cut_over(&ctx, aim).await.unwrap();
    let engine = place.another_engine();
    let clock = Box::new(bench.clock.clone());
    let again = App::open(engine, settings(false), clock, Box::new(app::clock::SystemRandom)).await;
    (bench, again.unwrap(), lost)
}
