//! The main job in a real browser: the walk itself is `e2e/northwind.mjs`.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use store::testing::Place;

/// A port that nobody listens on now.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

async fn the_main_job(place: &Place, database: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let screenshots = root.join("target/screenshots").join(database);
    let address = place.address();
    let walk = move || {
        Command::new("node")
            .args([root.join("e2e/northwind.mjs").as_os_str(), env!("CARGO_BIN_EXE_loggia").as_ref()])
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
    the_main_job(&place, "sqlite").await;
    place.finish().await;
}

#[tokio::test]
async fn northwind_from_its_files_to_its_people_on_postgres() {
    let place = Place::postgres().await;
    the_main_job(&place, "postgres").await;
    place.finish().await;
}
