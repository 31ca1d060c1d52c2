//! The engine, each body on both databases.
#![expect(clippy::unwrap_used, reason = "tests, and the functions they share")]

mod basics;
mod crash;
mod dialect;
mod migrations;
mod postgres;
mod sqlite;
mod writes;

use store::engine::{Database, Error, Migration};
use store::testing::Place;

/// A table to play with.
static THINGS: &[Migration] = &[Migration {
    number: 1,
    name: "things",
    sql: "CREATE TABLE :db.things (id BIGINT PRIMARY KEY, name TEXT UNIQUE, weight DOUBLE, \
          parent BIGINT REFERENCES :db.things (id)) :strict;",
}];

async fn things(place: &Place) -> Database {
    place.engine.open("org_1", THINGS).await.unwrap()
}

async fn insert(database: &Database, id: i64, name: &str) -> Result<u64, Error> {
    let name = name.to_owned();
    database
        .write(move |conn| conn.execute("INSERT INTO :db.things (id, name) VALUES ($1, $2)", &[id.into(), name.into()]))
        .await
}

async fn ids(database: &Database) -> Vec<i64> {
    database
        .read(|conn| conn.rows("SELECT id FROM :db.things ORDER BY id", &[], |row| row.int(0)))
        .await
        .unwrap()
}
