//! Inviting: a record becomes a portal user, who gets a link that works once.

use domain::access::Access;
use domain::accounts::LinkPurpose;
use domain::ids::{IdentityId, MemberId, RecordId, UserTypeId};
use domain::licences::{Event, LicencePolicy, SeatKind, Standing};
use domain::members::{Status, Step};
use domain::portals::{Portal, UserType};
use domain::records::{Query, Value};
use domain::time::Moment;
use store::accounts::Link;
use store::engine::Conn;
use store::licences::Licensed;
use store::members::Member;
use store::records::{Record, Shown};
use tokio::task::JoinSet;

use super::note_seat;
use crate::mail::{self, Letter};
use crate::{Ctx, Error};

/// How many invitations of a batch run at the same time; the writer commits them in groups.
const AT_ONCE: usize = 32;

/// Invites the person that a record is into a user type. Takes a seat of the licence pool.
pub async fn invite(ctx: &Ctx, user_type: UserTypeId, record: RecordId) -> Result<Member, Error> {
    ctx.need_manage_portal_users()?;
    let user_type = ctx.snapshot.user_type(user_type).cloned().ok_or(Error::NotFound("user type"))?;
    let portal = ctx.snapshot.portal(user_type.portal).cloned().ok_or(Error::NotFound("portal"))?;
    let access = ctx
        .snapshot
        .access(ctx.viewer, user_type.personality)
        .ok_or(Error::NotFound("record"))?;
    let task = ctx.clone();
    let written = ctx
        .tenant
        .db
        .write::<_, Error>(move |conn| invite_in(conn, &task, &portal, &user_type, &access, record));
    written.await.map_err(already_there)
}

/// Somebody is a portal user of the user type already, as that record or with that address: that breaks a unique key.
pub(super) fn already_there(error: Error) -> Error {
    match error {
        Error::Internal(engine) if engine.is_unique() => Error::Exists("portal user"),
        other => other,
    }
}

fn invite_in(
    conn: &mut Conn,
    ctx: &Ctx,
    portal: &Portal,
    user_type: &UserType,
    access: &Access,
    record: RecordId,
) -> Result<Member, Error> {
    let (email, name) = person(conn, access, record)?;
    let invitee = Invitee { record, email, name };
    Ok(invite_person(conn, ctx, portal, user_type, invitee)?.0)
}

/// Whether anybody can be invited at all. Errors: [`Error::Edition`] where portals are only kept as they are,
/// [`Error::InvitationsHeld`] while an invoice is overdue.
pub(crate) fn need_invitations(ctx: &Ctx, licensed: &Licensed<'_>) -> Result<(), Error> {
    crate::orgs::need_portals_of(ctx, licensed)?;
    match licensed.policy.terms.standing(licensed.oldest_due, ctx.now.day()) {
        Standing::Held { since } => Err(Error::InvitationsHeld(since)),
        _ => Ok(()),
    }
}

/// Somebody who is to be invited.
pub(crate) struct Invitee {
    pub record: RecordId,
    pub email: String,
    pub name: String,
}

/// Invites somebody, and takes a seat for them. Gives the secret of the link too.
pub(crate) fn invite_person(
    conn: &mut Conn,
    ctx: &Ctx,
    portal: &Portal,
    user_type: &UserType,
    person: Invitee,
) -> Result<(Member, String), Error> {
    let licensed = store::licences::lock(conn, ctx.licence_policies())?;
    need_invitations(ctx, &licensed)?;
    check_domain(conn, licensed.policy, &person.email)?;
    store::licences::claim(conn, ctx.licence_policies(), &person.email, SeatKind::of(user_type.default))?;
    if store::members::of_record_in(conn, user_type.id, person.record)?.is_some() {
        return Err(Error::Exists("portal user"));
    }
    let member = Member {
        id: MemberId(ctx.app.id()),
        user_type: user_type.id,
        module: user_type.personality,
        record: person.record,
        identity: store::accounts::ensure(conn, &person.email, IdentityId(ctx.app.id()), ctx.now)?,
        email: person.email,
        name: person.name,
        status: Status::Invited,
        invited: ctx.now,
        invited_by: ctx.viewer.actor,
        confirmed: None,
        entered: Moment(0),
    };
    store::members::insert(conn, &member)?;
    note_seat(conn, ctx, Event::Invited, &member)?;
    let token = post_invitation(conn, ctx, portal, &member)?;
    Ok((member, token))
}

/// Whether the policy lets somebody with this address in: it may not where an employee's address is of the same domain.
pub(super) fn check_domain(conn: &mut Conn, policy: &LicencePolicy, email: &str) -> Result<(), Error> {
    let domain = |email: &str| email.rsplit_once('@').map(|(_, domain)| domain.to_owned());
    let Some(theirs) = domain(email).filter(|_| !policy.limits.own_domain) else {
        return Ok(());
    };
    let ours = store::staff::emails(conn)?;
    if ours.iter().any(|own| domain(own).as_ref() == Some(&theirs)) {
        let policy = policy.name.clone();
        return Err(Error::OwnDomain { policy, domain: theirs });
    }
    Ok(())
}

