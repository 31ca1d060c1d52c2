//! Migrations: once each, in order, and never another text.

use store::engine::{Error, Migration};
use store::testing::each_database;

const ONE: Migration = Migration {
    number: 1,
    name: "one",
    sql: "CREATE TABLE :db.a (id BIGINT PRIMARY KEY) :strict;",
};
const TWO: Migration = Migration {
    number: 2,
    name: "two",
    sql: "-- don't\nALTER TABLE :db.a ADD COLUMN n TEXT;\nCREATE INDEX a_n ON :db.a (n);",
};
const OTHER: Migration = Migration {
    number: 1,
    name: "one",
    sql: "CREATE TABLE :db.b (id BIGINT PRIMARY KEY) :strict;",
};
const BROKEN: Migration = Migration {
    number: 2,
    name: "broken",
    sql: "CREATE TABLE :db.c (id BIGINT); CREATE NONSENSE;",
};

static FIRST: &[Migration] = &[ONE];
static BOTH: &[Migration] = &[ONE, TWO];
static CHANGED: &[Migration] = &[OTHER, TWO];
static FAILING: &[Migration] = &[ONE, BROKEN];
static GAP: &[Migration] = &[TWO];

#[tokio::test(flavor = "multi_thread")]
async fn each_migration_runs_once_and_an_old_program_refuses_a_newer_database() {
    each_database(async |place| {
        place.engine.open("a", FIRST).await.unwrap();
        // Open already: not looked at again.
        place.engine.open("a", BOTH).await.unwrap();

        let newer = place.another_engine();
        let database = newer.open("a", BOTH).await.unwrap();
        let rows = database.read(|conn| conn.rows("SELECT number, name FROM :db.schema_migrations ORDER BY 1", &[], |row| row.text(1)));
        assert_eq!(rows.await.unwrap(), ["one", "two"]);
        newer.close().await;

        let again = place.another_engine();
        let database = again.open("a", BOTH).await.unwrap();
        assert_eq!(
            database.write(|conn| conn.execute("INSERT INTO :db.a VALUES (1, 'x')", &[])).await,
            Ok(1)
        );
        again.close().await;

        let older = place.another_engine();
        let refused = older.open("a", FIRST).await.unwrap_err();
        assert_eq!(
            refused,
            Error::Migration("a has migration 2, this program knows 1: it is older than the database".into())
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_migration_and_a_gap_are_refused() {
    each_database(async |place| {
        place.engine.open("a", FIRST).await.unwrap();
        let refused = place.another_engine().open("a", CHANGED).await.unwrap_err();
        assert_eq!(
            refused,
            Error::Migration("a was given another text of migration 1 (one) than this program has".into())
        );
        assert!(matches!(place.engine.open("b", GAP).await, Err(Error::Migration(_))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_fails_leaves_nothing_behind() {
    each_database(async |place| {
        assert!(matches!(place.engine.open("a", FAILING).await, Err(Error::Migration(_))));
        let database = place.engine.open("a", BOTH).await.unwrap();
        assert!(
            database
                .read(|conn| conn.row("SELECT 1 FROM :db.c", &[], |_| Ok(())))
                .await
                .is_err()
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn engines_that_migrate_at_once_wait_for_each_other() {
    each_database(async |place| {
        let tasks: Vec<_> = (0..4)
            .map(|_| {
                let engine = place.another_engine();
                tokio::spawn(async move { engine.open("a", BOTH).await.map(drop) })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), Ok(()));
        }
    })
    .await;
}
