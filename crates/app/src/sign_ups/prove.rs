//! Proving an address: whoever has the link stands in line.

use domain::ids::{PortalId, SignUpId};
use domain::members::sign_up::{Stage, proven, proves};
use store::engine::Conn;
use store::sign_ups::SignUp;

use super::admit::admit_waiting;
use super::{called, form_of, has_address, is_checked};
use crate::audit::{self, Object};
use crate::context::SYSTEM_ACTOR;
use crate::portals::open_by_name;
use crate::{App, Ctx, Error};

/// What became of whoever has proven their address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proven {
    /// They are let in, and choose a password next: the secret of their invitation.
    LetIn(String),
    /// An employee looks at what they have filled in.
    Asking,
    /// They get in when a seat is free.
    Waiting,
    /// They are a portal user already.
    Known,
}

/// Whose address a link proves. Changes nothing. Errors: [`Error::LinkSpent`], whatever is wrong with it.
pub async fn proof(app: &App, portal: &str, token: &str) -> Result<String, Error> {
    let (tenant, portal) = open_by_name(app, portal).await?;
    let (ctx, hash) = (app.system(tenant.org.id).await?, signin::tokens::hash(token));
    let found = tenant.db.read(move |conn| {
        let found = store::sign_ups::by_hash(conn, &hash)?;
        working(&ctx, portal, found)
    });
    Ok(found.await?.email)
}

/// The one whose address a link proves, as long as it works and the form is there.
fn working(ctx: &Ctx, portal: PortalId, found: Option<SignUp>) -> Result<SignUp, Error> {
    let found = found.ok_or(Error::LinkSpent)?;
    let here = ctx.snapshot.user_type(found.user_type).is_some_and(|t| t.portal == portal);
    match here && proves(found.asked, ctx.now) && form_of(&ctx.snapshot, ctx.now.day(), found.user_type).is_some() {
        true => Ok(found),
        false => Err(Error::LinkSpent),
    }
}

/// Proves an address, once; lets in whoever may come in without more ado.
pub async fn prove(app: &App, portal: &str, token: &str) -> Result<Proven, Error> {
    let (tenant, portal) = open_by_name(app, portal).await?;
    let ctx = app.system(tenant.org.id).await?;
    let (hash, task) = (signin::tokens::hash(token), ctx.clone());
    let stood = tenant.db.write(move |conn| {
        let found = store::sign_ups::lock_by_hash(conn, &hash)?;
        stand_in_line(conn, &task, working(&task, portal, found)?)
    });
    let (id, stood) = match stood.await {
        // Another link to the same address was used in the same moment.
        Err(Error::Internal(engine)) if engine.is_unique() => return Ok(Proven::Asking),
        other => other?,
    };
    if stood != Proven::Waiting {
        return Ok(stood);
    }
    // In a transaction of its own: the pool is locked before anybody in the line is.
    let task = ctx.clone();
    let admitted = tenant.db.write(move |conn| admit_waiting(conn, &task)).await?;
    let mine = admitted.into_iter().find(|(admitted, _)| *admitted == id);
    Ok(mine.map_or(stood, |(_, token)| Proven::LetIn(token)))
}

fn stand_in_line(conn: &mut Conn, ctx: &Ctx, found: SignUp) -> Result<(SignUpId, Proven), Error> {
    let there = store::members::of_email_in(conn, found.user_type, &found.email)?;
    // Whoever was locked out is not told so, and not let in again by this.
    if there.is_some_and(|m| m.status.holds_seat()) {
        store::sign_ups::delete(conn, found.id)?;
        return Ok((found.id, Proven::Known));
    }
    if store::sign_ups::is_in_line(conn, found.user_type, &found.email)? {
        store::sign_ups::delete(conn, found.id)?;
        return Ok((found.id, Proven::Asking));
    }
    let stage = proven(is_checked(&ctx.snapshot, found.user_type), is_known(conn, ctx, &found)?);
    store::sign_ups::prove(conn, found.id, stage, ctx.now)?;
    audit::note(
        conn,
        &ctx.app,
        SYSTEM_ACTOR,
        "signed_up",
        Object::default(),
        &called(ctx, found.user_type),
    )?;
    let stood = if stage == Stage::Asking { Proven::Asking } else { Proven::Waiting };
    Ok((found.id, stood))
}

/// Whether somebody is there already with this address, in the module of the people or, locked out, in the user type.
fn is_known(conn: &mut Conn, ctx: &Ctx, found: &SignUp) -> Result<bool, Error> {
    let (_, _, access) = form_of(&ctx.snapshot, ctx.now.day(), found.user_type).ok_or(Error::LinkSpent)?;
    let is_member = store::members::of_email_in(conn, found.user_type, &found.email)?.is_some();
    Ok(is_member || has_address(conn, &access, &found.email)?)
}
