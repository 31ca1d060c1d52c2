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
pub use prove::{Proven, proof, prove};
pub use waiting::{Applicant, Counts, Line, Twin, accept, counts, decline, line};

use domain::access::{Access, Admission, PlanKey, Viewer};
use domain::ids::{RecordId, UserTypeId};
use domain::portals::{Portal, UserType};
use domain::records::{Filter, Operator, Query, Value};
use domain::time::Day;
use store::engine::Conn;

use crate::context::SYSTEM_ACTOR;
use crate::{Ctx, Error, Snapshot};

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

/// The portal, the user type and the form of those who sign up for it, if all of them are open.
fn form_of(snapshot: &Snapshot, today: Day, id: UserTypeId) -> Option<(Portal, UserType, Access)> {
    let user_type = snapshot.user_type(id)?;
    let portal = snapshot.portal(user_type.portal)?;
    let access = snapshot.access(form(id, today), user_type.personality)?;
    Some((portal.clone(), user_type.clone(), access))
}

/// Whether an employee decides about each of those who sign up.
fn is_checked(snapshot: &Snapshot, user_type: UserTypeId) -> bool {
    let form = snapshot.sign_ups.iter().find(|f| f.user_type == user_type);
    form.is_none_or(|f| f.admission == Admission::Checked)
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
