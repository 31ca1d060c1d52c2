//! `loggia access`: policies as text, and their tests.

use store::testing::{Place, each_database};

use crate::setup::{Setup, contact, system};

/// A type that is not there yet, with grants of many sorts and a ceiling.
const WIDE: &str = r#"
[[ceiling]]
name = "Commissions stay inside"
module = "Deals"
all_but = ["Partners"]
fields = ["Probability"]

[[type]]
name = "Partners"
people = "Contacts"

[[type.grant]]
module = "Contacts"
actions = ["view", "edit"]
read = ["Last_Name"]
write = ["Phone"]

[[type.grant]]
module = "Deals"
account = "Account_Name"
path = ["Deals.Account_Name"]
where = "((Stage:not_equal:Closed Lost)or(Created_By:equals:${ME}))"
actions = ["view"]
read = ["Deal_Name", "Stage", "Account_Name"]

[[type.grant]]
module = "Deals"
via = ["Contact_Name"]
actions = ["view", "edit_shared"]
read = ["Deal_Name", "Amount"]
write = ["Description"]
"#;

const TESTS: &str = r#"
tests:
  - test: a partner edits their own telephone number, and sees no other contact
    type: Partners
    person: { field: Email, value: anna@example.com }
    module: Contacts
    record: { field: Email, value: anna@example.com }
    allow: [view, edit, read Last_Name, write Phone]
    deny: [delete, read Email, write Last_Name, create]
    count: 1
  - test: a stranger is out of sight
    type: Partners
    person: { field: Email, value: anna@example.com }
    module: Contacts
    record: { field: Email, value: bert@example.com }
    deny: [view, edit, read Last_Name]
"#;

async fn people(setup: &Setup<'_>) {
    let org = setup.org("Northwind");
    let app = setup.app().await;
    let ctx = system(&app, &org).await;
    for name in ["anna", "bert"] {
        contact(&ctx, name).await.unwrap();
    }
    app.close().await;
}

fn write(setup: &Setup<'_>, name: &str, text: &str) {
    std::fs::write(setup.directory().join(name), text).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_out_is_in_force_already() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        people(&setup).await;
        write(&setup, "wide.toml", WIDE);
        let applied = setup.run(&["access", "apply", "--org", "Northwind", "wide.toml", "--note", "Partners"]);
        assert!(applied.stdout.starts_with("In force as version "), "{applied:?}");
        let text = setup.run(&["access", "export", "--org", "Northwind"]).stdout;
        for line in [
            "account = \"Account_Name\"",
            "Commissions stay inside",
            "${ME}",
            "name = \"Client Portal\"",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
        write(&setup, "all.toml", &text);
        for file in ["all.toml", "wide.toml"] {
            let again = setup.run(&["access", "apply", "--org", "Northwind", file]);
            assert_eq!(again.stdout, "Nothing to do: this is in force already.\n", "{again:?}");
        }
        assert_eq!(setup.run(&["access", "export", "--org", "Northwind"]).stdout, text);
    })
    .await;
}

/// What the documentation shows.
#[tokio::test(flavor = "multi_thread")]
async fn the_examples_do_what_they_say() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        people(&setup).await;
        let at = |name: &str| format!("{}/../../docs/examples/policies/{name}", env!("CARGO_MANIFEST_DIR"));
        let (policies, tests) = (at("partners.toml"), at("partners.yaml"));
        let applied = setup.run(&["access", "apply", "--org", "Northwind", &policies, "--tests", &tests]);
        assert!(applied.stdout.starts_with("In force as version "), "{applied:?}");
        let tested = setup.run(&["access", "test", "--org", "Northwind", &tests]);
        assert!(tested.stdout.starts_with("2 passed, 0 failed."), "{tested:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_shows_what_would_change_and_changes_nothing() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        people(&setup).await;
        let before = setup.run(&["access", "export", "--org", "Northwind"]).stdout;
        write(&setup, "wide.toml", WIDE);
        let planned = setup.run(&["access", "plan", "--org", "Northwind", "wide.toml"]).stdout;
        for line in [
            "+name = \"Partners\"",
            "User types that are made: Partners",
            "which stay as they are: Client Portal",
            "People may see or do more",
        ] {
            assert!(planned.contains(line), "{line} in\n{planned}");
        }
        assert_eq!(setup.run(&["access", "export", "--org", "Northwind"]).stdout, before);
    })
    .await;
}

