//! The control database: organisations, portal names, and where employees sign in.

use domain::ids::{OrgId, PortalId};
use domain::orgs::Edition;
use domain::time::Moment;

use crate::document;
use crate::engine::{Conn, Error, Row};

/// An organisation as the control database knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Org {
    pub id: OrgId,
    pub name: String,
    pub edition: Edition,
    /// The database cluster that holds it.
    pub data_centre: String,
    pub created: Moment,
}

const COLUMNS: &str = "SELECT id, name, edition, data_centre, created_time FROM :db.orgs";

fn org(row: &dyn Row) -> Result<Org, Error> {
    Ok(Org {
        id: OrgId(row.int(0)?),
        name: row.text(1)?,
        edition: row
            .text(2)?
            .parse()
            .map_err(|e: domain::orgs::NotAnEdition| document::unreadable(e))?,
        data_centre: row.text(3)?,
        created: Moment(row.int(4)?),
    })
}

/// Takes the next node number for making ids.
pub fn next_node(conn: &mut Conn) -> Result<u16, Error> {
    let last = conn.row("UPDATE :db.nodes SET last = last + 1 WHERE id = 1 RETURNING last", &[], |row| {
        row.int(0)
    })?;
    let nodes = i64::from(domain::ids::NODES);
    Ok(u16::try_from(last.unwrap_or(0).rem_euclid(nodes)).unwrap_or(0))
}

/// Adds an organisation. A name already taken, whatever its case, breaks a unique key.
pub fn insert(conn: &mut Conn, org: &Org) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.orgs (id, name, name_key, edition, data_centre, created_time) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            org.id.0.into(),
            org.name.as_str().into(),
            org.name.to_lowercase().into(),
            org.edition.name().into(),
            org.data_centre.as_str().into(),
            org.created.0.into(),
        ],
    )
    .map(drop)
}

/// Keeps a copy of the edition, for lists: what holds stands in the organisation's own database.
pub fn set_edition(conn: &mut Conn, id: OrgId, edition: Edition) -> Result<(), Error> {
    let sql = "UPDATE :db.orgs SET edition = $2 WHERE id = $1";
    conn.execute(sql, &[id.0.into(), edition.name().into()]).map(drop)
}

/// Gives all portal names of an organisation back.
pub fn free_portal_names_of(conn: &mut Conn, id: OrgId) -> Result<(), Error> {
    conn.execute("DELETE FROM :db.portal_names WHERE org_id = $1", &[id.0.into()])
        .map(drop)
}

/// Takes an organisation out again, with what points to it.
pub fn delete(conn: &mut Conn, id: OrgId) -> Result<(), Error> {
    for table in ["portal_names", "staff_emails"] {
        conn.execute(&format!("DELETE FROM :db.{table} WHERE org_id = $1"), &[id.0.into()])?;
    }
    conn.execute("DELETE FROM :db.orgs WHERE id = $1", &[id.0.into()]).map(drop)
}

/// All organisations, oldest first.
pub fn list(conn: &mut Conn) -> Result<Vec<Org>, Error> {
    conn.rows(&format!("{COLUMNS} ORDER BY id"), &[], |row| org(row))
}

/// The organisation with this id.
pub fn by_id(conn: &mut Conn, id: OrgId) -> Result<Option<Org>, Error> {
    conn.row(&format!("{COLUMNS} WHERE id = $1"), &[id.0.into()], |row| org(row))
}

/// The organisation with this name, whatever its case.
pub fn by_name(conn: &mut Conn, name: &str) -> Result<Option<Org>, Error> {
    conn.row(&format!("{COLUMNS} WHERE name_key = $1"), &[name.to_lowercase().into()], |row| {
        org(row)
    })
}

/// Takes a portal name for an organisation. A name already taken breaks a unique key.
pub fn take_portal_name(conn: &mut Conn, name: &str, org: OrgId, portal: PortalId) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.portal_names (name_key, org_id, portal_id) VALUES ($1, $2, $3)",
        &[name.to_lowercase().into(), org.0.into(), portal.0.into()],
    )
    .map(drop)
}

/// Gives a portal name back.
pub fn free_portal_name(conn: &mut Conn, name: &str) -> Result<(), Error> {
    conn.execute("DELETE FROM :db.portal_names WHERE name_key = $1", &[name.to_lowercase().into()])
        .map(drop)
}

/// Whose portal a name is.
pub fn by_portal_name(conn: &mut Conn, name: &str) -> Result<Option<(OrgId, PortalId)>, Error> {
    conn.row(
        "SELECT org_id, portal_id FROM :db.portal_names WHERE name_key = $1",
        &[name.to_lowercase().into()],
        |row| Ok((OrgId(row.int(0)?), PortalId(row.int(1)?))),
    )
}

/// Notes that an employee with this address signs in to the organisation.
pub fn add_staff_email(conn: &mut Conn, email: &str, org: OrgId) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.staff_emails (email, org_id) VALUES ($1, $2) ON CONFLICT (email, org_id) DO NOTHING",
        &[email.into(), org.0.into()],
    )
    .map(drop)
}

/// The organisations in which an employee has this address.
pub fn by_staff_email(conn: &mut Conn, email: &str) -> Result<Vec<OrgId>, Error> {
    conn.rows(
        "SELECT org_id FROM :db.staff_emails WHERE email = $1 ORDER BY org_id",
        &[email.into()],
        |row| Ok(OrgId(row.int(0)?)),
    )
}
