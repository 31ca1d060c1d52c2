//! `loggia org create` and `loggia org list`.

use serde_json::json;
use store::testing::{Place, each_database};

use crate::setup::{ADMIN, Setup};

const CREATE: [&str; 6] = ["org", "create", "--admin-email", ADMIN, "--admin-password-file", "password"];

fn create<'a>(more: &[&'a str]) -> Vec<&'a str> {
    CREATE.iter().copied().chain(more.iter().copied()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_is_made_and_listed() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        let mut command = setup.command(&create(&["--name", "Alfreds Futterkiste", "--edition", "enterprise", "--json"]));
        command.env("LOGGIA_PUBLIC_URL", "https://portal.example.com/");
        let made = crate::setup::Answer::from(command.output().unwrap()).json();
        let id = made["id"].as_str().unwrap().to_owned();
        assert_eq!(
            made,
            json!({
                "id": id,
                "name": "Alfreds Futterkiste",
                "edition": "enterprise",
                "portal": "alfreds-futterkiste",
                "portal_url": "https://portal.example.com/portal/alfreds-futterkiste",
                "admin_url": "https://portal.example.com/admin",
                "admin_email": ADMIN,
            })
        );
        let plain = setup.run(&create(&["--name", "Small", "--edition", "free"]));
        assert_eq!(plain.status, Some(0), "{plain:?}");
        assert!(plain.stdout.contains("Portal         none"), "{}", plain.stdout);

        let orgs = setup.run(&["org", "list", "--json"]).json()["orgs"].clone();
        let orgs = orgs.as_array().unwrap();
        assert_eq!(orgs.len(), 2);
        assert_eq!(
            [&orgs[0]["id"], &orgs[0]["data_centre"], &orgs[1]["edition"]],
            [&json!(id), &json!("default"), &json!("free")]
        );
        assert!(orgs[0]["created_time"].as_str().unwrap().ends_with("+00:00"));
        let table = setup.run(&["org", "list"]).stdout;
        assert!(table.starts_with("ID ") && table.lines().count() == 3, "{table}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_or_not_acceptable_is_refused_and_nothing_is_made() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        std::fs::write(setup.directory().join("empty"), "\n").unwrap();
        std::fs::write(setup.directory().join("weak"), "password\n").unwrap();
        setup.org("Northwind");
        let named = |name: &'static str| create(&["--name", name, "--edition", "enterprise"]);
        let with = |flag: &'static str, value: &'static str| {
            let mut words = create(&["--name", "Other", "--edition", "enterprise", "--portal", "others"]);
            let at = words.iter().position(|word| *word == flag).unwrap();
            words[at + 1] = value;
            words
        };
        for (words, status, message) in [
            (named("NORTHWIND"), 1, "this organisation exists already"),
            (named(" "), 1, "name: expected 1 to 120 characters"),
            (with("--portal", "northwind"), 1, "this portal name exists already"),
            (with("--portal", "No Spaces"), 1, "portal name: the name "),
            (
                with("--admin-email", "nobody"),
                1,
                "admin e-mail: expected an address such as anna@example.com",
            ),
            (
                with("--admin-password-file", "nowhere"),
                1,
                "the password file nowhere cannot be read: No such file",
            ),
            (with("--admin-password-file", "empty"), 1, "the password file empty is empty"),
            (with("--admin-password-file", "weak"), 1, "password"),
            (
                with("--edition", "huge"),
                2,
                "expected free, standard, professional, enterprise or ultimate",
            ),
            (
                with("--edition", "free"),
                1,
                "the edition free has no portals: expected enterprise or ultimate",
            ),
            (CREATE.to_vec(), 2, "--name <NAME>"),
        ] {
            setup.run(&words).refused(status, message);
        }
        assert_eq!(setup.run(&["org", "list", "--json"]).json()["orgs"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[test]
fn looking_makes_nothing() {
    let place = Place::sqlite();
    let setup = Setup::new(&place);
    let run = |words: &[&str]| crate::setup::Answer::from(crate::setup::loggia(setup.directory()).args(words).output().unwrap());
    assert_eq!(run(&["org", "list", "--json"]).stdout, "{\"orgs\":[]}\n");
    run(&["outbox", "--org", "x"]).refused(1, "there is no organisation \"x\": nothing is set up in SQLite in ./data");
    assert!(!setup.directory().join("data").exists());
}

#[test]
fn the_password_can_come_from_stdin() {
    let place = Place::sqlite();
    let setup = Setup::new(&place);
    let mut command = setup.command(&[
        "org",
        "create",
        "--name",
        "A",
        "--edition",
        "free",
        "--admin-email",
        ADMIN,
        "--admin-password-file",
        "-",
    ]);
    command.stdin(std::fs::File::open(setup.directory().join("password")).unwrap());
    assert_eq!(command.output().unwrap().status.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_is_given_another_edition_and_a_trial() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        setup.org("Northwind");
        let edition = |arguments: &[&str]| setup.run(&[&["org", "edition", "--org", "Northwind"], arguments].concat());
        let fell = edition(&["--edition", "free", "--json"]).json();
        assert_eq!((&fell["portals"], fell["until"].is_null()), (&json!("closing"), false));
        let tried = edition(&["--edition", "standard", "--trial-until", "2199-01-31"]).stdout;
        assert_eq!(tried, "Edition  standard\nPortals  trial until 2199-01-31\n");
        let again = edition(&["--edition", "ultimate"]).stdout;
        assert_eq!(again, "Edition  ultimate\nPortals  open\n");
        assert_eq!(setup.run(&["org", "list", "--json"]).json()["orgs"][0]["edition"], "ultimate");
        edition(&["--edition", "free", "--trial-until", "2020-01-01"]).refused(1, "trial: expected a day after today");
        edition(&["--edition", "ultimate", "--trial-until", "2199-01-31"]).refused(1, "edition: expected one without portals");
        edition(&["--edition", "free", "--trial-until", "soon"]).refused(2, "expected a day like 2027-01-31");
        edition(&["--edition", "tiny"]).refused(2, "is not an edition");
    })
    .await;
}
