//! Members: inviting people and what happens to them afterwards.
//!
//! Whatever takes or frees a seat of the licence pool does so in the same transaction, under the pool's lock. A portal user
//! who is there already is locked before it, and what leads to them (links, tokens) after them.

mod accept;
mod address;
mod batch;
mod invite;
mod manage;

pub use accept::{Accepted, Invitation, accept, invitation};
pub use address::{NewAddress, confirm_address, new_address, readdress};
pub use batch::{Batch, Outcome, Wish, batch, fulfil, in_type, schedule, schedule_statuses};
pub(crate) use invite::{Invitee, invite_person, named, named_all, need_invitations};
pub use invite::{invite, invite_many, reinvite};
pub use manage::{activate, among, counts, deactivate, list, of_record, one, remove, transfer};

use domain::ids::UserTypeId;
use domain::licences::{About, Event, Seat};
use store::engine::Conn;
use store::licences::{Appended, Happened};
use store::members::Member;

use crate::audit::{self, Object};
use crate::{App, Ctx, Error};

/// Notes in the ledger and in the audit trail what happened to a seat, after it did.
pub(crate) fn note(conn: &mut Conn, app: &App, actor: i64, event: Event, member: &Member) -> Result<Appended, Error> {
    append(conn, app, actor, (event, None), member)
}

/// The same for somebody who was moved to another user type.
fn note_transfer(conn: &mut Conn, ctx: &Ctx, member: &Member, to: UserTypeId) -> Result<Appended, Error> {
    append(conn, &ctx.app, ctx.viewer.actor, (Event::Transferred, Some(to)), member)
}

fn append(conn: &mut Conn, app: &App, actor: i64, (event, to): (Event, Option<UserTypeId>), member: &Member) -> Result<Appended, Error> {
    let seat = Seat {
        member: member.id,
        user_type: member.user_type,
        to,
        change: event.change(member.status.holds_seat()),
        email: member.email.clone(),
    };
    let happened = Happened {
        id: app.id(),
        at: app.now(),
        event,
        actor,
        about: About::Seat(seat),
    };
    let appended = store::licences::append(conn, &happened)?;
    let object = Object {
        module: Some(member.module),
        record: Some(member.record),
    };
    audit::note(conn, app, actor, event.name(), object, "")?;
    Ok(appended)
}

/// The same where a seat was taken or given back: then it may be news how full the pool is.
fn note_seat(conn: &mut Conn, ctx: &Ctx, event: Event, member: &Member) -> Result<(), Error> {
    let appended = note(conn, &ctx.app, ctx.viewer.actor, event, member)?;
    crate::licences::tell(conn, ctx, &appended)
}
