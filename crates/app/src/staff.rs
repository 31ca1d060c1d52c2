//! Staff: the employees who may sign in to the CRM.

use domain::ids::RoleId;
use store::engine::Conn;
use store::staff::Staff;

use crate::{Ctx, Error};

/// A place in the hierarchy of employees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub id: RoleId,
    pub name: String,
    /// The role above; none for the highest.
    pub above: Option<RoleId>,
}

/// All staff, oldest first. Not for portal users.
pub async fn list(ctx: &Ctx) -> Result<Vec<Staff>, Error> {
    if ctx.is_portal_user() {
        return Err(Error::Forbidden);
    }
    let employees = ctx.snapshot.catalogue.employees().cloned().ok_or(Error::NotFound("module"))?;
    ctx.tenant.db.read(move |conn| Ok(store::staff::list(conn, &employees)?)).await
}

/// All roles. Not for portal users.
pub async fn roles(ctx: &Ctx) -> Result<Vec<Role>, Error> {
    if ctx.is_portal_user() {
        return Err(Error::Forbidden);
    }
    let roles = ctx.tenant.db.read::<_, Error>(|conn| Ok(store::staff::roles(conn)?)).await?;
    let role = |(id, name, above)| Role { id, name, above };
    Ok(roles.into_iter().map(role).collect())
}

/// The employees who may sign in and may Manage Portals.
pub(crate) fn administrators(conn: &mut Conn, ctx: &Ctx) -> Result<Vec<Staff>, Error> {
    let profiles = store::access::profiles(conn)?;
    let may = |id| profiles.iter().any(|p| p.id == id && p.rights.manage_portals);
    let Some(employees) = ctx.snapshot.catalogue.employees() else {
        return Ok(Vec::new());
    };
    let staff = store::staff::list(conn, employees)?;
    Ok(staff.into_iter().filter(|s| s.active && may(s.profile)).collect())
}
