//! Providers at which the people of portals sign in, and the sessions that began there.

use domain::ids::PortalId;
use domain::portals::SingleSignOn;
use domain::time::Moment;

use crate::engine::{Conn, Error, Param, Row};
use crate::portals::{ACTORS, STAMPS, Stamps, stamps};

/// What a provider calls somebody who has signed in there, and that sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderSession {
    pub portal: PortalId,
    pub name_id: String,
    pub index: Option<String>,
}

/// The provider of a portal, and who entered it.
pub fn of(conn: &mut Conn, portal: PortalId) -> Result<Option<(SingleSignOn, Stamps)>, Error> {
    let sql = format!(
        "SELECT x.login_url, x.logout_url, x.certificate, x.active, {STAMPS} FROM :db.single_sign_on x {ACTORS} WHERE x.portal_id = $1"
    );
    conn.row(&sql, &[portal.0.into()], |row| {
        let provider = SingleSignOn {
            login_url: row.text(0)?,
            logout_url: row.text(1)?,
            certificate: row.text(2)?,
            active: row.bool(3)?,
        };
        Ok((provider, stamps(row, 4)?))
    })
}

/// Enters the provider of a portal in the place of the one before.
pub fn set(conn: &mut Conn, portal: PortalId, provider: &SingleSignOn, actor: i64, now: Moment) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.single_sign_on
            (portal_id, login_url, logout_url, certificate, active, created_time, created_by, modified_time, modified_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $7)
         ON CONFLICT (portal_id) DO UPDATE SET login_url = excluded.login_url, logout_url = excluded.logout_url,
            certificate = excluded.certificate, active = excluded.active,
            modified_time = excluded.modified_time, modified_by = excluded.modified_by",
        &[
            portal.0.into(),
            provider.login_url.as_str().into(),
            provider.logout_url.as_str().into(),
            provider.certificate.as_str().into(),
            provider.active.into(),
            now.0.into(),
            actor.into(),
        ],
    )
    .map(drop)
}

/// The certificate of the provider at which the people of a portal sign in now. It stays that until the end of the transaction.
pub fn trusted(conn: &mut Conn, portal: PortalId) -> Result<Option<String>, Error> {
    let lock = conn.dialect().for_update();
    let sql = format!("SELECT certificate FROM :db.single_sign_on WHERE portal_id = $1 AND active = 1{lock}");
    conn.row(&sql, &[portal.0.into()], |row| row.text(0))
}

/// Notes that a request was answered, until it could not be anyway. Whether it is the first time.
pub fn answer(conn: &mut Conn, request: &str, now: Moment, expires: Moment) -> Result<bool, Error> {
    conn.execute("DELETE FROM :db.answered_sign_ins WHERE expires_time < $1", &[now.0.into()])?;
    let noted = conn.execute(
        "INSERT INTO :db.answered_sign_ins (request, expires_time) VALUES ($1, $2) ON CONFLICT (request) DO NOTHING",
        &[request.into(), expires.0.into()],
    )?;
    Ok(noted == 1)
}

/// Notes that a session began at a provider.
pub fn began(conn: &mut Conn, session: i64, there: &ProviderSession) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.provider_sessions (session_id, portal_id, name_id, session_index) VALUES ($1, $2, $3, $4)",
        &[
            session.into(),
            there.portal.0.into(),
            there.name_id.as_str().into(),
            there.index.as_deref().into(),
        ],
    )
    .map(drop)
}

/// What the provider calls a session that began there.
pub fn of_session(conn: &mut Conn, session: i64) -> Result<Option<ProviderSession>, Error> {
    let sql = "SELECT portal_id, name_id, session_index FROM :db.provider_sessions WHERE session_id = $1";
    conn.row(sql, &[session.into()], |row| read(row))
}

fn read(row: &dyn Row) -> Result<ProviderSession, Error> {
    Ok(ProviderSession {
        portal: PortalId(row.int(0)?),
        name_id: row.text(1)?,
        index: row.opt_text(2)?,
    })
}

/// Ends the sessions that began at the provider of a portal as somebody: those with this index, or all without one. How many.
pub fn end(conn: &mut Conn, there: &ProviderSession) -> Result<u64, Error> {
    let mut params: Vec<Param> = vec![there.portal.0.into(), there.name_id.as_str().into()];
    let only = match &there.index {
        Some(index) => {
            params.push(index.as_str().into());
            " AND session_index = $3"
        }
        None => "",
    };
    let sql = format!(
        "DELETE FROM :db.sessions WHERE id IN
            (SELECT session_id FROM :db.provider_sessions WHERE portal_id = $1 AND name_id = $2{only})"
    );
    conn.execute(&sql, &params)
}
