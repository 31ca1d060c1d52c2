//! The gate: a statement that reads records also looks whether the access still holds.
//!
//! It costs no round trip, and it holds on every server at once: who deletes a session or raises
//! the version has revoked what is in every memory.

use domain::access::Access;

use super::sql::{Hole, Sql};
use crate::engine::{Conn, Error};

/// Writes the condition that the session is there and the version is the one compiled.
pub(super) fn write(sql: &mut Sql, access: &Access) {
    match access.viewer().session {
        Some(_) => {
            sql.push("EXISTS (SELECT 1 FROM :db.sessions gs, :db.state gv WHERE gs.id = ")
                .hole(Hole::Session);
            sql.push(" AND gv.id = 1 AND gv.version = ").bind(access.version()).push(")");
        }
        None => {
            sql.push("EXISTS (SELECT 1 FROM :db.state gv WHERE gv.id = 1 AND gv.version = ")
                .bind(access.version())
                .push(")");
        }
    }
}

/// Whether the access still holds. Asked when a statement has found nothing, to tell why.
pub fn is_current(conn: &mut Conn, access: &Access) -> Result<bool, Error> {
    let mut sql = Sql::new(conn.dialect(), access);
    sql.push("SELECT CASE WHEN ");
    write(&mut sql, access);
    sql.push(" THEN 1 ELSE 0 END");
    let found = conn.row(&sql.text, &sql.params, |row| row.bool(0))?;
    Ok(found.unwrap_or(false))
}
