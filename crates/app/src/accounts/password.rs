//! Passwords: forgotten, set anew, changed.

use domain::accounts::LinkPurpose;
use domain::ids::{IdentityId, PortalId};
use domain::members::Status;
use domain::records::normalise_email;
use store::accounts::{Ending, Link};
use store::engine::Conn;

use super::session::{Caller, SignedIn};
use crate::mail::{self, Letter};
use crate::{App, Ctx, Error, Snapshot};

/// Hashes a new password after a look at its strength.
pub(crate) async fn hash_blocking(app: &App, password: &str, hints: &[&str]) -> Result<String, Error> {
    let (password, salt) = (password.to_owned(), app.salt());
    let hints: Vec<String> = hints.iter().map(|&hint| hint.to_owned()).collect();
    let hashed = tokio::task::spawn_blocking(move || {
        let hints: Vec<&str> = hints.iter().map(String::as_str).collect();
        signin::passwords::check(&password, &hints)?;
        Ok::<_, Error>(signin::passwords::hash(&password, &salt))
    });
    hashed.await.map_err(|_| Error::Busy)??.ok_or(Error::Busy)
}

/// Sets a password in a transaction; every session of the identity ends.
pub(crate) fn set_password(conn: &mut Conn, identity: IdentityId, hash: &str) -> Result<(), Error> {
    store::accounts::set_password(conn, identity, hash)?;
    store::accounts::end_sessions(conn, Ending::Identity(identity))?;
    Ok(())
}

/// Sends a link to set a new password, if the address is that of somebody who may sign in to the
/// portal. The answer is the same if not. Errors: [`Error::AtProvider`] where nobody signs in with a password.
pub async fn forgot(app: &App, portal: &str, email: &str) -> Result<(), Error> {
    let (tenant, portal) = crate::portals::open_by_name(app, portal).await?;
    let snapshot = tenant.fresh().await?;
    let email = normalise_email(email).unwrap_or_default();
    let app = app.clone();
    tenant
        .db
        .write::<_, Error>(move |conn| {
            if snapshot.has_provider(portal) {
                return Err(Error::AtProvider);
            }
            let Some(identity) = store::accounts::by_email(conn, &email)? else {
                return Ok(());
            };
            if may_reset(conn, &snapshot, portal, identity.id)? {
                post_reset(conn, &app, &snapshot, portal, identity.id, &email)?;
            }
            Ok(())
        })
        .await
}

fn may_reset(conn: &mut Conn, snapshot: &Snapshot, portal: PortalId, identity: IdentityId) -> Result<bool, Error> {
    let members = store::members::of_identity(conn, identity)?;
    let here = |user_type| snapshot.user_type(user_type).is_some_and(|t| t.portal == portal);
    Ok(members.iter().any(|m| m.status == Status::Active && here(m.user_type)))
}

fn post_reset(conn: &mut Conn, app: &App, snapshot: &Snapshot, portal: PortalId, identity: IdentityId, email: &str) -> Result<(), Error> {
    let Some(portal) = snapshot.portal(portal) else { return Ok(()) };
    let (now, token) = (app.now(), app.secret());
    let link = Link {
        identity,
        member: None,
        expires: now.plus_seconds(app.settings().sessions.reset),
        used: false,
    };
    store::accounts::insert_link(conn, &signin::tokens::hash(&token), LinkPurpose::Reset, &link, now)?;
    let url = format!("{}/portal/{}/reset/{token}", app.settings().public_url, portal.name);
    let letter = Letter {
        subject: format!("Your password for {}", portal.title),
        paragraphs: vec![
            format!("Somebody, probably you, asked to set a new password for {}.", portal.title),
            "The link works once, for one hour. If it was not you, there is nothing to do: your password stays as it is.".into(),
        ],
        action: ("Set a new password".into(), url),
    };
    mail::post(conn, app, email, &letter)
}

/// Whether a link from [`forgot`] still works. Changes nothing.
pub async fn reset_link(app: &App, portal: &str, token: &str) -> Result<(), Error> {
    let (tenant, _) = crate::portals::open_by_name(app, portal).await?;
    let (hash, now) = (signin::tokens::hash(token), app.now());
    let found = tenant
        .db
        .read::<_, Error>(move |conn| Ok(store::accounts::link(conn, &hash, LinkPurpose::Reset)?));
    match found.await? {
        Some(link) if !link.used && link.expires >= now => Ok(()),
        _ => Err(Error::LinkSpent),
    }
}

/// Sets a new password by a link from [`forgot`]. All sessions end.
pub async fn reset(app: &App, portal: &str, token: &str, password: &str) -> Result<(), Error> {
    let (tenant, _) = crate::portals::open_by_name(app, portal).await?;
    let token_hash = signin::tokens::hash(token);
    let hash = hash_blocking(app, password, &[portal]).await?;
    let now = app.now();
    tenant
        .db
        .write::<_, Error>(move |conn| {
            let link = store::accounts::link(conn, &token_hash, LinkPurpose::Reset)?.ok_or(Error::LinkSpent)?;
            if link.used || link.expires < now || !store::accounts::use_link(conn, &token_hash, now)? {
                return Err(Error::LinkSpent);
            }
            set_password(conn, link.identity, &hash)
        })
        .await
}

/// Changes the password of the one who is signed in; other sessions end. Errors: [`Error::AtProvider`] in a portal where nobody
/// signs in with a password: there somebody could try which one is right in the portals where it counts.
pub async fn change_password(ctx: &Ctx, old: &str, new: &str) -> Result<(), Error> {
    let signed_in = ctx.signed_in.clone().ok_or(Error::SignedOut)?;
    if at_provider(ctx, &signed_in) {
        return Err(Error::AtProvider);
    }
    let (identity, session) = (signed_in.session.identity, signed_in.session.id);
    let kept = ctx
        .tenant
        .db
        .read::<_, Error>(move |conn| Ok(store::accounts::by_id(conn, identity)?))
        .await?;
    let kept = kept.ok_or(Error::SignedOut)?;
    let (old, hash) = (old.to_owned(), kept.password_hash);
    let right = tokio::task::spawn_blocking(move || signin::passwords::verify(&old, hash.as_deref()))
        .await
        .unwrap_or(false);
    if !right {
        return Err(Error::WrongPassword);
    }
    let hash = hash_blocking(&ctx.app, new, &[&kept.email]).await?;
    ctx.tenant
        .db
        .write::<_, Error>(move |conn| {
            store::accounts::set_password(conn, identity, &hash)?;
            store::accounts::end_sessions(conn, Ending::OthersOf(identity, session))?;
            Ok(())
        })
        .await
}

/// Whether the one who is signed in does so at a provider.
fn at_provider(ctx: &Ctx, signed_in: &SignedIn) -> bool {
    match signed_in.caller {
        Caller::Member { portal, .. } => ctx.snapshot.has_provider(portal),
        Caller::Staff(_) => false,
    }
}

/// Ends all other sessions of the one who is signed in.
pub async fn sign_out_elsewhere(ctx: &Ctx) -> Result<(), Error> {
    let signed_in = ctx.signed_in.clone().ok_or(Error::SignedOut)?;
    let (identity, session) = (signed_in.session.identity, signed_in.session.id);
    ctx.tenant
        .db
        .write::<_, Error>(move |conn| {
            store::accounts::end_sessions(conn, Ending::OthersOf(identity, session))?;
            Ok(())
        })
        .await
}
