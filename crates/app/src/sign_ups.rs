//! Sign-ups: people ask to become portal users themselves.
//!
//! To sign up shows nobody anything: whoever has proven an address is let in by an employee or, where the form is open, as
//! a new record of their own. Where there is no free seat they wait, and get in one after another as seats come free.

mod admit;
mod ask;
mod prove;
mod waiting;

pub(crate) use admit::{admit_waiting, let_in};
pub use ask::{Offer, Receiving, ask, offers, receive};
pub use prove::{Proof, Proven, proof, prove};
pub use waiting::{Applicant, Counts, Line, Twin, accept, counts, decline, line};

use domain::access::{Access, PlanKey, Viewer};
use domain::ids::{RecordId, UserTypeId};
use domain::records::{Filter, Operator, Query, Value};
use domain::time::Day;
use store::engine::Conn;

use crate::context::SYSTEM_ACTOR;
use crate::{Ctx, Error};

/// What the trail says of a sign-up: for what, and not whose it was, which is forgotten if they are turned away.
fn called(ctx: &Ctx, user_type: UserTypeId) -> String {
    ctx.snapshot.user_type(user_type).map(|t| t.name.clone()).unwrap_or_default()
}

/// The records with an address, as far as somebody sees them.
fn with_address(conn: &mut Conn, access: &Access, email: &str) -> Result<Vec<RecordId>, Error> {
    let Some(field) = access.plan().module().email_field() else {
        return Ok(Vec::new());
    };
    let query = Query {
        filter: Some(Filter::Compare {
            field: field.id,
            operator: Operator::Equals,
            value: Value::Text(email.to_owned()),
        }),
        ..Query::newest(Vec::new(), 5)
    };
    Ok(store::records::list(conn, access, &query)?.records.iter().map(|r| r.id).collect())
}

/// Whether there is a record with an address.
fn has_address(conn: &mut Conn, access: &Access, email: &str) -> Result<bool, Error> {
    Ok(!with_address(conn, access, email)?.is_empty())
}

/// On whose behalf a form makes records: the product's own.
fn form(user_type: UserTypeId, today: Day) -> Viewer {
    Viewer {
        key: PlanKey::SignUp(user_type),
        anchor: None,
        actor: SYSTEM_ACTOR,
        session: None,
        today,
    }
}
