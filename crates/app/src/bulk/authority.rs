//! By whose authority a job is done: a session of its own, with the rights of the one who ordered it and no secret.

use domain::ids::OrgId;
use domain::time::Moment;
use store::accounts::{Ending, Session, SessionKind};
use store::engine::Conn;

use crate::{App, Ctx, Error};

/// How long a job may take, with its time in the line, in seconds.
const LASTS: i64 = 24 * 3600;

/// Makes the session. The command line has none: it may do everything.
pub(super) fn lend(conn: &mut Conn, ctx: &Ctx) -> Result<Option<i64>, Error> {
    let Some(signed_in) = &ctx.signed_in else { return Ok(None) };
    let now = ctx.app.now();
    let session = Session {
        id: ctx.app.id(),
        kind: SessionKind::Job,
        created: now,
        expires: lasts(&signed_in.session, now),
        ..signed_in.session.clone()
    };
    // The secret is dropped: nobody can come with it.
    store::accounts::insert_session(conn, &session, &signin::tokens::hash(&ctx.app.secret()))?;
    Ok(Some(session.id))
}

/// A token that nobody can renew is over when it expires; what it ordered is not to outlast it.
fn lasts(session: &Session, now: Moment) -> Moment {
    match session.kind {
        SessionKind::Token if session.refresh.is_none() => session.expires,
        _ => now.plus_seconds(LASTS),
    }
}

/// Whether the session is there and holds, in the transaction of what is done by it.
pub(super) fn stands(conn: &mut Conn, session: Option<i64>, now: Moment) -> Result<bool, Error> {
    let Some(session) = session else { return Ok(true) };
    let found = store::accounts::session_by_id(conn, session)?;
    Ok(found.is_some_and(|(session, _)| session.expires > now))
}

/// Whoever ordered it, as they are now. [`Error::SignedOut`] if they are nobody here any more.
pub(super) async fn resume(app: &App, org: OrgId, session: Option<i64>) -> Result<Ctx, Error> {
    match session {
        Some(session) => crate::accounts::of_job(app, org, session).await,
        None => app.system(org).await,
    }
}

/// Ends it with its job.
pub(super) fn end(conn: &mut Conn, session: Option<i64>) -> Result<(), Error> {
    if let Some(session) = session {
        store::accounts::end_sessions(conn, Ending::Session(session))?;
    }
    Ok(())
}
