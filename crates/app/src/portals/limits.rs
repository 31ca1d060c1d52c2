//! What the licence policy lets an organisation have of portals and user types.

use domain::ids::ModuleId;
use domain::licences::{FreeFor, LicencePolicy};
use domain::portals::UserType;
use store::engine::Conn;

use crate::{Ctx, Error};

/// Whether there may be these user types, of which some are new. Errors: [`Error::TooManyTypes`], [`Error::NotInPolicy`].
pub(crate) fn check_new_types(conn: &mut Conn, ctx: &Ctx, all: &[UserType], new: &[UserType]) -> Result<(), Error> {
    if new.is_empty() {
        return Ok(());
    }
    let licensed = store::licences::pool(conn, ctx.licence_policies())?;
    let (policy, pool) = (licensed.policy, licensed.pool);
    let clients_only = pool.free_for == FreeFor::Clients && pool.free.is_some();
    if clients_only && pool.purchased == 0 {
        return Err(missing(policy, "further user types while no licences are bought"));
    }
    for made in new {
        if all.iter().filter(|t| t.portal == made.portal).count() > policy.limits.user_types {
            return Err(Error::TooManyTypes(policy.limits.user_types));
        }
        check_employees(ctx, policy, made.personality)?;
    }
    Ok(())
}

/// Whether the records of a module may be portal users. Errors: [`Error::NotInPolicy`].
pub(crate) fn check_personality(conn: &mut Conn, ctx: &Ctx, personality: ModuleId) -> Result<(), Error> {
    check_employees(ctx, store::licences::pool(conn, ctx.licence_policies())?.policy, personality)
}

fn check_employees(ctx: &Ctx, policy: &LicencePolicy, personality: ModuleId) -> Result<(), Error> {
    let employees = ctx.snapshot.catalogue.employees().map(|m| m.id);
    if employees == Some(personality) && !policy.limits.employees {
        return Err(missing(policy, "employees among portal users"));
    }
    Ok(())
}

fn missing(policy: &LicencePolicy, what: &'static str) -> Error {
    Error::NotInPolicy {
        policy: policy.name.clone(),
        what,
    }
}
