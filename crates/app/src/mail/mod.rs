//! Mail: written in the transaction that causes it, sent by a worker afterwards.

mod letter;
mod worker;

pub use letter::Letter;
pub use worker::{BadSmtp, deliver, run};

use store::engine::Conn;
use store::mail::Posted;

use crate::{App, Ctx, Error};

/// Puts a letter into the outbox.
pub(crate) fn post(conn: &mut Conn, app: &App, to: &str, letter: &Letter) -> Result<(), Error> {
    Ok(store::mail::post(conn, app.id(), &letter.to_mail(to), app.now())?)
}

/// The same to everybody who may Manage Portals.
pub(crate) fn post_to_administrators(conn: &mut Conn, ctx: &Ctx, letter: &Letter) -> Result<(), Error> {
    for administrator in crate::staff::administrators(conn, ctx)? {
        post(conn, &ctx.app, &administrator.email, letter)?;
    }
    Ok(())
}

/// Mails not yet sent, oldest first.
pub async fn unsent(ctx: &Ctx) -> Result<Vec<Posted>, Error> {
    ctx.need_manage_portal_users()?;
    ctx.tenant.db.read(|conn| Ok(store::mail::unsent(conn, 10_000)?)).await
}

/// The latest mails, sent or not, newest first.
pub async fn latest(ctx: &Ctx) -> Result<Vec<Posted>, Error> {
    ctx.need_manage_portal_users()?;
    ctx.tenant.db.read(|conn| Ok(store::mail::latest(conn, 200)?)).await
}
