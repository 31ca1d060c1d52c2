//! Rolling a licence policy out: who is taken, who stays and why, and that it can be stopped and gone on with.

use app::licences::{Asked, ledger};
use app::operators::Operator;
use app::orgs::NewOrg;
use app::rollouts::{Progress, carry_on, hold, pause, plan, progress, release, resume, start, stop};
use app::testing::{Bench, PASSWORD};
use app::{App, Error};
use domain::ids::OrgId;
use domain::licences::{Cohort, Event};
use domain::orgs::Edition;

use crate::licences::cut_over::bench;

async fn organisation(app: &App, name: &str, edition: Edition) -> OrgId {
    let new = NewOrg {
        name: name.into(),
        edition,
        trial_ends: None,
        data_centre: String::new(),
        admin_email: format!("{}@example.com", name.to_lowercase()),
        admin_password: PASSWORD.into(),
        portal: None,
    };
    app::orgs::create(app, new).await.unwrap().org.id
}

fn operator(app: &App) -> Operator {
    Operator::at_the_machine(app)
}

async fn all(app: &App) -> Result<(), Error> {
    start(&operator(app), "2025", Cohort::default()).await?;
    carry_on(app).await
}

async fn now(app: &App) -> Progress {
    progress(&operator(app)).await.unwrap().unwrap()
}

async fn cut_overs(app: &App, org: OrgId) -> usize {
    let ctx = app.system(org).await.unwrap();
    let asked = Asked::read("", "", "", Event::CutOver.name()).unwrap();
    ledger(&ctx, asked).await.unwrap().entries.len()
}

/// What became of the organisations, in the order in which they were made.
fn outcomes(progress: &Progress) -> Vec<&str> {
    progress.organisations.iter().map(|met| met.outcome.name()).collect()
}

/// Northwind, one whose edition has no portals, and one that the operator wants to stay.
async fn three(bench: &Bench) -> [OrgId; 3] {
    let small = organisation(&bench.app, "Small", Edition::Professional).await;
    let kept = organisation(&bench.app, "Kept", Edition::Ultimate).await;
    hold(&operator(&bench.app), kept, "they asked for it").await.unwrap();
    [bench.org(), small, kept]
}

#[tokio::test]
async fn everybody_is_moved_who_is_taken_and_whoever_stays_is_told_why() {
    store::testing::each_database(async |place| {
        let (bench, _) = bench(place).await;
        let (app, orgs) = (&bench.app, three(&bench).await);
        let planned = plan(&operator(app), "2025", Cohort::default()).await.unwrap();
        let told: Vec<_> = planned.iter().map(|one| one.change.as_ref().unwrap()).collect();
        let stays: Vec<_> = told.iter().map(|change| change.stays.map_or("", |why| why.name())).collect();
        assert_eq!(stays, ["", "edition", "held"]);
        assert_eq!((told[0].before.free, told[0].after.as_ref().unwrap().free), (Some(5), Some(3)));
        assert_eq!(cut_overs(app, orgs[0]).await, 0, "a plan changes nothing");
        assert!(progress(&operator(app)).await.unwrap().is_none());
        all(app).await.unwrap();
        let first = now(app).await;
        assert_eq!((outcomes(&first), first.state.name()), (vec!["moved", "edition", "held"], "done"));
        assert_eq!((first.moved, first.stayed, first.failed), (1, 2, 0));
        release(&operator(app), orgs[2]).await.unwrap();
        all(app).await.unwrap();
        assert_eq!(outcomes(&now(app).await), ["done", "edition", "moved"]);
        all(app).await.unwrap();
        assert_eq!(outcomes(&now(app).await), ["done", "edition", "done"]);
        for (org, times) in orgs.into_iter().zip([1, 0, 1]) {
            assert_eq!(cut_overs(app, org).await, times);
        }
    })
    .await;
}

