//! Jobs: work that outlives a request, with its progress.

use domain::time::Moment;

use crate::engine::{Conn, Error, Row};

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

/// A job that somebody works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub job: Job,
    /// By this number whoever works on it is known. It says how often the job was taken.
    pub claim: i64,
}

/// Takes the oldest job of these kinds that waits, or of which nothing was heard since `silent`.
pub fn claim(conn: &mut Conn, kinds: &[&str], silent: Moment, now: Moment) -> Result<Option<Claimed>, Error> {
    let (kind, lock) = (conn.dialect().in_texts("kind", 1), conn.dialect().for_update_skip_locked());
    let sql = format!(
        "{COLUMNS}, claim FROM :db.jobs WHERE {kind} AND (state = 'scheduled' OR (state = 'in_progress' AND changed_time < $2))
         ORDER BY id LIMIT 1{lock}"
    );
    let kinds = crate::document::write(&kinds)?;
    let found = conn.row(&sql, &[kinds.into(), silent.0.into()], |row| {
        Ok(Claimed {
            job: read(row)?,
            claim: row.int(9)? + 1,
        })
    })?;
    if let Some(Claimed { job, claim }) = &found {
        conn.execute(
            "UPDATE :db.jobs SET state = 'in_progress', claim = $2, changed_time = $3 WHERE id = $1",
            &[job.id.into(), (*claim).into(), now.0.into()],
        )?;
    }
    Ok(found)
}

/// Notes how far a job is, and that somebody works on it. False: somebody else does.
pub fn keep(conn: &mut Conn, id: i64, claim: i64, done: i64, total: i64, now: Moment) -> Result<bool, Error> {
    let kept = conn.execute(
        "UPDATE :db.jobs SET done = $3, total = $4, changed_time = $5 WHERE id = $1 AND claim = $2 AND state = 'in_progress'",
        &[id.into(), claim.into(), done.into(), total.into(), now.0.into()],
    )?;
    Ok(kept > 0)
}

/// Notes that somebody works on a job, however far it is. False: somebody else does.
pub fn touch(conn: &mut Conn, id: i64, claim: i64, now: Moment) -> Result<bool, Error> {
    let sql = "UPDATE :db.jobs SET changed_time = $3 WHERE id = $1 AND claim = $2 AND state = 'in_progress'";
    Ok(conn.execute(sql, &[id.into(), claim.into(), now.0.into()])? > 0)
}

/// Ends a job. False: somebody else works on it, or has ended it.
pub fn end(conn: &mut Conn, id: i64, claim: i64, state: &str, result: &str, now: Moment) -> Result<bool, Error> {
    let ended = conn.execute(
        "UPDATE :db.jobs SET state = $3, result = $4, changed_time = $5 WHERE id = $1 AND claim = $2 AND state = 'in_progress'",
        &[id.into(), claim.into(), state.into(), result.into(), now.0.into()],
    )?;
    Ok(ended > 0)
}

/// How many jobs of these kinds somebody has that are not at their end.
pub fn open(conn: &mut Conn, kinds: &[&str], created_by: i64) -> Result<i64, Error> {
    let kind = conn.dialect().in_texts("kind", 1);
    let sql = format!("SELECT count(*) FROM :db.jobs WHERE {kind} AND state IN ('scheduled', 'in_progress') AND created_by = $2");
    let kinds = crate::document::write(&kinds)?;
    Ok(conn.row(&sql, &[kinds.into(), created_by.into()], |row| row.int(0))?.unwrap_or(0))
}

/// Forgets the jobs of these kinds that have ended, and of which nothing was heard since.
pub fn forget(conn: &mut Conn, kinds: &[&str], before: Moment) -> Result<u64, Error> {
    let kind = conn.dialect().in_texts("kind", 1);
    let sql = format!("DELETE FROM :db.jobs WHERE {kind} AND state NOT IN ('scheduled', 'in_progress') AND changed_time < $2");
    let kinds = crate::document::write(&kinds)?;
    conn.execute(&sql, &[kinds.into(), before.0.into()])
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
    conn.row(&format!("{COLUMNS} FROM :db.jobs WHERE id = $1"), &[id.into()], |row| read(row))
}

const COLUMNS: &str = "SELECT id, kind, state, payload, done, total, result, created_time, created_by";

fn read(row: &dyn Row) -> Result<Job, Error> {
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
}
