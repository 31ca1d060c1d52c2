//! What only SQLite promises.

use std::sync::Arc;

use store::engine::{Engine, Error, SqliteOptions};

use crate::{THINGS, ids, insert};

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_says_busy_and_loses_nothing_it_accepted() {
    let directory = tempfile::tempdir().unwrap();
    let options = SqliteOptions {
        queue: 8,
        ..SqliteOptions::default()
    };
    let engine = Engine::sqlite_with(directory.path(), options).unwrap();
    let database = engine.open("org_1", THINGS).await.unwrap();
    let gate = Arc::new(std::sync::Barrier::new(2));
    let blocked = {
        let (database, gate) = (database.clone(), Arc::clone(&gate));
        tokio::spawn(async move {
            database
                .write(move |_| {
                    gate.wait();
                    gate.wait();
                    Ok::<_, Error>(())
                })
                .await
        })
    };
    let waiting = Arc::clone(&gate);
    tokio::task::spawn_blocking(move || waiting.wait()).await.unwrap();
    let tasks: Vec<_> = (0..20_i64)
        .map(|id| {
            let database = database.clone();
            tokio::spawn(async move { insert(&database, id, &id.to_string()).await })
        })
        .collect();
    let busy = loop {
        let finished = tasks.iter().filter(|task| task.is_finished()).count();
        if finished == 12 {
            break finished;
        }
        tokio::task::yield_now().await;
    };
    gate.wait();
    blocked.await.unwrap().unwrap();
    let mut kept = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => kept += 1,
            Err(error) => assert_eq!(error, Error::Busy),
        }
    }
    assert_eq!((busy, kept, ids(&database).await.len()), (12, 8, 8));
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_writes_share_commits() {
    let directory = tempfile::tempdir().unwrap();
    let engine = Engine::sqlite(directory.path()).unwrap();
    let database = engine.open("org_1", THINGS).await.unwrap();
    let wal = directory.path().join("org_1.db-wal");
    let size = || std::fs::metadata(&wal).map_or(0, |meta| meta.len());
    let before = size();
    let tasks: Vec<_> = (0..64_i64)
        .map(|id| {
            let database = database.clone();
            tokio::spawn(async move { insert(&database, id, &format!("{id:04}")).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    // Each commit writes at least three pages of 4 kB: the table, the unique index, and what changed above them.
    let grown = size() - before;
    assert!(grown < 64 * 2 * 4096, "{grown} bytes of log");
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_cannot_write() {
    let directory = tempfile::tempdir().unwrap();
    let engine = Engine::sqlite(directory.path()).unwrap();
    let database = engine.open("org_1", THINGS).await.unwrap();
    let refused = database
        .read(|conn| conn.execute("INSERT INTO :db.things (id) VALUES (1)", &[]))
        .await;
    assert!(matches!(refused, Err(Error::Database(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_handle_closes_the_file_and_empties_the_log() {
    let directory = tempfile::tempdir().unwrap();
    let engine = Engine::sqlite(directory.path()).unwrap();
    let database = engine.open("org_1", THINGS).await.unwrap();
    insert(&database, 1, "one").await.unwrap();
    let wal = directory.path().join("org_1.db-wal");
    assert!(wal.exists());
    drop(engine);
    assert_eq!(ids(&database).await, [1]);
    drop(database);
    while wal.exists() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_databases_are_open_at_once_and_unused_ones_are_closed() {
    let directory = tempfile::tempdir().unwrap();
    let engine = Engine::sqlite(directory.path()).unwrap();
    let first = engine.open("org_0", THINGS).await.unwrap();
    for org in 1..220 {
        let database = engine.open(&format!("org_{org}"), THINGS).await.unwrap();
        insert(&database, org, "x").await.unwrap();
    }
    // Still held, so still the same.
    assert_eq!(insert(&first, 1, "one").await, Ok(1));
    let again = engine.open("org_0", THINGS).await.unwrap();
    assert_eq!(again.statements(), first.statements());
    let second = engine.open("org_1", THINGS).await.unwrap();
    assert_eq!(ids(&second).await, [1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_ends_the_transaction_is_told_so() {
    let directory = tempfile::tempdir().unwrap();
    let engine = Engine::sqlite(directory.path()).unwrap();
    let database = engine.open("org_1", THINGS).await.unwrap();
    let ended = database.write(|conn| conn.script("ROLLBACK")).await;
    assert!(matches!(ended, Err(Error::Database(_))), "{ended:?}");
    assert_eq!(insert(&database, 1, "one").await, Ok(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_writer_syncs_each_commit_and_nobody_maps_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let engine = Engine::sqlite(directory.path()).unwrap();
    let database = engine.open("org_1", THINGS).await.unwrap();
    let settings = |conn: &mut store::engine::Conn<'_>| {
        let mut read = |pragma: &str| {
            conn.row(&format!("PRAGMA {pragma}"), &[], |row| row.int(0))
                .map(Option::unwrap_or_default)
        };
        Ok::<_, Error>((
            read("synchronous")?,
            read("mmap_size")?,
            read("foreign_keys")?,
            read("busy_timeout")?,
        ))
    };
    // A crash of the process would not show a missing sync, only a power cut would.
    assert_eq!(database.write(settings).await, Ok((2, 0, 1, 5000)));
    let mapped = database.read(|conn| conn.row("PRAGMA mmap_size", &[], |row| row.int(0))).await;
    assert_eq!(mapped, Ok(Some(0)));
    let journal = database.read(|conn| conn.row("PRAGMA journal_mode", &[], |row| row.text(0))).await;
    assert_eq!(journal, Ok(Some("wal".to_owned())));
}
