//! Imports in the background: started by a request, watched by later ones.

use std::collections::HashMap;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use super::{ImportError, Mapping, OnError, Outcome, Progress};
use crate::{Ctx, Error};

/// A job that reports nothing for so long, and is not ours, has died with its server.
const SILENCE: i64 = 15 * 60;

/// The imports of this process, and how far they are.
///
/// The database has it too, but not at once: on SQLite an import that is one transaction keeps everybody else from
/// writing, its own progress included.
#[derive(Debug, Default, Clone)]
pub struct Running {
    jobs: Arc<Mutex<HashMap<i64, Progress>>>,
}

impl Running {
    fn note(&self, job: i64, progress: Progress) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).insert(job, progress);
    }

    fn end(&self, job: i64) {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).remove(&job);
    }

    fn progress(&self, job: i64) -> Option<Progress> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).get(&job).copied()
    }
}

/// An import in the background, as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Job {
    pub id: i64,
    /// `in_progress`, `completed` or `failed`.
    pub state: String,
    pub module: String,
    pub done: u64,
    pub total: u64,
    /// What came of it; if it failed because of bad rows, which.
    pub outcome: Option<Outcome>,
    /// Why it failed.
    pub error: Option<String>,
}

/// What is kept of an import when it has ended.
#[derive(Default, serde::Serialize, serde::Deserialize)]
struct Ended {
    outcome: Option<Outcome>,
    error: Option<String>,
}

/// Starts an import and returns at once. Its id is for [`status`].
pub async fn start(
    ctx: &Ctx,
    module: &str,
    mapping: &Mapping,
    csv: impl Read + Send + 'static,
    on_error: OnError,
) -> Result<i64, ImportError> {
    if ctx.is_portal_user() {
        return Err(Error::Forbidden.into());
    }
    mapping.check()?;
    let id = ctx.app.id();
    let job = store::jobs::Job {
        id,
        kind: "import".into(),
        state: "in_progress".into(),
        payload: module.to_owned(),
        done: 0,
        total: 0,
        result: String::new(),
        created: ctx.now,
        created_by: ctx.viewer.actor,
    };
    ctx.tenant
        .db
        .write::<_, ImportError>(move |conn| Ok(store::jobs::insert(conn, &job)?))
        .await?;
    ctx.app.imports().note(id, Progress { done: 0, total: 0 });
    let (ctx, module, mapping) = (ctx.clone(), module.to_owned(), mapping.clone());
    tokio::spawn(async move {
        let (running, app) = (ctx.app.imports().clone(), ctx.app.clone());
        let result = super::run(&ctx, &module, &mapping, csv, on_error, move |p| running.note(id, p)).await;
        let at = app.imports().progress(id).unwrap_or(Progress { done: 0, total: 0 });
        if let Err(error) = finish(&ctx, id, at, result).await {
            tracing::error!(error = error.in_full(), job = id, "cannot note the end of an import");
        }
        app.imports().end(id);
    });
    Ok(id)
}

async fn finish(ctx: &Ctx, id: i64, at: Progress, result: Result<Outcome, ImportError>) -> Result<(), Error> {
    let (state, ended) = match result {
        Ok(outcome) => (
            "completed",
            Ended {
                outcome: Some(outcome),
                error: None,
            },
        ),
        Err(error) => {
            if let ImportError::App(internal @ Error::Internal(_)) = &error {
                tracing::error!(error = ?internal, job = id, "an import failed");
            }
            let text = error.to_string();
            let outcome = match error {
                ImportError::Rows(outcome) => Some(*outcome),
                _ => None,
            };
            (
                "failed",
                Ended {
                    outcome,
                    error: Some(text),
                },
            )
        }
    };
    let now = ctx.app.now();
    let result = serde_json::to_string(&ended).unwrap_or_default();
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    ctx.tenant
        .db
        .write(move |conn| {
            Ok(store::jobs::progress(
                conn,
                id,
                state,
                number(at.done),
                number(at.total),
                &result,
                now,
            )?)
        })
        .await
}

/// How an import in the background stands.
pub async fn status(ctx: &Ctx, id: i64) -> Result<Job, Error> {
    if ctx.is_portal_user() {
        return Err(Error::Forbidden);
    }
    let live = ctx.app.imports().progress(id);
    let found = ctx.tenant.db.read::<_, Error>(move |conn| Ok(store::jobs::by_id(conn, id)?));
    let job = found.await?.filter(|job| job.kind == "import").ok_or(Error::NotFound("import"))?;
    let ended: Ended = serde_json::from_str(&job.result).unwrap_or_default();
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let mut job_now = Job {
        id,
        done: count(job.done),
        total: count(job.total),
        module: job.payload,
        outcome: ended.outcome,
        error: ended.error,
        state: job.state,
    };
    if job_now.state == "in_progress" {
        match live {
            Some(at) => (job_now.done, job_now.total) = (at.done, at.total),
            None if job.created.plus_seconds(SILENCE) < ctx.app.now() => {
                job_now.state = "failed".into();
                job_now.error = Some("the server was stopped while the import ran".into());
            }
            None => {}
        }
    }
    Ok(job_now)
}
