//! PostgreSQL's errors in our words.

use std::error::Error as _;

use tokio_postgres::error::{DbError, SqlState};

use crate::engine::Error;

/// The error of a statement or a connection.
pub(super) fn error(error: tokio_postgres::Error) -> Error {
    if let Some(refusal) = error.as_db_error() {
        return refused(refusal);
    }
    if error.is_closed() || error.source().is_some_and(|source| source.is::<std::io::Error>()) {
        tracing::warn!(%error, "connection to PostgreSQL lost");
        return Error::Closed;
    }
    Error::Database(match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    })
}

/// Was a prepared statement overtaken by a change of the schema? Preparing it anew helps.
pub(super) fn is_stale(error: &tokio_postgres::Error) -> bool {
    error
        .as_db_error()
        .is_some_and(|e| *e.code() == SqlState::FEATURE_NOT_SUPPORTED && e.routine() == Some("RevalidateCachedQuery"))
}

fn refused(error: &DbError) -> Error {
    let text = error.message().to_owned();
    let code = error.code();
    match code.code() {
        "23505" => Error::Unique(unique(error)),
        "23503" => Error::ForeignKey(text),
        "23502" | "23514" => Error::Constraint(text),
        "25P02" => Error::Aborted,
        "42703" | "42P01" => Error::Missing(text),
        "40001" | "40P01" => Error::Conflict(text),
        "53300" => Error::Busy,
        "55P03" | "57014" => Error::Timeout,
        "57P01" | "57P02" | "57P03" | "57P05" => Error::Closed,
        _ if error.routine() == Some("RevalidateCachedQuery") => Error::Conflict(text),
        code => Error::Database(format!("{text} ({code})")),
    }
}

/// Says it as SQLite does, `members.org_id, members.email`, from the detail `Key (org_id, email)=(…)`, of which only
/// the brackets are the same in every language.
fn unique(error: &DbError) -> String {
    let constraint = error.constraint().unwrap_or_default();
    let columns = error.detail().and_then(columns);
    match (error.table(), columns) {
        (Some(table), Some(columns)) => {
            let columns: Vec<String> = columns.map(|column| format!("{table}.{column}")).collect();
            columns.join(", ")
        }
        _ => format!("index '{constraint}'"),
    }
}

fn columns(detail: &str) -> Option<impl Iterator<Item = &str>> {
    let (keys, _) = detail.split_once(")=(")?;
    let (_, keys) = keys.split_once('(')?;
    // An expression has brackets or quotes of its own.
    let plain = keys.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b',' | b' '));
    plain.then(|| keys.split(", "))
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn columns_are_read_in_any_language() {
        let read = |detail| columns(detail).map(|columns| columns.collect::<Vec<_>>());
        assert_eq!(read("Key (a, b)=(1, )=() already exists."), Some(vec!["a", "b"]));
        assert_eq!(read("Schlüssel »(a)=(1)« existiert bereits."), Some(vec!["a"]));
        assert_eq!(read("Key (lower(a))=(x) already exists."), None);
        assert_eq!(read("something else"), None);
    }
}