/// The address and name of the person that a record is.
pub(super) fn person(conn: &mut Conn, access: &Access, record: RecordId) -> Result<(String, String), Error> {
    let (email, name) = named(conn, access, record)?;
    if email.is_empty() {
        Err(Error::NoAddress)
    } else {
        Ok((email, name))
    }
}

/// The address, perhaps empty, and the name with which the person that a record is would be invited.
pub(crate) fn named(conn: &mut Conn, access: &Access, record: RecordId) -> Result<(String, String), Error> {
    let found = named_all(conn, access, &[record])?.into_iter().next();
    found.map(|(_, email, name)| (email, name)).ok_or(Error::NotFound("record"))
}

/// The same for several records, at most 200: id, address, name. Those that are not there are left out.
pub(crate) fn named_all(conn: &mut Conn, access: &Access, records: &[RecordId]) -> Result<Vec<(RecordId, String, String)>, Error> {
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let module = access.plan().module();
    let email = module.email_field().map(|f| f.id);
    let columns = email.into_iter().chain(module.name_fields.iter().copied()).collect();
    let query = Query {
        ids: records.to_vec(),
        ..Query::newest(columns, 200)
    };
    let text = |shown: &Shown| match shown {
        Shown::Value(Value::Text(text)) => text.clone(),
        _ => String::new(),
    };
    let person = |record: &Record| {
        let mut texts = record.values.iter().map(text);
        let email = email.and_then(|_| texts.next()).unwrap_or_default();
        let name = texts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        (record.id, email, name)
    };
    Ok(store::records::list(conn, access, &query)?.records.iter().map(person).collect())
}

/// Makes a link that works once, voids earlier ones, and puts the letter with it into the outbox. Gives its secret.
pub(super) fn post_invitation(conn: &mut Conn, ctx: &Ctx, portal: &Portal, member: &Member) -> Result<String, Error> {
    let settings = ctx.app.settings();
    let (token, seconds) = (ctx.app.secret(), settings.sessions.invitation);
    let link = Link {
        identity: member.identity,
        member: Some(member.id),
        expires: ctx.now.plus_seconds(seconds),
        used: false,
    };
    store::accounts::insert_link(conn, &signin::tokens::hash(&token), LinkPurpose::Invitation, &link, ctx.now)?;
    let greeting = if member.name.is_empty() {
        "Hello,".to_owned()
    } else {
        format!("Hello {},", member.name)
    };
    let letter = Letter {
        subject: format!("Your invitation to {}", portal.title),
        paragraphs: vec![
            greeting,
            format!(
                "{} has opened its portal for you. There you see what concerns you, and can keep it up to date.",
                portal.title
            ),
            format!("The link works once, for {}.", duration(seconds)),
        ],
        action: (
            "Accept the invitation".into(),
            format!("{}/portal/{}/invitation/{token}", settings.public_url, portal.name),
        ),
    };
    mail::post(conn, &ctx.app, &member.email, &letter)?;
    Ok(token)
}

pub(super) fn duration(seconds: i64) -> String {
    match (seconds / 86_400, seconds / 3600) {
        (1, _) => "one day".into(),
        (days, _) if days > 1 => format!("{days} days"),
        (_, 1) => "one hour".into(),
        (_, hours) if hours > 1 => format!("{hours} hours"),
        _ => format!("{} minutes", (seconds / 60).max(1)),
    }
}

/// Invites many; each is carried out or refused on its own, in the order given.
pub async fn invite_many(ctx: &Ctx, user_type: UserTypeId, records: &[RecordId]) -> Vec<(RecordId, Result<Member, Error>)> {
    let mut results: Vec<Option<Result<Member, Error>>> = records.iter().map(|_| None).collect();
    let mut running = JoinSet::new();
    let mut waiting = records.iter().copied().enumerate();
    loop {
        while running.len() < AT_ONCE {
            let Some((i, record)) = waiting.next() else { break };
            let ctx = ctx.clone();
            running.spawn(async move { (i, invite(&ctx, user_type, record).await) });
        }
        match running.join_next().await {
            None => break,
            Some(Ok((i, result))) => {
                if let Some(slot) = results.get_mut(i) {
                    *slot = Some(result);
                }
            }
            Some(Err(error)) => tracing::error!(%error, "an invitation was broken off"),
        }
    }
    let result = |slot: Option<_>| slot.unwrap_or(Err(Error::Busy));
    records.iter().copied().zip(results.into_iter().map(result)).collect()
}

/// Sends a new link to somebody who has not accepted yet; the old one stops working.
pub async fn reinvite(ctx: &Ctx, member: MemberId) -> Result<(), Error> {
    ctx.need_manage_portal_users()?;
    let ctx = ctx.clone();
    let db = ctx.tenant.db.clone();
    db.write(move |conn| {
        let member = store::members::lock(conn, member)?.ok_or(Error::NotFound("portal user"))?;
        member.status.after(Step::Reinvite)?;
        crate::orgs::need_portals(conn, &ctx)?;
        let user_type = ctx.snapshot.user_type(member.user_type).ok_or(Error::NotFound("user type"))?;
        let portal = ctx.snapshot.portal(user_type.portal).ok_or(Error::NotFound("portal"))?;
        store::members::set_invited(conn, member.id, ctx.now)?;
        post_invitation(conn, &ctx, portal, &member).map(drop)
    })
    .await
}
