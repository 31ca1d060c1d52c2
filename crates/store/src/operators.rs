//! Who is in as the operator, and the links by which they come in, in the control database. Secrets are kept as hashes only.

use domain::time::Moment;

use crate::document;
use crate::engine::{Conn, Error, Param, Row};

/// What a secret is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// To come in, once.
    Link,
    /// To be in.
    Session,
}

impl Kind {
    /// `link`, `session`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Session => "session",
        }
    }

    fn parse(name: &str) -> Result<Self, Error> {
        let mut all = [Self::Link, Self::Session].into_iter();
        all.find(|kind| kind.name() == name)
            .ok_or_else(|| document::unreadable("an unknown kind"))
    }
}

/// An operator who is in, or may come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    pub id: i64,
    /// As whoever made the link has called them.
    pub name: String,
    pub kind: Kind,
    pub since: Moment,
    pub expires: Moment,
}

/// Whose links and sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    All,
    Named(String),
}

const COLUMNS: &str = "SELECT id, name, kind, since, expires FROM :db.operators";

fn operator(row: &dyn Row) -> Result<Operator, Error> {
    Ok(Operator {
        id: row.int(0)?,
        name: row.text(1)?,
        kind: Kind::parse(&row.text(2)?)?,
        since: Moment(row.int(3)?),
        expires: Moment(row.int(4)?),
    })
}

/// Adds a link or a session. `hash` is that of its secret.
pub fn insert(conn: &mut Conn, new: &Operator, hash: &str) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.operators (id, name, hash, kind, since, expires) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            new.id.into(),
            new.name.as_str().into(),
            hash.into(),
            new.kind.name().into(),
            new.since.0.into(),
            new.expires.0.into(),
        ],
    )
    .map(drop)
}

/// The link or session whose secret has this hash, if it has not expired.
pub fn by_hash(conn: &mut Conn, hash: &str, kind: Kind, now: Moment) -> Result<Option<Operator>, Error> {
    conn.row(
        &format!("{COLUMNS} WHERE hash = $1 AND kind = $2 AND expires > $3"),
        &[hash.into(), kind.name().into(), now.0.into()],
        |row| operator(row),
    )
}

/// Makes a session with another secret out of a link. False: the link was used, ended or is too old.
pub fn spend(conn: &mut Conn, link: &str, session: &str, now: Moment, expires: Moment) -> Result<bool, Error> {
    let spent = conn.execute(
        "UPDATE :db.operators SET hash = $2, kind = 'session', since = $3, expires = $4
         WHERE hash = $1 AND kind = 'link' AND expires > $3",
        &[link.into(), session.into(), now.0.into(), expires.0.into()],
    )?;
    Ok(spent == 1)
}

/// Who is in or may come in, the oldest first.
pub fn list(conn: &mut Conn, now: Moment) -> Result<Vec<Operator>, Error> {
    conn.rows(
        &format!("{COLUMNS} WHERE expires > $1 ORDER BY since, id"),
        &[now.0.into()],
        |row| operator(row),
    )
}

/// Ends links and sessions that have not expired; says how many.
pub fn end(conn: &mut Conn, whose: &Whose, now: Moment) -> Result<u64, Error> {
    let (condition, params): (&str, Vec<Param>) = match whose {
        Whose::All => ("", vec![now.0.into()]),
        Whose::Named(name) => (" AND name = $2", vec![now.0.into(), name.as_str().into()]),
    };
    conn.execute(&format!("DELETE FROM :db.operators WHERE expires > $1{condition}"), &params)
}

/// Ends the session whose secret has this hash. An unknown one is no error.
pub fn end_session(conn: &mut Conn, hash: &str) -> Result<(), Error> {
    let sql = "DELETE FROM :db.operators WHERE hash = $1 AND kind = 'session'";
    conn.execute(sql, &[hash.into()]).map(drop)
}

/// Forgets what has expired.
pub fn delete_expired(conn: &mut Conn, now: Moment) -> Result<(), Error> {
    conn.execute("DELETE FROM :db.operators WHERE expires <= $1", &[now.0.into()])
        .map(drop)
}
