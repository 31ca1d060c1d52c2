//! Refresh tokens: for whom a client gets access tokens.

use domain::ids::{IdentityId, MemberId, RecordId};
use domain::time::Moment;

use crate::engine::{Conn, Error, Row};

/// For whom a token or a code is: an identity, as an employee or as a portal user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    pub identity: IdentityId,
    pub employee: Option<RecordId>,
    pub member: Option<MemberId>,
}

/// A refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refresh {
    pub id: i64,
    pub client: i64,
    pub owner: Owner,
    pub scope: String,
    pub created: Moment,
}

/// A refresh token for people to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub refresh: Refresh,
    /// For whom it is.
    pub email: String,
}

const COLUMNS: &str = "r.id, r.client_id, r.identity_id, r.employee_id, r.member_id, r.scope, r.created_time";

fn token(row: &dyn Row) -> Result<Refresh, Error> {
    Ok(Refresh {
        id: row.int(0)?,
        client: row.int(1)?,
        owner: Owner {
            identity: IdentityId(row.int(2)?),
            employee: row.opt_int(3)?.map(RecordId),
            member: row.opt_int(4)?.map(MemberId),
        },
        scope: row.text(5)?,
        created: Moment(row.int(6)?),
    })
}

/// Adds a refresh token.
pub fn insert_refresh(conn: &mut Conn, refresh: &Refresh, hash: &str) -> Result<(), Error> {
    let owner = refresh.owner;
    conn.execute(
        "INSERT INTO :db.refresh_tokens (id, hash, client_id, identity_id, employee_id, member_id, scope, created_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            refresh.id.into(),
            hash.into(),
            refresh.client.into(),
            owner.identity.0.into(),
            owner.employee.map(|id| id.0).into(),
            owner.member.map(|id| id.0).into(),
            refresh.scope.as_str().into(),
            refresh.created.0.into(),
        ],
    )
    .map(drop)
}

/// A refresh token that was looked for.
pub struct Found {
    pub refresh: Refresh,
    /// Another one has taken its place.
    pub is_spent: bool,
}

/// The refresh token with this hash, or whose hash this was before; locked until the transaction ends.
pub fn refresh(conn: &mut Conn, hash: &str) -> Result<Option<Found>, Error> {
    let lock = conn.dialect().for_update();
    let present = format!("SELECT {COLUMNS} FROM :db.refresh_tokens r WHERE r.hash = $1{lock}");
    if let Some(refresh) = conn.row(&present, &[hash.into()], |row| token(row))? {
        return Ok(Some(Found { refresh, is_spent: false }));
    }
    let spent = format!("SELECT {COLUMNS} FROM :db.refresh_tokens r JOIN :db.spent_tokens s ON s.refresh_id = r.id WHERE s.hash = $1");
    let refresh = conn.row(&spent, &[hash.into()], |row| token(row))?;
    Ok(refresh.map(|refresh| Found { refresh, is_spent: true }))
}

/// For whom the refresh token is that has this hash, or had it.
pub fn owner_of(conn: &mut Conn, hash: &str) -> Result<Option<Owner>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM :db.refresh_tokens r WHERE r.hash = $1
            OR r.id = (SELECT s.refresh_id FROM :db.spent_tokens s WHERE s.hash = $1)"
    );
    Ok(conn.row(&sql, &[hash.into()], |row| token(row))?.map(|refresh| refresh.owner))
}

/// How long spent secrets are remembered, in seconds: 90 days.
const REMEMBERED: i64 = 90 * 86_400;

/// Gives a refresh token another secret, and remembers the one it had. False: somebody was faster.
pub fn rotate(conn: &mut Conn, id: i64, from: &str, to: &str, now: Moment) -> Result<bool, Error> {
    let sql = "UPDATE :db.refresh_tokens SET hash = $3 WHERE id = $1 AND hash = $2";
    if conn.execute(sql, &[id.into(), from.into(), to.into()])? != 1 {
        return Ok(false);
    }
    let old = now.plus_seconds(-REMEMBERED);
    let sql = "DELETE FROM :db.spent_tokens WHERE refresh_id = $1 AND spent_time < $2";
    conn.execute(sql, &[id.into(), old.0.into()])?;
    let sql = "INSERT INTO :db.spent_tokens (hash, refresh_id, spent_time) VALUES ($1, $2, $3)";
    conn.execute(sql, &[from.into(), id.into(), now.0.into()])?;
    Ok(true)
}

