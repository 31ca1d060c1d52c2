//! The end of portals in an edition that is free of charge altogether: told thirty, seven and one day before, and then
//! deleted. Until then another edition keeps everything.

use domain::licences::{Event, SeatKind};
use domain::orgs::Availability;
use domain::time::Day;
use store::engine::Conn;
use store::members::Wanted;

use super::tenure::standing_in;
use crate::mail::{self, Letter};
use crate::members::note;
use crate::{App, Ctx, Error, audit};

/// How many portal users are taken out at a time.
const AT_ONCE: u32 = 200;

/// Warns and deletes, in all organisations for which the day has come. One where that fails holds up no other.
pub async fn close_due(app: &App) -> Result<(), Error> {
    for org in super::list(app).await? {
        let closed = async { close(&app.system(org.id).await?).await }.await;
        if let Err(error) = closed {
            tracing::warn!(org = org.id.0, %error, "portals were not closed");
        }
    }
    Ok(())
}

/// Warns, or deletes, if the organisation's day has come. Returns whether its portals were deleted.
pub async fn close(ctx: &Ctx) -> Result<bool, Error> {
    ctx.need_operator()?;
    let task = ctx.clone();
    let deleted = ctx.tenant.db.write::<_, Error>(move |conn| {
        let availability = standing_in(conn, &task)?.availability;
        let Availability::Closing { on } = availability else {
            return Ok(false);
        };
        if store::portals::list(conn)?.is_empty() {
            return Ok(false);
        }
        if on <= task.now.day() {
            delete_portals(conn, &task)?;
            return Ok(true);
        }
        warn(conn, &task, availability, on)?;
        Ok(false)
    });
    let deleted = deleted.await?;
    if deleted {
        let id = ctx.tenant.org.id;
        let freed = ctx
            .app
            .control()
            .write::<_, Error>(move |conn| Ok(store::orgs::free_portal_names_of(conn, id)?));
        freed.await?;
    }
    Ok(deleted)
}

fn warn(conn: &mut Conn, ctx: &Ctx, availability: Availability, on: Day) -> Result<(), Error> {
    let told = store::licences::closing_told(conn)?;
    let Some(step) = availability.warning(told, ctx.now.day()) else {
        return Ok(());
    };
    store::licences::set_closing_told(conn, step)?;
    let letter = letter(ctx, on);
    for administrator in crate::staff::administrators(conn, ctx)? {
        mail::post(conn, &ctx.app, &administrator.email, &letter)?;
    }
    Ok(())
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

fn delete_portals(conn: &mut Conn, ctx: &Ctx) -> Result<(), Error> {
    let types = store::portals::user_types(conn)?;
    for (user_type, _) in &types {
        let kind = SeatKind::of(user_type.default);
        let wanted = Wanted {
            user_type: Some(user_type.id),
            limit: AT_ONCE,
            ..Wanted::default()
        };
        loop {
            let members = store::members::list(conn, &wanted)?;
            if members.is_empty() {
                break;
            }
            for member in members {
                if member.status.holds_seat() {
                    store::licences::release(conn, ctx.ruling(), &member.email, kind)?;
                }
                store::members::delete(conn, member.id)?;
                note(conn, &ctx.app, &ctx.tenant, ctx.viewer.actor, Event::Removed, &member)?;
            }
        }
        store::portals::delete_user_type(conn, user_type.id)?;
    }
    for (portal, _) in store::portals::list(conn)? {
        store::portals::delete(conn, portal.id)?;
        audit::note_by(conn, ctx, "portal_deleted", &portal.title)?;
    }
    Ok(store::state::raise(conn)?)
}
