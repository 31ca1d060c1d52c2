//! The outbox: mails written in the transaction that causes them, sent by a worker afterwards.

use domain::time::Moment;
use serde::{Deserialize, Serialize};

use crate::document;
use crate::engine::{Conn, Error, Row};

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// The links in it, for whoever reads the outbox by program.
    pub links: Vec<String>,
}

/// A mail in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    pub id: i64,
    pub mail: Mail,
    pub created: Moment,
    pub attempts: i64,
    pub last_error: Option<String>,
    pub sent: Option<Moment>,
    /// Given up.
    pub dead: bool,
}

const COLUMNS: &str =
    "SELECT id, recipient, subject, text, html, links, created_time, attempts, last_error, sent_time, dead FROM :db.outbox";

fn posted(row: &dyn Row) -> Result<Posted, Error> {
    Ok(Posted {
        id: row.int(0)?,
        mail: Mail {
            to: row.text(1)?,
            subject: row.text(2)?,
            text: row.text(3)?,
            html: row.text(4)?,
            links: document::read(&row.text(5)?)?,
        },
        created: Moment(row.int(6)?),
        attempts: row.int(7)?,
        last_error: row.opt_text(8)?,
        sent: row.opt_int(9)?.map(Moment),
        dead: row.bool(10)?,
    })
}

/// Puts a mail into the outbox.
pub fn post(conn: &mut Conn, id: i64, mail: &Mail, now: Moment) -> Result<(), Error> {
    let links = document::write(&mail.links)?;
    conn.execute(
        "INSERT INTO :db.outbox (id, recipient, subject, text, html, links, created_time, next_time, attempts)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 0)",
        &[
            id.into(),
            mail.to.as_str().into(),
            mail.subject.as_str().into(),
            mail.text.as_str().into(),
            mail.html.as_str().into(),
            links.into(),
            now.0.into(),
        ],
    )
    .map(drop)
}

/// Mails not yet sent, oldest first.
pub fn unsent(conn: &mut Conn, limit: u32) -> Result<Vec<Posted>, Error> {
    conn.rows(
        &format!("{COLUMNS} WHERE sent_time IS NULL ORDER BY id LIMIT $1"),
        &[limit.into()],
        |row| posted(row),
    )
}

/// The latest mails, sent or not, newest first.
pub fn latest(conn: &mut Conn, limit: u32) -> Result<Vec<Posted>, Error> {
    conn.rows(&format!("{COLUMNS} ORDER BY id DESC LIMIT $1"), &[limit.into()], |row| posted(row))
}

/// Takes up to `limit` mails that are due, and keeps others from taking them until `lease_until`.
pub fn claim(conn: &mut Conn, now: Moment, lease_until: Moment, limit: u32) -> Result<Vec<Posted>, Error> {
    let lock = conn.dialect().for_update_skip_locked();
    let sql = format!("{COLUMNS} WHERE sent_time IS NULL AND dead = 0 AND next_time <= $1 ORDER BY next_time, id LIMIT $2{lock}");
    let due = conn.rows(&sql, &[now.0.into(), limit.into()], |row| posted(row))?;
    for mail in &due {
        conn.execute(
            "UPDATE :db.outbox SET next_time = $2, attempts = attempts + 1 WHERE id = $1",
            &[mail.id.into(), lease_until.0.into()],
        )?;
    }
    Ok(due)
}

/// Notes that a mail was sent.
pub fn sent(conn: &mut Conn, id: i64, now: Moment) -> Result<(), Error> {
    conn.execute(
        "UPDATE :db.outbox SET sent_time = $2, last_error = NULL WHERE id = $1",
        &[id.into(), now.0.into()],
    )
    .map(drop)
}

/// Notes that a mail could not be sent: try again at `next`, or never.
pub fn failed(conn: &mut Conn, id: i64, error: &str, next: Option<Moment>) -> Result<(), Error> {
    conn.execute(
        "UPDATE :db.outbox SET last_error = $2, dead = $3, next_time = $4 WHERE id = $1",
        &[id.into(), error.into(), next.is_none().into(), next.map_or(0, |at| at.0).into()],
    )
    .map(drop)
}
