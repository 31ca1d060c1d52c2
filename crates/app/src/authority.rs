//! By whose authority something is done in the background: a session of its own, with the rights of the one who ordered it and no
//! secret.

use domain::ids::OrgId;
use domain::time::Moment;
use store::accounts::{Ending, Session, SessionKind};
use store::engine::Conn;

use crate::{App, Ctx, Error};

/// A session that was lent.
pub(crate) struct Lent {
    pub session: i64,
    pub expires: Moment,
}

/// Makes the session, until then at the longest. The command line has none: it may do everything.
pub(crate) fn lend(conn: &mut Conn, ctx: &Ctx, until: Moment) -> Result<Option<Lent>, Error> {
    let Some(signed_in) = &ctx.signed_in else { return Ok(None) };
    let session = Session {
        id: ctx.app.id(),
        kind: SessionKind::Job,
        created: ctx.app.now(),
        expires: end_of(&signed_in.session, until),
        ..signed_in.session.clone()
    };
    // The secret is dropped: nobody can come with it.
    store::accounts::insert_session(conn, &session, &signin::tokens::hash(&ctx.app.secret()))?;
    Ok(Some(Lent {
        session: session.id,
        expires: session.expires,
    }))
}

/// A token that nobody can renew is over when it expires; what it ordered is not to outlast it.
fn end_of(session: &Session, wanted: Moment) -> Moment {
    match session.kind {
        SessionKind::Token if session.refresh.is_none() => session.expires.min(wanted),
        _ => wanted,
    }
}

/// Whether the session is there and holds, in the transaction of what is done by it.
pub(crate) fn stands(conn: &mut Conn, session: Option<i64>, now: Moment) -> Result<bool, Error> {
    let Some(session) = session else { return Ok(true) };
    let found = store::accounts::session_by_id(conn, session)?;
    Ok(found.is_some_and(|(session, _)| session.expires > now))
}

/// Whoever ordered it, as they are now. [`Error::SignedOut`] if they are nobody here any more.
pub(crate) async fn resume(app: &App, org: OrgId, session: Option<i64>) -> Result<Ctx, Error> {
    match session {
        Some(session) => crate::accounts::of_job(app, org, session).await,
        None => app.system(org).await,
    }
}

/// Ends it with what it was for.
pub(crate) fn end(conn: &mut Conn, session: Option<i64>) -> Result<(), Error> {
    if let Some(session) = session {
        store::accounts::end_sessions(conn, Ending::Session(session))?;
    }
    Ok(())
}
