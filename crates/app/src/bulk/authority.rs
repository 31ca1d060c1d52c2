//! By whose authority a job is done: a session of its own, with the rights of the one who ordered it and no secret.

use domain::ids::OrgId;
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
        expires: now.plus_seconds(LASTS),
        ..signed_in.session.clone()
    };
    // The secret is dropped: nobody can come with it.
    store::accounts::insert_session(conn, &session, &signin::tokens::hash(&ctx.app.secret()))?;
    Ok(Some(session.id))
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
