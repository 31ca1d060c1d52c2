//! Seats that the operator gives an organisation beyond what its policy says, or takes back.

use domain::licences::{About, Event, Grant};
use serde::Serialize;
use store::engine::Conn;
use store::licences::Happened;

use super::tell;
use crate::mail::{self, Letter};
use crate::sign_ups::admit_waiting;
use crate::{Ctx, Error, audit};

/// The most seats that can be given, and the most characters of why.
const MOST: u64 = 1_000_000;
const MAX_REASON: usize = 200;

/// What an organisation was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Granted {
    /// Seats given before and now, in all.
    pub before: u64,
    pub granted: u64,
    /// All seats since; none means unlimited.
    pub allowance: Option<u64>,
}

/// Gives the organisation so many free seats in all beyond those of its policy; 0 takes them back, and puts nobody out. Only for
/// the operator. What was given already changes nothing.
///
/// Errors: [`Error::Input`] for more than a million seats, or a reason of no or more than 200 characters.
pub async fn grant(ctx: &Ctx, seats: u64, reason: &str) -> Result<Granted, Error> {
    ctx.need_operator()?;
    let reason = reason.trim().to_owned();
    if seats > MOST {
        return Err(Error::Input("seats", format!("0 to {MOST}")));
    }
    if !(1..=MAX_REASON).contains(&reason.chars().count()) || reason.chars().any(char::is_control) {
        return Err(Error::Input("reason", format!("one line of 1 to {MAX_REASON} characters")));
    }
    let task = ctx.clone();
    let given = ctx.tenant.db.write::<_, Error>(move |conn| {
        let before = store::licences::hold(conn)?.granted;
        if seats != before {
            let grant = Grant { seats, reason };
            give(conn, &task, before, grant)?;
        }
        let pool = store::licences::pool(conn, task.licence_policies())?.pool;
        Ok(Granted {
            before,
            granted: seats,
            allowance: pool.allowance(),
        })
    });
    given.await
}

fn give(conn: &mut Conn, ctx: &Ctx, before: u64, grant: Grant) -> Result<(), Error> {
    let said = format!("{} seats, before {before}: {}", grant.seats, grant.reason);
    let more = grant.seats.checked_sub(before);
    store::licences::put_granted(conn, grant.seats)?;
    let happened = Happened {
        id: ctx.app.id(),
        at: ctx.now,
        event: Event::Granted,
        actor: ctx.viewer.actor,
        about: About::Granted(grant),
    };
    let appended = store::licences::append(conn, &happened)?;
    audit::note_by(conn, ctx, Event::Granted.name(), &said)?;
    if let Some(more) = more {
        mail::post_to_administrators(conn, ctx, &letter(ctx, more))?;
    }
    tell(conn, ctx, &appended)?;
    admit_waiting(conn, ctx).map(drop)
}

fn letter(ctx: &Ctx, more: u64) -> Letter {
    let org = &ctx.tenant.org.name;
    let seats = if more == 1 {
        "1 more seat".to_owned()
    } else {
        format!("{more} more seats")
    };
    Letter {
        subject: format!("{org}: {seats} for portal users, free of charge"),
        paragraphs: vec![format!(
            "{org} was given {seats} for portal users. They cost nothing, and are there from now on."
        )],
        action: (
            "Look at the licences".to_owned(),
            format!("{}/admin/licences", ctx.app.settings().public_url),
        ),
    }
}
