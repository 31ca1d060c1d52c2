//! Another address for a portal user: the one that their record has now.
//!
//! Whoever has not come in yet is invited at the new address. Everybody else proves it first, and until then the old one counts:
//! a slip of the pen in a record locks nobody out, and nobody gets in by an address that is not theirs. Where people sign in at a
//! provider there is no password to ask for: as with an invitation, who reads the letter confirms, and the provider has to vouch.

use domain::accounts::LinkPurpose;
use domain::ids::{IdentityId, MemberId, PortalId};
use domain::licences::Event;
use domain::members::Status;
use domain::portals::Portal;
use store::accounts::{Ending, Identity, Link};
use store::engine::Conn;
use store::members::Member;

use super::invite::{already_there, check_domain, duration, need_invitations, person, post_invitation};
use super::manage::{change, kind};
use super::note;
use crate::mail::{self, Letter};
use crate::sign_ups::admit_waiting;
use crate::{App, Ctx, Error};

/// Gives a portal user the address of their record: an invitation goes there, or a link that proves it.
///
/// Errors: [`Error::SameAddress`] if it is the one they have, [`Error::NoAddress`] if the record has none, [`Error::OwnDomain`],
/// [`Error::Exists`] if somebody else of the user type has it, [`Error::Exhausted`] if it needs a seat more and none is free.
pub async fn readdress(ctx: &Ctx, member: MemberId) -> Result<(), Error> {
    let asked = change(ctx, member, |conn, ctx, member| {
        crate::orgs::need_portals(conn, ctx)?;
        let email = of_record(conn, ctx, &member)?;
        if email == member.email {
            return Err(Error::SameAddress);
        }
        // The pool before the address: so do invitations.
        store::licences::hold(conn)?;
        let fresh = IdentityId(ctx.app.id());
        let identity = store::accounts::ensure(conn, &email, fresh, ctx.now)?;
        let there = Member {
            email,
            identity,
            ..member.clone()
        };
        match member.status {
            Status::Invited => invite_there(conn, ctx, &member, &there),
            Status::Active | Status::Deactivated => ask_there(conn, ctx, &member, &there),
        }
    });
    asked.await.map_err(already_there)
}

/// The address that the record of a portal user has.
fn of_record(conn: &mut Conn, ctx: &Ctx, member: &Member) -> Result<String, Error> {
    let access = ctx.snapshot.access(ctx.viewer, member.module).ok_or(Error::NotFound("record"))?;
    person(conn, &access, member.record).map(|(email, _)| email)
}

fn invite_there(conn: &mut Conn, ctx: &Ctx, member: &Member, there: &Member) -> Result<(), Error> {
    let licensed = store::licences::lock(conn, ctx.licence_policies())?;
    need_invitations(ctx, &licensed)?;
    go(conn, ctx, ctx.viewer.actor, member, there)?;
    store::accounts::void_links_of_member(conn, LinkPurpose::Invitation, member.id)?;
    store::members::set_invited(conn, member.id, ctx.now)?;
    let portal = portal_of(ctx, member)?;
    post_invitation(conn, ctx, portal, there).map(drop)
}

/// Moves a portal user to another address, with their seat.
fn go(conn: &mut Conn, ctx: &Ctx, actor: i64, member: &Member, there: &Member) -> Result<(), Error> {
    let licensed = store::licences::lock(conn, ctx.licence_policies())?;
    check_domain(conn, licensed.policy, &there.email)?;
    if member.status.holds_seat() {
        let (addresses, kind) = ((member.email.as_str(), there.email.as_str()), kind(ctx, member.user_type)?);
        store::licences::hand_over(conn, ctx.licence_policies(), addresses, kind)?;
    }
    store::members::set_address(conn, member.id, &there.email, there.identity, ctx.now)?;
    let appended = note(conn, &ctx.app, actor, Event::EmailChanged, there)?;
    crate::licences::tell(conn, ctx, &appended)?;
    admit_waiting(conn, ctx).map(drop)
}

fn portal_of<'c>(ctx: &'c Ctx, member: &Member) -> Result<&'c Portal, Error> {
    let user_type = ctx.snapshot.user_type(member.user_type).ok_or(Error::NotFound("user type"))?;
    ctx.snapshot.portal(user_type.portal).ok_or(Error::NotFound("portal"))
}

/// Sends a link to the new address, and word of it to the old one.
fn ask_there(conn: &mut Conn, ctx: &Ctx, member: &Member, there: &Member) -> Result<(), Error> {
    let licensed = store::licences::lock(conn, ctx.licence_policies())?;
    check_domain(conn, licensed.policy, &there.email)?;
    if store::members::of_email_in(conn, member.user_type, &there.email)?.is_some() {
        return Err(Error::Exists("portal user"));
    }
    store::accounts::void_links_of_member(conn, LinkPurpose::Address, member.id)?;
    let (portal, seconds, token) = (portal_of(ctx, member)?, ctx.app.settings().sessions.invitation, ctx.app.secret());
    let link = Link {
        identity: there.identity,
        member: Some(member.id),
        expires: ctx.now.plus_seconds(seconds),
        used: false,
    };
    store::accounts::insert_link(conn, &signin::tokens::hash(&token), LinkPurpose::Address, &link, ctx.now)?;
    let home = format!("{}/portal/{}", ctx.app.settings().public_url, portal.name);
    let confirming = match ctx.snapshot.has_provider(portal.id) {
        true => "It counts once you have confirmed it; then you sign in at your company with it.",
        false => "It counts once you have confirmed it with your password, which stays.",
    };
    let proof = Letter {
        subject: format!("Confirm your address for {}", portal.title),
        paragraphs: vec![
            format!(
                "From now on you shall come in to {} with this address, instead of {}.",
                portal.title, member.email
            ),
            format!("{confirming} The link works once, for {}.", duration(seconds)),
        ],
        action: ("Confirm the address".into(), format!("{home}/address/{token}")),
    };
    let word = Letter {
        subject: format!("Your address for {} is to be another one", portal.title),
        paragraphs: vec![
            format!("{} has been noted as your new address for {}.", there.email, portal.title),
            "Until it is confirmed there you come in as before. If this is not right, tell whoever invited you.".into(),
        ],
        action: ("Open the portal".into(), home),
    };
    mail::post(conn, &ctx.app, &there.email, &proof)?;
    mail::post(conn, &ctx.app, &member.email, &word)
}

