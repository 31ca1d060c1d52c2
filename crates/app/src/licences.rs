//! Licences: what the pool holds and who takes it up.

mod buying;
mod cut_over;
mod export;
mod granting;
mod history;
mod holding;
mod invoices;
mod ledger;
mod overview;
mod paying;
mod preview;
mod quote;
mod recompute;
mod renewals;
mod telling;

use domain::ids::UserTypeId;
use serde::Serialize;

use crate::{Ctx, Error};

pub(crate) use buying::cancel;
pub use buying::{Bought, Taken, purchase, reduce, renew};
pub use cut_over::{Aim, Change, Figures, TypeGains, cut_over, forecast};
pub use export::{csv_head, csv_lines};
pub use granting::{Granted, grant};
pub use history::{History, MOST_DAYS, TypeHistory, history};
pub use holding::without_policy;
pub use invoices::{CreditNote, Invoice, Tax, credit, invoice, invoices, pay};
pub use ledger::{Asked, Page, ledger, types_of};
pub use overview::{Inside, Line, Month, Organisation, Revenue, Unread, organisation, overview, revenue, word};
pub use paying::{Settled, checkout, has_provider, take_message};
pub use preview::{Preview, preview};
pub use quote::{Wanted, offers, price, quote};
pub use recompute::{Recomputed, recompute};
pub use renewals::renew_all;
pub(crate) use telling::tell;

/// The licence pool for people and programs to read.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The name of the licence policy in force.
    pub policy: String,
    /// Seats that cost nothing; none means unlimited.
    pub free: Option<u64>,
    /// Who may take up the free ones: `everybody`, or `clients` alone: people in the user type that a portal begins with.
    pub free_for: &'static str,
    /// Seats that stay free for ever, kept from before a change of policy; part of the free ones.
    pub grandfathered: u64,
    /// Free seats that the operator gave beyond those of the policy; part of the free ones.
    pub granted: u64,
    /// The day on which the trial ends, if the organisation has no more than that.
    pub trial_ends: Option<String>,
    pub purchased: u64,
    /// What is bought; none if nothing is, or not any more.
    pub subscription: Option<Bought>,
    /// The day from which nobody can be invited, if an invoice is overdue; it may lie before today.
    pub held_from: Option<String>,
    /// All seats; none means unlimited.
    pub allowance: Option<u64>,
    pub consumed: u64,
    /// How full the pool is, in per cent, as far as that is worth a word: 0, 80, 95 or 100.
    pub fullness: u64,
    /// In how many days the last seat is taken, at the rate of the last thirty days. None: not in sight.
    pub days_left: Option<u64>,
    /// How many portals the licence policy lets the organisation have.
    pub most_portals: usize,
    /// People who wait for a seat.
    pub waiting: u64,
    pub by_user_type: Vec<TypeReport>,
}

/// Over how many days the rate is taken at which seats are taken.
const RATE_DAYS: i64 = 30;

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
    let (task, now, today) = (ctx.clone(), ctx.now, ctx.now.day());
    ctx.tenant
        .db
        .snapshot(move |conn| {
            let licensed = store::licences::pool(conn, task.licence_policies())?;
            let (policy, pool) = (licensed.policy, licensed.pool);
            let by_type = store::licences::by_type(conn)?;
            let bought = store::licences::subscription(conn)?.filter(|s| s.quantity > 0);
            let standing = policy.terms.standing(licensed.oldest_due, today);
            let then = store::licences::consumed_at(conn, now.plus_seconds(-RATE_DAYS * 86_400))?;
            let days_left = pool.days_left(then.unwrap_or(0), RATE_DAYS.unsigned_abs());
            Ok(Report {
                subscription: bought.as_ref().map(Bought::from),
                held_from: standing.held_from().map(domain::time::Day::iso),
                policy: policy.name.clone(),
                free_for: pool.free_for.name(),
                grandfathered: pool.grandfathered,
                granted: pool.granted,
                trial_ends: crate::orgs::trial_ends(&task, &licensed).map(domain::time::Day::iso),
                free: pool.gratis(),
                purchased: pool.purchased,
                allowance: pool.allowance(),
                consumed: pool.consumed,
                fullness: pool.fullness(),
                days_left,
                most_portals: policy.limits.portals,
                waiting: store::sign_ups::counts(conn)?.1,
                by_user_type: by_type
                    .into_iter()
                    .map(|of| TypeReport {
                        id: of.id,
                        name: of.name,
                        invited: of.invited,
                        active: of.active,
                    })
                    .collect(),
            })
        })
        .await
}
