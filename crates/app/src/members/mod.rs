//! Members: inviting people and what happens to them afterwards.
//!
//! Whatever takes or frees a seat of the licence pool does so in the same transaction, under the
//! pool's lock, which is always taken first.

mod accept;
mod batch;
mod invite;
mod manage;

pub use accept::{Accepted, Invitation, accept, invitation};
pub use batch::{Batch, Outcome, Wish, batch, fulfil, in_type, schedule, schedule_statuses};
pub use invite::{invite, invite_many, reinvite};
pub(crate) use invite::{named, named_all};
pub use manage::{activate, among, counts, deactivate, list, of_record, one, remove, transfer};

use domain::licences::{About, Event, Seat};
use store::engine::Conn;
use store::licences::Happened;
use store::members::Member;

use crate::audit::{self, Object};
use crate::{App, Error};

/// Notes in the ledger and in the audit trail what happened to a seat, after it did.
fn note(conn: &mut Conn, app: &App, actor: i64, event: Event, member: &Member) -> Result<(), Error> {
    let happened = Happened {
        id: app.id(),
        at: app.now(),
        event,
        actor,
        about: About::Seat(Seat {
            member: member.id,
            user_type: member.user_type,
            email: member.email.clone(),
        }),
    };
    store::licences::append(conn, &happened)?;
    let object = Object {
        module: Some(member.module),
        record: Some(member.record),
    };
    audit::note(conn, app, actor, event.name(), object, "")
}
