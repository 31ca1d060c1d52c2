//! Rolling a licence policy out from the command line, and what is left when that is killed.

use serde_json::{Value, json};
use store::testing::{Place, each_database};

use crate::setup::{Answer, Setup};

/// The policy of 2023, and from some day in the future on that of 2025.
const POLICIES: &str = "
[[policies]]
like = \"2023\"

[[policies]]
like = \"2025\"
since = \"2199-01-01\"
";

const UNDER: (&str, &str) = ("LOGGIA_LICENCES_POLICY_FILE", "policies.toml");

/// A place with these policies.
fn setup(place: &Place) -> Setup<'_> {
    let setup = Setup::new(place);
    std::fs::write(setup.directory().join("policies.toml"), POLICIES).unwrap();
    setup
}

fn run(setup: &Setup, arguments: &[&str]) -> Answer {
    let mut command = setup.command(arguments);
    command.envs([UNDER]).output().unwrap().into()
}

fn outcomes(document: &Value) -> Vec<&str> {
    let met = document["rollout"]["organisations"].as_array().unwrap();
    met.iter().map(|one| one["outcome"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_rolled_out_from_the_command_line() {
    each_database(async |place: &Place| {
        let setup = setup(place);
        let run = |arguments: &[&str]| run(&setup, arguments);
        run(&["rollout", "plan", "--to", "2025"]).refused(1, "there are no organisations");
        setup.org_with("Northwind", &[UNDER]);
        setup.org_with("Keepers", &[UNDER]);
        run(&["rollout", "hold", "--org", "Keepers", "--reason", "asked for it"]);
        let planned = run(&["rollout", "plan", "--to", "2025"]).stdout;
        assert!(
            planned.contains("10000 -> 1000") && planned.contains("1 of 2 organisations"),
            "{planned}"
        );
        assert!(planned.contains("Client Portal: people of the own domain"), "{planned}");
        assert!(run(&["rollout", "status"]).stdout.starts_with("There was no roll-out yet."));
        let none = run(&["rollout", "start", "--to", "2025", "--percent", "0", "--json"]).json();
        assert_eq!(outcomes(&none), ["cohort", "held"]);
        let done = run(&["rollout", "start", "--to", "2025", "--edition", "enterprise", "--json"]).json();
        assert_eq!(
            (outcomes(&done), &done["rollout"]["state"]),
            (vec!["moved", "held"], &json!("done"))
        );
        assert_eq!(done["held"][0]["reason"], "asked for it");
        let shown = run(&["licence", "show", "--org", "Northwind", "--json"]).json();
        assert_eq!((&shown["policy"], &shown["free"]), (&json!("2025"), &json!(1000)));
        assert!(
            run(&["rollout", "status"])
                .stdout
                .contains("Moved      1\nStayed     1\nFailed     0\n")
        );
        run(&["rollout", "release", "--org", "Keepers"]);
        run(&["rollout", "release", "--org", "Keepers"]).refused(1, "there is no such hold");
        run(&["rollout", "pause"]).refused(1, "there is no such running roll-out");
        run(&["rollout", "plan", "--to", "2031"]).refused(1, "there is no such licence policy");
        run(&["rollout", "plan", "--to", "2025", "--percent", "101"]).refused(1, "percent: expected 0 to 100");
        run(&["rollout", "plan"]).refused(2, "--to <POLICY>");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roll_out_that_is_killed_goes_on_where_it_was() {
    each_database(async |place: &Place| {
        let setup = setup(place);
        let names: Vec<String> = (0..6).map(|n| format!("Company{n}")).collect();
        for name in &names {
            setup.org_with(name, &[UNDER]);
        }
        let mut command = setup.command(&["rollout", "start", "--to", "2025"]);
        let mut started = command.envs([UNDER]).spawn().unwrap();
        // Killed once something was moved, or at the end where the machine is faster than a look.
        while started.try_wait().unwrap().is_none() {
            let status = run(&setup, &["rollout", "status", "--json"]).json();
            if status["rollout"]["moved"].as_u64() > Some(0) {
                started.kill().unwrap();
                break;
            }
        }
        started.wait().unwrap();
        let resumed = run(&setup, &["rollout", "resume", "--json"]);
        if resumed.status != Some(0) {
            resumed.refused(1, "there is no such roll-out that is not done");
        }
        let status = run(&setup, &["rollout", "status", "--json"]).json();
        assert_eq!(status["rollout"]["state"], "done");
        assert!(
            outcomes(&status).iter().all(|outcome| ["moved", "done"].contains(outcome)),
            "{status}"
        );
        for name in &names {
            let found = run(&setup, &["licence", "recompute", "--org", name, "--json"]).json();
            assert_eq!((&found["events"], &found["wrong"]), (&json!(1), &json!([])), "{name}");
        }
    })
    .await;
}
