//! Schemathesis asks a running server whatever the document of the API allows, and much that it does not.
//!
//! It asks as a portal user, as nobody and as an administrator, each by their document. `LOGGIA_API_EXAMPLES` says how many
//! examples each operation gets, `LOGGIA_API_SEED` repeats a run; `cargo xtask fuzz-api` sets them. Without them there is
//! one example, always the same, and what schemathesis calls coverage is left out: a hundred calls for each operation.

mod office;

use std::process::Command;

use serde_json::Value;
use store::testing::Place;

use self::office::{Caller, Office};
use crate::programs::{e2e, serve_with};
use crate::setup::Setup;

/// Without limits, or what is asked would soon be answered with 429.
const RATES: [(&str, &str); 2] = [("LOGGIA_RATES_REQUESTS_PER_MINUTE", "0"), ("LOGGIA_RATES_SIGN_IN_PER_MINUTE", "0")];

/// It makes fields, of which the document that was read before knows nothing: it comes after everything else. Nothing is
/// left out: there is no call by which somebody would end their own access.
const CHANGES_THE_DOCUMENT: &str = "createFields";

#[expect(clippy::disallowed_methods, reason = "how long a test run lasts is the developer's choice")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// How much is asked of each operation.
struct Effort {
    /// Whenever all tests run: a glance.
    is_usual: bool,
    examples: String,
    phases: &'static str,
    seed: String,
}

impl Effort {
    fn wanted() -> Self {
        let examples = setting("LOGGIA_API_EXAMPLES");
        Self {
            is_usual: examples.is_none(),
            phases: match examples {
                Some(_) => "examples,coverage,fuzzing,stateful",
                None => "examples,fuzzing",
            },
            examples: examples.unwrap_or_else(|| "1".into()),
            seed: setting("LOGGIA_API_SEED").unwrap_or_else(|| "1".into()),
        }
    }
}

/// What schemathesis has found.
struct Outcome {
    report: Value,
    said: String,
}

impl Outcome {
    fn is_good(&self) -> bool {
        self.report["exit_code"] == 0 && self.report["complete"] == true
    }

    fn line(&self) -> String {
        let of = |place: &str| self.report.pointer(place).unwrap();
        format!(
            "{} operations, {} requests, {} failures, {:.0} s",
            of("/operations/tested"),
            of("/test_cases/generated"),
            of("/test_cases/unique_failures"),
            of("/running_time").as_f64().unwrap(),
        )
    }
}

/// Schemathesis, about to ask as a caller; `which` chooses operations.
fn command(setup: &Setup<'_>, url: &str, caller: &Caller, effort: &Effort, which: &[&str]) -> Command {
    let here = setup.directory();
    std::fs::write(here.join("document.json"), caller.document.to_string()).unwrap();
    let ours = e2e().join("schemathesis").canonicalize().unwrap();
    let mut command = Command::new(e2e().join("python/bin/schemathesis").canonicalize().unwrap());
    command
        .current_dir(here)
        .env("PYTHONPATH", &ours)
        .env("SCHEMATHESIS_HOOKS", "hooks");
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
        .env("LOGGIA_PLACES", here.join("places.json"))
        .env("LOGGIA_CALLER", caller.name);
    command.arg("--config-file").arg(ours.join("schemathesis.toml"));
    command.args([
        "run",
        "document.json",
        "--url",
        url,
        "--no-color",
        "--report",
        "json",
        "--report-json-path",
        "report.json",
    ]);
    command.args([
        "--max-examples",
        &effort.examples,
        "--seed",
        &effort.seed,
        "--phases",
        effort.phases,
    ]);
    if let Some(token) = &caller.token {
        command.args(["--header", &format!("Authorization: Zoho-oauthtoken {token}")]);
    }
    command.args(which);
    command
}

fn ask(setup: &Setup<'_>, url: &str, caller: &Caller, effort: &Effort, which: &[&str]) -> Outcome {
    let mut command = command(setup, url, caller, effort, which);
    let ended = command.output().expect("what `cargo xtask test` installs");
    let said = String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
    let report = setup.directory().join("report.json");
    let bytes = std::fs::read(&report).unwrap_or_else(|error| panic!("schemathesis tells nothing ({error}): {said}"));
    // The next run writes its own, or none.
    std::fs::remove_file(report).unwrap();
    Outcome {
        report: serde_json::from_slice(&bytes).unwrap(),
        said,
    }
}

/// Asks as everybody on one database. What the administrator takes away is missed by nobody: they come last.
async fn every_answer_is_as_the_document_says(place: &Place, database: &str) {
    let setup = Setup::new(place);
    let org = setup.org("Northwind");
    let server = serve_with(&setup, &RATES);
    let office = Office::new(&setup, &org, &server).await;
    std::fs::write(setup.directory().join("places.json"), office.places.to_string()).unwrap();
    let effort = Effort::wanted();
    println!(
        "examples of each operation on {database}: {}, LOGGIA_API_SEED={}",
        effort.examples, effort.seed
    );
    let mut faults = Vec::new();
    // Nobody is refused before the database is asked anything: that is usually tried on one of them.
    let on_each = |caller: &&Caller| caller.token.is_some() || !effort.is_usual || database == "SQLite";
    for caller in office.callers.iter().filter(on_each) {
        let (before, then) = (
            ["--exclude-operation-id", CHANGES_THE_DOCUMENT],
            ["--include-operation-id", CHANGES_THE_DOCUMENT],
        );
        let runs: &[&[&str]] = if caller.may_call(CHANGES_THE_DOCUMENT) {
            &[&before, &then]
        } else {
            &[&[]]
        };
        for which in runs {
            let outcome = tokio::task::block_in_place(|| ask(&setup, &server.url, caller, &effort, which));
            println!("{} on {database}: {}", caller.name, outcome.line());
            faults.extend((!outcome.is_good()).then_some(outcome.said));
        }
        // Else the last of it has been asked as nobody.
        assert_eq!(
            caller.is_heard(&server.url).await,
            caller.token.is_some(),
            "{} has lost access",
            caller.name
        );
    }
    server.kill();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn schemathesis_finds_every_answer_as_the_document_says_on_sqlite() {
    let place = Place::sqlite();
    every_answer_is_as_the_document_says(&place, "SQLite").await;
    place.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn schemathesis_finds_every_answer_as_the_document_says_on_postgresql() {
    let place = Place::postgres().await;
    every_answer_is_as_the_document_says(&place, "PostgreSQL").await;
    place.finish().await;
}
