//! What differs in the text must not differ in the answer.

use store::engine::{Database, Error, Param};
use store::testing::each_database;

use crate::things;

const NAMES: [&str; 8] = ["Zoe", "anna", "Änne", "ÄNNE", "100%_sure", "Bob", "", "straße"];

async fn named(database: &Database) {
    let rows = (1..)
        .zip(NAMES)
        .map(|(id, name)| vec![Param::Int(id), Param::from(name)])
        .collect::<Vec<_>>();
    database
        .write(|conn| conn.bulk("INSERT INTO :db.things (id, name) VALUES ($1, $2)", rows))
        .await
        .unwrap();
}

async fn select(database: &Database, condition: &str, param: impl Into<Param>) -> Vec<i64> {
    let sql = format!("SELECT id FROM :db.things WHERE {condition} ORDER BY id");
    let param = param.into();
    database
        .read(move |conn| conn.rows(&sql, &[param], |row| row.int(0)))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn text_is_ordered_and_compared_by_bytes() {
    each_database(async |place| {
        let database = things(place).await;
        named(&database).await;
        let sorted = database
            .read(|conn| conn.rows("SELECT name FROM :db.things ORDER BY name", &[], |row| row.text(0)))
            .await
            .unwrap();
        let mut expected = NAMES.map(str::to_owned);
        expected.sort();
        assert_eq!(sorted, expected);
        assert_eq!(select(&database, "name > $1", "Zoe").await, [2, 3, 4, 8]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn contains_ignores_case_and_knows_no_wildcards() {
    each_database(async |place| {
        let database = things(place).await;
        named(&database).await;
        let contains = database.dialect().contains("name", "$1");
        for (needle, found) in [
            ("NN", vec![2, 3, 4]),
            ("zo", vec![1]),
            ("%_S", vec![5]),
            ("_", vec![5]),
            ("x", vec![]),
            ("", vec![1, 2, 3, 4, 5, 6, 7, 8]),
            ("änne", vec![3, 4]),
            ("Änne", vec![3, 4]),
            ("STRAßE", vec![8]),
        ] {
            assert_eq!(select(&database, &contains, needle).await, found, "{needle}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_values_travel_in_one_parameter() {
    each_database(async |place| {
        let database = things(place).await;
        named(&database).await;
        let ints = database.dialect().in_ints("id", 1);
        assert_eq!(select(&database, &ints, "[2, 4,99]").await, [2, 4]);
        assert_eq!(select(&database, &ints, "[]").await, Vec::<i64>::new());
        assert_eq!(select(&database, &ints, format!("[{},1]", i64::MAX)).await, [1]);
        let texts = database.dialect().in_texts("name", 1);
        assert_eq!(select(&database, &texts, r#"["Zoe", "", "Änne", "it's \"x\""]"#).await, [1, 3, 7]);
        assert_eq!(select(&database, &texts, "[]").await, Vec::<i64>::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_ids_uses_the_index() {
    each_database(async |place| {
        let database = things(place).await;
        let rows = (1..=20_000_i64)
            .map(|id| vec![id.into(), id.to_string().into()])
            .collect::<Vec<_>>();
        let dialect = database.dialect();
        database
            .write(move |conn| {
                conn.bulk("INSERT INTO :db.things (id, name) VALUES ($1, $2)", rows)?;
                conn.script("ANALYZE :db.things;")
            })
            .await
            .unwrap();
        for (condition, param) in [(dialect.in_ints("id", 1), "[1,2,3]"), (dialect.in_texts("name", 1), r#"["1","2"]"#)] {
            let sql = dialect.explain(&format!("SELECT id FROM :db.things WHERE {condition}"));
            let column = if dialect == store::engine::Dialect::Sqlite { 3 } else { 0 };
            let plan = database
                .read(move |conn| conn.rows(&sql, &[param.into()], |row| row.text(column)))
                .await
                .unwrap()
                .join("\n");
            assert!(plan.contains("Index") || plan.contains("SEARCH things USING"), "{plan}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn small_differences_have_one_answer() {
    each_database(async |place| {
        let database = things(place).await;
        named(&database).await;
        let dialect = database.dialect();
        let sql = format!(
            "SELECT {}, {}, (SELECT string_agg(name, ',') FROM :db.things WHERE id < 3) FROM :db.things WHERE id = $1{}",
            dialect.least("id", "4"),
            dialect.greatest("id", "9"),
            dialect.for_update()
        );
        let row = database
            .write(move |conn| conn.row(&sql, &[5_i64.into()], |row| Ok((row.int(0)?, row.int(1)?, row.text(2)?))))
            .await;
        assert_eq!(row, Ok(Some((4, 9, "Zoe,anna".to_owned()))));
        let sql = format!("SELECT id FROM :db.things ORDER BY id LIMIT $1{}", dialect.for_update_skip_locked());
        let rows = database.write(move |conn| conn.rows(&sql, &[2_i64.into()], |row| row.int(0))).await;
        assert_eq!(rows, Ok::<_, Error>(vec![1, 2]));
    })
    .await;
}
