//! Roll-outs: all there were, and how far the one is that is not done.

use app::Error;
use app::operators::Operator;
use app::rollouts::{self, Met, Progress, Summary};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::licences::{RolloutOutcome, RolloutState};

use super::asked::words;
use super::visit::Visit;
use crate::failure::PageError;
use crate::pages::admin::moments::{When, thousands};
use crate::pages::admin::visit::id;
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::{show, with_status};

#[derive(Template)]
#[template(path = "operator/rollouts/list.html")]
struct List {
    shell: Shell,
    problem: Option<&'static str>,
    /// The one that is not done.
    far: Option<Far>,
    /// All others, the newest first.
    rows: Vec<Row>,
    /// Held organisations: id, name, why.
    held: Vec<(String, String, String)>,
}

#[derive(Template)]
#[template(path = "operator/rollouts/one.html")]
struct One {
    shell: Shell,
    far: Far,
}

struct Row {
    id: String,
    policy: String,
    taken: String,
    state: State,
    since: When,
    moved: String,
    stayed: String,
    failed: String,
}

/// How a state looks, and its name.
struct State {
    look: &'static str,
    said: &'static str,
}

/// How far a roll-out is.
struct Far {
    id: String,
    policy: String,
    taken: String,
    since: String,
    state: State,
    is_running: bool,
    is_paused: bool,
    moved: String,
    stayed: String,
    failed: u64,
    met: u64,
    of: u64,
    percent: u64,
    rows: Vec<Became>,
}

/// What became of an organisation.
struct Became {
    id: String,
    name: String,
    look: &'static str,
    said: &'static str,
    why: String,
    time: String,
}

impl State {
    fn of(state: RolloutState) -> Self {
        let (look, said) = match state {
            RolloutState::Running => ("lo-status-running", "running"),
            RolloutState::Paused => ("lo-status-waiting", "paused"),
            RolloutState::Done => ("lo-status-done", "done"),
        };
        Self { look, said }
    }
}

impl Far {
    fn of(progress: Progress) -> Self {
        let met = progress.moved + progress.stayed + progress.failed;
        Self {
            taken: words(&progress.cohort),
            since: minute(&progress.since),
            state: State::of(progress.state),
            is_running: progress.state == RolloutState::Running,
            is_paused: progress.state == RolloutState::Paused,
            moved: thousands(progress.moved),
            stayed: thousands(progress.stayed),
            failed: progress.failed,
            met,
            of: progress.of,
            percent: (met * 100 / progress.of.max(1)).min(100),
            rows: progress.organisations.into_iter().map(became).collect(),
            id: progress.id,
            policy: progress.policy,
        }
    }
}

fn became(met: Met) -> Became {
    let (look, said, why) = match met.outcome {
        RolloutOutcome::Moved => ("ok", "moved", String::new()),
        RolloutOutcome::Failed => ("bad", "failed", met.detail),
        RolloutOutcome::Stayed(why) => ("muted", "stayed", why.words().to_owned()),
    };
    Became {
        id: met.id.to_string(),
        name: met.name,
        look,
        said,
        why,
        time: minute(&met.time),
    }
}

/// `2026-11-24 05:00 UTC` of `2026-11-24T05:00:00+00:00`.
fn minute(iso: &str) -> String {
    format!("{} UTC", iso.get(..16).unwrap_or(iso).replace('T', " "))
}

pub async fn list(visit: Visit) -> Result<Response, PageError> {
    page(&visit, None).await
}

async fn page(visit: &Visit, problem: Option<&'static str>) -> Result<Response, PageError> {
    let operator = &visit.operator;
    let all = rollouts::all(operator).await?;
    let undone = all.iter().find(|one| one.state != RolloutState::Done).map(|one| one.id);
    let far = match undone {
        Some(id) => Some(Far::of(rollouts::progress_of(operator, id).await?)),
        None => None,
    };
    let status = match problem {
        Some(_) => StatusCode::CONFLICT,
        None => StatusCode::OK,
    };
    let page = List {
        shell: visit.shell("Roll-outs", "rollouts"),
        problem,
        far,
        held: held(operator).await?,
        rows: all
            .into_iter()
            .filter(|one| Some(one.id) != undone)
            .map(|one| row(operator, one))
            .collect(),
    };
    Ok(with_status(status, &page))
}

fn row(operator: &Operator, one: Summary) -> Row {
    Row {
        id: one.id.to_string(),
        taken: words(&one.cohort),
        state: State::of(one.state),
        since: When::new(operator.app().now(), one.since),
        moved: thousands(one.moved),
        stayed: thousands(one.stayed),
        failed: thousands(one.failed),
        policy: one.policy,
    }
}

async fn held(operator: &Operator) -> Result<Vec<(String, String, String)>, Error> {
    let orgs = app::orgs::list(operator.app()).await?;
    let name = |id| orgs.iter().find(|org| org.id == id).map(|org| org.name.clone());
    let holds = rollouts::holds(operator).await?.into_iter();
    Ok(holds
        .map(|hold| (hold.org.to_string(), name(hold.org).unwrap_or_default(), hold.reason))
        .collect())
}

pub async fn one(visit: Visit, Path(text): Path<String>) -> Result<Response, PageError> {
    let progress = rollouts::progress_of(&visit.operator, id(&text, "roll-out")?).await?;
    Ok(show(&One {
        shell: visit.shell(&format!("Roll-out to {}", progress.policy), "rollouts"),
        far: Far::of(progress),
    }))
}

pub async fn pause(visit: Visit) -> Result<Response, PageError> {
    let done = rollouts::pause(&visit.operator).await;
    turned(&visit, done, Done::RolloutPaused).await
}

pub async fn resume(visit: Visit) -> Result<Response, PageError> {
    let done = rollouts::resume(&visit.operator).await;
    turned(&visit, done, Done::RolloutResumed).await
}

pub async fn stop(visit: Visit) -> Result<Response, PageError> {
    let done = rollouts::stop(&visit.operator).await;
    turned(&visit, done, Done::RolloutStopped).await
}

/// It may have been done meanwhile, or somebody else was faster.
async fn turned(visit: &Visit, turned: Result<(), Error>, done: Done) -> Result<Response, PageError> {
    match turned {
        Ok(()) => Ok(lead_to("/operator/rollouts", done)),
        Err(Error::NotFound(_)) => page(visit, Some("Nothing was changed: meanwhile the roll-out is in another state.")).await,
        Err(other) => Err(other.into()),
    }
}
