//! Identities, sessions and one-time links. Secrets are kept as hashes only.

use domain::accounts::LinkPurpose;
use domain::ids::{IdentityId, MemberId, PortalId, RecordId};
use domain::time::Moment;

use crate::clients::Whose;
use crate::engine::{Conn, Error, Param, Row};

/// A sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub id: IdentityId,
    pub email: String,
    pub password_hash: Option<String>,
    pub failures: i64,
    pub locked_until: Moment,
}

const IDENTITY: &str = "SELECT id, email, password_hash, failures, locked_until FROM :db.identities";

fn identity(row: &dyn Row) -> Result<Identity, Error> {
    Ok(Identity {
        id: IdentityId(row.int(0)?),
        email: row.text(1)?,
        password_hash: row.opt_text(2)?,
        failures: row.int(3)?,
        locked_until: Moment(row.int(4)?),
    })
}

/// The identity with this address, in lower case.
pub fn by_email(conn: &mut Conn, email: &str) -> Result<Option<Identity>, Error> {
    conn.row(&format!("{IDENTITY} WHERE email = $1"), &[email.into()], |row| identity(row))
}

/// The identity with this id.
pub fn by_id(conn: &mut Conn, id: IdentityId) -> Result<Option<Identity>, Error> {
    conn.row(&format!("{IDENTITY} WHERE id = $1"), &[id.0.into()], |row| identity(row))
}

/// The identity with this address, made with the id `fresh` if there is none.
pub fn ensure(conn: &mut Conn, email: &str, fresh: IdentityId, now: Moment) -> Result<IdentityId, Error> {
    conn.execute(
        "INSERT INTO :db.identities (id, email, created_time) VALUES ($1, $2, $3) ON CONFLICT (email) DO NOTHING",
        &[fresh.0.into(), email.into(), now.0.into()],
    )?;
    let found = conn.row("SELECT id FROM :db.identities WHERE email = $1", &[email.into()], |row| row.int(0))?;
    Ok(found.map_or(fresh, IdentityId))
}

/// Sets a password and forgets failed attempts.
pub fn set_password(conn: &mut Conn, id: IdentityId, hash: &str) -> Result<(), Error> {
    conn.execute(
        "UPDATE :db.identities SET password_hash = $2, failures = 0, locked_until = 0 WHERE id = $1",
        &[id.0.into(), hash.into()],
    )
    .map(drop)
}

/// Notes how many attempts in a row have failed, and until when the next must wait.
pub fn set_failures(conn: &mut Conn, id: IdentityId, failures: i64, locked_until: Moment) -> Result<(), Error> {
    conn.execute(
        "UPDATE :db.identities SET failures = $2, locked_until = $3 WHERE id = $1",
        &[id.0.into(), failures.into(), locked_until.0.into()],
    )
    .map(drop)
}

/// Where somebody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionKind {
    /// A browser on a portal's pages.
    Portal,
    /// A browser on the administrator's pages.
    Staff,
    /// An access token of the API.
    Token,
    /// Work in the background that somebody has ordered: it ends with whatever else they are signed in by. Nobody has its secret.
    Job,
}

impl SessionKind {
    fn name(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Staff => "staff",
            Self::Token => "token",
            Self::Job => "job",
        }
    }

    fn named(name: &str) -> Self {
        match name {
            "portal" => Self::Portal,
            "staff" => Self::Staff,
            "job" => Self::Job,
            _ => Self::Token,
        }
    }
}

/// Somebody signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: i64,
    pub kind: SessionKind,
    pub identity: IdentityId,
    /// As which employee.
    pub employee: Option<RecordId>,
    /// As which portal user.
    pub member: Option<MemberId>,
    /// The refresh token that an access token came from.
    pub refresh: Option<i64>,
    /// What an access token may be used for, parted by commas.
    pub scope: String,
    pub created: Moment,
    pub expires: Moment,
}

/// Starts a session. `hash` is that of its secret.
pub fn insert_session(conn: &mut Conn, session: &Session, hash: &str) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.sessions (id, hash, kind, identity_id, employee_id, member_id, refresh_id, scope, created_time, expires_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        &[
            session.id.into(),
            hash.into(),
            session.kind.name().into(),
            session.identity.0.into(),
            session.employee.map(|id| id.0).into(),
            session.member.map(|id| id.0).into(),
            session.refresh.into(),
            session.scope.as_str().into(),
            session.created.0.into(),
            session.expires.0.into(),
        ],
    )
    .map(drop)
}

/// The session with this secret's hash.
pub fn session(conn: &mut Conn, hash: &str) -> Result<Option<Session>, Error> {
    conn.row(&format!("{SESSION} WHERE hash = $1"), &[hash.into()], |row| read_session(row))
}

/// The session with this id, and the hash of its secret.
pub fn session_by_id(conn: &mut Conn, id: i64) -> Result<Option<(Session, String)>, Error> {
    conn.row(&format!("{SESSION} WHERE id = $1"), &[id.into()], |row| {
        Ok((read_session(row)?, row.text(9)?))
    })
}

const SESSION: &str = "SELECT id, kind, identity_id, employee_id, member_id, refresh_id, scope, created_time, expires_time, hash \
                       FROM :db.sessions";

