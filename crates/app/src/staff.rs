//! Staff: the employees who may sign in to the CRM.

use store::engine::Conn;
use store::staff::Staff;

use crate::{Ctx, Error};

/// All staff, oldest first. Not for portal users.
pub async fn list(ctx: &Ctx) -> Result<Vec<Staff>, Error> {
    if ctx.is_portal_user() {
        return Err(Error::Forbidden);
    }
    let employees = ctx.snapshot.catalogue.employees().cloned().ok_or(Error::NotFound("module"))?;
    ctx.tenant.db.read(move |conn| Ok(store::staff::list(conn, &employees)?)).await
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
