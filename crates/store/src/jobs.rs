//! Jobs: work that outlives a request, with its progress.

use domain::time::Moment;

use crate::engine::{Conn, Error};

/// A piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub id: i64,
    pub kind: String,
    /// `scheduled`, `in_progress`, `completed` or `failed`.
    pub state: String,
    pub payload: String,
    pub done: i64,
    pub total: i64,
    /// What came of it, as JSON.
    pub result: String,
    pub created: Moment,
    pub created_by: i64,
}

/// Adds a job.
pub fn insert(conn: &mut Conn, job: &Job) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.jobs (id, kind, state, payload, done, total, result, created_time, created_by, changed_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8)",
        &[
            job.id.into(),
            job.kind.as_str().into(),
            job.state.as_str().into(),
            job.payload.as_str().into(),
            job.done.into(),
            job.total.into(),
            job.result.as_str().into(),
            job.created.0.into(),
            job.created_by.into(),
        ],
    )
    .map(drop)
}

/// Notes how far a job is.
pub fn progress(conn: &mut Conn, id: i64, state: &str, done: i64, total: i64, result: &str, now: Moment) -> Result<(), Error> {
    conn.execute(
        "UPDATE :db.jobs SET state = $2, done = $3, total = $4, result = $5, changed_time = $6 WHERE id = $1",
        &[id.into(), state.into(), done.into(), total.into(), result.into(), now.0.into()],
    )
    .map(drop)
}

/// The job with this id.
pub fn by_id(conn: &mut Conn, id: i64) -> Result<Option<Job>, Error> {
    conn.row(
        "SELECT id, kind, state, payload, done, total, result, created_time, created_by FROM :db.jobs WHERE id = $1",
        &[id.into()],
        |row| {
            Ok(Job {
                id: row.int(0)?,
                kind: row.text(1)?,
                state: row.text(2)?,
                payload: row.text(3)?,
                done: row.int(4)?,
                total: row.int(5)?,
                result: row.text(6)?,
                created: Moment(row.int(7)?),
                created_by: row.int(8)?,
            })
        },
    )
}
