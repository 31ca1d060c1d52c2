//! The audit trail: who did what, written in the transaction that did it.

use domain::ids::{ModuleId, RecordId};
use domain::time::Moment;

use crate::engine::{Conn, Error};

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    pub id: i64,
    pub at: Moment,
    pub actor: i64,
    pub action: &'static str,
    pub module: Option<ModuleId>,
    pub record: Option<RecordId>,
    /// What of it, by API names; never a value.
    pub detail: String,
}

/// Appends to the trail.
pub fn append(conn: &mut Conn, deed: &Deed) -> Result<(), Error> {
    append_many(conn, [deed])
}

/// Appends several deeds to the trail.
pub fn append_many<'a>(conn: &mut Conn, deeds: impl IntoIterator<Item = &'a Deed>) -> Result<(), Error> {
    let row = |deed: &Deed| {
        vec![
            deed.id.into(),
            deed.at.0.into(),
            deed.actor.into(),
            deed.action.into(),
            deed.module.map(|id| id.0).into(),
            deed.record.map(|id| id.0).into(),
            deed.detail.as_str().into(),
        ]
    };
    let columns = ["id", "at", "actor", "action", "module_id", "record_id", "detail"];
    let rows = deeds.into_iter().map(row).collect();
    conn.insert(":db.audit", &columns, rows).map(drop)
}

/// Whether a deed is in the trail.
pub fn is_noted(conn: &mut Conn, deed: i64) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM :db.audit WHERE id = $1";
    Ok(conn.row(sql, &[deed.into()], |row| row.int(0))?.is_some())
}

/// An entry of the trail, for people to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: i64,
    pub at: Moment,
    pub actor_id: i64,
    pub actor: String,
    pub by_portal_user: bool,
    pub action: String,
    pub module: Option<ModuleId>,
    pub record: Option<RecordId>,
    pub detail: String,
}

/// Part of a list.
#[derive(Debug, Clone, Copy)]
pub struct Slice {
    pub skip: u32,
    pub limit: u32,
}

/// The latest entries, newest first; those about one record, if it is given.
pub fn latest(conn: &mut Conn, record: Option<RecordId>, slice: Slice) -> Result<Vec<Entry>, Error> {
    let about = if record.is_some() { "WHERE t.record_id = $3" } else { "" };
    let sql = format!(
        "SELECT t.at, coalesce(a.name, ''), t.action, t.record_id, t.detail, t.module_id, t.id, t.actor,
           CASE WHEN a.kind = 'member' THEN 1 ELSE 0 END
         FROM :db.audit t LEFT JOIN :db.actors a ON a.id = t.actor {about} ORDER BY t.id DESC LIMIT $1 OFFSET $2"
    );
    let mut params = vec![slice.limit.into(), slice.skip.into()];
    params.extend(record.map(|id| id.0.into()));
    conn.rows(&sql, &params, |row| {
        Ok(Entry {
            at: Moment(row.int(0)?),
            actor: row.text(1)?,
            action: row.text(2)?,
            record: row.opt_int(3)?.map(RecordId),
            detail: row.text(4)?,
            module: row.opt_int(5)?.map(ModuleId),
            id: row.int(6)?,
            actor_id: row.int(7)?,
            by_portal_user: row.bool(8)?,
        })
    })
}

/// Whether the same was done already, at this moment or later: by the same person, to the same record, with the same detail.
pub fn is_noted_since(conn: &mut Conn, deed: &Deed, since: Moment) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM :db.audit WHERE record_id = $1 AND actor = $2 AND action = $3 AND detail = $4 AND at >= $5 LIMIT 1";
    let params = [
        deed.record.map(|id| id.0).into(),
        deed.actor.into(),
        deed.action.into(),
        deed.detail.as_str().into(),
        since.0.into(),
    ];
    Ok(conn.row(sql, &params, |row| row.int(0))?.is_some())
}
