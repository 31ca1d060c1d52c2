//! What somebody has agreed to, until the client comes for its tokens.

use domain::ids::{IdentityId, MemberId, RecordId};
use domain::time::Moment;

use super::{Owner, Whose};
use crate::engine::{Conn, Error};

/// A code that a client changes into tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    pub client: i64,
    pub owner: Owner,
    pub scope: String,
    /// Where the person was led back to. Empty: nowhere, somebody has copied the code.
    pub redirect_uri: String,
    /// The SHA-256 of what the client has to say with it, as base64url.
    pub challenge: Option<String>,
    /// Whether there is a refresh token for it, too.
    pub offline: bool,
    pub expires: Moment,
}

/// A code as it is kept, used or not, with what came from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub code: Code,
    pub refresh: Option<i64>,
    /// The session of the first access token.
    pub session: Option<i64>,
}

/// Adds a code. `hash` is that of its secret.
pub fn insert_code(conn: &mut Conn, code: &Code, hash: &str) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.codes
            (hash, client_id, identity_id, employee_id, member_id, scope, redirect_uri, challenge, offline, expires_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            hash.into(),
            code.client.into(),
            code.owner.identity.0.into(),
            code.owner.employee.map(|id| id.0).into(),
            code.owner.member.map(|id| id.0).into(),
            code.scope.as_str().into(),
            code.redirect_uri.as_str().into(),
            code.challenge.clone().into(),
            i64::from(code.offline).into(),
            code.expires.0.into(),
        ],
    )
    .map(drop)
}

/// The code with this hash.
pub fn code(conn: &mut Conn, hash: &str) -> Result<Option<Kept>, Error> {
    conn.row(
        "SELECT client_id, identity_id, employee_id, member_id, scope, redirect_uri, challenge, offline, expires_time,
            refresh_id, session_id FROM :db.codes WHERE hash = $1",
        &[hash.into()],
        |row| {
            let code = Code {
                client: row.int(0)?,
                owner: Owner {
                    identity: IdentityId(row.int(1)?),
                    employee: row.opt_int(2)?.map(RecordId),
                    member: row.opt_int(3)?.map(MemberId),
                },
                scope: row.text(4)?,
                redirect_uri: row.text(5)?,
                challenge: row.opt_text(6)?,
                offline: row.int(7)? != 0,
                expires: Moment(row.int(8)?),
            };
            Ok(Kept {
                code,
                refresh: row.opt_int(9)?,
                session: row.opt_int(10)?,
            })
        },
    )
}

/// Uses a code up. False if it was used before.
pub fn use_code(conn: &mut Conn, hash: &str, now: Moment) -> Result<bool, Error> {
    let sql = "UPDATE :db.codes SET used_time = $2 WHERE hash = $1 AND used_time IS NULL";
    Ok(conn.execute(sql, &[hash.into(), now.0.into()])? == 1)
}

/// Notes what came from a code: should it be used again, that ends.
pub fn note_tokens(conn: &mut Conn, hash: &str, refresh: Option<i64>, session: i64) -> Result<(), Error> {
    let sql = "UPDATE :db.codes SET refresh_id = $2, session_id = $3 WHERE hash = $1";
    conn.execute(sql, &[hash.into(), refresh.into(), session.into()]).map(drop)
}

/// Makes codes useless, and ends the access tokens that came from them without a refresh token.
pub fn end_codes(conn: &mut Conn, whose: Whose) -> Result<(), Error> {
    let (column, id) = whose.of_codes();
    let these = format!("FROM :db.codes WHERE {column} = $1");
    let lock = conn.dialect().for_update();
    conn.rows(&format!("SELECT hash {these}{lock}"), &[id.into()], |_| Ok(()))?;
    let sessions = format!("DELETE FROM :db.sessions WHERE refresh_id IS NULL AND id IN (SELECT session_id {these})");
    conn.execute(&sessions, &[id.into()])?;
    conn.execute(&format!("DELETE {these}"), &[id.into()]).map(drop)
}

/// Forgets codes that expired before a moment.
pub fn forget_codes(conn: &mut Conn, before: Moment) -> Result<(), Error> {
    conn.execute("DELETE FROM :db.codes WHERE expires_time < $1", &[before.0.into()])
        .map(drop)
}
