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

/// A refresh token, and whether it is the one before the present one.
pub struct Replayed {
    pub refresh: Refresh,
    pub is_replayed: bool,
}

/// The refresh token with this hash, or whose hash this was before.
pub fn refresh(conn: &mut Conn, hash: &str) -> Result<Option<Replayed>, Error> {
    conn.row(
        &format!("SELECT {COLUMNS}, r.hash FROM :db.refresh_tokens r WHERE r.hash = $1 OR r.previous_hash = $1"),
        &[hash.into()],
        |row| {
            Ok(Replayed {
                refresh: token(row)?,
                is_replayed: row.text(7)? != hash,
            })
        },
    )
}

/// Gives a refresh token another secret. False: somebody was faster.
pub fn rotate(conn: &mut Conn, id: i64, from: &str, to: &str) -> Result<bool, Error> {
    let sql = "UPDATE :db.refresh_tokens SET hash = $3, previous_hash = $2 WHERE id = $1 AND hash = $2";
    Ok(conn.execute(sql, &[id.into(), from.into(), to.into()])? == 1)
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
    let sql = "SELECT id, created_time FROM :db.sessions WHERE refresh_id = $1 AND expires_time > $2 ORDER BY created_time, id";
    conn.rows(sql, &[refresh.into(), now.0.into()], |row| Ok((row.int(0)?, Moment(row.int(1)?))))
}

/// Ends a refresh token and every access token that came from it. False: there is none.
pub fn revoke(conn: &mut Conn, id: i64) -> Result<bool, Error> {
    conn.execute("DELETE FROM :db.sessions WHERE refresh_id = $1", &[id.into()])?;
    Ok(conn.execute("DELETE FROM :db.refresh_tokens WHERE id = $1", &[id.into()])? == 1)
}
