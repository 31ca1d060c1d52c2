//! What a database holds, as text: the same text, the same rows.

use crate::engine::{Conn, Database, Dialect, Error};

/// All rows of all tables of a database, a line for each table.
pub async fn contents(db: &Database) -> String {
    let schema = db.name().to_owned();
    db.snapshot(move |conn| dump(conn, &schema)).await.expect("a readable database")
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
        let columns = columns(conn, schema, &table)?;
        let mut rows = conn.rows(&format!("SELECT {columns} FROM :db.{table}"), &[], |row| {
            (0..row.len())
                .map(|i| Ok(format!("{:?}", row.cell(i)?)))
                .collect::<Result<Vec<_>, _>>()
        })?;
        rows.sort();
        text += &format!("{table}: {rows:?}\n");
    }
    Ok(text)
}

/// The columns by name: what was written as `*` is remembered with the columns that there were.
fn columns(conn: &mut Conn, schema: &str, table: &str) -> Result<String, Error> {
    let (sql, params) = match conn.dialect() {
        Dialect::Sqlite => ("SELECT name FROM pragma_table_info($1) ORDER BY cid", vec![table.into()]),
        Dialect::Postgres => (
            "SELECT column_name::text FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position",
            vec![schema.into(), table.into()],
        ),
    };
    Ok(conn.rows(sql, &params, |row| row.text(0))?.join(", "))
}
