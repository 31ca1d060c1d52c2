//! Portals and user types.

use domain::access::Policy;
use domain::ids::{ModuleId, PortalId, UserTypeId};
use domain::portals::{Portal, UserType};
use domain::time::Moment;

use crate::document;
use crate::engine::{Conn, Error, Row};

/// Who made something and who changed it last, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamps {
    pub created: Moment,
    pub created_by: Actor,
    pub modified: Moment,
    pub modified_by: Actor,
}

/// Somebody who makes or changes things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub id: i64,
    pub name: String,
}

pub(crate) const STAMPS: &str = "x.created_time, x.created_by, coalesce(c.name, ''), x.modified_time, x.modified_by, coalesce(d.name, '')";
pub(crate) const ACTORS: &str = "LEFT JOIN :db.actors c ON c.id = x.created_by LEFT JOIN :db.actors d ON d.id = x.modified_by";

pub(crate) fn stamps(row: &dyn Row, at: usize) -> Result<Stamps, Error> {
    Ok(Stamps {
        created: Moment(row.int(at)?),
        created_by: Actor {
            id: row.int(at + 1)?,
            name: row.text(at + 2)?,
        },
        modified: Moment(row.int(at + 3)?),
        modified_by: Actor {
            id: row.int(at + 4)?,
            name: row.text(at + 5)?,
        },
    })
}

fn portal(row: &dyn Row) -> Result<(Portal, Stamps), Error> {
    let portal = Portal {
        id: PortalId(row.int(0)?),
        name: row.text(1)?,
        title: row.text(2)?,
        active: row.bool(3)?,
        single_sign_on: row.bool(4)?,
    };
    Ok((portal, stamps(row, 5)?))
}

/// All portals, oldest first.
pub fn list(conn: &mut Conn) -> Result<Vec<(Portal, Stamps)>, Error> {
    let sql = format!(
        "SELECT x.id, x.name, x.title, x.active, coalesce(s.active, 0), {STAMPS}
         FROM :db.portals x LEFT JOIN :db.single_sign_on s ON s.portal_id = x.id {ACTORS} ORDER BY x.id"
    );
    conn.rows(&sql, &[], |row| portal(row))
}

/// Adds a portal.
pub fn insert(conn: &mut Conn, portal: &Portal, actor: i64, now: Moment) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.portals (id, name, title, active, created_time, created_by, modified_time, modified_by)
         VALUES ($1, $2, $3, $4, $5, $6, $5, $6)",
        &[
            portal.id.0.into(),
            portal.name.as_str().into(),
            portal.title.as_str().into(),
            portal.active.into(),
            now.0.into(),
            actor.into(),
        ],
    )
    .map(drop)
}

/// Changes a portal's name, title and whether it is open.
pub fn update(conn: &mut Conn, portal: &Portal, actor: i64, now: Moment) -> Result<(), Error> {
    conn.execute(
        "UPDATE :db.portals SET name = $2, title = $3, active = $4, modified_time = $5, modified_by = $6 WHERE id = $1",
        &[
            portal.id.0.into(),
            portal.name.as_str().into(),
            portal.title.as_str().into(),
            portal.active.into(),
            now.0.into(),
            actor.into(),
        ],
    )
    .map(drop)
}

fn user_type(row: &dyn Row) -> Result<(UserType, Stamps), Error> {
    let user_type = UserType {
        id: UserTypeId(row.int(0)?),
        portal: PortalId(row.int(1)?),
        name: row.text(2)?,
        active: row.bool(3)?,
        default: row.bool(4)?,
        personality: ModuleId(row.int(5)?),
    };
    Ok((user_type, stamps(row, 6)?))
}

/// All user types, oldest first.
pub fn user_types(conn: &mut Conn) -> Result<Vec<(UserType, Stamps)>, Error> {
    let sql = format!(
        "SELECT x.id, x.portal_id, x.name, x.active, x.is_default, x.personality_id, {STAMPS} FROM :db.user_types x {ACTORS} ORDER BY x.id"
    );
    conn.rows(&sql, &[], |row| user_type(row))
}

/// Adds a user type. What it may do is said by the policies that are published after it.
pub fn insert_user_type(conn: &mut Conn, user_type: &UserType, actor: i64, now: Moment) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.user_types (id, portal_id, name, active, is_default, personality_id, policy, created_time, created_by, modified_time, modified_by)
         VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, $7, $8)",
        &[
            user_type.id.0.into(),
            user_type.portal.0.into(),
            user_type.name.as_str().into(),
            user_type.active.into(),
            user_type.default.into(),
            user_type.personality.0.into(),
            now.0.into(),
            actor.into(),
        ],
    )
    .map(drop)
}

/// Changes a user type.
pub fn update_user_type(conn: &mut Conn, user_type: &UserType, actor: i64, now: Moment) -> Result<(), Error> {
    conn.execute(
        "UPDATE :db.user_types SET name = $2, active = $3, personality_id = $4, modified_time = $5, modified_by = $6 WHERE id = $1",
        &[
            user_type.id.0.into(),
            user_type.name.as_str().into(),
            user_type.active.into(),
            user_type.personality.0.into(),
            now.0.into(),
            actor.into(),
        ],
    )
    .map(drop)
}

/// Copies a published policy to its user type, where a server of the version before reads it. None cannot be read there
/// either, and grants nothing.
pub fn copy_policy(conn: &mut Conn, id: UserTypeId, policy: Option<&Policy>) -> Result<(), Error> {
    let policy = policy.map(document::write).transpose()?.unwrap_or_default();
    conn.execute("UPDATE :db.user_types SET policy = $2 WHERE id = $1", &[id.0.into(), policy.into()])
        .map(drop)
}

/// Deletes a portal that has no user types any more.
pub fn delete(conn: &mut Conn, id: PortalId) -> Result<(), Error> {
    conn.execute("DELETE FROM :db.single_sign_on WHERE portal_id = $1", &[id.0.into()])?;
    conn.execute("DELETE FROM :db.portals WHERE id = $1", &[id.0.into()]).map(drop)
}

/// Takes a user type out. Members of it break a foreign key.
pub fn delete_user_type(conn: &mut Conn, id: UserTypeId) -> Result<(), Error> {
    conn.execute("DELETE FROM :db.sign_ups WHERE user_type_id = $1", &[id.0.into()])?;
    conn.execute("DELETE FROM :db.user_types WHERE id = $1", &[id.0.into()]).map(drop)
}
