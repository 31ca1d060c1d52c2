//! The version of an organisation's metadata and policies.

use crate::engine::{Conn, Error};

/// The version now.
pub fn version(conn: &mut Conn) -> Result<i64, Error> {
    let found = conn.row("SELECT version FROM :db.state WHERE id = 1", &[], |row| row.int(0))?;
    Ok(found.unwrap_or(0))
}

/// Raises the version: every plan compiled before is out of date from the commit on.
pub fn raise(conn: &mut Conn) -> Result<(), Error> {
    conn.execute("UPDATE :db.state SET version = version + 1 WHERE id = 1", &[])
        .map(drop)
}
