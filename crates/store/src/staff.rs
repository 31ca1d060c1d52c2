//! Staff: the employees who may sign in to the CRM, with their profiles and roles.

use domain::ids::{IdentityId, ProfileId, RecordId, RoleId};
use domain::modules::Module;

use crate::engine::{Conn, Error, Row};

/// An employee who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    pub employee: RecordId,
    pub identity: IdentityId,
    pub profile: ProfileId,
    pub role: RoleId,
    pub active: bool,
    pub email: String,
    pub name: String,
    pub profile_name: String,
    pub role_name: String,
}

fn staff(row: &dyn Row) -> Result<Staff, Error> {
    Ok(Staff {
        employee: RecordId(row.int(0)?),
        identity: IdentityId(row.int(1)?),
        profile: ProfileId(row.int(2)?),
        role: RoleId(row.int(3)?),
        active: row.bool(4)?,
        email: row.text(5)?,
        name: row.text(6)?,
        profile_name: row.text(7)?,
        role_name: row.text(8)?,
    })
}

fn select(employees: &Module) -> String {
    format!(
        "SELECT s.employee_id, s.identity_id, s.profile_id, s.role_id, s.active, i.email, e.name, p.name, r.name
         FROM :db.staff s JOIN :db.identities i ON i.id = s.identity_id JOIN :db.profiles p ON p.id = s.profile_id
         JOIN :db.roles r ON r.id = s.role_id
         JOIN :db.{} e ON e.id = s.employee_id AND e.deleted_time IS NULL",
        employees.table()
    )
}

/// All staff, oldest first.
pub fn list(conn: &mut Conn, employees: &Module) -> Result<Vec<Staff>, Error> {
    conn.rows(&format!("{} ORDER BY s.employee_id", select(employees)), &[], |row| staff(row))
}

/// The employee that an identity signs in as.
pub fn of_identity(conn: &mut Conn, employees: &Module, identity: IdentityId) -> Result<Option<Staff>, Error> {
    conn.row(
        &format!("{} WHERE s.identity_id = $1", select(employees)),
        &[identity.0.into()],
        |row| staff(row),
    )
}

/// The employee with this record.
pub fn by_id(conn: &mut Conn, employees: &Module, employee: RecordId) -> Result<Option<Staff>, Error> {
    conn.row(
        &format!("{} WHERE s.employee_id = $1", select(employees)),
        &[employee.0.into()],
        |row| staff(row),
    )
}

/// The addresses with which employees sign in.
pub fn emails(conn: &mut Conn) -> Result<Vec<String>, Error> {
    let sql = "SELECT i.email FROM :db.staff s JOIN :db.identities i ON i.id = s.identity_id WHERE s.active = 1";
    conn.rows(sql, &[], |row| row.text(0))
}

/// Lets an employee sign in.
pub fn insert(conn: &mut Conn, employee: RecordId, identity: IdentityId, profile: ProfileId, role: RoleId) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.staff (employee_id, identity_id, profile_id, role_id, active) VALUES ($1, $2, $3, $4, 1)",
        &[employee.0.into(), identity.0.into(), profile.0.into(), role.0.into()],
    )
    .map(drop)
}

/// Adds a role below another.
pub fn insert_role(conn: &mut Conn, id: RoleId, name: &str, parent: Option<RoleId>) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.roles (id, name, parent_id) VALUES ($1, $2, $3)",
        &[id.0.into(), name.into(), parent.map(|id| id.0).into()],
    )
    .map(drop)
}

/// All roles: id, name, the role above.
pub fn roles(conn: &mut Conn) -> Result<Vec<(RoleId, String, Option<RoleId>)>, Error> {
    conn.rows("SELECT id, name, parent_id FROM :db.roles ORDER BY id", &[], |row| {
        Ok((RoleId(row.int(0)?), row.text(1)?, row.opt_int(2)?.map(RoleId)))
    })
}
