//! What administrators do with portal users.

use domain::ids::{MemberId, RecordId, UserTypeId};
use domain::licences::{Event, SeatKind};
use domain::members::{Status, Step};
use store::accounts::Ending;
use store::engine::Conn;
use store::members::{Member, Wanted};

use super::invite::already_there;
use super::{note_seat, note_transfer};
use crate::sign_ups::admit_waiting;
use crate::{Ctx, Error};

/// Portal users, newest first.
pub async fn list(ctx: &Ctx, wanted: Wanted) -> Result<Vec<Member>, Error> {
    ctx.need_manage_portal_users()?;
    ctx.tenant.db.read(move |conn| Ok(store::members::list(conn, &wanted)?)).await
}

/// How many portal users there are, by status.
pub async fn counts(ctx: &Ctx, wanted: Wanted) -> Result<Vec<(Status, u64)>, Error> {
    ctx.need_manage_portal_users()?;
    ctx.tenant.db.read(move |conn| Ok(store::members::counts(conn, &wanted)?)).await
}

/// The portal users that a record is.
pub async fn of_record(ctx: &Ctx, record: RecordId) -> Result<Vec<Member>, Error> {
    ctx.need_manage_portal_users()?;
    ctx.tenant.db.read(move |conn| Ok(store::members::of_record(conn, record)?)).await
}

/// The portal users that some of these records are in a user type.
pub async fn among(ctx: &Ctx, user_type: UserTypeId, records: Vec<RecordId>) -> Result<Vec<Member>, Error> {
    ctx.need_manage_portal_users()?;
    ctx.tenant
        .db
        .read(move |conn| Ok(store::members::of_records_in(conn, user_type, &records)?))
        .await
}

/// A portal user.
pub async fn one(ctx: &Ctx, member: MemberId) -> Result<Member, Error> {
    ctx.need_manage_portal_users()?;
    let found = ctx.tenant.db.read::<_, Error>(move |conn| Ok(store::members::by_id(conn, member)?));
    found.await?.ok_or(Error::NotFound("portal user"))
}

pub(super) async fn change(
    ctx: &Ctx,
    member: MemberId,
    apply: impl FnOnce(&mut Conn, &Ctx, Member) -> Result<(), Error> + Send + 'static,
) -> Result<(), Error> {
    ctx.need_manage_portal_users()?;
    let ctx = ctx.clone();
    let db = ctx.tenant.db.clone();
    db.write(move |conn| {
        let member = store::members::lock(conn, member)?.ok_or(Error::NotFound("portal user"))?;
        apply(conn, &ctx, member)
    })
    .await
}

/// In which sort of user type somebody is.
pub(super) fn kind(ctx: &Ctx, user_type: UserTypeId) -> Result<SeatKind, Error> {
    let user_type = ctx.snapshot.user_type(user_type).ok_or(Error::NotFound("user type"))?;
    Ok(SeatKind::of(user_type.default))
}

/// Locks a portal user out at once, everywhere; the seat is free for who waits for one.
pub async fn deactivate(ctx: &Ctx, member: MemberId) -> Result<(), Error> {
    change(ctx, member, |conn, ctx, member| {
        let status = member.status.after(Step::Deactivate)?;
        store::licences::release(conn, &member.email, kind(ctx, member.user_type)?)?;
        store::members::set_status(conn, member.id, status, ctx.now)?;
        store::accounts::end_sessions(conn, Ending::Member(member.id))?;
        note_seat(conn, ctx, Event::Deactivated, &member)?;
        admit_waiting(conn, ctx).map(drop)
    })
    .await
}

/// Lets a deactivated portal user in again. Takes a seat.
pub async fn activate(ctx: &Ctx, member: MemberId) -> Result<(), Error> {
    change(ctx, member, |conn, ctx, member| {
        let status = member.status.after(Step::Activate)?;
        crate::orgs::need_portals(conn, ctx)?;
        if !store::members::is_live(conn, member.module, member.record)? {
            return Err(Error::Input("record", "one that is not in the recycle bin".into()));
        }
        store::licences::claim(conn, ctx.licence_policies(), &member.email, kind(ctx, member.user_type)?)?;
        store::members::set_status(conn, member.id, status, ctx.now)?;
        note_seat(conn, ctx, Event::Activated, &member)
    })
    .await
}

/// Takes a portal user out of the portal. The record stays; the seat is free for who waits for one.
pub async fn remove(ctx: &Ctx, member: MemberId) -> Result<(), Error> {
    change(ctx, member, |conn, ctx, member| {
        if member.status.holds_seat() {
            store::licences::release(conn, &member.email, kind(ctx, member.user_type)?)?;
        }
        store::members::delete(conn, member.id)?;
        note_seat(conn, ctx, Event::Removed, &member)?;
        admit_waiting(conn, ctx).map(drop)
    })
    .await
}

/// Moves a portal user to another user type of the same portal and module. Costs no seat.
pub async fn transfer(ctx: &Ctx, member: MemberId, to: UserTypeId) -> Result<(), Error> {
    let target = ctx.snapshot.user_type(to).cloned().ok_or(Error::NotFound("user type"))?;
    let moved = change(ctx, member, move |conn, ctx, member| {
        let from = ctx.snapshot.user_type(member.user_type).ok_or(Error::NotFound("user type"))?;
        if from.portal != target.portal || from.personality != target.personality {
            return Err(Error::Input("user type", "one of the same portal and module".into()));
        }
        member.status.after(Step::Transfer)?;
        crate::orgs::need_portals(conn, ctx)?;
        if member.status.holds_seat() {
            let kinds = (SeatKind::of(from.default), SeatKind::of(target.default));
            store::licences::transfer(conn, ctx.licence_policies(), &member.email, kinds)?;
        }
        store::members::set_user_type(conn, member.id, target.id, ctx.now)?;
        store::accounts::end_sessions(conn, Ending::Member(member.id))?;
        note_transfer(conn, ctx, &member, target.id)?;
        admit_waiting(conn, ctx).map(drop)
    });
    moved.await.map_err(already_there)
}
