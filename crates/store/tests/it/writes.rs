//! Transactions: what is kept, what is undone, and who is told.

use std::sync::mpsc;

use store::engine::Error;
use store::testing::each_database;

use crate::{THINGS, ids, insert, things};

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_fail_or_panic_do_not_hurt_those_committed_with_them() {
    each_database(async |place| {
        let database = things(place).await;
        let tasks: Vec<_> = (0..300_i64)
            .map(|id| {
                let database = database.clone();
                tokio::spawn(async move {
                    database
                        .write(move |conn| {
                            conn.execute("INSERT INTO :db.things (id) VALUES ($1)", &[id.into()])?;
                            match id % 5 {
                                1 => Err(Error::Conflict("my own".into())),
                                2 => panic!("job {id}"),
                                3 => conn.execute("INSERT INTO :db.things (id) VALUES ($1)", &[id.into()]),
                                _ => Ok(1),
                            }
                        })
                        .await
                })
            })
            .collect();
        for (id, task) in tasks.into_iter().enumerate() {
            let expected = match id % 5 {
                1 => Err(Error::Conflict("my own".into())),
                2 => Err(Error::Panicked(format!("job {id}"))),
                3 => Err(Error::Unique("things.id".into())),
                _ => Ok(1),
            };
            assert_eq!(task.await.unwrap(), expected);
        }
        let kept: Vec<i64> = (0..300).filter(|id| id % 5 == 0 || id % 5 == 4).collect();
        assert_eq!(ids(&database).await, kept);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_write_is_seen_by_every_reader() {
    each_database(async |place| {
        let database = things(place).await;
        for id in 0..200_i64 {
            insert(&database, id, &id.to_string()).await.unwrap();
            let count = database.read(|conn| conn.row("SELECT count(*) FROM :db.things", &[], |row| row.int(0)));
            assert_eq!(count.await, Ok(Some(id + 1)));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_engines_on_one_place_write_in_turn_and_read_each_other() {
    each_database(async |place| {
        let one = things(place).await;
        let engine = place.another_engine();
        let two = engine.open("org_1", THINGS).await.unwrap();
        let tasks: Vec<_> = (0..200_i64)
            .map(|id| {
                let database = if id % 2 == 0 { one.clone() } else { two.clone() };
                tokio::spawn(async move { insert(&database, id, &id.to_string()).await })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), Ok(1));
        }
        assert_eq!((ids(&one).await.len(), ids(&two).await.len()), (200, 200));
        engine.close().await;
        assert_eq!(insert(&two, 900, "late").await, Err(Error::Closed));
        assert_eq!(insert(&one, 900, "in time").await, Ok(1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_caller_has_left_is_rolled_back() {
    each_database(async |place| {
        let database = things(place).await;
        let (began, begun) = mpsc::channel();
        let (leave, left) = mpsc::channel();
        let writer = database.clone();
        let task = tokio::spawn(async move {
            writer
                .write(move |conn| {
                    conn.execute("INSERT INTO :db.things (id) VALUES (1)", &[])?;
                    began.send(()).unwrap();
                    left.recv().unwrap();
                    conn.execute("INSERT INTO :db.things (id) VALUES (2)", &[])
                })
                .await
        });
        tokio::task::spawn_blocking(move || begun.recv().unwrap()).await.unwrap();
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        leave.send(()).unwrap();
        // The connection is free again, and the row too: nothing holds a lock on it.
        assert_eq!(insert(&database, 1, "mine").await, Ok(1));
        assert_eq!(ids(&database).await, [1]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_whose_caller_has_left_is_interrupted() {
    each_database(async |place| {
        let database = things(place).await;
        // Far longer than any test may take.
        let endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 2000000000) SELECT count(*) FROM n";
        // More than there are readers and connections.
        for _ in 0..6 {
            let reading = database.read(move |conn| conn.row(endless, &[], |row| row.int(0)));
            assert!(tokio::time::timeout(std::time::Duration::from_millis(100), reading).await.is_err());
            let sql = database.resolve(endless);
            let streaming = database.stream(sql, Vec::new(), (), |(), _| Ok(()));
            assert!(
                tokio::time::timeout(std::time::Duration::from_millis(100), streaming)
                    .await
                    .is_err()
            );
        }
        assert_eq!(ids(&database).await, Vec::<i64>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_swallowed_failure_spoils_the_transaction_and_an_attempt_does_not() {
    each_database(async |place| {
        let database = things(place).await;
        insert(&database, 1, "one").await.unwrap();
        let swallowed = database
            .write(|conn| {
                conn.execute("INSERT INTO :db.things (id) VALUES (2)", &[])?;
                drop(conn.execute("INSERT INTO :db.things (id) VALUES (1)", &[]));
                Ok(())
            })
            .await;
        assert_eq!(swallowed, Err(Error::Aborted));
        assert_eq!(ids(&database).await, [1]);

        let attempted = database
            .write(|conn| {
                conn.execute("INSERT INTO :db.things (id) VALUES (2)", &[])?;
                let refused = conn.attempt(|conn| {
                    conn.execute("INSERT INTO :db.things (id) VALUES (3)", &[])?;
                    conn.attempt(|conn| conn.execute("INSERT INTO :db.things (id) VALUES (4)", &[]))?;
                    conn.execute("INSERT INTO :db.things (id) VALUES (1)", &[])
                });
                conn.attempt(|conn| conn.execute("INSERT INTO :db.things (id) VALUES (5)", &[]))?;
                Ok::<_, Error>(refused)
            })
            .await;
        assert_eq!(attempted, Ok(Err(Error::Unique("things.id".into()))));
        assert_eq!(ids(&database).await, [1, 2, 5]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn returning_gives_rows_and_keeps_the_change() {
    each_database(async |place| {
        let database = things(place).await;
        let ids = database
            .write(|conn| {
                conn.bulk(
                    "INSERT INTO :db.things (id, name) VALUES ($1, $2)",
                    (1..=3_i64).map(|id| vec![id.into(), id.to_string().into()]),
                )?;
                let first = conn.row("UPDATE :db.things SET weight = 1.0 RETURNING id", &[], |row| row.int(0))?;
                assert!(first.is_some());
                conn.rows("DELETE FROM :db.things WHERE id > $1 RETURNING id", &[1_i64.into()], |row| {
                    row.int(0)
                })
            })
            .await;
        assert_eq!(ids.map(|ids| ids.len()), Ok(2));
        let weight = database.read(|conn| conn.row("SELECT id, weight FROM :db.things", &[], |row| Ok((row.int(0)?, row.real(1)?))));
        assert_eq!(weight.await, Ok(Some((1, 1.0))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handle_that_only_looks_reads_and_writes_nothing() {
    each_database(async |place| {
        let database = things(place).await;
        insert(&database, 1, "one").await.unwrap();
        let looking = database.looking();
        assert!(looking.is_looking() && looking.clone().is_looking() && !database.is_looking());
        assert_eq!(insert(&looking, 2, "two").await, Err(Error::OnlyLooking));
        assert_eq!(ids(&looking).await, [1]);
        insert(&database, 3, "three").await.unwrap();
        assert_eq!(ids(&looking).await, [1, 3]);
    })
    .await;
}
