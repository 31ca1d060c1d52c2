//! The end of portals in an edition that is free of charge altogether: told thirty, seven and one day before, and then
//! deleted. Until then another edition keeps everything.

use domain::licences::{Event, SeatKind};
use domain::orgs::{Availability, Told};
use domain::portals::UserType;
use domain::time::Day;
use store::engine::Conn;
use store::members::{Member, Wanted};

use super::tenure::{standing, standing_in};
use crate::mail::{self, Letter};
use crate::members::note;
use crate::policies::Present;
use crate::{App, Ctx, Error, audit};

/// How many portal users are read at a time.
const AT_ONCE: u32 = 200;

/// Warns and deletes, in all organisations for which the day has come. One where that fails holds up no other.
pub async fn close_due(app: &App) -> Result<(), Error> {
    for org in super::list(app).await? {
        let closed = async { close(&app.system(org.id).await?).await }.await;
        if let Err(error) = closed {
            tracing::warn!(org = org.id.0, error = error.in_full(), "portals were not closed");
        }
    }
    Ok(())
}

/// Warns, or deletes, if the organisation's day has come. Returns whether its portals were deleted.
pub async fn close(ctx: &Ctx) -> Result<bool, Error> {
    ctx.need_operator()?;
    if !matches!(standing(ctx).await?.availability, Availability::Closing { .. }) {
        return Ok(false);
    }
    let task = ctx.clone();
    let (deleted, gone) = ctx.tenant.db.write(move |conn| go_on(conn, &task)).await?;
    // Also where that failed the last time: nobody else takes a name back.
    if gone {
        let id = ctx.tenant.org.id;
        let freed = ctx
            .app
            .control()
            .write::<_, Error>(move |conn| Ok(store::orgs::free_portal_names_of(conn, id)?));
        freed.await?;
    }
    Ok(deleted)
}

/// Warns, or deletes. Returns whether portals were deleted, and whether none are left.
fn go_on(conn: &mut Conn, ctx: &Ctx) -> Result<(bool, bool), Error> {
    // Whoever publishes takes its lock first, whoever changes a portal user theirs before the pool's.
    Present::lock_anyway(conn)?;
    let Availability::Closing { on } = standing_in(conn, ctx)?.availability else {
        return Ok((false, false));
    };
    if store::portals::list(conn)?.is_empty() {
        return Ok((false, on <= ctx.now.day()));
    }
    if !is_over(conn, ctx)? {
        warn(conn, ctx, on)?;
        return Ok((false, false));
    }
    let members = lock_members(conn)?;
    store::licences::hold(conn)?;
    // Looked at again under the lock: somebody may have given it another edition meanwhile.
    if !is_over(conn, ctx)? {
        return Ok((false, false));
    }
    delete_portals(conn, ctx, members)?;
    Ok((true, true))
}

fn is_over(conn: &mut Conn, ctx: &Ctx) -> Result<bool, Error> {
    let told = store::licences::closing_told(conn)?;
    Ok(standing_in(conn, ctx)?.availability.is_over(told, ctx.now.day()))
}

fn warn(conn: &mut Conn, ctx: &Ctx, on: Day) -> Result<(), Error> {
    let (told, today) = (store::licences::closing_told(conn)?, ctx.now.day());
    let Some(days) = (Availability::Closing { on }).warning(told.map(|t| t.days), today) else {
        return Ok(());
    };
    store::licences::set_closing_told(conn, Told { days, on: today })?;
    let letter = letter(ctx, on.max(Day(today.0.saturating_add(1))));
    mail::post_to_administrators(conn, ctx, &letter)
}

fn letter(ctx: &Ctx, on: Day) -> Letter {
    let org = &ctx.tenant.org.name;
    let left = match on.0 - ctx.now.day().0 {
        1 => "tomorrow".to_owned(),
        days => format!("in {days} days"),
    };
    Letter {
        subject: format!("{org}: your portals are deleted {left}"),
        paragraphs: vec![
            format!(
                "The edition of {org} has no portals any more. On {} they are deleted, with their user types and portal users.",
                on.iso()
            ),
            "Records stay, whoever made them. With an edition that has portals before that day, everything stays as it is.".to_owned(),
        ],
        action: (
            "Look at the portals".to_owned(),
            format!("{}/admin/portals", ctx.app.settings().public_url),
        ),
    }
}

/// Everybody who is a portal user, locked until the transaction ends.
fn lock_members(conn: &mut Conn) -> Result<Vec<Member>, Error> {
    let (mut locked, mut after) = (Vec::new(), None);
    loop {
        let wanted = Wanted {
            after,
            limit: AT_ONCE,
            ..Wanted::default()
        };
        let page = store::members::list(conn, &wanted)?;
        after = page.last().map(|member| member.id);
        if after.is_none() {
            return Ok(locked);
        }
        for member in page {
            locked.extend(store::members::lock(conn, member.id)?);
        }
    }
}

fn delete_portals(conn: &mut Conn, ctx: &Ctx, members: Vec<Member>) -> Result<(), Error> {
    let types: Vec<UserType> = store::portals::user_types(conn)?.into_iter().map(|(t, _)| t).collect();
    for member in members {
        let user_type = types.iter().find(|t| t.id == member.user_type);
        if member.status.holds_seat() {
            let kind = SeatKind::of(user_type.is_some_and(|t| t.default));
            store::licences::release(conn, &member.email, kind)?;
        }
        store::members::delete(conn, member.id)?;
        note(conn, &ctx.app, ctx.viewer.actor, Event::Removed, &member)?;
    }
    for user_type in types {
        store::portals::delete_user_type(conn, user_type.id)?;
    }
    crate::licences::cancel(conn, ctx)?;
    for (portal, _) in store::portals::list(conn)? {
        store::portals::delete(conn, portal.id)?;
        audit::note_by(conn, ctx, "portal_deleted", &portal.title)?;
    }
    Ok(store::state::raise(conn)?)
}
