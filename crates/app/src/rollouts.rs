//! Roll-outs: organisations come to another licence policy one after another, the operator says which and when.
//!
//! Whether an organisation was moved stands in its own database, written with the move. So a roll-out can be ended in the
//! middle, by whatever means, and goes on where it was: who was moved is not moved again.

use domain::ids::OrgId;
use domain::licences::{Cohort, PERCENT};
use serde::Serialize;
use store::orgs::Org;
use store::rollouts::{Hold, Outcome, Rollout};

use crate::licences::{Aim, Change, cut_over, forecast};
use crate::{App, Error};

const RUNNING: &str = "running";
const PAUSED: &str = "paused";
const DONE: &str = "done";
const UNDONE: &str = "roll-out that is not done";
/// The most characters of a reason.
const MAX_REASON: usize = 200;

/// An organisation in the table of a dry run: what would change.
#[derive(Debug, Serialize)]
pub struct Planned {
    pub id: OrgId,
    pub name: String,
    pub data_centre: String,
    /// None: it could not be read, and why.
    pub change: Option<Change>,
    pub failed: Option<String>,
}

/// How far a roll-out is.
#[derive(Debug, Clone, Serialize)]
pub struct Progress {
    pub id: String,
    pub policy: String,
    /// `running`, `paused` or `done`.
    pub state: String,
    pub since: String,
    /// Organisations that were moved, that stayed for whatever reason, and that could not be moved.
    pub moved: u64,
    pub stayed: u64,
    pub failed: u64,
    pub organisations: Vec<Met>,
}

/// What became of an organisation.
#[derive(Debug, Clone, Serialize)]
pub struct Met {
    pub id: OrgId,
    pub name: String,
    /// `moved`, `failed`, or why it stayed: `done`, `trial`, `edition`, `held`, `cohort`.
    pub outcome: String,
    pub detail: String,
    pub time: String,
}

/// What a roll-out would do, organisation by organisation. Changes nothing. Errors as for [`start`].
pub async fn plan(app: &App, policy: &str, cohort: Cohort) -> Result<Vec<Planned>, Error> {
    check(app, policy, &cohort)?;
    let holds = holds(app).await?;
    let mut planned = Vec::new();
    for org in crate::orgs::list(app).await? {
        let aim = aim(policy, &cohort, &holds, org.id);
        let forecast = async { forecast(&app.system(org.id).await?, aim).await }.await;
        let (change, failed) = match forecast {
            Ok(change) => (Some(change), None),
            Err(error) => (None, Some(error.to_string())),
        };
        planned.push(Planned {
            id: org.id,
            name: org.name,
            data_centre: org.data_centre,
            change,
            failed,
        });
    }
    Ok(planned)
}

/// Begins a roll-out. [`carry_on`] does it. Errors: [`Error::NotFound`] for a policy that there is not, [`Error::Input`] for a
/// cohort that cannot be, [`Error::Exists`] while another one is not done.
pub async fn start(app: &App, policy: &str, cohort: Cohort) -> Result<i64, Error> {
    check(app, policy, &cohort)?;
    let now = app.now();
    let new = Rollout {
        id: app.id(),
        policy: policy.to_owned(),
        cohort,
        state: RUNNING.to_owned(),
        created: now,
        changed: now,
    };
    let begun = app.control().write::<_, Error>(move |conn| {
        if store::rollouts::list(conn)?.iter().any(|other| other.state != DONE) {
            return Err(Error::Exists(UNDONE));
        }
        store::rollouts::insert(conn, &new)?;
        Ok(new.id)
    });
    begun.await
}

fn check(app: &App, policy: &str, cohort: &Cohort) -> Result<(), Error> {
    app.settings().licences.named(policy).ok_or(Error::NotFound("licence policy"))?;
    if cohort.percent > PERCENT {
        return Err(Error::Input("percent", format!("0 to {PERCENT}")));
    }
    if cohort.most.is_some_and(|most| most < cohort.least) {
        return Err(Error::Input(
            "most",
            format!("at least {}, the fewest seats that are taken", cohort.least),
        ));
    }
    Ok(())
}

/// Goes on with what is running, until it is done or somebody pauses it. Any number of servers may do so at the same time.
pub async fn carry_on(app: &App) -> Result<(), Error> {
    let all = app.control().read::<_, Error>(|conn| Ok(store::rollouts::list(conn)?)).await?;
    for rollout in all.into_iter().filter(|rollout| rollout.state == RUNNING) {
        work(app, rollout).await?;
    }
    Ok(())
}

async fn work(app: &App, rollout: Rollout) -> Result<(), Error> {
    let id = rollout.id;
    let seen = app.control().read::<_, Error>(move |conn| Ok(store::rollouts::outcomes(conn, id)?));
    let seen = seen.await?;
    let is_moved = |org: OrgId| seen.iter().any(|met| met.org == org && met.outcome == "moved");
    let mut failed = false;
    for org in crate::orgs::list(app).await?.into_iter().filter(|org| !is_moved(org.id)) {
        if !is_running(app, id).await? {
            return Ok(());
        }
        let met = meet(app, &rollout, &org).await?;
        failed |= met.outcome == "failed";
        app.control()
            .write::<_, Error>(move |conn| Ok(store::rollouts::note(conn, id, &met)?))
            .await?;
    }
    // What failed is tried again once the operator has seen to it.
    let end = if failed { PAUSED } else { DONE };
    set_state(app, id, RUNNING, end).await.map(drop)
}

async fn is_running(app: &App, id: i64) -> Result<bool, Error> {
    let found = app.control().read::<_, Error>(move |conn| Ok(store::rollouts::by_id(conn, id)?));
    Ok(found.await?.is_some_and(|rollout| rollout.state == RUNNING))
}

