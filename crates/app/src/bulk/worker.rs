//! Who works: takes jobs one after the other, in all organisations, and sees to it that each comes to an end.

use std::time::Duration;

use domain::ids::OrgId;
use store::engine::Conn;
use tokio::sync::watch::Receiver;
use tokio::time::Interval;

use super::desk::{Desk, Stop};
use super::{KINDS, READ, read, write};
use crate::{App, Error};

/// A job of which nothing was heard for so many seconds has lost its server.
const SILENCE: i64 = 120;
/// How often whoever works on a job says so: several times before it would count as lost.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// How often a job is begun, should its servers die of it.
const BEGINS: i64 = 3;
/// How long a job can be asked about after its end, in seconds.
const KEPT: i64 = 30 * 86_400;
/// The code of what is our fault.
const OURS: &str = "CANNOT_PROCESS";

/// Works on what there is, two jobs at a time, until `stop` is told: at once on what is ordered here, at each tick of `paces` on what
/// others have left. Two, so that a long one does not keep everybody waiting.
pub async fn run(app: App, paces: [Interval; 2], stop: Receiver<bool>) {
    let [one, other] = paces;
    tokio::join!(lane(app.clone(), one, stop.clone()), lane(app, other, stop));
}

async fn lane(app: App, mut pace: Interval, mut stop: Receiver<bool>) {
    loop {
        if let Err(error) = work_until(&app, || *stop.borrow()).await {
            tracing::warn!(error = error.in_full(), "jobs cannot be looked for");
        }
        tokio::select! {
            () = app.bulk().notified() => {}
            _ = pace.tick() => {}
            _ = stop.changed() => return,
        }
    }
}

/// Works until no job waits in any organisation: one of each in turn. Returns how many there were.
pub async fn work_off(app: &App) -> Result<usize, Error> {
    work_until(app, || false).await
}

async fn work_until(app: &App, stopped: impl Fn() -> bool) -> Result<usize, Error> {
    let mut worked = 0;
    loop {
        let before = worked;
        for org in crate::orgs::list(app).await? {
            if stopped() {
                return Ok(worked);
            }
            match take(app, org.id).await {
                Ok(Some(desk)) => {
                    work_on(desk).await;
                    worked += 1;
                }
                Ok(None) => {}
                // The others do not wait for it.
                Err(error) => tracing::warn!(
                    error = error.in_full(),
                    org = org.id.0,
                    "an organisation's jobs cannot be looked for"
                ),
            }
        }
        if worked == before {
            return Ok(worked);
        }
    }
}

async fn take(app: &App, org: OrgId) -> Result<Option<Desk>, Error> {
    let tenant = app.tenant(org).await?;
    let now = app.now();
    let taken = tenant
        .db
        .write::<_, Error>(move |conn| Ok(store::jobs::claim(conn, &KINDS, now.plus_seconds(-SILENCE), now)?));
    Ok(taken.await?.map(|claimed| Desk::new(app, &tenant, claimed)))
}

/// Forgets jobs long after their end, in all organisations.
pub(crate) async fn forget_old(app: &App) -> Result<(), Error> {
    let before = app.now().plus_seconds(-KEPT);
    for org in crate::orgs::list(app).await? {
        let forget = move |conn: &mut Conn| Ok::<_, Error>(store::jobs::forget(conn, &KINDS, before)?);
        app.tenant(org.id).await?.db.write(forget).await?;
    }
    Ok(())
}

/// Does a job. Whatever goes wrong, it comes to an end.
async fn work_on(desk: Desk) {
    let task = desk.clone();
    let mut work = tokio::spawn(async move { carry_out(&task).await });
    let ended = tokio::select! {
        ended = &mut work => ended,
        () = until_lost(&desk) => {
            work.abort();
            work.await
        }
    };
    let outcome = match ended {
        Ok(outcome) => outcome,
        Err(error) if error.is_cancelled() => Err(Stop::Lost),
        Err(error) => {
            tracing::error!(%error, job = desk.job.id, "a job broke off");
            Err(Stop::Told(OURS, "something went wrong on our side".into()))
        }
    };
    let (code, why) = match outcome {
        Ok(()) | Err(Stop::Lost) => return,
        Err(Stop::Told(code, why)) => (code, why),
        Err(Stop::App(Error::SignedOut | Error::Stale)) => ("NO_PERMISSION", "whoever ordered this may not do it here any more".into()),
        Err(Stop::App(error)) => {
            tracing::error!(error = error.in_full(), job = desk.job.id, "a job failed");
            (OURS, error.to_string())
        }
    };
    if let Err(error) = fail(&desk, code, why).await {
        tracing::error!(%error, job = desk.job.id, "the end of a job cannot be noted");
    }
}

/// Says every now and then that the job is worked on, also where a step of it takes long. Ends when somebody else has it.
async fn until_lost(desk: &Desk) {
    let mut pace = tokio::time::interval(HEARTBEAT);
    loop {
        pace.tick().await;
        match desk.is_ours().await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(error = error.in_full(), job = desk.job.id, "cannot say that a job is worked on"),
        }
    }
}

async fn carry_out(desk: &Desk) -> Result<(), Stop> {
    if desk.claim > BEGINS {
        return Err(Stop::Told(OURS, "the servers that worked on it were stopped, several times".into()));
    }
    match desk.job.kind.as_str() {
        READ => read::carry_out(desk).await,
        _ => write::carry_out(desk).await,
    }
}

async fn fail(desk: &Desk, code: &'static str, why: String) -> Result<(), Stop> {
    let (result, session) = match desk.job.kind.as_str() {
        READ => read::failed(desk, why),
        _ => write::failed(desk, code, why),
    };
    desk.end("failed", result, session, |_| Ok(())).await
}