/// Anna is a client; her records are counted as she would see them.
#[tokio::test(flavor = "multi_thread")]
async fn a_plan_counts_what_people_gain_and_lose() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        people(&setup).await;
        let app = setup.app().await;
        let org = app::orgs::find(&app, "Northwind").await.unwrap();
        let ctx = app.system(org.id).await.unwrap();
        let access = app::records::access(&ctx, "Contacts").unwrap();
        let all = app::records::choices(&ctx, &access, "anna", 1).await.unwrap();
        app::members::invite(&ctx, ctx.snapshot.user_types[0].id, all[0].0).await.unwrap();
        app.close().await;
        let text = setup.run(&["access", "export", "--org", "Northwind"]).stdout;
        // Everybody's names instead of the own record alone; the own address is hidden.
        let wider = text.replacen("\"Email\",", "", 1)
            + "\n[[type.grant]]\nmodule = \"Contacts\"\npublic = true\nactions = [\"view\"]\nread = [\"Last_Name\"]\n";
        assert!(!wider.contains("\"Email\","), "{text}");
        write(&setup, "wider.toml", &wider);
        let planned = setup.run(&["access", "plan", "--org", "Northwind", "wider.toml"]).stdout;
        for line in [
            "Client Portal, 1 of 1 people asked:",
            "  + Contacts: 1 record, such as bert",
            "  + Contacts: Last Name on 1 record",
            "  - Contacts: Email on 1 record",
        ] {
            assert!(planned.contains(line), "{line} in\n{planned}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_with_a_mistake_is_refused_with_its_place_and_changes_nothing() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        people(&setup).await;
        let before = setup.run(&["access", "export", "--org", "Northwind"]).stdout;
        for (from, to, told) in [
            (
                "module = \"Contacts\"\nactions",
                "module = \"Contracts\"\nactions",
                "Partners: there is no module \"Contracts\"",
            ),
            ("\"Amount\"", "\"Amnt\"", "Deals has no field \"Amnt\""),
            (
                "[\"Deals.Account_Name\"]",
                "[\"Deals.Contact_Name\"]",
                "Deals.Contact_Name leads to another module",
            ),
            (
                "[\"Deals.Account_Name\"]",
                "[\"Deals.Account_Name\", \"Contact_Name\"]",
                "the path ends in Contacts",
            ),
            (
                "Stage:not_equal:Closed Lost",
                "Amount:less_than:much",
                "Deals.Amount: expected a value of the field's own kind",
            ),
            (
                "Stage:not_equal:Closed Lost",
                "Stage:resembles:Closed",
                "there is no operator \"resembles\"",
            ),
            (
                "account = \"Account_Name\"",
                "public = true\naccount = \"Account_Name\"",
                "by account and by public",
            ),
            ("read = [\"Last_Name\"]", "reed = [\"Last_Name\"]", "line 15"),
            (
                "all_but = [\"Partners\"]",
                "all_but = [\"Nobody\"]",
                "there is no user type \"Nobody\"",
            ),
        ] {
            let broken = WIDE.replacen(from, to, 1);
            assert_ne!(broken, WIDE);
            write(&setup, "broken.toml", &broken);
            for command in ["plan", "apply"] {
                setup
                    .run(&["access", command, "--org", "Northwind", "broken.toml"])
                    .refused(1, told);
            }
        }
        setup
            .run(&["access", "apply", "--org", "Northwind", "nowhere.toml"])
            .refused(2, "nowhere.toml");
        assert_eq!(setup.run(&["access", "export", "--org", "Northwind"]).stdout, before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tests_hold_or_nothing_is_put_into_force() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        people(&setup).await;
        write(&setup, "wide.toml", WIDE);
        write(&setup, "good.yaml", TESTS);
        write(
            &setup,
            "bad.yaml",
            &TESTS.replacen("deny: [delete, ", "deny: [delete, read Phone, ", 1),
        );
        let in_force = ["access", "test", "--org", "Northwind", "good.yaml"];
        let fails = || {
            let report = setup.run(&in_force);
            assert!(
                report.status == Some(1) && report.stderr.contains("2 of 2 tests do not hold"),
                "{report:?}"
            );
            assert!(
                report
                    .stdout
                    .contains("✗ a stranger is out of sight (line 11)\n    there is no user type \"Partners\": expected the name of one"),
                "{report:?}"
            );
        };
        fails();
        let report = setup
            .run(&[
                "access",
                "test",
                "--org",
                "Northwind",
                "good.yaml",
                "--policies",
                "wide.toml",
                "--json",
            ])
            .json();
        assert_eq!(report["passed"], 2, "{report}");
        assert!(report["without_allow"].to_string().contains("Partners: Deals"), "{report}");
        assert!(!report["without_deny"].to_string().contains("Partners: Contacts"), "{report}");

        let with = |tests: &'static str| setup.run(&["access", "apply", "--org", "Northwind", "wide.toml", "--tests", tests]);
        with("bad.yaml").refused(1, "read Phone is allowed");
        fails();
        assert!(with("good.yaml").stdout.starts_with("In force as version "));
        assert!(setup.run(&in_force).stdout.starts_with("2 passed, 0 failed."));
        write(&setup, "odd.yaml", "tests:\n  - test: x\n    kind: y\n");
        setup
            .run(&["access", "test", "--org", "Northwind", "odd.yaml"])
            .refused(2, "odd.yaml");
    })
    .await;
}
