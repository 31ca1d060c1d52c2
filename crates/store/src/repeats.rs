//! Calls that may be repeated, by the key that their caller gave them.

use domain::time::Moment;

use crate::engine::{Conn, Error};

/// A call that was made with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The hash of what was asked.
    pub request: String,
    /// Status and body; none as long as the call is under way.
    pub answer: Option<(i64, Vec<u8>)>,
}

/// Takes a key. `hash` is that of the key and whose it is, `request` that of what is asked. The call that
/// has it if it is taken, unless that was made before `old`.
pub fn begin(conn: &mut Conn, hash: &str, request: &str, old: Moment, now: Moment) -> Result<Option<Kept>, Error> {
    let sql = "DELETE FROM :db.repeats WHERE hash = $1 AND begun_time < $2";
    conn.execute(sql, &[hash.into(), old.0.into()])?;
    let taken = conn.execute(
        "INSERT INTO :db.repeats (hash, request, begun_time) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING",
        &[hash.into(), request.into(), now.0.into()],
    )?;
    if taken > 0 {
        return Ok(None);
    }
    conn.row(
        "SELECT request, status, body FROM :db.repeats WHERE hash = $1",
        &[hash.into()],
        |row| {
            let answer = row.opt_int(1)?.map(|status| Ok::<_, Error>((status, row.bytes(2)?)));
            Ok(Kept {
                request: row.text(0)?,
                answer: answer.transpose()?,
            })
        },
    )
}

/// Keeps what was answered.
pub fn answer(conn: &mut Conn, hash: &str, status: i64, body: Vec<u8>) -> Result<(), Error> {
    let sql = "UPDATE :db.repeats SET status = $2, body = $3 WHERE hash = $1";
    conn.execute(sql, &[hash.into(), status.into(), body.into()]).map(drop)
}

/// Lets a key go: nothing was done.
pub fn release(conn: &mut Conn, hash: &str) -> Result<(), Error> {
    conn.execute("DELETE FROM :db.repeats WHERE hash = $1", &[hash.into()]).map(drop)
}

/// Forgets the calls of earlier times.
pub fn forget(conn: &mut Conn, before: Moment) -> Result<u64, Error> {
    conn.execute("DELETE FROM :db.repeats WHERE begun_time < $1", &[before.0.into()])
}
