//! Values, rows, errors, isolation.

use std::sync::Arc;

use store::engine::{Cell, Error, Param, Row};
use store::testing::each_database;

use crate::{THINGS, ids, insert, things};

#[tokio::test(flavor = "multi_thread")]
async fn values_come_back_as_they_went_in() {
    each_database(async |place| {
        let database = things(place).await;
        let rows = [
            vec![
                Param::Int(i64::MIN),
                Param::Text("Ünï 'quoted' \"x\"".into()),
                Param::Real(-1.5e300),
                Param::Null,
            ],
            vec![Param::Int(i64::MAX), Param::Null, Param::Null, Param::Int(i64::MIN)],
            vec![true.into(), "".into(), 0.1.into(), None::<i64>.into()],
        ];
        let inserted = rows.clone();
        database
            .write(move |conn| {
                for row in &inserted {
                    conn.execute("INSERT INTO :db.things (id, name, weight, parent) VALUES ($1, $2, $3, $4)", row)?;
                }
                Ok::<_, Error>(())
            })
            .await
            .unwrap();
        for row in rows {
            let id = row[0].clone();
            let found = database
                .read(move |conn| {
                    conn.row("SELECT id, name, weight, parent FROM :db.things WHERE id = $1", &[id], |row| {
                        (0..row.len()).map(|i| row.cell(i).map(owned)).collect::<Result<Vec<_>, _>>()
                    })
                })
                .await
                .unwrap();
            assert_eq!(found, Some(row));
        }
    })
    .await;
}