/// Moves one organisation, if it is one of those that are taken. What goes wrong there holds up no other.
async fn meet(app: &App, rollout: &Rollout, org: &Org) -> Result<Outcome, Error> {
    let aim = aim(&rollout.policy, &rollout.cohort, &holds(app).await?, org.id);
    let moved = async { cut_over(&app.system(org.id).await?, aim).await }.await;
    let (outcome, detail) = match moved {
        Ok(change) => match change.stays {
            None => ("moved", String::new()),
            Some(why) => (why.name(), String::new()),
        },
        Err(error) => {
            tracing::warn!(org = org.id.0, %error, "an organisation was not moved");
            ("failed", error.to_string())
        }
    };
    Ok(Outcome {
        org: org.id,
        outcome: outcome.to_owned(),
        detail,
        at: app.now(),
    })
}

fn aim(policy: &str, cohort: &Cohort, holds: &[Hold], org: OrgId) -> Aim {
    Aim {
        policy: policy.to_owned(),
        cohort: cohort.clone(),
        held: holds.iter().any(|hold| hold.org == org),
    }
}

/// How far the latest roll-out is; none: there never was one.
pub async fn progress(app: &App) -> Result<Option<Progress>, Error> {
    let read = app.control().read::<_, Error>(|conn| {
        let Some(latest) = store::rollouts::list(conn)?.into_iter().next() else {
            return Ok(None);
        };
        let outcomes = store::rollouts::outcomes(conn, latest.id)?;
        Ok(Some((latest, outcomes, store::orgs::list(conn)?)))
    });
    Ok(read.await?.map(|(latest, outcomes, orgs)| told(latest, outcomes, &orgs)))
}

fn told(rollout: Rollout, outcomes: Vec<Outcome>, orgs: &[Org]) -> Progress {
    let count = |fits: &dyn Fn(&str) -> bool| {
        let fitting = outcomes.iter().filter(|met| fits(&met.outcome));
        u64::try_from(fitting.count()).unwrap_or(u64::MAX)
    };
    let (moved, failed) = (count(&|o| o == "moved"), count(&|o| o == "failed"));
    let name = |id: OrgId| orgs.iter().find(|org| org.id == id).map(|org| org.name.clone());
    Progress {
        id: rollout.id.to_string(),
        policy: rollout.policy,
        state: rollout.state,
        since: rollout.created.iso(),
        moved,
        stayed: count(&|_| true) - moved - failed,
        failed,
        organisations: outcomes
            .into_iter()
            .map(|met| Met {
                id: met.org,
                name: name(met.org).unwrap_or_default(),
                outcome: met.outcome,
                detail: met.detail,
                time: met.at.iso(),
            })
            .collect(),
    }
}

/// Stops the roll-out after the organisation that is being moved. Errors: [`Error::NotFound`] if none is running.
pub async fn pause(app: &App) -> Result<(), Error> {
    turn(app, RUNNING, PAUSED, "running roll-out").await
}

/// Lets a paused roll-out go on; one that was broken off is running still. Errors: [`Error::NotFound`] if all are done.
pub async fn resume(app: &App) -> Result<(), Error> {
    match turn(app, RUNNING, RUNNING, UNDONE).await {
        Err(Error::NotFound(_)) => turn(app, PAUSED, RUNNING, UNDONE).await,
        running => running,
    }
}

/// Ends the roll-out where it is: who was moved stays moved. Errors: [`Error::NotFound`] if all are done.
pub async fn stop(app: &App) -> Result<(), Error> {
    match turn(app, RUNNING, DONE, UNDONE).await {
        Err(Error::NotFound(_)) => turn(app, PAUSED, DONE, UNDONE).await,
        stopped => stopped,
    }
}

async fn turn(app: &App, from: &'static str, to: &'static str, what: &'static str) -> Result<(), Error> {
    let all = app.control().read::<_, Error>(|conn| Ok(store::rollouts::list(conn)?)).await?;
    let latest = all.into_iter().find(|rollout| rollout.state == from).ok_or(Error::NotFound(what))?;
    match set_state(app, latest.id, from, to).await? {
        true => Ok(()),
        false => Err(Error::NotFound(what)),
    }
}

async fn set_state(app: &App, id: i64, from: &'static str, to: &'static str) -> Result<bool, Error> {
    let now = app.now();
    app.control()
        .write(move |conn| Ok(store::rollouts::set_state(conn, id, from, to, now)?))
        .await
}

/// Who is held.
pub async fn holds(app: &App) -> Result<Vec<Hold>, Error> {
    app.control().read(|conn| Ok(store::rollouts::holds(conn)?)).await
}

/// Keeps an organisation as it is, whatever is rolled out. Errors: [`Error::Input`] for a reason that is too long.
pub async fn hold(app: &App, org: OrgId, reason: &str) -> Result<(), Error> {
    let reason = reason.trim().to_owned();
    if reason.is_empty() || reason.chars().count() > MAX_REASON {
        return Err(Error::Input("reason", format!("1 to {MAX_REASON} characters")));
    }
    let since = app.now();
    let held = Hold { org, reason, since };
    app.control().write(move |conn| Ok(store::rollouts::hold(conn, &held)?)).await
}

/// Lets an organisation go again. Errors: [`Error::NotFound`] if it was not held.
pub async fn release(app: &App, org: OrgId) -> Result<(), Error> {
    let was_held = app
        .control()
        .write::<_, Error>(move |conn| Ok(store::rollouts::release(conn, org)?));
    match was_held.await? {
        true => Ok(()),
        false => Err(Error::NotFound("hold")),
    }
}
