//! Which programs act for whoever looks, and the end of that.

use domain::accounts::Scopes;
use domain::time::Moment;

use super::authorise::owner;
use crate::{Ctx, Error, audit};

/// A program that acts for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The refresh token's.
    pub id: i64,
    pub name: String,
    pub scopes: Scopes,
    pub since: Moment,
}

/// The programs that act for whoever is signed in, as who they are here. Nobody's: there are none.
pub async fn mine(ctx: &Ctx) -> Result<Vec<Program>, Error> {
    let Some(owner) = owner(ctx) else { return Ok(Vec::new()) };
    let found = ctx
        .tenant
        .db
        .read::<_, Error>(move |conn| Ok(store::clients::of_owner(conn, owner)?))
        .await?;
    let program = |(refresh, name): (store::clients::Refresh, String)| Program {
        id: refresh.id,
        name,
        // What is unreadable allows nothing.
        scopes: Scopes::parse(&refresh.scope).unwrap_or_default(),
        since: refresh.created,
    };
    Ok(found.into_iter().map(program).collect())
}

/// Ends what a program may do for whoever is signed in, at once and on every server. Errors: [`Error::NotFound`] if it does not act for
/// them.
pub async fn end_mine(ctx: &Ctx, id: i64) -> Result<(), Error> {
    let owner = owner(ctx).ok_or(Error::SignedOut)?;
    let task = ctx.clone();
    let ended = ctx.tenant.db.write::<_, Error>(move |conn| {
        let mine = store::clients::of_owner(conn, owner)?;
        let (refresh, name) = mine.into_iter().find(|(of, _)| of.id == id).ok_or(Error::NotFound("program"))?;
        store::clients::revoke(conn, store::clients::Whose::Refresh(refresh.id))?;
        audit::note_by(conn, &task, "client_left", &name)
    });
    ended.await
}