fn owned(cell: Cell<'_>) -> Param {
    match cell {
        Cell::Null => Param::Null,
        Cell::Int(value) => Param::Int(value),
        Cell::Real(value) => Param::Real(value),
        Cell::Text(value) => Param::Text(value.to_owned()),
        Cell::Bytes(value) => Param::Bytes(value.to_vec()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sums_are_integers_and_averages_are_reals() {
    each_database(async |place| {
        let database = things(place).await;
        for id in 1..=4_i64 {
            insert(&database, id * 1_000_000_000_000, &id.to_string()).await.unwrap();
        }
        let sql =
            "SELECT sum(id), -sum(id), avg(id), count(*), max(name), sum(id) > 1, sum(weight), 0.000125 + avg(id) * 0 FROM :db.things";
        let row = database
            .read(move |conn| {
                conn.row(sql, &[], |row| {
                    (0..8).map(|i| row.cell(i).map(owned)).collect::<Result<Vec<_>, _>>()
                })
            })
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            row,
            [
                Param::Int(10_000_000_000_000),
                Param::Int(-10_000_000_000_000),
                Param::Real(2_500_000_000_000.0),
                Param::Int(4),
                Param::Text("4".into()),
                Param::Int(1),
                Param::Null,
                Param::Real(0.000_125),
            ]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_of_another_type_is_an_error_and_not_a_guess() {
    each_database(async |place| {
        let database = things(place).await;
        insert(&database, 2, "two").await.unwrap();
        let error = database
            .read(|conn| conn.row("SELECT name FROM :db.things", &[], |row| row.int(0)))
            .await
            .unwrap_err();
        assert_eq!(
            error,
            Error::Decode {
                column: 0,
                wanted: "an integer",
                found: "text".into()
            }
        );
        let error = database
            .read(|conn| conn.row("SELECT id FROM :db.things", &[], |row| row.bool(0)))
            .await
            .unwrap_err();
        assert_eq!(
            error,
            Error::Decode {
                column: 0,
                wanted: "0 or 1",
                found: "2".into()
            }
        );
        let missing = database
            .read(|conn| conn.row("SELECT id FROM :db.things", &[], |row| row.int(7)))
            .await;
        assert!(missing.is_err());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_say_the_same_on_both_databases() {
    each_database(async |place| {
        let database = things(place).await;
        database
            .write(|conn| {
                conn.script("CREATE TABLE :db.pairs (a BIGINT NOT NULL CHECK (a > 0), b TEXT, PRIMARY KEY (a, b)) :strict;")?;
                conn.script("CREATE UNIQUE INDEX pairs_lower ON :db.pairs (lower(b));")
            })
            .await
            .unwrap();
        insert(&database, 1, "one").await.unwrap();
        assert_eq!(insert(&database, 1, "other").await, Err(Error::Unique("things.id".into())));
        assert_eq!(insert(&database, 2, "one").await, Err(Error::Unique("things.name".into())));
        let run = async |sql: &'static str| database.write(move |conn| conn.execute(sql, &[])).await;
        assert_eq!(run("INSERT INTO :db.pairs VALUES (1, 'x')").await, Ok(1));
        assert_eq!(
            run("INSERT INTO :db.pairs VALUES (1, 'x')").await.map_err(|e| e.is_unique()),
            Err(true)
        );
        assert_eq!(
            run("INSERT INTO :db.pairs VALUES (2, 'X')").await,
            Err(Error::Unique("index 'pairs_lower'".into()))
        );
        assert!(matches!(
            run("INSERT INTO :db.pairs VALUES (0, 'y')").await,
            Err(Error::Constraint(_))
        ));
        assert!(matches!(
            run("INSERT INTO :db.pairs (b) VALUES ('y')").await,
            Err(Error::Constraint(_))
        ));
        assert!(matches!(
            run("INSERT INTO :db.things (id, parent) VALUES (5, 99)").await,
            Err(Error::ForeignKey(_))
        ));
        let nowhere = run("INSERT INTO :db.nowhere VALUES (1)").await;
        assert!(matches!(nowhere, Err(Error::Missing(_))), "{nowhere:?}");
        let few = database
            .read(|conn| conn.row("SELECT id FROM :db.things WHERE id = $1", &[], |row| row.int(0)))
            .await;
        assert!(few.is_err(), "a missing parameter is not NULL");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_databases_of_one_engine_do_not_see_each_other() {
    each_database(async |place| {
        let one = things(place).await;
        let two = place.engine.open("org_2", THINGS).await.unwrap();
        insert(&one, 1, "one").await.unwrap();
        insert(&two, 2, "two").await.unwrap();
        assert_eq!((ids(&one).await, ids(&two).await), (vec![1], vec![2]));

        assert!(place.engine.exists("org_2").await.unwrap());
        place.engine.drop("org_2").await.unwrap();
        assert!(!place.engine.exists("org_2").await.unwrap());
        assert_eq!(insert(&two, 3, "three").await, Err(Error::Closed));
        assert_eq!(ids(&one).await, [1]);
        let two = place.engine.open("org_2", THINGS).await.unwrap();
        assert_eq!(ids(&two).await, Vec::<i64>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_could_reach_other_files_or_schemas_are_refused() {
    each_database(async |place| {
        for name in ["", "../x", "a\"b", "Org", "org.1", &"x".repeat(64)] {
            assert!(place.engine.open(name, &[]).await.is_err(), "{name}");
            assert!(place.engine.drop(name).await.is_err(), "{name}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_streams_its_rows_into_a_buffer_with_one_statement() {
    each_database(async |place| {
        let database = things(place).await;
        let rows = (0..1000_i64).map(|id| vec![id.into(), format!("n{id:04}").into(), (id % 7).into()]);
        database
            .write(|conn| conn.bulk("INSERT INTO :db.things (id, name, weight) VALUES ($1, $2, $3)", rows))
            .await
            .map(|count| assert_eq!(count, 1000))
            .unwrap();
        let sql = database.resolve("SELECT id, name, weight FROM :db.things WHERE id >= $1 ORDER BY id");
        let before = database.statements();
        let text = database
            .stream(Arc::clone(&sql), vec![998_i64.into()], String::new(), line)
            .await
            .unwrap();
        assert_eq!(text, "998 n0998 4\n999 n0999 5\n");
        assert_eq!(database.statements() - before, 1);

        let stopped = database
            .stream(Arc::clone(&sql), vec![0_i64.into()], String::new(), |_, _| Err(Error::Busy))
            .await;
        assert_eq!(stopped, Err(Error::Busy));
        let again = database.stream(sql, vec![999_i64.into()], String::new(), line).await.unwrap();
        assert_eq!(again, "999 n0999 5\n");
    })
    .await;
}

fn line(out: &mut String, row: &dyn Row) -> Result<(), Error> {
    use std::fmt::Write;
    writeln!(out, "{} {} {}", row.int(0)?, row.str(1)?, row.real(2)?).map_err(|_| Error::Busy)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_does_not_see_what_is_written_meanwhile() {
    each_database(async |place| {
        let database = things(place).await;
        insert(&database, 1, "one").await.unwrap();
        let other = database.clone();
        let runtime = tokio::runtime::Handle::current();
        let (before, after) = database
            .snapshot(move |conn| {
                let count = |conn: &mut store::engine::Conn<'_>| conn.row("SELECT count(*) FROM :db.things", &[], |row| row.int(0));
                let before = count(conn)?;
                runtime.block_on(insert(&other, 2, "two"))?;
                Ok::<_, Error>((before, count(conn)?))
            })
            .await
            .unwrap();
        assert_eq!((before, after), (Some(1), Some(1)));
        assert_eq!(ids(&database).await, [1, 2]);
    })
    .await;
}
