//! What only PostgreSQL needs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use store::engine::{Engine, Error, PostgresOptions};
use store::testing::Place;

use crate::{THINGS, ids, insert, things};

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_survives_a_change_of_the_schema_under_it() {
    let place = Place::postgres().await;
    let database = things(&place).await;
    insert(&database, 1, "one").await.unwrap();
    let all = "SELECT * FROM :db.things";
    let sql = database.resolve(all);
    for round in 0..3 {
        for _ in 0..8 {
            let count = database.stream(Arc::clone(&sql), Vec::new(), 0, |count, row| {
                *count += row.len();
                Ok(())
            });
            assert_eq!(count.await, Ok(4 + round));
        }
        let sql = format!("ALTER TABLE :db.things ADD COLUMN c_{round} TEXT");
        database.write(move |conn| conn.script(&sql)).await.unwrap();
    }
    place.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_of_many_shapes_do_not_pile_up_on_the_server() {
    let place = Place::postgres().await;
    let database = things(&place).await;
    let prepared = database
        .read(|conn| {
            for shape in 0..700 {
                conn.row(&format!("SELECT {shape}"), &[], |row| row.int(0))?;
            }
            conn.row("SELECT count(*) FROM pg_prepared_statements", &[], |row| row.int(0))
        })
        .await
        .unwrap()
        .unwrap();
    assert!(prepared <= 256 + 64, "{prepared} statements");
    place.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_killed_in_the_pool_is_replaced() {
    let place = Place::postgres().await;
    let database = things(&place).await;
    let killer = things(&place).await;
    for id in 0..5_i64 {
        let kill =
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()";
        drop(killer.read(move |conn| conn.row(kill, &[], |_| Ok(()))).await);
        assert_eq!(insert(&database, id, &id.to_string()).await, Ok(1));
    }
    assert_eq!(ids(&database).await.len(), 5);
    place.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlocks_are_conflicts() {
    let place = Place::postgres().await;
    let database = things(&place).await;
    insert(&database, 1, "one").await.unwrap();
    insert(&database, 2, "two").await.unwrap();
    let met = Arc::new(std::sync::Barrier::new(2));
    let tasks = [(1_i64, 2_i64), (2, 1)].map(|(first, second)| {
        let (database, met) = (database.clone(), Arc::clone(&met));
        tokio::spawn(async move {
            database
                .write(move |conn| {
                    let sql = "UPDATE :db.things SET weight = 1 WHERE id = $1";
                    conn.execute(sql, &[first.into()])?;
                    met.wait();
                    conn.execute(sql, &[second.into()])
                })
                .await
        })
    });
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    assert!(results.contains(&Ok(1)), "{results:?}");
    assert!(
        results.iter().any(|result| matches!(result, Err(Error::Conflict(_)))),
        "{results:?}"
    );
    place.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_without_a_free_connection_says_busy() {
    let place = Place::postgres().await;
    let options = PostgresOptions {
        pool: 1,
        wait: std::time::Duration::from_millis(50),
        ..PostgresOptions::default()
    };
    let engine = Engine::postgres(&place.address(), &options).unwrap();
    let database = engine.open("org_1", THINGS).await.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let (holder, until) = (database.clone(), Arc::clone(&done));
    let (began, begun) = std::sync::mpsc::channel();
    let held = tokio::spawn(async move {
        holder
            .read(move |_| {
                began.send(()).unwrap();
                while !until.load(Ordering::Acquire) {
                    std::thread::yield_now();
                }
                Ok::<_, Error>(())
            })
            .await
    });
    tokio::task::spawn_blocking(move || begun.recv().unwrap()).await.unwrap();
    assert_eq!(insert(&database, 1, "one").await, Err(Error::Busy));
    done.store(true, Ordering::Release);
    held.await.unwrap().unwrap();
    assert_eq!(insert(&database, 1, "one").await, Ok(1));
    engine.close().await;
    place.finish().await;
}
