//! `loggia import`.

use std::path::Path;

use serde_json::json;
use store::testing::{Place, each_database};

use crate::setup::{Answer, Setup};

const MAP: &str = "[[field]]\nfield = \"Last_Name\"\ncolumn = \"name\"\n[[field]]\nfield = \"Email\"\ncolumn = \"mail\"\n";

fn write(directory: &Path, name: &str, text: impl AsRef<[u8]>) {
    std::fs::write(directory.join(name), text).unwrap();
}

fn words<'a>(file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let words = [
        "import",
        "--org",
        "Northwind",
        "--module",
        "Contacts",
        "--file",
        file,
        "--map",
        "map.toml",
    ];
    words.into_iter().chain(more.iter().copied()).collect()
}

async fn contacts(setup: &Setup<'_>) -> u64 {
    let app = setup.app().await;
    let org = app::orgs::find(&app, "Northwind").await.unwrap();
    let ctx = app.system(org.id).await.unwrap();
    let access = app::records::access(&ctx, "Contacts").unwrap();
    let query = domain::records::Query::newest(Vec::new(), 1);
    let count = app::records::count(&ctx, &access, query).await.unwrap();
    app.close().await;
    count
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_imported_whole_or_without_its_bad_rows() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        setup.org("Northwind");
        let directory = setup.directory();
        write(directory, "map.toml", MAP);
        write(directory, "good.csv", "name,mail\nAnna,anna@example.com\nBert,bert@example.com\n");
        write(directory, "bad.csv", "name,mail\nCleo,cleo@example.com\nDora,dora\nErik,erik\n");

        let outcome = setup.run(&words("good.csv", &["--json"])).json();
        assert_eq!(
            outcome,
            json!({ "rows": 2, "created": 2, "changed": 0, "skipped": 0, "errors": [], "errors_total": 0 })
        );

        let stopped = setup.run(&words("bad.csv", &["--json"]));
        assert_eq!(stopped.status, Some(1), "{stopped:?}");
        assert!(
            stopped
                .stderr
                .contains("loggia: bad.csv: nothing was imported: 2 values cannot be taken\n  line 3, column \"mail\""),
            "{stopped:?}"
        );
        let document: serde_json::Value = serde_json::from_str(&stopped.stdout).unwrap();
        assert_eq!([&document["created"], &document["errors"][1]["line"]], [0, 4]);
        assert_eq!(contacts(&setup).await, 2);

        let skipped = setup.run(&words("bad.csv", &["--on-error", "skip"]));
        assert_eq!(skipped.status, Some(0), "{skipped:?}");
        assert!(
            skipped.stdout.starts_with("Imported 1 of 3 rows; left out 2:\n  line 3, "),
            "{}",
            skipped.stdout
        );
        assert_eq!(contacts(&setup).await, 3);

        let mut command = setup.command(&words("-", &[]));
        command.stdin(std::fs::File::open(directory.join("good.csv")).unwrap());
        assert_eq!(Answer::from(command.output().unwrap()).stdout, "Imported 2 of 2 rows.\n");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_named_and_nothing_is_imported() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        setup.org("Northwind");
        let directory = setup.directory();
        write(directory, "map.toml", MAP);
        write(directory, "empty.csv", "");
        write(directory, "columns.csv", "name,email\nA,a@example.com\n");
        write(directory, "latin.csv", b"name,mail\nJos\xe9,a@example.com\n");
        write(directory, "ragged.csv", "name,mail\nA,a@example.com,x\n");
        std::fs::create_dir(directory.join("folder")).unwrap();
        for (file, message) in [
            ("nowhere.csv", "the file nowhere.csv cannot be read: No such file"),
            ("folder", "the file folder cannot be read: is a directory"),
            ("empty.csv", "empty.csv: the file is empty: expected a first line"),
            (
                "columns.csv",
                "columns.csv: \"mail\" is not a column of the file: expected one of name, email",
            ),
            ("latin.csv", "latin.csv: line 2"),
            (
                "ragged.csv",
                "ragged.csv: nothing was imported: one value cannot be taken: line 2: expected 2 values, found 3",
            ),
        ] {
            setup.run(&words(file, &[])).refused(1, message);
        }
        write(directory, "good.csv", "name,mail\nAnna,anna@example.com\n");
        let with = |flag: &str, value: &'static str| {
            let mut words = words("good.csv", &["--on-error", "stop"]);
            let at = words.iter().position(|word| *word == flag).unwrap();
            words[at + 1] = value;
            words
        };
        write(directory, "wrong.toml", "[[field]]\nfeld = 1\n");
        for (words, status, message) in [
            (with("--module", "Nothing"), 1, "there is no module \"Nothing\""),
            (with("--org", "Nope"), 1, "there is no organisation \"Nope\""),
            (
                with("--map", "nowhere.toml"),
                1,
                "the mapping nowhere.toml cannot be read: No such file",
            ),
            (with("--map", "wrong.toml"), 1, "wrong.toml: the mapping cannot be used"),
            (with("--on-error", "go"), 2, "[possible values: stop, skip]"),
        ] {
            setup.run(&words).refused(status, message);
        }
        assert_eq!(contacts(&setup).await, 0);
    })
    .await;
}
