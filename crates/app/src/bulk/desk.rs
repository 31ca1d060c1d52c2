//! A job in hand: who works on it, how far it is, how it ends.

use std::sync::Arc;

use domain::ids::OrgId;
use serde::Deserialize;
use serde_json::json;
use store::engine::Conn;
use store::jobs::{Claimed, Job};

use super::{KINDS, MOST_OPEN, READ};
use crate::files::Pieces;
use crate::imports::{Passing, patiently};
use crate::{App, Ctx, Error, Tenant, authority, notifications};

/// How long a job may take, with its time in the line, in seconds.
const LASTS: i64 = 24 * 3600;

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Added,
    InProgress,
    Completed,
    Failed,
}

impl State {
    pub(super) fn of(job: &Job) -> Self {
        match job.state.as_str() {
            "scheduled" => Self::Added,
            "in_progress" => Self::InProgress,
            "completed" => Self::Completed,
            _ => Self::Failed,
        }
    }
}

/// Why somebody stops working on a job.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// Somebody else works on it: nothing is to be said of it any more.
    #[error("somebody else works on this job")]
    Lost,
    /// What its owner is told: a code, and words.
    #[error("{1}")]
    Told(&'static str, String),
    #[error(transparent)]
    App(#[from] Error),
}

impl Passing for Stop {
    fn passes(&self) -> bool {
        matches!(self, Self::App(error) if error.passes())
    }
}

impl From<store::engine::Error> for Stop {
    fn from(error: store::engine::Error) -> Self {
        Self::App(error.into())
    }
}

/// What of an order says who is told of the end.
#[derive(Default, Deserialize)]
struct CalledBack {
    callback: Option<String>,
}

/// A job that this process works on.
#[derive(Clone)]
pub struct Desk {
    pub(super) app: App,
    pub(super) tenant: Arc<Tenant>,
    pub(super) job: Arc<Job>,
    pub(super) claim: i64,
}

impl Desk {
    pub(super) fn new(app: &App, tenant: &Arc<Tenant>, claimed: Claimed) -> Self {
        Self {
            app: app.clone(),
            tenant: Arc::clone(tenant),
            job: Arc::new(claimed.job),
            claim: claimed.claim,
        }
    }

    pub(super) fn org(&self) -> OrgId {
        self.tenant.org.id
    }

    /// Says in a transaction that the job is worked on, and how far it is. False: by somebody else.
    pub(super) fn keep(&self, conn: &mut Conn, done: u64, total: u64) -> Result<bool, store::engine::Error> {
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        store::jobs::keep(conn, self.job.id, self.claim, number(done), number(total), self.app.now())
    }

    /// Adds to the job's file, and says with it how far the job is, in one transaction.
    pub(super) async fn step(&self, done: u64, total: u64, pieces: Pieces) -> Result<(), Stop> {
        let pieces = Arc::new(pieces);
        patiently(&self.app, || {
            let (desk, pieces) = (self.clone(), Arc::clone(&pieces));
            self.tenant.db.write::<_, Stop>(move |conn| match desk.keep(conn, done, total)? {
                true => Ok(pieces.write(conn)?),
                false => Err(Stop::Lost),
            })
        })
        .await
    }

    /// Says that the job is worked on. False: by somebody else.
    pub(super) async fn is_ours(&self) -> Result<bool, Error> {
        let (id, claim, now) = (self.job.id, self.claim, self.app.now());
        let touch = self
            .tenant
            .db
            .write::<_, Error>(move |conn| Ok(store::jobs::touch(conn, id, claim, now)?));
        touch.await
    }

    /// Ends the job, with what is to be done at its end, in one transaction.
    pub(super) async fn end(
        &self,
        state: &'static str,
        result: String,
        session: Option<i64>,
        last: impl FnOnce(&mut Conn) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Stop> {
        let (desk, id, claim, now) = (self.clone(), self.job.id, self.claim, self.app.now());
        let end = self.tenant.db.write::<_, Stop>(move |conn| {
            if !store::jobs::end(conn, id, claim, state, &result, now)? {
                return Err(Stop::Lost);
            }
            authority::end(conn, session)?;
            last(conn)?;
            Ok(desk.call_back(conn, state)?)
        });
        end.await
    }

    /// Tells of the end, if whoever ordered the job wants to be told. What has come of it they look up themselves.
    fn call_back(&self, conn: &mut Conn, state: &str) -> Result<(), Error> {
        let order: CalledBack = serde_json::from_str(&self.job.payload).unwrap_or_default();
        let Some(url) = order.callback else { return Ok(()) };
        let (operation, failed) = match self.job.kind.as_str() {
            READ => ("read", "FAILURE"),
            _ => ("write", "FAILED"),
        };
        let state = if state == "completed" { "COMPLETED" } else { failed };
        let body = json!({"job_id": self.job.id.to_string(), "operation": operation, "state": state});
        notifications::call_back(conn, &self.app, url, &body)
    }
}

/// Adds a job for the one who asks.
pub(super) async fn add(ctx: &Ctx, kind: &'static str, payload: impl FnOnce(Option<i64>) -> String + Send + 'static) -> Result<i64, Error> {
    let (task, id) = (ctx.clone(), ctx.app.id());
    let added = ctx.tenant.db.write(move |conn| {
        let open = store::jobs::open(conn, &KINDS, task.viewer.actor)?;
        if usize::try_from(open).unwrap_or(usize::MAX) >= MOST_OPEN {
            return Err(Error::TooManyJobs(MOST_OPEN));
        }
        let now = task.app.now();
        let lent = authority::lend(conn, &task, now.plus_seconds(LASTS))?;
        let job = Job {
            id,
            kind: kind.into(),
            state: "scheduled".into(),
            payload: payload(lent.map(|lent| lent.session)),
            done: 0,
            total: 0,
            result: String::new(),
            created: now,
            created_by: task.viewer.actor,
        };
        Ok(store::jobs::insert(conn, &job)?)
    });
    added.await?;
    ctx.app.bulk().notify_one();
    Ok(id)
}

/// A job of the one who asks, and who that is by name.
pub(super) async fn own(ctx: &Ctx, id: i64, kind: &'static str) -> Result<(Job, String), Error> {
    let actor = ctx.viewer.actor;
    let found = ctx.tenant.db.read::<_, Error>(move |conn| {
        let job = store::jobs::by_id(conn, id)?;
        Ok((job, store::members::actor_name(conn, actor)?.unwrap_or_default()))
    });
    let (job, name) = found.await?;
    let job = job
        .filter(|job| job.kind == kind && job.created_by == actor)
        .ok_or(Error::NotFound("job"))?;
    Ok((job, name))
}
