//! Who works: takes jobs one after the other, in all organisations, and sees to it that each comes to an end.

use tokio::sync::watch::Receiver;
use tokio::time::Interval;

use super::desk::{Desk, Stop};
use super::{KINDS, READ, read, write};
use crate::{App, Error};

/// A job of which nothing was heard for so many seconds has lost its server.
const SILENCE: i64 = 120;
/// How often a job is begun, should its servers die of it.
const BEGINS: i64 = 3;
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
        if let Err(error) = work_off(&app).await {
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
    let mut worked = 0;
    loop {
        let before = worked;
        for org in crate::orgs::list(app).await? {
            let tenant = app.tenant(org.id).await?;
            let now = app.now();
            let taken = tenant
                .db
                .write::<_, Error>(move |conn| Ok(store::jobs::claim(conn, &KINDS, now.plus_seconds(-SILENCE), now)?));
            if let Some(claimed) = taken.await? {
                work_on(Desk::new(app, &tenant, claimed)).await;
                worked += 1;
            }
        }
        if worked == before {
            return Ok(worked);
        }
    }
}

/// Does a job. Whatever goes wrong, it comes to an end.
async fn work_on(desk: Desk) {
    let task = desk.clone();
    let outcome = match tokio::spawn(async move { carry_out(&task).await }).await {
        Ok(outcome) => outcome,
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
