//! Staff: the employees who may sign in to the CRM.

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
