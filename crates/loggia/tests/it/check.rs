//! `loggia check`.

use store::testing::{Place, each_database};

use crate::setup::{Answer, Setup, loggia};

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_are_shown_with_where_they_come_from_and_the_database_is_opened() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        std::fs::write(
            setup.directory().join("loggia.toml"),
            "listen = \"127.0.0.1:9\"\n[sessions]\nportal = \"1h\"\n",
        )
        .unwrap();
        let check = || {
            let mut command = setup.command(&["check", "--config", "loggia.toml"]);
            command
                .env("LOGGIA_SMTP_URL", "smtp://u:hush-hush@mail")
                .env("LOGGIA_SMTP_FROM", "a@example.com")
                .env("LOGGIA_PAYMENTS_STRIPE_KEY", "sk_hush-hush")
                .env("LOGGIA_PAYMENTS_STRIPE_WEBHOOK_SECRET", "whsec_hush-hush");
            Answer::from(command.output().unwrap())
        };
        let shown = check();
        assert_eq!(shown.status, Some(0), "{shown:?}");
        let row = |name: &str| {
            let line = shown.stdout.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(row("listen"), ["listen", "127.0.0.1:9", "loggia.toml", "LOGGIA_LISTEN"]);
        assert_eq!(row("public_url")[1..3], ["http://127.0.0.1:9", "default"]);
        assert_eq!(row("sessions.portal")[1..3], ["1h", "loggia.toml"]);
        assert_eq!(row("smtp.url")[1..3], ["smtp://u:***@mail", "LOGGIA_SMTP_URL"]);
        assert_eq!(row("payments.stripe_key")[1..3], ["sk_***", "LOGGIA_PAYMENTS_STRIPE_KEY"]);
        assert!(!shown.stdout.contains("hush-hush"));
        assert!(shown.stdout.contains("nothing is set up there yet"), "{}", shown.stdout);
        setup.org("Northwind");
        assert!(check().stdout.contains("it can be opened; organisations: 1"));
        // It began under "2025": where there are several policies, that must be among them.
        let several = |first: &str| {
            let policies = format!("[[policies]]\n{first}like = \"2025\"\n[[policies]]\nlike = \"2023\"\n");
            std::fs::write(setup.directory().join("policy.toml"), policies).unwrap();
            let mut command = setup.command(&["check"]);
            Answer::from(command.env("LOGGIA_LICENCES_POLICY_FILE", "policy.toml").output().unwrap())
        };
        assert_eq!(several("").status, Some(0));
        let gone = several("name = \"ours\"\n");
        assert_eq!(gone.status, Some(1));
        let told = "Northwind: the organisation is under the licence policy \"2025\", which the policy file does not have any more";
        assert!(gone.stderr.contains(told), "{gone:?}");
        assert_eq!(several("name = \"ours\"\nformerly = [\"2025\"]\n").status, Some(0));
    })
    .await;
}

#[test]
fn a_database_that_does_not_answer_is_named_without_its_password() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = loggia(directory.path());
    let answer = Answer::from(
        command
            .args(["check", "--database", "postgres://u:hush-hush@127.0.0.1:1/db"])
            .output()
            .unwrap(),
    );
    assert_eq!(answer.status, Some(1));
    assert!(
        answer
            .stderr
            .contains("loggia: cannot open PostgreSQL at postgres://u:***@127.0.0.1:1/db: nothing answers there"),
        "{answer:?}"
    );
    assert!(!answer.stdout.contains("hush-hush") && !answer.stderr.contains("hush-hush"));
}

#[test]
fn a_file_that_is_no_database_is_named() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("data")).unwrap();
    std::fs::write(
        directory.path().join("data/control.db"),
        "not a database, but long enough to be looked at as one",
    )
    .unwrap();
    let answer = Answer::from(loggia(directory.path()).arg("check").output().unwrap());
    assert_eq!(answer.status, Some(1), "{answer:?}");
    assert!(answer.stderr.contains("loggia: cannot open SQLite in ./data: "), "{answer:?}");
}
