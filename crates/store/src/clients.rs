//! API clients and their refresh tokens. Secrets are kept as hashes only.

use domain::ids::{IdentityId, MemberId, RecordId};
use domain::time::Moment;

use crate::engine::{Conn, Error};

/// An API client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    pub id: i64,
    pub client_id: String,
    pub secret_hash: String,
    pub name: String,
}

/// A refresh token: for whom a client gets access tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refresh {
    pub id: i64,
    pub client: i64,
    pub identity: IdentityId,
    pub employee: Option<RecordId>,
    pub member: Option<MemberId>,
    pub scope: String,
}

/// Adds a client.
pub fn insert(conn: &mut Conn, client: &Client, actor: i64, now: Moment) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.clients (id, client_id, secret_hash, name, created_time, created_by) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            client.id.into(),
            client.client_id.as_str().into(),
            client.secret_hash.as_str().into(),
            client.name.as_str().into(),
            now.0.into(),
            actor.into(),
        ],
    )
    .map(drop)
}

/// The client with this public id.
pub fn by_client_id(conn: &mut Conn, client_id: &str) -> Result<Option<Client>, Error> {
    conn.row(
        "SELECT id, client_id, secret_hash, name FROM :db.clients WHERE client_id = $1",
        &[client_id.into()],
        |row| {
            Ok(Client {
                id: row.int(0)?,
                client_id: row.text(1)?,
                secret_hash: row.text(2)?,
                name: row.text(3)?,
            })
        },
    )
}

/// Adds a refresh token.
pub fn insert_refresh(conn: &mut Conn, refresh: &Refresh, hash: &str, now: Moment) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.refresh_tokens (id, hash, client_id, identity_id, employee_id, member_id, scope, created_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            refresh.id.into(),
            hash.into(),
            refresh.client.into(),
            refresh.identity.0.into(),
            refresh.employee.map(|id| id.0).into(),
            refresh.member.map(|id| id.0).into(),
            refresh.scope.as_str().into(),
            now.0.into(),
        ],
    )
    .map(drop)
}

/// The refresh token with this hash.
pub fn refresh(conn: &mut Conn, hash: &str) -> Result<Option<Refresh>, Error> {
    conn.row(
        "SELECT id, client_id, identity_id, employee_id, member_id, scope FROM :db.refresh_tokens WHERE hash = $1",
        &[hash.into()],
        |row| {
            Ok(Refresh {
                id: row.int(0)?,
                client: row.int(1)?,
                identity: IdentityId(row.int(2)?),
                employee: row.opt_int(3)?.map(RecordId),
                member: row.opt_int(4)?.map(MemberId),
                scope: row.text(5)?,
            })
        },
    )
}

/// Ends a refresh token and every access token that came from it.
pub fn revoke(conn: &mut Conn, id: i64) -> Result<(), Error> {
    conn.execute("DELETE FROM :db.sessions WHERE refresh_id = $1", &[id.into()])?;
    conn.execute("DELETE FROM :db.refresh_tokens WHERE id = $1", &[id.into()]).map(drop)
}
