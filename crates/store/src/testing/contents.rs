//! What a database holds, as text: the same text, the same rows.

use crate::engine::{Conn, Database, Dialect, Error};

/// All rows of all tables of a database, a line for each table.
pub async fn contents(db: &Database) -> String {
    let looked = async || {
        let schema = db.name().to_owned();
        db.snapshot(move |conn| dump(conn, &schema)).await
    };
    match looked().await {
        // PostgreSQL, where a table has lost a column since it was looked at.
        Err(error) if error.is_transient() => looked().await,
        found => found,
    }
    .expect("a readable database")
}

fn dump(conn: &mut Conn, schema: &str) -> Result<String, Error> {
    let (sql, params) = match conn.dialect() {
        Dialect::Sqlite => ("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1", vec![]),
        Dialect::Postgres => (
            "SELECT tablename FROM pg_tables WHERE schemaname = $1 ORDER BY 1",
            vec![schema.into()],
        ),
    };
    let tables = conn.rows(sql, &params, |row| row.text(0))?;
    let mut text = String::new();
    for table in tables {
        let mut rows = conn.rows(&format!("SELECT * FROM :db.{table}"), &[], |row| {
            (0..row.len())
                .map(|i| Ok(format!("{:?}", row.cell(i)?)))
                .collect::<Result<Vec<_>, _>>()
        })?;
        rows.sort();
        text += &format!("{table}: {rows:?}\n");
    }
    Ok(text)
}