/// What the page of a link says that proves an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAddress {
    pub old: String,
    pub new: String,
    /// Whether the password is needed to confirm it; not where people sign in at a provider, which has to know the new address.
    pub needs_password: bool,
}

/// What a link proves. Changes nothing. Errors: [`Error::LinkSpent`] for whatever is wrong with it.
pub async fn new_address(app: &App, portal: &str, token: &str) -> Result<NewAddress, Error> {
    let (tenant, portal) = crate::portals::open_by_name(app, portal).await?;
    let (ctx, hash) = (app.system(tenant.org.id).await?, signin::tokens::hash(token));
    let read = tenant.db.read::<_, Error>(move |conn| {
        let (member, identity) = linked(conn, &ctx, portal, &hash)?;
        Ok(NewAddress {
            needs_password: !ctx.snapshot.has_provider(portal),
            old: member.email,
            new: identity.email,
        })
    });
    read.await
}

/// The portal user of a working link, and who they are at the new address. It works as long as the record has that address.
fn linked(conn: &mut Conn, ctx: &Ctx, portal: PortalId, hash: &str) -> Result<(Member, Identity), Error> {
    let link = store::accounts::link(conn, hash, LinkPurpose::Address)?.ok_or(Error::LinkSpent)?;
    if link.used || link.expires < ctx.now {
        return Err(Error::LinkSpent);
    }
    let member = store::members::by_id(conn, link.member.ok_or(Error::LinkSpent)?)?.ok_or(Error::LinkSpent)?;
    let here = ctx
        .snapshot
        .user_type(member.user_type)
        .is_some_and(|t| t.portal == portal && t.active);
    let identity = store::accounts::by_id(conn, link.identity)?.ok_or(Error::LinkSpent)?;
    let stands = of_record(conn, ctx, &member).is_ok_and(|email| email == identity.email);
    match here && stands && member.status != Status::Invited {
        true => Ok((member, identity)),
        false => Err(Error::LinkSpent),
    }
}

/// Makes the new address the one that counts, for whoever knows the password that goes with the old one: a mistyped address may be
/// somebody else's, who reads the letter too. Where people sign in at a provider, that has to vouch for the new address instead.
/// The password that was proven stays, unless there is one for the new address already; sessions end.
///
/// Errors as for [`new_address`], [`Error::WrongPassword`], [`Error::Edition`], and [`Error::Exhausted`] if the seat at the old address is still somebody's
/// and no other is free.
pub async fn confirm_address(app: &App, portal: &str, token: &str, password: &str) -> Result<(), Error> {
    let known = new_address(app, portal, token).await?;
    let (tenant, portal) = crate::portals::open_by_name(app, portal).await?;
    let proven = match known.needs_password {
        true => Some(crate::accounts::verified(app, &tenant, &known.old, password).await?),
        false => None,
    };
    let (ctx, hash) = (app.system(tenant.org.id).await?, signin::tokens::hash(token));
    let confirmed = tenant.db.write::<_, Error>(move |conn| {
        let (member, identity) = linked(conn, &ctx, portal, &hash)?;
        // Somebody may be locking them out at the same time: who they are, then what leads to them.
        let member = store::members::lock(conn, member.id)?.ok_or(Error::LinkSpent)?;
        // A provider may have come or gone since the page was shown.
        let knows = proven == Some(member.identity);
        let vouched_for = proven.is_none() && ctx.snapshot.has_provider(portal);
        if !knows && !vouched_for {
            return Err(Error::WrongPassword);
        }
        crate::orgs::need_portals(conn, &ctx)?;
        if !store::accounts::use_link(conn, &hash, ctx.now)? {
            return Err(Error::LinkSpent);
        }
        let there = Member {
            email: identity.email.clone(),
            identity: identity.id,
            ..member.clone()
        };
        if knows {
            keep_password(conn, &member, &identity)?;
        }
        store::accounts::end_sessions(conn, Ending::Member(member.id))?;
        go(conn, &ctx, member.id.0, &member, &there)
    });
    confirmed.await.map_err(already_there)
}

/// Only of somebody who has just proven to know it: it must not open what is another person's.
fn keep_password(conn: &mut Conn, member: &Member, there: &Identity) -> Result<(), Error> {
    let old = store::accounts::by_id(conn, member.identity)?.and_then(|old| old.password_hash);
    match (old, &there.password_hash) {
        (Some(hash), None) => Ok(store::accounts::set_password(conn, there.id, &hash)?),
        _ => Ok(()),
    }
}