fn read_session(row: &dyn Row) -> Result<Session, Error> {
    Ok(Session {
        id: row.int(0)?,
        kind: SessionKind::named(&row.text(1)?),
        identity: IdentityId(row.int(2)?),
        employee: row.opt_int(3)?.map(RecordId),
        member: row.opt_int(4)?.map(MemberId),
        refresh: row.opt_int(5)?,
        scope: row.text(6)?,
        created: Moment(row.int(7)?),
        expires: Moment(row.int(8)?),
    })
}

/// Which sessions end.
#[derive(Debug, Clone, Copy)]
pub enum Ending {
    /// One.
    Session(i64),
    /// All of an identity, with its refresh tokens.
    Identity(IdentityId),
    /// All of an identity but one.
    OthersOf(IdentityId, i64),
    /// All of a portal user, with its refresh tokens.
    Member(MemberId),
    /// All of browsers in a portal. Programs go on.
    Portal(PortalId),
    /// All that are over anyway.
    ExpiredBefore(Moment),
}

/// Ends sessions: from the commit on they read nothing, on any server.
pub fn end_sessions(conn: &mut Conn, which: Ending) -> Result<u64, Error> {
    // Programs first: what they get at the same time is seen afterwards.
    let programs = match which {
        Ending::Identity(id) => Some(Whose::Identity(id)),
        Ending::Member(id) => Some(Whose::Member(id)),
        Ending::Session(_) | Ending::OthersOf(..) | Ending::Portal(_) | Ending::ExpiredBefore(_) => None,
    };
    if let Some(whose) = programs {
        crate::clients::end_codes(conn, whose)?;
        crate::clients::revoke(conn, whose)?;
    }
    let (condition, params): (&str, Vec<Param>) = match which {
        Ending::Session(id) => ("id = $1", vec![id.into()]),
        Ending::Identity(id) => ("identity_id = $1", vec![id.0.into()]),
        Ending::OthersOf(id, session) => ("identity_id = $1 AND id <> $2", vec![id.0.into(), session.into()]),
        Ending::Member(id) => ("member_id = $1", vec![id.0.into()]),
        Ending::Portal(id) => (
            "kind = $2 AND member_id IN (SELECT m.id FROM :db.members m JOIN :db.user_types t ON t.id = m.user_type_id WHERE t.portal_id = $1)",
            vec![id.0.into(), SessionKind::Portal.name().into()],
        ),
        Ending::ExpiredBefore(at) => ("expires_time < $1", vec![at.0.into()]),
    };
    conn.execute(&format!("DELETE FROM :db.sessions WHERE {condition}"), &params)
}

/// A one-time link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub identity: IdentityId,
    pub member: Option<MemberId>,
    pub expires: Moment,
    pub used: bool,
}

/// Makes a link. Earlier unused ones for the same purpose and person stop working.
pub fn insert_link(conn: &mut Conn, hash: &str, purpose: LinkPurpose, link: &Link, now: Moment) -> Result<(), Error> {
    void_links(conn, purpose, link.identity, link.member)?;
    conn.execute(
        "INSERT INTO :db.links (hash, purpose, identity_id, member_id, created_time, expires_time) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            hash.into(),
            purpose.name().into(),
            link.identity.0.into(),
            link.member.map(|id| id.0).into(),
            now.0.into(),
            link.expires.0.into(),
        ],
    )
    .map(drop)
}

/// Makes a person's unused links for a purpose stop working.
pub fn void_links(conn: &mut Conn, purpose: LinkPurpose, identity: IdentityId, member: Option<MemberId>) -> Result<(), Error> {
    conn.execute(
        "DELETE FROM :db.links WHERE purpose = $1 AND identity_id = $2 AND used_time IS NULL AND coalesce(member_id, 0) = $3",
        &[purpose.name().into(), identity.0.into(), member.map_or(0, |id| id.0).into()],
    )
    .map(drop)
}

/// Makes a portal user's unused links for a purpose stop working, to whatever address they went.
pub fn void_links_of_member(conn: &mut Conn, purpose: LinkPurpose, member: MemberId) -> Result<(), Error> {
    conn.execute(
        "DELETE FROM :db.links WHERE purpose = $1 AND member_id = $2 AND used_time IS NULL",
        &[purpose.name().into(), member.0.into()],
    )
    .map(drop)
}

/// The link with this token's hash, used or not.
pub fn link(conn: &mut Conn, hash: &str, purpose: LinkPurpose) -> Result<Option<Link>, Error> {
    conn.row(
        "SELECT identity_id, member_id, expires_time, used_time FROM :db.links WHERE hash = $1 AND purpose = $2",
        &[hash.into(), purpose.name().into()],
        |row| {
            Ok(Link {
                identity: IdentityId(row.int(0)?),
                member: row.opt_int(1)?.map(MemberId),
                expires: Moment(row.int(2)?),
                used: row.opt_int(3)?.is_some(),
            })
        },
    )
}

/// Uses a link up. False if somebody was faster.
pub fn use_link(conn: &mut Conn, hash: &str, now: Moment) -> Result<bool, Error> {
    let used = conn.execute(
        "UPDATE :db.links SET used_time = $2 WHERE hash = $1 AND used_time IS NULL",
        &[hash.into(), now.0.into()],
    )?;
    Ok(used == 1)
}
