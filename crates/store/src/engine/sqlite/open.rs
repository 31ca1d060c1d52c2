//! Opening a file the only way it is ever opened.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{SqliteOptions, contains, statement::error};
use crate::engine::Error;

/// Most prepared statements a connection keeps.
const STATEMENTS: usize = 256;

/// How often the change to the write-ahead log is tried.
const LOG_ATTEMPTS: usize = 20;

/// The connection that writes. It creates the file.
pub(super) fn writer(path: &Path, options: &SqliteOptions) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = open(path, flags, options)?;
    log_ahead(&conn)?;
    // FULL: a commit is on the disk before it is acknowledged; group commit makes it affordable.
    conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;")
        .map_err(error)?;
    Ok(conn)
}

/// Makes SQLite write ahead to a log. Of several who open a new file at the same time one makes that change, and SQLite
/// tells the others at once that they are in the way: to wait for the write lock is to wait until it is made.
fn log_ahead(conn: &Connection) -> Result<(), Error> {
    for _ in 1..LOG_ATTEMPTS {
        match conn.execute_batch("PRAGMA journal_mode = WAL;") {
            Err(failure) if failure.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {}
            done => return done.map_err(error),
        }
        conn.execute_batch("BEGIN IMMEDIATE; COMMIT;").map_err(error)?;
    }
    conn.execute_batch("PRAGMA journal_mode = WAL;").map_err(error)
}

/// A connection that only reads.
pub(super) fn reader(path: &Path, options: &SqliteOptions) -> Result<Connection, Error> {
    let conn = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX, options)?;
    conn.execute_batch("PRAGMA query_only = ON;").map_err(error)?;
    Ok(conn)
}

fn open(path: &Path, flags: OpenFlags, options: &SqliteOptions) -> Result<Connection, Error> {
    let conn = Connection::open_with_flags(path, flags).map_err(error)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    contains::register(&conn).map_err(error)?;
    // Plans do not depend on the values of parameters. Otherwise SQLite looks at them to see whether a partial index fits,
    // and prepares a statement anew whenever one of them has changed: that costs as much as the list itself.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(error)?;
    // The timeout comes first: the others may meet another process. mmap stays off: every commit would unmap the file
    // for every reader.
    conn.execute_batch(&format!(
        "PRAGMA busy_timeout = 5000; PRAGMA mmap_size = 0; PRAGMA cache_size = -{}; PRAGMA temp_store = MEMORY; \
         PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;",
        options.cache_kib
    ))
    .map_err(error)?;
    Ok(conn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_open_a_new_file_at_once() {
        let folder = tempfile::tempdir().unwrap();
        for round in 0..20 {
            let path = folder.path().join(format!("{round}.db"));
            let start = std::sync::Barrier::new(4);
            let open_one = || {
                start.wait();
                writer(&path, &SqliteOptions::default()).map(drop)
            };
            std::thread::scope(|scope| {
                let opening: Vec<_> = (0..4).map(|_| scope.spawn(open_one)).collect();
                for one in opening {
                    assert_eq!(one.join().unwrap(), Ok(()), "round {round}");
                }
            });
        }
    }
}
