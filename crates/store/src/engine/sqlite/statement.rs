//! Statements over rusqlite: binding, rows, errors.

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, StatementStatus, ffi};

use crate::engine::{Cell, Error, Param, Row};

impl ToSql for Param {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Real(value) => ValueRef::Real(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

/// A row with its width: asking the statement for it would cost a call per row.
struct SqliteRow<'a, 's> {
    row: &'a rusqlite::Row<'s>,
    width: usize,
}

impl Row for SqliteRow<'_, '_> {
    fn cell(&self, i: usize) -> Result<Cell<'_>, Error> {
        match self.row.get_ref(i).map_err(error)? {
            ValueRef::Null => Ok(Cell::Null),
            ValueRef::Integer(value) => Ok(Cell::Int(value)),
            ValueRef::Real(value) => Ok(Cell::Real(value)),
            ValueRef::Text(bytes) => std::str::from_utf8(bytes)
                .map(Cell::Text)
                .map_err(|_| Error::decode(i, "text", "invalid UTF-8")),
            ValueRef::Blob(value) => Ok(Cell::Bytes(value)),
        }
    }

    fn len(&self) -> usize {
        self.width
    }
}

/// Runs a resolved statement and hands over its rows.
pub(crate) fn query(
    conn: &Connection,
    sql: &str,
    params: &[Param],
    each: &mut dyn FnMut(&dyn Row) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut statement = prepare(conn, sql, params)?;
    let width = statement.column_count();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(error)? {
        each(&SqliteRow { row, width })?;
    }
    Ok(())
}

/// Runs a resolved statement to its end and counts the steps of SQLite's machine.
pub(crate) fn steps(conn: &Connection, sql: &str, params: &[Param]) -> Result<u64, Error> {
    let mut statement = prepare(conn, sql, params)?;
    statement.reset_status(StatementStatus::VmStep);
    let mut rows = statement.raw_query();
    while rows.next().map_err(error)?.is_some() {}
    drop(rows);
    Ok(u64::try_from(statement.get_status(StatementStatus::VmStep)).unwrap_or(u64::MAX))
}

/// Runs a resolved statement without rows.
pub(crate) fn execute(conn: &Connection, sql: &str, params: &[Param]) -> Result<u64, Error> {
    let changed = prepare(conn, sql, params)?.raw_execute().map_err(error)?;
    Ok(u64::try_from(changed).unwrap_or(u64::MAX))
}

/// Runs a resolved statement for each set of parameters.
pub(crate) fn bulk(conn: &Connection, sql: &str, rows: &mut dyn Iterator<Item = Vec<Param>>) -> Result<u64, Error> {
    let mut changed: u64 = 0;
    let mut statement = conn.prepare_cached(sql).map_err(error)?;
    for params in rows {
        bind(&mut statement, &params)?;
        let count = statement.raw_execute().map_err(error)?;
        changed = changed.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
    }
    Ok(changed)
}

/// Runs several statements.
pub(crate) fn script(conn: &Connection, sql: &str) -> Result<(), Error> {
    conn.execute_batch(sql).map_err(error)
}

/// Runs one of the few statements that open and close transactions.
pub(crate) fn control(conn: &Connection, sql: &str) -> Result<(), Error> {
    conn.prepare_cached(sql)
        .and_then(|mut statement| statement.raw_execute())
        .map(|_| ())
        .map_err(error)
}

fn prepare<'c>(conn: &'c Connection, sql: &str, params: &[Param]) -> Result<CachedStatement<'c>, Error> {
    let mut statement = conn.prepare_cached(sql).map_err(error)?;
    bind(&mut statement, params)?;
    Ok(statement)
}

fn bind(statement: &mut CachedStatement<'_>, params: &[Param]) -> Result<(), Error> {
    // SQLite would read a missing parameter as NULL.
    let wanted = statement.parameter_count();
    if wanted != params.len() {
        return Err(Error::Database(format!("{wanted} parameters wanted, {} given", params.len())));
    }
    for (index, param) in params.iter().enumerate() {
        statement.raw_bind_parameter(index.saturating_add(1), param).map_err(error)?;
    }
    Ok(())
}

/// SQLite's errors in our words.
pub(crate) fn error(error: rusqlite::Error) -> Error {
    let (failure, text) = match &error {
        rusqlite::Error::SqliteFailure(failure, message) => (failure, message.clone().unwrap_or_else(|| failure.to_string())),
        rusqlite::Error::SqlInputError { error: failure, .. } => (failure, error.to_string()),
        _ => return Error::Database(error.to_string()),
    };
    match failure.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            Error::Unique(text.trim_start_matches("UNIQUE constraint failed: ").to_owned())
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Error::ForeignKey(text),
        code => match code & 0xff {
            ffi::SQLITE_CONSTRAINT => Error::Constraint(text),
            ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED | ffi::SQLITE_INTERRUPT => Error::Timeout,
            ffi::SQLITE_ERROR if text.starts_with("no such column") || text.starts_with("no such table") => Error::Missing(text),
            _ => Error::Database(format!("{text} ({code})")),
        },
    }
}
