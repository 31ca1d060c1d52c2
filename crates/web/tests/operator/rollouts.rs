//! Roll-outs on the pages: tried, begun, paused, ended.

use app::operators::Operator;
use app::rollouts::{all, carry_on, pause};
use app::testing::Bench;
use domain::orgs::Edition;

use crate::browser::Browser;
use crate::server::{dora, each_database, organisation};

async fn count(bench: &Bench) -> usize {
    all(&Operator::at_the_machine(&bench.app)).await.unwrap().len()
}

async fn begin(dora: &Browser) -> crate::browser::Page {
    dora.post("/operator/rollouts/new", &[("policy", "2025"), ("sure", "yes")]).await
}

#[tokio::test]
async fn a_roll_out_is_tried_and_begun_only_then() {
    each_database(async |bench| {
        organisation(&bench.app, "Small", Edition::Professional, "eu").await;
        organisation(&bench.app, "Big", Edition::Ultimate, "us").await;
        let dora = dora(&bench.app).await;
        let form = dora.get("/operator/rollouts/new").await;
        assert!(form.says("Try it") && !form.says("Begin</button>"), "{}", form.html);
        let tried = dora
            .get("/operator/rollouts/new?policy=2025&edition=ultimate&edition=professional&percent=")
            .await;
        for said in [
            "1 of 3 organisations would be moved to 2025. So far nothing is changed.",
            "5 → 3",
            "edition without portals",
            "not taken",
            "Client Portal: people of the own domain",
            "Begin</button>",
            "<input type=\"hidden\" name=\"edition\" value=\"ultimate\">",
        ] {
            assert!(tried.says(said), "{said}: {}", tried.html);
        }
        assert_eq!(count(&bench).await, 0);
        let fields = [("policy", "2025"), ("edition", "ultimate")];
        let unsure = dora.post("/operator/rollouts/new", &fields).await;
        assert!(unsure.status == 422 && unsure.says("Nothing has begun."), "{}", unsure.html);
        assert_eq!(count(&bench).await, 0);
        let begun = dora.post("/operator/rollouts/new", &[fields[0], fields[1], ("sure", "yes")]).await;
        let begun = dora.get(begun.leads_to()).await;
        assert!(
            begun.says("Begun.") && begun.says("0 of 3 organisations looked at"),
            "{}",
            begun.html
        );
        carry_on(&bench.app).await.unwrap();
        let done = dora.get("/operator/rollouts").await;
        assert!(done.says("Earlier roll-outs") && done.says("edition ultimate"), "{}", done.html);
        let told = all(&Operator::at_the_machine(&bench.app)).await.unwrap();
        let one = dora.get(&format!("/operator/rollouts/{}", told[0].id)).await;
        assert!(one.says("1 moved, 2 stayed, 0 failed") && !one.says("hx-trigger"), "{}", one.html);
        for nowhere in ["/operator/rollouts/1", "/operator/rollouts/none"] {
            assert_eq!(dora.get(nowhere).await.status, 404);
        }
        let nobody = dora.get("/operator/rollouts/new?policy=2025&percent=0").await;
        assert!(
            nobody.says("there is nothing to begin") && !nobody.says("Begin</button>"),
            "{}",
            nobody.html
        );
    })
    .await;
}

