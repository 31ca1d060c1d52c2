//! Databases for tests, of this crate and of those above it (feature `testing`).
//!
//! Tests never skip a database: without PostgreSQL's programs on the machine they fail and say what to install.
//!
//! ```no_run
//! # async fn example() {
//! store::testing::each_database(async |place| {
//!     let database = place.engine.open("control", &[]).await.unwrap();
//!     # drop(database);
//! })
//! .await;
//! # }
//! ```
#![expect(clippy::expect_used, reason = "a harness that cannot start fails its test")]

mod contents;
mod server;
mod shared;

use std::path::Path;

use crate::engine::{Engine, PostgresOptions};

pub use contents::contents;
pub use server::Server;

/// An engine on an empty place, and the place.
pub struct Place {
    /// Opens databases there.
    pub engine: Engine,
    kind: Kind,
}

enum Kind {
    Sqlite(tempfile::TempDir),
    Postgres(String),
}

impl Place {
    /// A directory for SQLite files.
    #[must_use]
    pub fn sqlite() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let engine = Engine::sqlite(directory.path()).expect("an engine");
        Self {
            engine,
            kind: Kind::Sqlite(directory),
        }
    }

    /// A PostgreSQL database on the server that all tests share.
    pub async fn postgres() -> Self {
        let url = shared::create_database().await;
        Self {
            engine: on_postgres(&url),
            kind: Kind::Postgres(url),
        }
    }

    /// Another engine on the same place, as another process would have it.
    #[must_use]
    pub fn another_engine(&self) -> Engine {
        match &self.kind {
            Kind::Sqlite(directory) => Engine::sqlite(directory.path()).expect("an engine"),
            Kind::Postgres(url) => on_postgres(url),
        }
    }

    /// Where it is, in the words of the configuration: a directory or a URL.
    #[must_use]
    pub fn address(&self) -> String {
        match &self.kind {
            Kind::Sqlite(directory) => directory.path().display().to_string(),
            Kind::Postgres(url) => url.clone(),
        }
    }

    /// The directory of the files, on SQLite.
    #[must_use]
    pub fn directory(&self) -> Option<&Path> {
        match &self.kind {
            Kind::Sqlite(directory) => Some(directory.path()),
            Kind::Postgres(_) => None,
        }
    }

    /// Closes the engine and deletes the place.
    pub async fn finish(self) {
        self.engine.close().await;
        if let Kind::Postgres(url) = &self.kind {
            shared::drop_database(url).await;
        }
    }
}

/// An engine on a PostgreSQL database, with the small pool of a test.
#[must_use]
pub fn on_postgres(url: &str) -> Engine {
    Engine::postgres(
        url,
        &PostgresOptions {
            pool: 4,
            ..PostgresOptions::default()
        },
    )
    .expect("an engine")
}

/// Runs a test on SQLite and then on PostgreSQL, each on an empty place.
pub async fn each_database(body: impl AsyncFn(&Place)) {
    let place = Place::sqlite();
    // Shown only if the test fails.
    println!("on SQLite");
    body(&place).await;
    place.finish().await;

    let place = Place::postgres().await;
    println!("on PostgreSQL");
    body(&place).await;
    place.finish().await;
}
