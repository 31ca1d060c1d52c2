//! Walks in a real browser: the walks themselves are `e2e/northwind.mjs`, the main job, and `e2e/single_sign_on.mjs`.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use store::testing::Place;

/// A port that nobody listens on now.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

async fn walk(script: &str, place: &Place, database: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let screenshots = root.join("target/screenshots").join(database);
    let (script, address) = (root.join("e2e").join(script), place.address());
    let walk = move || {
        Command::new("node")
            .args([script.as_os_str(), env!("CARGO_BIN_EXE_loggia").as_ref()])
            .args([&address, &free_port().to_string()])
            .arg(screenshots)
            .stdin(Stdio::null())
            .status()
            .expect("node starts: cargo xtask test installs what it needs")
    };
    let ended = tokio::task::spawn_blocking(walk).await.unwrap();
    assert!(ended.success(), "the walk ended with {ended}; what it says stands above");
}

#[tokio::test]
async fn northwind_from_its_files_to_its_people_on_sqlite() {
    let place = Place::sqlite();
    walk("northwind.mjs", &place, "sqlite").await;
    place.finish().await;
}

#[tokio::test]
async fn northwind_from_its_files_to_its_people_on_postgres() {
    let place = Place::postgres().await;
    walk("northwind.mjs", &place, "postgres").await;
    place.finish().await;
}

#[tokio::test]
async fn people_sign_in_at_their_own_company_on_sqlite() {
    let place = Place::sqlite();
    walk("single_sign_on.mjs", &place, "sqlite").await;
    place.finish().await;
}

#[tokio::test]
async fn people_sign_in_at_their_own_company_on_postgres() {
    let place = Place::postgres().await;
    walk("single_sign_on.mjs", &place, "postgres").await;
    place.finish().await;
}
