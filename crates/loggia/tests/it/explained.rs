//! `loggia access explain`.

use store::testing::{Place, each_database};

use crate::setup::{Answer, Setup, contact, system};

/// A contact of the organisation, who is no portal user.
async fn anna(setup: &Setup<'_>) -> String {
    let org = setup.org("Northwind");
    let app = setup.app().await;
    let anna = contact(&system(&app, &org).await, "anna").await.unwrap().to_string();
    app.close().await;
    anna
}

fn ask(setup: &Setup<'_>, person: &str, more: &[&str]) -> Answer {
    let question = [
        "access",
        "explain",
        "--org",
        "Northwind",
        "--type",
        "Client Portal",
        "--person",
        person,
    ];
    setup.run(&[&question, more].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_its_reasons_and_the_smallest_change_are_told() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        let anna = anna(&setup).await;
        let ask = |more: &[&str]| ask(&setup, &anna, more);
        let field = ["--module", "Contacts", "--record", &anna, "--field", "Department"];
        let told = ask(&[&field[..], &["--json"]].concat()).json();
        assert_eq!(
            (told["allowed"].as_bool(), told["person"].as_str()),
            (Some(false), Some(anna.as_str()))
        );
        assert_eq!(told["changes"][0][0], "name the field Department in the grant for their own record");
        assert_eq!(told["grants"][0]["parts"][0]["mark"], "yes");
        let plain = ask(&field).stdout;
        for line in [
            "may not read Department of “anna” (Contacts",
            "- This person is no portal user yet: invite them first.",
            "    + “anna” (Contacts",
            "    - It does not name the field Department.",
            "It would be allowed, if you\n  name the field Department in the grant for their own record",
        ] {
            assert!(plain.contains(line), "{plain} does not say {line:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_questions_are_refused_by_name() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        let anna = anna(&setup).await;
        let ask = |more: &[&str]| ask(&setup, &anna, more);
        for (more, message) in [
            (
                &["--module", "Nothing", "--record", &anna][..],
                "module: expected the API name of a module",
            ),
            (&["--module", "Contacts", "--record", "9"], "there is no record 9 in that module"),
            (&["--module", "Contacts", "--record", "x"], "record: expected the id of a record"),
            (
                &["--module", "Contacts", "--record", &anna, "--action", "eat"],
                "action: expected view, edit or delete",
            ),
            (
                &["--module", "Contacts", "--record", &anna, "--field", "Nothing"],
                "field: expected the API name of a field of Contacts",
            ),
            (
                &["--module", "Contacts", "--record", &anna, "--draft", "9"],
                "there is no such draft",
            ),
        ] {
            ask(more).refused(1, message);
        }
        ask(&["--module", "Contacts"]).refused(2, "--record <ID>");
        ask(&["--module", "Contacts", "--record", &anna, "--draft", "x"]).refused(2, "is not an id");
        let nobody = [
            "access",
            "explain",
            "--org",
            "Northwind",
            "--type",
            "Nobody",
            "--person",
            &anna,
            "--module",
            "Contacts",
            "--record",
            &anna,
        ];
        setup.run(&nobody).refused(1, "type: expected the name or id of a user type");
    })
    .await;
}
