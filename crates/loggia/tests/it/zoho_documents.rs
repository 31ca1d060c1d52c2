//! The answers of a running server beside the OpenAPI documents that Zoho publishes, for every operation that both have.
//!
//! The documents are no part of the project: they are data that stands beside the repository. What the server says otherwise
//! has a reason in `e2e/zoho_documents/accepted.toml`, or it is a failure.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use store::testing::Place;

use crate::programs::{e2e, people, serve_with};
use crate::server::Server;
use crate::setup::{ADMIN, Setup};

/// Without limits, or what is asked would soon be answered with 429.
const RATES: [(&str, &str); 2] = [("LOGGIA_RATES_REQUESTS_PER_MINUTE", "0"), ("LOGGIA_RATES_SIGN_IN_PER_MINUTE", "0")];
/// What the program may do that is refused nearly everything.
const NARROW: &str = "ZohoCRM.modules.Contacts.READ";

fn documents() -> PathBuf {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/zoho-oas");
    assert!(
        directory.is_dir(),
        "Zoho's documents are missing: expected them in {}, beside the repository",
        directory.display()
    );
    directory
}

/// The token of a program of the administrator's with a narrow scope.
async fn narrow_token(setup: &Setup<'_>, org: &str, server: &Server) -> String {
    let made = setup.run(&["client", "create", "--org", org, "--as", ADMIN, "--scope", NARROW, "--json"]);
    let client: Value = made.json();
    server.token_by(&client).await
}

async fn every_answer_is_as_zoho_documents_it(place: &Place, database: &str) {
    let setup = Setup::new(place);
    let org = setup.org("Northwind");
    let server = serve_with(&setup, &RATES);
    // One of them has accepted an invitation: that is what can be taken back.
    people(&setup, &org).await;
    let token = server.token_of(&setup, &org, ADMIN).await;
    let narrow = narrow_token(&setup, &org, &server).await;
    let mut command = Command::new(e2e().join("python/bin/python").canonicalize().unwrap());
    command.arg("-B").arg(e2e().join("zoho_documents/judge.py").canonicalize().unwrap());
    command.args(["--base", &server.url, "--token", &token, "--narrow-token", &narrow]);
    command.arg("--documents").arg(documents());
    let ended = tokio::task::block_in_place(|| command.output()).expect("what `cargo xtask test` installs");
    let said = String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
    println!("on {database}: {said}");
    server.kill();
    assert!(ended.status.success(), "on {database}, without a reason:\n{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_as_zoho_documents_it_on_sqlite() {
    let place = Place::sqlite();
    every_answer_is_as_zoho_documents_it(&place, "SQLite").await;
    place.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_as_zoho_documents_it_on_postgresql() {
    let place = Place::postgres().await;
    every_answer_is_as_zoho_documents_it(&place, "PostgreSQL").await;
    place.finish().await;
}