/// The refresh tokens of a client, the newest first.
pub fn tokens(conn: &mut Conn, client: i64) -> Result<Vec<Token>, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, i.email FROM :db.refresh_tokens r JOIN :db.identities i ON i.id = r.identity_id
         WHERE r.client_id = $1 ORDER BY r.created_time DESC, r.id DESC"
    );
    conn.rows(&sql, &[client.into()], |row| {
        Ok(Token {
            refresh: token(row)?,
            email: row.text(7)?,
        })
    })
}

/// The refresh tokens that a client has for a person, the oldest first.
pub fn of_person(conn: &mut Conn, client: i64, identity: IdentityId) -> Result<Vec<Refresh>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM :db.refresh_tokens r WHERE r.client_id = $1 AND r.identity_id = $2 ORDER BY r.created_time, r.id");
    conn.rows(&sql, &[client.into(), identity.0.into()], |row| token(row))
}

/// The refresh tokens of somebody as who they are, with the names of the clients, the newest first.
pub fn of_owner(conn: &mut Conn, owner: Owner) -> Result<Vec<(Refresh, String)>, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, c.name FROM :db.refresh_tokens r JOIN :db.clients c ON c.id = r.client_id
         WHERE r.identity_id = $1 AND coalesce(r.employee_id, 0) = $2 AND coalesce(r.member_id, 0) = $3
         ORDER BY r.created_time DESC, r.id DESC"
    );
    let (employee, member) = (owner.employee.map_or(0, |id| id.0), owner.member.map_or(0, |id| id.0));
    conn.rows(&sql, &[owner.identity.0.into(), employee.into(), member.into()], |row| {
        Ok((token(row)?, row.text(7)?))
    })
}

/// Id and beginning of the access tokens that came from a refresh token and still hold, the oldest first.
pub fn live_tokens(conn: &mut Conn, refresh: i64, now: Moment) -> Result<Vec<(i64, Moment)>, Error> {
    let sql = "SELECT id, created_time FROM :db.sessions WHERE refresh_id = $1 AND kind = 'token' AND expires_time > $2 ORDER BY created_time, id";
    conn.rows(sql, &[refresh.into(), now.0.into()], |row| Ok((row.int(0)?, Moment(row.int(1)?))))
}

/// Whose refresh tokens end.
#[derive(Debug, Clone, Copy)]
pub enum Whose {
    Refresh(i64),
    Client(i64),
    Identity(IdentityId),
    Member(MemberId),
}

impl Whose {
    /// The column of codes that says so.
    pub(super) fn of_codes(self) -> (&'static str, i64) {
        match self {
            Self::Refresh(id) => ("refresh_id", id),
            other => other.condition(),
        }
    }

    fn condition(self) -> (&'static str, i64) {
        match self {
            Self::Refresh(id) => ("id", id),
            Self::Client(id) => ("client_id", id),
            Self::Identity(id) => ("identity_id", id.0),
            Self::Member(id) => ("member_id", id.0),
        }
    }
}

/// Ends refresh tokens and every access token that came from them; says how many. They are locked first: one that is being used
/// at the same time has made its access token by then, or makes none any more.
pub fn revoke(conn: &mut Conn, whose: Whose) -> Result<u64, Error> {
    let (column, id) = whose.condition();
    let these = format!("SELECT id FROM :db.refresh_tokens WHERE {column} = $1");
    let lock = conn.dialect().for_update();
    conn.rows(&format!("{these}{lock}"), &[id.into()], |row| row.int(0))?;
    for table in ["sessions", "spent_tokens"] {
        conn.execute(&format!("DELETE FROM :db.{table} WHERE refresh_id IN ({these})"), &[id.into()])?;
    }
    conn.execute(&format!("DELETE FROM :db.refresh_tokens WHERE {column} = $1"), &[id.into()])
}
