//! Tests of policies that the organisation keeps, on the command line.

use store::testing::{Place, each_database};

use crate::setup::{Setup, contact, system};

const KEPT: &str = r"
tests:
  - test: a client changes their own telephone number, and does not read their department
    type: Client Portal
    person: { field: Email, value: anna@example.com }
    module: Contacts
    record: { field: Email, value: anna@example.com }
    allow: [view, write Phone]
    deny: [read Department]
";

const STRANGER: &str = r"  - test: a stranger is out of sight
    type: Client Portal
    person: { field: Email, value: anna@example.com }
    module: Contacts
    record: { field: Email, value: bert@example.com }
    deny: [view]
";

async fn setup(place: &Place) -> Setup<'_> {
    let setup = Setup::new(place);
    let org = setup.org("Northwind");
    let app = setup.app().await;
    let ctx = system(&app, &org).await;
    for name in ["anna", "bert"] {
        contact(&ctx, name).await.unwrap();
    }
    app.close().await;
    setup
}

fn write(setup: &Setup<'_>, name: &str, text: &str) {
    std::fs::write(setup.directory().join(name), text).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn tests_are_kept_run_and_counted() {
    each_database(async |place: &Place| {
        let setup = setup(place).await;
        let test = |more: &[&str]| setup.run(&[&["access", "test", "--org", "Northwind"], more].concat());
        assert_eq!(test(&[]).stdout, "There are no tests.\n");
        let none = test(&["--coverage"]).stdout;
        for line in [
            "0 of 1 grant covered by 0 kept tests.",
            "- Client Portal, Contacts, their own: no test shows that it lets in, and none that it keeps out",
        ] {
            assert!(none.contains(line), "{line} in\n{none}");
        }

        write(&setup, "kept.yaml", KEPT);
        let kept = test(&["kept.yaml", "--keep"]);
        assert!(
            kept.stdout
                .starts_with("Kept: 1 test, run at every publishing from now on.\n1 passed, 0 failed."),
            "{kept:?}"
        );
        assert!(test(&[]).stdout.starts_with("1 passed, 0 failed."));
        assert_eq!(test(&["--print"]).stdout, KEPT);
        let coverage = test(&["--coverage"]).stdout;
        assert!(
            coverage.contains("- Client Portal, Contacts, their own: no test shows that it keeps out"),
            "{coverage}"
        );

        write(&setup, "all.yaml", &format!("{KEPT}{STRANGER}"));
        test(&["all.yaml", "--keep"]);
        assert_eq!(test(&["--coverage"]).stdout, "1 of 1 grant covered by 2 kept tests.\n");
        let coverage = test(&["--coverage", "--json"]).json();
        assert_eq!(coverage["grants"][0]["deny"][0], "a stranger is out of sight", "{coverage}");

        // What is bad is refused, and what was kept is kept.
        for (from, to, told) in [
            ("write Phone", "write Phones", "bad.yaml: line 8: Contacts have no field \"Phones\""),
            ("allow:", "permit:", "bad.yaml: "),
            ("type: Client Portal", "type: Nobody", "line 4: there is no user type \"Nobody\""),
        ] {
            write(&setup, "bad.yaml", &KEPT.replacen(from, to, 1));
            test(&["bad.yaml", "--keep"]).refused(2, told);
        }
        test(&["--keep"]).refused(2, "FILE");
        test(&["all.yaml", "--coverage"]).refused(2, "--coverage");
        assert_eq!(test(&["--print"]).stdout, format!("{KEPT}{STRANGER}"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_fails_the_kept_tests_is_put_into_force_only_by_their_number() {
    each_database(async |place: &Place| {
        let setup = setup(place).await;
        write(&setup, "kept.yaml", KEPT);
        setup.run(&["access", "test", "--org", "Northwind", "kept.yaml", "--keep"]);
        let before = setup.run(&["access", "export", "--org", "Northwind"]).stdout;
        let wider = before.replacen("\"Email\",", "\"Email\",\n    \"Department\",", 1);
        assert_ne!(wider, before);
        write(&setup, "wider.toml", &wider);
        let against = setup.run(&["access", "test", "--org", "Northwind", "--policies", "wider.toml"]);
        assert!(
            against.status == Some(1) && against.stdout.contains("read Department is allowed"),
            "{against:?}"
        );
        let apply = |more: &[&str]| setup.run(&[&["access", "apply", "--org", "Northwind", "wider.toml"], more].concat());
        for told in [
            "1 of 1 kept tests would fail",
            "read Department is allowed",
            "--despite-failing-tests 1",
        ] {
            apply(&[]).refused(1, told);
        }
        apply(&["--despite-failing-tests", "2"]).refused(1, "nothing is put into force");
        assert_eq!(setup.run(&["access", "export", "--org", "Northwind"]).stdout, before);
        let applied = apply(&["--despite-failing-tests", "1"]);
        assert!(applied.stdout.starts_with("In force as version "), "{applied:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_everybody_reaches_is_told() {
    each_database(async |place: &Place| {
        let setup = setup(place).await;
        let exposure = |more: &[&str]| setup.run(&[&["access", "exposure", "--org", "Northwind"], more].concat());
        assert_eq!(exposure(&[]).stdout, "Visitors who are not signed in see nothing.\n");
        let open = "[[anonymous]]\nmodule = \"Contacts\"\nwhere = \"(Last_Name:equals:anna)\"\nread = [\"Last_Name\"]\nat_most = 1\n";
        write(&setup, "open.toml", open);
        let plan = setup.run(&["access", "plan", "--org", "Northwind", "open.toml"]).stdout;
        for line in [
            "+[[anonymous]]",
            "Visitors who are not signed in:",
            "+ Contacts: 1 record",
            "People may see or do more",
        ] {
            assert!(plan.contains(line), "{line} in\n{plan}");
        }
        setup.run(&["access", "apply", "--org", "Northwind", "open.toml"]);
        let told = "Visitors who are not signed in:\n- Contacts: 1 of 2 records, 1 allowed; fields: Last Name\n";
        assert_eq!(exposure(&[]).stdout, told);
        let json: serde_json::Value = serde_json::from_str(&exposure(&["--json"]).stdout).unwrap();
        assert_eq!(json["anonymous"][0]["api_name"], "Contacts");
        assert_eq!(json["anonymous"][0]["sample"], serde_json::json!([["anna"]]));
        let more = open.replace("where = \"(Last_Name:equals:anna)\"", "every_record = true");
        write(&setup, "more.toml", &more);
        let refused = setup.run(&["access", "apply", "--org", "Northwind", "more.toml"]);
        assert!(refused.stderr.contains("at most 1 are allowed"), "{}", refused.stderr);
        assert_eq!(exposure(&[]).stdout, told);
    })
    .await;
}
