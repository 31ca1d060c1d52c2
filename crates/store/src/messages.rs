//! The outbox of what is posted to programs: written in the transaction that causes it, posted by a worker afterwards.

use domain::time::Moment;

use crate::engine::{Conn, Error, Row};

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// To where this channel leads when it leaves.
    Channel(i64),
    /// To an address, once.
    Address(String),
}

/// A message that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub id: i64,
    pub to: To,
    pub payload: String,
    /// How often it was tried before.
    pub attempts: i64,
}

/// Puts a message into the outbox.
pub fn post(conn: &mut Conn, id: i64, to: &To, payload: &str, now: Moment) -> Result<(), Error> {
    let (channel, url) = match to {
        To::Channel(channel) => (Some(*channel), None),
        To::Address(url) => (None, Some(url.as_str())),
    };
    conn.execute(
        "INSERT INTO :db.messages (id, channel_id, url, payload, created_time, next_time, attempts) VALUES ($1, $2, $3, $4, $5, $5, 0)",
        &[id.into(), channel.into(), url.into(), payload.into(), now.0.into()],
    )
    .map(drop)
}

/// Takes up to `limit` messages that are due, and keeps others from taking them until `lease_until`.
pub fn claim(conn: &mut Conn, now: Moment, lease_until: Moment, limit: u32) -> Result<Vec<Waiting>, Error> {
    let lock = conn.dialect().for_update_skip_locked();
    let sql = format!(
        "SELECT id, channel_id, url, payload, attempts FROM :db.messages WHERE next_time <= $1 ORDER BY next_time, id LIMIT $2{lock}"
    );
    let due = conn.rows(&sql, &[now.0.into(), limit.into()], |row| read(row))?;
    for message in &due {
        conn.execute(
            "UPDATE :db.messages SET next_time = $2, attempts = attempts + 1 WHERE id = $1",
            &[message.id.into(), lease_until.0.into()],
        )?;
    }
    Ok(due)
}

/// Takes a message away: it was delivered, or is given up.
pub fn delete(conn: &mut Conn, id: i64) -> Result<(), Error> {
    conn.execute("DELETE FROM :db.messages WHERE id = $1", &[id.into()]).map(drop)
}

/// Leaves a message for a later attempt.
pub fn postpone(conn: &mut Conn, id: i64, next: Moment) -> Result<(), Error> {
    let sql = "UPDATE :db.messages SET next_time = $2 WHERE id = $1";
    conn.execute(sql, &[id.into(), next.0.into()]).map(drop)
}

/// How many messages wait for a channel.
pub fn waiting(conn: &mut Conn, channel: i64) -> Result<i64, Error> {
    let sql = "SELECT count(*) FROM :db.messages WHERE channel_id = $1";
    Ok(conn.row(sql, &[channel.into()], |row| row.int(0))?.unwrap_or(0))
}

fn read(row: &dyn Row) -> Result<Waiting, Error> {
    let to = match row.opt_int(1)? {
        Some(channel) => To::Channel(channel),
        None => To::Address(row.text(2)?),
    };
    Ok(Waiting {
        id: row.int(0)?,
        to,
        payload: row.text(3)?,
        attempts: row.int(4)?,
    })
}