#[tokio::test]
async fn it_stops_where_it_is_and_goes_on_there() {
    store::testing::each_database(async |place| {
        let (bench, _) = bench(place).await;
        let app = &bench.app;
        start(&operator(app), "2025", Cohort::default()).await.unwrap();
        let second = start(&operator(app), "2025", Cohort::default()).await;
        assert!(matches!(second, Err(Error::Exists(_))), "{second:?}");
        pause(&operator(app)).await.unwrap();
        carry_on(app).await.unwrap();
        assert_eq!((now(app).await.state.name(), cut_overs(app, bench.org()).await), ("paused", 0));
        assert!(matches!(pause(&operator(app)).await, Err(Error::NotFound("running roll-out"))));
        resume(&operator(app)).await.unwrap();
        carry_on(app).await.unwrap();
        assert_eq!((now(app).await.state.name(), cut_overs(app, bench.org()).await), ("done", 1));
        for answer in [
            pause(&operator(app)).await,
            resume(&operator(app)).await,
            stop(&operator(app)).await,
        ] {
            assert!(matches!(answer, Err(Error::NotFound(_))), "{answer:?}");
        }
        start(&operator(app), "2025", Cohort::default()).await.unwrap();
        stop(&operator(app)).await.unwrap();
        carry_on(app).await.unwrap();
        assert_eq!(now(app).await.organisations.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn several_servers_go_on_with_it_at_the_same_time_and_move_nobody_twice() {
    store::testing::each_database(async |place| {
        let (bench, _) = bench(place).await;
        for name in ["Ada", "Bert", "Cleo", "Dana", "Egon"] {
            organisation(&bench.app, name, Edition::Enterprise).await;
        }
        let engine = place.another_engine();
        let clock = Box::new(bench.clock.clone());
        let settings = bench.app.settings().clone();
        let other = App::open(engine, settings, clock, Box::new(app::clock::SystemRandom))
            .await
            .unwrap();
        start(&operator(&bench.app), "2025", Cohort::default()).await.unwrap();
        let (one, two) = tokio::join!(carry_on(&bench.app), carry_on(&other));
        one.unwrap();
        two.unwrap();
        let progress = now(&bench.app).await;
        assert_eq!((progress.moved, progress.failed, progress.state.name()), (6, 0, "done"));
        for met in &progress.organisations {
            assert_eq!(cut_overs(&other, met.id).await, 1, "{}", met.name);
        }
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn two_that_begin_at_the_same_moment_are_one() {
    store::testing::each_database(async |place| {
        let (bench, _) = bench(place).await;
        let clock = Box::new(bench.clock.clone());
        let settings = bench.app.settings().clone();
        let other = App::open(place.another_engine(), settings, clock, Box::new(app::clock::SystemRandom))
            .await
            .unwrap();
        let (one, two) = (operator(&bench.app), operator(&other));
        for _ in 0..5 {
            let begun = tokio::join!(
                start(&one, "2025", Cohort::default()),
                start(&two, "2025", Cohort::default()),
                start(&one, "2025", Cohort::default()),
            );
            let begun = [begun.0, begun.1, begun.2];
            let (fine, refused): (Vec<_>, Vec<_>) = begun.iter().partition(|answer| answer.is_ok());
            assert!(
                fine.len() == 1 && refused.iter().all(|answer| matches!(answer, Err(Error::Exists(_)))),
                "{begun:?}"
            );
            stop(&one).await.unwrap();
        }
        assert_eq!(app::rollouts::all(&one).await.unwrap().len(), 5);
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn all_roll_outs_are_told_with_their_counts() {
    store::testing::each_database(async |place| {
        let (bench, _) = bench(place).await;
        let (app, _) = (&bench.app, three(&bench).await);
        all(app).await.unwrap();
        let id = start(
            &operator(app),
            "2025",
            Cohort {
                percent: 7,
                ..Cohort::default()
            },
        )
        .await
        .unwrap();
        let told = app::rollouts::all(&operator(app)).await.unwrap();
        let counts: Vec<_> = told
            .iter()
            .map(|one| (one.state.name(), one.moved, one.stayed, one.failed))
            .collect();
        assert_eq!(counts, [("running", 0, 0, 0), ("done", 1, 2, 0)]);
        assert_eq!((told[0].id, told[0].cohort.percent), (id, 7));
        let first = app::rollouts::progress_of(&operator(app), told[1].id).await.unwrap();
        assert_eq!((first.organisations.len(), first.of), (3, 3));
        let unknown = app::rollouts::progress_of(&operator(app), 1).await;
        assert!(matches!(unknown, Err(Error::NotFound("roll-out"))));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_changes_nothing() {
    store::testing::each_database(async |place| {
        let (bench, _) = bench(place).await;
        let app = &bench.app;
        for (policy, percent, most, expected) in [
            ("2031", 100, None, "there is no such licence policy"),
            ("2025", 101, None, "percent: expected 0 to 100"),
            ("2025", 100, Some(9), "most: expected at least 10, the fewest seats that are taken"),
        ] {
            let cohort = Cohort {
                least: 10,
                most,
                percent,
                ..Cohort::default()
            };
            let planned = plan(&operator(app), policy, cohort.clone()).await.unwrap_err();
            let started = start(&operator(app), policy, cohort).await.unwrap_err();
            assert_eq!((planned.to_string(), started.to_string()), (expected.into(), expected.into()));
        }
        assert!(hold(&operator(app), bench.org(), " ").await.is_err());
        assert!(hold(&operator(app), bench.org(), &"x".repeat(201)).await.is_err());
        assert!(matches!(release(&operator(app), bench.org()).await, Err(Error::NotFound("hold"))));
        assert!(progress(&operator(app)).await.unwrap().is_none());
    })
    .await;
}