#[tokio::test]
async fn bad_input_is_refused_in_place_and_changes_nothing() {
    each_database(async |bench| {
        let dora = dora(&bench.app).await;
        for (field, value, says) in [
            ("percent", "101", "Expected 0 to 100."),
            ("percent", "-1", "Expected 0 to 100."),
            ("percent", "ten", "Expected 0 to 100."),
            ("least", "many", "Expected a whole number from 0 on."),
            ("most", "1.5", "Expected a whole number from 0 on."),
            ("most", "1", "Expected at least 7, the fewest seats that are taken."),
            ("edition", "gold", "Expected editions that there are."),
            ("policy", "2031", "There is no such licence policy."),
            ("policy", "", "There is no such licence policy."),
        ] {
            let mut fields = vec![("policy", "2025"), ("least", "7"), ("sure", "yes")];
            fields.retain(|(name, _)| *name != field);
            fields.push((field, value));
            let query: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let tried = dora.get(&format!("/operator/rollouts/new?{}", query.join("&"))).await;
            let begun = dora.post("/operator/rollouts/new", &fields).await;
            for refused in [tried, begun] {
                assert!(refused.status == 422 && refused.says(says), "{field} {value}: {}", refused.html);
                assert!(
                    ["edition", "policy"].contains(&field) || refused.says(&format!("value=\"{value}\"")),
                    "what was typed stays: {}",
                    refused.html
                );
                assert!(!refused.says("What would change"), "{}", refused.html);
            }
        }
        assert_eq!(count(&bench).await, 0);
    })
    .await;
}

#[tokio::test]
async fn one_that_is_not_done_is_paused_resumed_and_ended() {
    each_database(async |bench| {
        let dora = dora(&bench.app).await;
        begin(&dora).await;
        let running = dora.get("/operator/rollouts").await;
        assert!(
            running.says("hx-trigger=\"every 2s\"") && running.says("Pause</button>"),
            "{}",
            running.html
        );
        assert!(!running.says("New roll-out</a>"), "one at a time");
        let second = begin(&dora).await;
        assert!(
            second.status == 422 && second.says("Another roll-out is not done"),
            "{}",
            second.html
        );
        assert_eq!(count(&bench).await, 1);
        let paused = dora.post("/operator/rollouts/pause", &[]).await;
        let paused = dora.get(paused.leads_to()).await;
        assert!(paused.says("Paused. Nobody") && paused.says("Resume</button>"), "{}", paused.html);
        carry_on(&bench.app).await.unwrap();
        assert!(dora.get("/operator/rollouts").await.says("0 of 1 organisations looked at"));
        let again = dora.post("/operator/rollouts/pause", &[]).await;
        assert!(again.status == 409 && again.says("Nothing was changed"), "{}", again.html);
        let resumed = dora.post("/operator/rollouts/resume", &[]).await;
        assert!(dora.get(resumed.leads_to()).await.says("Resumed."));
        let ended = dora.post("/operator/rollouts/stop", &[]).await;
        assert!(dora.get(ended.leads_to()).await.says("Ended. Who was moved stays moved."));
        carry_on(&bench.app).await.unwrap();
        let none = pause(&Operator::at_the_machine(&bench.app)).await;
        assert!(none.is_err(), "nothing runs any more");
        assert_eq!(dora.post("/operator/rollouts/stop", &[]).await.status, 409);
    })
    .await;
}

#[tokio::test]
async fn two_that_begin_at_the_same_moment_are_one() {
    each_database(async |bench| {
        let (dora, emil) = (dora(&bench.app).await, dora(&bench.app).await);
        let (one, two) = tokio::join!(begin(&dora), begin(&emil));
        let mut answers = [one.status.as_u16(), two.status.as_u16()];
        answers.sort_unstable();
        assert_eq!((answers, count(&bench).await), ([303, 422], 1));
    })
    .await;
}

#[tokio::test]
async fn a_running_server_goes_on_with_it_at_once() {
    each_database(async |bench| {
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let hour = std::time::Duration::from_secs(3600);
        let mut pace = tokio::time::interval(hour);
        pace.tick().await;
        let upkeep = tokio::spawn(app::upkeep::run(bench.app.clone(), pace, stopped));
        let dora = dora(&bench.app).await;
        begin(&dora).await;
        let done = async { while !dora.get("/operator/rollouts").await.says("Earlier roll-outs") {} };
        let patience = std::time::Duration::from_secs(30);
        tokio::time::timeout(patience, done)
            .await
            .expect("it is done long before the hour is over");
        stop.send_replace(true);
        upkeep.await.unwrap();
    })
    .await;
}
