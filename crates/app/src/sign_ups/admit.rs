//! Letting in: whoever waits longest gets the next free seat.

use domain::access::Access;
use domain::ids::{OrgId, RecordId, SignUpId, UserTypeId};
use domain::licences::SeatKind;
use domain::portals::UserType;
use domain::records::prepare_new;
use store::engine::Conn;
use store::sign_ups::SignUp;

use super::ask::draft;
use super::{form_of, has_address, is_checked};
use crate::context::SYSTEM_ACTOR;
use crate::members::{Invitee, invite_person, need_invitations};
use crate::{App, Ctx, Error, Kind};

/// How many are let in by one transaction at most; the rest follow in the background.
const AT_ONCE: usize = 100;

/// Lets people in as long as there are free seats, the longest first. In the transaction that freed the seats, under the
/// pool's lock, so that nobody else takes them. Gives who was let in, and the secrets of their invitations.
pub(crate) fn admit_waiting(conn: &mut Conn, ctx: &Ctx) -> Result<Vec<(SignUpId, String)>, Error> {
    let mut types: Vec<&UserType> = ctx
        .snapshot
        .user_types
        .iter()
        .filter(|t| form_of(&ctx.snapshot, ctx.now.day(), t.id).is_some())
        .collect();
    let mut admitted = Vec::new();
    if types.is_empty() || !invites(conn, ctx)? {
        return Ok(admitted);
    }
    while !types.is_empty() && admitted.len() < AT_ONCE {
        let ids: Vec<UserTypeId> = types.iter().map(|t| t.id).collect();
        let Some(next) = store::sign_ups::next(conn, &ids)? else { break };
        match conn.attempt(|conn| admit(conn, ctx, &next)) {
            Ok(token) => admitted.push((next.id, token)),
            // What is full for one sort of people may have room for the other.
            Err(Error::Exhausted(_)) => {
                let kind = |t: &UserType| SeatKind::of(t.default);
                let full = types.iter().find(|t| t.id == next.user_type).map(|t| kind(t));
                types.retain(|t| Some(kind(t)) != full);
            }
            Err(Error::Stale) => break,
            Err(error) if is_ours(&error) => return Err(error),
            Err(error) => store::sign_ups::put_back(conn, next.id, &error.to_string())?,
        }
    }
    Ok(admitted)
}

/// Whether anybody can be invited, with the pool locked. Where nobody can, nobody in line is looked at.
fn invites(conn: &mut Conn, ctx: &Ctx) -> Result<bool, Error> {
    let state = store::licences::hold(conn)?;
    let licensed = state.under(ctx.licence_policies());
    Ok(licensed.is_ok_and(|licensed| need_invitations(ctx, &licensed).is_ok()))
}

/// Whether a failure says nothing about whoever signed up. A value that must not be there twice does.
fn is_ours(error: &Error) -> bool {
    match error {
        Error::Internal(engine) => !engine.is_unique(),
        other => matches!(other.kind(), Kind::Busy | Kind::SignedOut),
    }
}

fn admit(conn: &mut Conn, ctx: &Ctx, next: &SignUp) -> Result<String, Error> {
    let (portal, user_type, access) = form_of(&ctx.snapshot, ctx.now.day(), next.user_type).ok_or(Error::NotFound("form"))?;
    // Both may have come while they waited: then it is not for the form any more to let them in.
    if next.decided_by.is_none() && is_checked(&ctx.snapshot, next.user_type) {
        return Err(Error::Undecided);
    }
    if next.decided_by.is_none() && has_address(conn, &access, &next.email)? {
        return Err(Error::Exists("address"));
    }
    let mut ctx = ctx.clone();
    ctx.viewer.actor = next.decided_by.unwrap_or(SYSTEM_ACTOR);
    let invitee = Invitee {
        record: match next.record {
            Some(record) => record,
            None => make_record(conn, &ctx, &access, next)?,
        },
        email: next.email.clone(),
        name: next.name.clone(),
    };
    if !store::members::is_live(conn, user_type.personality, invitee.record)? {
        return Err(Error::NotFound("record"));
    }
    let (_, token) = invite_person(conn, &ctx, &portal, &user_type, invitee)?;
    store::sign_ups::delete(conn, next.id)?;
    Ok(token)
}

fn make_record(conn: &mut Conn, ctx: &Ctx, access: &Access, next: &SignUp) -> Result<RecordId, Error> {
    let prepared = prepare_new(access, draft(access, &next.answers)?).map_err(Error::Fields)?;
    let id = RecordId(ctx.app.id());
    crate::records::insert(conn, ctx, access, id, &prepared)?;
    Ok(id)
}

/// Lets in whoever can be, in every organisation, and forgets links that have expired. One where that fails holds up no
/// other.
pub(crate) async fn let_in(app: &App) -> Result<(), Error> {
    for org in crate::orgs::list(app).await? {
        if let Err(error) = let_in_one(app, org.id).await {
            tracing::warn!(
                org = org.id.0,
                error = error.in_full(),
                "those who wait for portal access were not let in"
            );
        }
    }
    Ok(())
}

async fn let_in_one(app: &App, org: OrgId) -> Result<(), Error> {
    let ctx = app.system(org).await?;
    let now = ctx.now;
    let is_idle = ctx.tenant.db.read::<_, Error>(move |conn| Ok(store::sign_ups::is_idle(conn, now)?));
    if is_idle.await? {
        return Ok(());
    }
    loop {
        let task = ctx.clone();
        let admitted = ctx.tenant.db.write::<_, Error>(move |conn| {
            store::sign_ups::delete_expired(conn, task.now)?;
            admit_waiting(conn, &task)
        });
        if admitted.await?.len() < AT_ONCE {
            return Ok(());
        }
    }
}
