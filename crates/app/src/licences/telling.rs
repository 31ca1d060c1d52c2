//! Telling administrators how full the pool is: at 80, 95 and 100 per cent, once each.

use domain::licences::Pool;
use store::engine::Conn;
use store::licences::Appended;

use crate::mail::{self, Letter};
use crate::{Ctx, Error};

/// Writes to everybody who may Manage Portals if it is news how full the pool is. In the transaction that changed the pool.
pub(crate) fn tell(conn: &mut Conn, ctx: &Ctx, after: &Appended) -> Result<(), Error> {
    // Without its policy nobody can say how many seats there are.
    let Ok(licensed) = after.state.under(ctx.licence_policies()) else {
        return Ok(());
    };
    let (news, told) = licensed.pool.news(after.warned);
    if told != after.warned {
        store::licences::set_warned(conn, told)?;
    }
    match news {
        Some(percent) => mail::post_to_administrators(conn, ctx, &letter(ctx, &licensed.pool, percent)),
        None => Ok(()),
    }
}

fn letter(ctx: &Ctx, pool: &Pool, percent: u64) -> Letter {
    let (consumed, allowance) = (pool.consumed, pool.allowance().unwrap_or(pool.consumed));
    let org = &ctx.tenant.org.name;
    let (subject, then) = match percent {
        100 => (
            format!("{org}: all portal licences are in use"),
            "Nobody else can be invited until somebody is deactivated or removed, or more licences are bought. \
             Everybody who is in stays in.",
        ),
        _ => (
            format!("{org}: {percent} % of the portal licences are in use"),
            "When all are in use, nobody else can be invited. Everybody who is in stays in.",
        ),
    };
    Letter {
        subject,
        paragraphs: vec![format!("{consumed} of {allowance} portal licences are in use."), then.to_owned()],
        action: (
            "Look at the licences".to_owned(),
            format!("{}/admin/licences", ctx.app.settings().public_url),
        ),
    }
}
