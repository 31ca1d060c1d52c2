//! Opening a file the only way it is ever opened.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::{SqliteOptions, contains, statement::error};
use crate::engine::Error;

/// Most prepared statements a connection keeps.
const STATEMENTS: usize = 256;

/// The connection that writes. It creates the file.
pub(super) fn writer(path: &Path, options: &SqliteOptions) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = open(path, flags, options)?;
    // FULL: a commit is on the disk before it is acknowledged; group commit makes it affordable.
    conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;")
        .map_err(error)?;
    Ok(conn)
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
