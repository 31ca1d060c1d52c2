//! The portal users that an identity is: as one of them at a time, which only the person changes.

use std::sync::Arc;

use domain::ids::{IdentityId, MemberId, OrgId, PortalId};
use domain::members::Status;
use domain::portals::{Portal, may_cross};
use domain::time::Moment;
use store::accounts::{Ending, Session, SessionKind};
use store::engine::Conn;
use store::members::Member;
use store::single_sign_on::ProviderSession;

use super::session::{Caller, SignedIn, forget_ended, start_session};
use crate::{App, Ctx, Error, Snapshot};

/// A portal user that somebody is and may come in as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    pub member: Member,
    pub portal: PortalId,
    /// The name of the user type.
    pub user_type: String,
}

/// Somebody who has come in.
#[derive(Debug)]
pub struct Entered {
    /// The secret of the session.
    pub secret: String,
    pub portal: Portal,
}

/// The portal users that an identity is and may come in as, in all open portals, oldest first.
pub(crate) fn open(conn: &mut Conn, snapshot: &Snapshot, identity: IdentityId) -> Result<Vec<Anchor>, Error> {
    let all = store::members::of_identity(conn, identity)?;
    live(conn, all.into_iter().filter_map(|member| anchor(snapshot, member)))
}

/// What a portal user is if it is active, of an open user type in an open portal.
fn anchor(snapshot: &Snapshot, member: Member) -> Option<Anchor> {
    let user_type = snapshot.user_type(member.user_type).filter(|t| t.active)?;
    snapshot.portal(user_type.portal).filter(|p| p.active)?;
    (member.status == Status::Active).then(|| Anchor {
        portal: user_type.portal,
        user_type: user_type.name.clone(),
        member,
    })
}

/// Those whose record is there and not in the recycle bin.
fn live(conn: &mut Conn, anchors: impl Iterator<Item = Anchor>) -> Result<Vec<Anchor>, Error> {
    let mut there = Vec::new();
    for anchor in anchors {
        if store::members::is_live(conn, anchor.member.module, anchor.member.record)? {
            there.push(anchor);
        }
    }
    Ok(there)
}

/// Starts a browser's session as a portal user, and remembers that the person was this one last; `there` is what their provider
/// calls the sign-in, if it began there. The secret; none if the portal user was locked out in this very moment.
pub(crate) fn enter(
    conn: &mut Conn,
    app: &App,
    org: OrgId,
    member: &Member,
    expires: Moment,
    there: Option<&ProviderSession>,
) -> Result<Option<String>, Error> {
    let now = app.now();
    // This also waits for whoever is locking the portal user out, so that no session outlives it.
    if !store::members::set_entered(conn, member, now)? {
        return Ok(None);
    }
    let session = Session {
        id: app.id(),
        kind: SessionKind::Portal,
        identity: member.identity,
        employee: None,
        member: Some(member.id),
        refresh: None,
        scope: String::new(),
        created: now,
        expires,
    };
    let id = session.id;
    let secret = start_session(conn, app, org, session)?;
    if let Some(there) = there {
        store::single_sign_on::began(conn, id, there)?;
    }
    Ok(Some(secret))
}

/// The session of a browser on a portal, with the identity and the portal user that it is of.
fn on_a_portal(ctx: &Ctx) -> Option<(Arc<SignedIn>, IdentityId, MemberId)> {
    let signed_in = ctx.signed_in.clone().filter(|s| s.session.kind == SessionKind::Portal)?;
    let (identity, member) = (signed_in.session.identity, signed_in.session.member?);
    Some((signed_in, identity, member))
}

/// The portal that a session is in.
fn portal_of(signed_in: &SignedIn) -> Option<PortalId> {
    match signed_in.caller {
        Caller::Member { portal, .. } => Some(portal),
        Caller::Staff(_) => None,
    }
}

/// Whether one may go over from one portal to another without signing in there.
fn is_open_from(snapshot: &Snapshot, from: Option<PortalId>, to: PortalId) -> bool {
    let from = from.and_then(|id| snapshot.portal(id));
    from.zip(snapshot.portal(to)).is_some_and(|(from, to)| may_cross(from, to))
}

/// As whom else the one who is signed in to a portal may come in, there and in the other portals of the organisation,
/// oldest first. Nobody, for whoever is not signed in to a portal.
pub async fn others(ctx: &Ctx) -> Result<Vec<Anchor>, Error> {
    let Some((signed_in, identity, here)) = on_a_portal(ctx) else {
        return Ok(Vec::new());
    };
    let from = portal_of(&signed_in);
    let snapshot = Arc::clone(&ctx.snapshot);
    ctx.tenant
        .db
        .read(move |conn| {
            let all = store::members::of_identity(conn, identity)?;
            let others = all.into_iter().filter(|member| member.id != here);
            let others = others.filter_map(|member| anchor(&snapshot, member));
            live(conn, others.filter(|other| is_open_from(&snapshot, from, other.portal)))
        })
        .await
}

/// Lets the one who is signed in to a portal come in as another portal user that they are: in a new session, which lasts no
/// longer than the old one would have, and the old one ends.
///
/// Whose the others are is known by the present session alone. Errors: [`Error::NotFound`] for a portal user who is
/// somebody else, is not there or may not come in, all alike; [`Error::SignedOut`] without a session on a portal.
pub async fn switch(ctx: &Ctx, to: MemberId) -> Result<Entered, Error> {
    let (signed_in, identity, _) = on_a_portal(ctx).ok_or(Error::SignedOut)?;
    let (app, snapshot, org) = (ctx.app.clone(), Arc::clone(&ctx.snapshot), ctx.tenant.org.id);
    let (old, expires) = (signed_in.session.id, signed_in.session.expires);
    let from = portal_of(&signed_in);
    let entered = ctx.tenant.db.write::<_, Error>(move |conn| {
        let mine = open(conn, &snapshot, identity)?;
        let found = mine.into_iter().find(|anchor| anchor.member.id == to);
        let anchor = found.ok_or(Error::NotFound("portal user"))?;
        let portal = snapshot.portal(anchor.portal).cloned().ok_or(Error::NotFound("portal user"))?;
        if !is_open_from(&snapshot, from, portal.id) {
            return Err(Error::NotFound("portal user"));
        }
        let there = store::single_sign_on::of_session(conn, old)?;
        // Whoever ends the session first goes on with it: two at once do not become two sessions.
        if store::accounts::end_sessions(conn, Ending::Session(old))? == 0 {
            return Err(Error::SignedOut);
        }
        let secret = enter(conn, &app, org, &anchor.member, expires, there.as_ref())?.ok_or(Error::NotFound("portal user"))?;
        Ok(Entered { secret, portal })
    });
    let entered = entered.await?;
    forget_ended(&ctx.app, &signed_in);
    Ok(entered)
}
