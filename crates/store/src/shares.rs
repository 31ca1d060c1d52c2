//! Records that were shared with people one by one.

use domain::ids::RecordId;
use domain::time::Moment;

use crate::engine::{Conn, Error};

/// A person, by their own record, whom a record was shared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    pub person: RecordId,
    pub since: Moment,
    /// Who shared it; empty if that is not known any more.
    pub by: String,
}

/// With whom a record was shared, oldest first, at most `limit`.
pub fn of_record(conn: &mut Conn, record: RecordId, limit: u32) -> Result<Vec<Share>, Error> {
    conn.rows(
        "SELECT s.anchor_id, s.created_time, coalesce(a.name, '') FROM :db.shares s LEFT JOIN :db.actors a ON a.id = s.created_by
         WHERE s.record_id = $1 ORDER BY s.created_time, s.anchor_id LIMIT $2",
        &[record.0.into(), limit.into()],
        |row| {
            Ok(Share {
                person: RecordId(row.int(0)?),
                since: Moment(row.int(1)?),
                by: row.text(2)?,
            })
        },
    )
}

/// Shares a record with a person. False if it was shared already.
pub fn insert(conn: &mut Conn, record: RecordId, person: RecordId, actor: i64, now: Moment) -> Result<bool, Error> {
    let inserted = conn.execute(
        "INSERT INTO :db.shares (anchor_id, record_id, created_time, created_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (anchor_id, record_id) DO NOTHING",
        &[person.0.into(), record.0.into(), now.0.into(), actor.into()],
    )?;
    Ok(inserted > 0)
}

/// Shares a record no more with a person. False if it was not shared.
pub fn delete(conn: &mut Conn, record: RecordId, person: RecordId) -> Result<bool, Error> {
    let deleted = conn.execute(
        "DELETE FROM :db.shares WHERE anchor_id = $1 AND record_id = $2",
        &[person.0.into(), record.0.into()],
    )?;
    Ok(deleted > 0)
}
