//! Accepting an invitation: the link is used up, the portal user is active.

use std::sync::Arc;

use domain::accounts::LinkPurpose;
use domain::ids::PortalId;
use domain::licences::Event;
use domain::members::Step;
use store::accounts::Identity;
use store::engine::Conn;
use store::members::Member;

use super::note;
use crate::{App, Error, Snapshot};

/// What an invitation's page says.
#[derive(Debug, Clone)]
pub struct Invitation {
    pub email: String,
    pub name: String,
    pub portal_title: String,
    /// Who invites; nobody by name if the product itself does, for an operator.
    pub by: Option<String>,
    /// Whether a password is to be chosen; not if the person has one already, or signs in at a provider.
    pub needs_password: bool,
    /// Whether people sign in at a provider of their own.
    pub single_sign_on: bool,
}

/// How an invitation ended.
#[derive(Debug)]
pub enum Accepted {
    /// Signed in: the secret of the session.
    SignedIn(String),
    /// The person signs in with the password that they have already, or at their provider.
    SignInNext,
}

/// What the link of an invitation is for. Changes nothing.
pub async fn invitation(app: &App, portal: &str, token: &str) -> Result<Invitation, Error> {
    let (tenant, portal) = crate::portals::open_by_name(app, portal).await?;
    let snapshot = tenant.fresh().await?;
    let (hash, app) = (signin::tokens::hash(token), app.clone());
    tenant
        .db
        .read(move |conn| {
            let (member, identity) = invited(conn, &app, &snapshot, portal, &hash)?;
            let portal = snapshot.portal(portal).ok_or(Error::NotFound("portal"))?;
            Ok(Invitation {
                by: store::members::actor_name(conn, member.invited_by)?,
                email: member.email,
                name: member.name,
                portal_title: portal.title.clone(),
                needs_password: identity.password_hash.is_none() && !portal.single_sign_on,
                single_sign_on: portal.single_sign_on,
            })
        })
        .await
}

/// The portal user that a working link invites. Whatever is wrong with it looks the same.
fn invited(conn: &mut Conn, app: &App, snapshot: &Snapshot, portal: PortalId, hash: &str) -> Result<(Member, Identity), Error> {
    let link = store::accounts::link(conn, hash, LinkPurpose::Invitation)?.ok_or(Error::LinkSpent)?;
    if link.used || link.expires < app.now() {
        return Err(Error::LinkSpent);
    }
    let member = match link.member {
        Some(id) => store::members::by_id(conn, id)?.ok_or(Error::LinkSpent)?,
        None => return Err(Error::LinkSpent),
    };
    let here = snapshot.user_type(member.user_type).is_some_and(|t| t.portal == portal && t.active);
    if !here || member.status.after(Step::Accept).is_err() || !store::members::is_live(conn, member.module, member.record)? {
        return Err(Error::LinkSpent);
    }
    let identity = store::accounts::by_id(conn, member.identity)?.ok_or(Error::LinkSpent)?;
    Ok((member, identity))
}

/// Accepts an invitation. `password` is chosen by a person who has none yet, and ignored otherwise.
pub async fn accept(app: &App, portal: &str, token: &str, password: &str) -> Result<Accepted, Error> {
    let waiting = invitation(app, portal, token).await?;
    let hashed = match waiting.needs_password {
        true => Some(crate::accounts::hash_blocking(app, password, &[&waiting.email, &waiting.name]).await?),
        false => None,
    };
    let (tenant, portal) = crate::portals::open_by_name(app, portal).await?;
    let snapshot = tenant.fresh().await?;
    let (hash, app, home) = (signin::tokens::hash(token), app.clone(), Arc::clone(&tenant));
    tenant
        .db
        .write(move |conn| {
            let (member, identity) = invited(conn, &app, &snapshot, portal, &hash)?;
            let now = app.now();
            // Somebody may be giving them another address at the same time.
            let member = store::members::lock(conn, member.id)?
                .filter(|now| now.identity == member.identity)
                .ok_or(Error::LinkSpent)?;
            if !store::accounts::use_link(conn, &hash, now)? {
                return Err(Error::LinkSpent);
            }
            store::members::set_status(conn, member.id, member.status.after(Step::Accept)?, now)?;
            note(conn, &app, member.id.0, Event::Confirmed, &member)?;
            match hashed.filter(|_| identity.password_hash.is_none()) {
                None => {
                    // The sign-in that follows leads to what was just accepted, whatever else they are here.
                    store::members::set_entered(conn, &member, now)?;
                    Ok(Accepted::SignInNext)
                }
                Some(password) => {
                    crate::accounts::set_password(conn, identity.id, &password)?;
                    let expires = now.plus_seconds(app.settings().sessions.portal);
                    let secret = crate::accounts::enter(conn, &app, home.org.id, &member, expires, None)?;
                    secret.map(Accepted::SignedIn).ok_or(Error::LinkSpent)
                }
            }
        })
        .await
}
