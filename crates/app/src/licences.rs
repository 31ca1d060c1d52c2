//! Licences: what the pool holds and who takes it up.

mod ledger;
mod quote;

use domain::ids::UserTypeId;
use serde::Serialize;

use crate::{Ctx, Error};

pub use ledger::{Asked, Page, Recomputed, ledger, recompute};
pub use quote::{Wanted, offers, price, quote};

/// The licence pool for people and programs to read.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The name of the licence policy in force.
    pub policy: String,
    /// Seats that cost nothing; none means unlimited.
    pub free: Option<u64>,
    pub purchased: u64,
    /// All seats; none means unlimited.
    pub allowance: Option<u64>,
    pub consumed: u64,
    /// People who wait for a seat.
    pub waiting: u64,
    pub by_user_type: Vec<TypeReport>,
}

/// What one user type takes up.
#[derive(Debug, Clone, Serialize)]
pub struct TypeReport {
    pub id: UserTypeId,
    pub name: String,
    pub invited: u64,
    pub active: u64,
}

fn need_licences(ctx: &Ctx) -> Result<(), Error> {
    match ctx.rights.manage_portals || ctx.rights.manage_portal_users {
        true => Ok(()),
        false => Err(Error::NoPermission("Manage Portal Users")),
    }
}

/// The pool as it stands.
pub async fn show(ctx: &Ctx) -> Result<Report, Error> {
    need_licences(ctx)?;
    let policy = ctx.app.settings().licences.clone();
    ctx.tenant
        .db
        .snapshot(move |conn| {
            let pool = store::licences::pool(conn, &policy)?;
            let by_type = store::licences::by_type(conn)?;
            Ok(Report {
                policy: policy.name,
                free: pool.free.map(|free| free.max(pool.grandfathered)),
                purchased: pool.purchased,
                allowance: pool.allowance(),
                consumed: pool.consumed,
                waiting: 0,
                by_user_type: by_type
                    .into_iter()
                    .map(|(id, name, invited, active)| TypeReport { id, name, invited, active })
                    .collect(),
            })
        })
        .await
}
