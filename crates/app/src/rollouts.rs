//! Roll-outs: organisations come to another licence policy one after another, the operator says which and when.
//!
//! Whether an organisation was moved stands in its own database, written with the move. So a roll-out can be ended in the
//! middle, by whatever means, and goes on where it was: who was moved is not moved again.

use domain::ids::OrgId;
use domain::licences::{Cohort, PERCENT, RolloutOutcome, RolloutState};
use domain::time::Moment;
use serde::Serialize;
use store::orgs::Org;
use store::rollouts::{Hold, Outcome, Rollout};

use crate::licences::{Aim, Change, cut_over, forecast};
use crate::operators::Operator;
use crate::{App, Error};

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
    #[serde(skip)]
    pub cohort: Cohort,
    pub state: RolloutState,
    pub since: String,
    /// Organisations that were moved, that stayed for whatever reason, and that could not be moved.
    pub moved: u64,
    pub stayed: u64,
    pub failed: u64,
    pub organisations: Vec<Met>,
    /// How many organisations there are in all.
    #[serde(skip)]
    pub of: u64,
}

/// A roll-out in the list of all.
#[derive(Debug, Clone)]
pub struct Summary {
    pub id: i64,
    pub policy: String,
    pub cohort: Cohort,
    pub state: RolloutState,
    pub since: Moment,
    /// As for [`Progress`].
    pub moved: u64,
    pub stayed: u64,
    pub failed: u64,
}

/// What became of an organisation.
#[derive(Debug, Clone, Serialize)]
pub struct Met {
    pub id: OrgId,
    pub name: String,
    pub outcome: RolloutOutcome,
    pub detail: String,
    pub time: String,
}

/// What a roll-out would do, organisation by organisation. Changes nothing. Errors as for [`start`].
pub async fn plan(operator: &Operator, policy: &str, cohort: Cohort) -> Result<Vec<Planned>, Error> {
    let app = operator.app();
    check(app, policy, &cohort)?;
    let holds = held(app).await?;
    let mut planned = Vec::new();
    for org in crate::orgs::list(app).await? {
        let aim = aim(policy, &cohort, &holds, org.id);
        let forecast = async { forecast(&app.system(org.id).await?, aim).await }.await;
        let (change, failed) = match forecast {
            Ok(change) => (Some(change), None),
            Err(error) => (None, Some(error.in_full())),
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

/// Begins a roll-out. [`carry_on`] does it: the upkeep of this process at once, if there is one. Errors: [`Error::NotFound`] for a
/// policy that there is not, [`Error::Input`] for a cohort that cannot be, [`Error::Exists`] while another one is not done.
pub async fn start(operator: &Operator, policy: &str, cohort: Cohort) -> Result<i64, Error> {
    let app = operator.app();
    check(app, policy, &cohort)?;
    let now = app.now();
    let new = Rollout {
        id: app.id(),
        policy: policy.to_owned(),
        cohort,
        state: RolloutState::Running,
        created: now,
        changed: now,
    };
    let begun = app.control().write::<_, Error>(move |conn| {
        store::rollouts::insert(conn, &new)?;
        Ok(new.id)
    });
    let id = begun.await.map_err(|error| match error {
        Error::Internal(engine) if engine.is_unique() => Error::Exists(UNDONE),
        other => other,
    })?;
    operator.did("a roll-out begins", policy);
    app.rolling().notify_one();
    Ok(id)
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
    for rollout in all.into_iter().filter(|rollout| rollout.state == RolloutState::Running) {
        work(app, rollout).await?;
    }
    Ok(())
}

async fn work(app: &App, rollout: Rollout) -> Result<(), Error> {
    let id = rollout.id;
    let seen = app.control().read::<_, Error>(move |conn| Ok(store::rollouts::outcomes(conn, id)?));
    let seen = seen.await?;
    let is_moved = |org: OrgId| seen.iter().any(|met| met.org == org && met.outcome == RolloutOutcome::Moved);
    let mut failed = false;
    for org in crate::orgs::list(app).await?.into_iter().filter(|org| !is_moved(org.id)) {
        if !is_running(app, id).await? {
            return Ok(());
        }
        let met = meet(app, &rollout, &org).await?;
        failed |= met.outcome == RolloutOutcome::Failed;
        app.control()
            .write::<_, Error>(move |conn| Ok(store::rollouts::note(conn, id, &met)?))
            .await?;
    }
    // What failed is tried again once the operator has seen to it.
    let end = if failed { RolloutState::Paused } else { RolloutState::Done };
    set_state(app, id, RolloutState::Running, end).await.map(drop)
}

async fn is_running(app: &App, id: i64) -> Result<bool, Error> {
    let found = app.control().read::<_, Error>(move |conn| Ok(store::rollouts::by_id(conn, id)?));
    Ok(found.await?.is_some_and(|rollout| rollout.state == RolloutState::Running))
}

/// Moves one organisation, if it is one of those that are taken. What goes wrong there holds up no other.
async fn meet(app: &App, rollout: &Rollout, org: &Org) -> Result<Outcome, Error> {
    let aim = aim(&rollout.policy, &rollout.cohort, &held(app).await?, org.id);
    let moved = async { cut_over(&app.system(org.id).await?, aim).await }.await;
    let (outcome, detail) = match moved {
        Ok(change) => (change.stays.map_or(RolloutOutcome::Moved, RolloutOutcome::Stayed), String::new()),
        Err(error) => {
            tracing::warn!(org = org.id.0, error = error.in_full(), "an organisation was not moved");
            (RolloutOutcome::Failed, error.in_full())
        }
    };
    Ok(Outcome {
        org: org.id,
        outcome,
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

/// All roll-outs, the newest first.
pub async fn all(operator: &Operator) -> Result<Vec<Summary>, Error> {
    let read = operator
        .app()
        .control()
        .read::<_, Error>(|conn| Ok((store::rollouts::list(conn)?, store::rollouts::counts(conn)?)));
    let (all, counts) = read.await?;
    let summary = |rollout: Rollout| {
        let of = counts.iter().filter(|(id, ..)| *id == rollout.id);
        let [moved, stayed, failed] = sums(of.map(|(_, outcome, count)| (*outcome, *count)));
        Summary {
            id: rollout.id,
            policy: rollout.policy,
            cohort: rollout.cohort,
            state: rollout.state,
            since: rollout.created,
            moved,
            stayed,
            failed,
        }
    };
    Ok(all.into_iter().map(summary).collect())
}

/// How many were moved, stayed and failed.
fn sums(outcomes: impl Iterator<Item = (RolloutOutcome, u64)>) -> [u64; 3] {
    outcomes.fold([0; 3], |[moved, stayed, failed], (outcome, count)| match outcome {
        RolloutOutcome::Moved => [moved + count, stayed, failed],
        RolloutOutcome::Stayed(_) => [moved, stayed + count, failed],
        RolloutOutcome::Failed => [moved, stayed, failed + count],
    })
}

/// How far the latest roll-out is; none: there never was one.
pub async fn progress(operator: &Operator) -> Result<Option<Progress>, Error> {
    far(operator, None).await
}

/// How far one roll-out is. Errors: [`Error::NotFound`] if there is none with this id.
pub async fn progress_of(operator: &Operator, id: i64) -> Result<Progress, Error> {
    far(operator, Some(id)).await?.ok_or(Error::NotFound("roll-out"))
}

async fn far(operator: &Operator, id: Option<i64>) -> Result<Option<Progress>, Error> {
    let read = operator.app().control().read::<_, Error>(move |conn| {
        let found = match id {
            Some(id) => store::rollouts::by_id(conn, id)?,
            None => store::rollouts::list(conn)?.into_iter().next(),
        };
        let Some(rollout) = found else {
            return Ok(None);
        };
        let outcomes = store::rollouts::outcomes(conn, rollout.id)?;
        Ok(Some((rollout, outcomes, store::orgs::list(conn)?)))
    });
    Ok(read.await?.map(|(rollout, outcomes, orgs)| told(rollout, outcomes, &orgs)))
}

fn told(rollout: Rollout, outcomes: Vec<Outcome>, orgs: &[Org]) -> Progress {
    let [moved, stayed, failed] = sums(outcomes.iter().map(|met| (met.outcome, 1)));
    let name = |id: OrgId| orgs.iter().find(|org| org.id == id).map(|org| org.name.clone());
    let met = |met: Outcome| Met {
        id: met.org,
        name: name(met.org).unwrap_or_default(),
        outcome: met.outcome,
        detail: met.detail,
        time: met.at.iso(),
    };
    Progress {
        id: rollout.id.to_string(),
        policy: rollout.policy,
        cohort: rollout.cohort,
        state: rollout.state,
        since: rollout.created.iso(),
        moved,
        stayed,
        failed,
        organisations: outcomes.into_iter().map(met).collect(),
        of: u64::try_from(orgs.len()).unwrap_or(u64::MAX),
    }
}

/// Stops the roll-out after the organisation that is being moved. Errors: [`Error::NotFound`] if none is running.
pub async fn pause(operator: &Operator) -> Result<(), Error> {
    turn(operator, &[RolloutState::Running], RolloutState::Paused, "running roll-out").await
}

/// Lets a paused roll-out go on; one that was broken off is running still. Errors: [`Error::NotFound`] if all are done.
pub async fn resume(operator: &Operator) -> Result<(), Error> {
    turn(
        operator,
        &[RolloutState::Running, RolloutState::Paused],
        RolloutState::Running,
        UNDONE,
    )
    .await?;
    operator.app().rolling().notify_one();
    Ok(())
}

/// Ends the roll-out where it is: who was moved stays moved. Errors: [`Error::NotFound`] if all are done.
pub async fn stop(operator: &Operator) -> Result<(), Error> {
    turn(operator, &[RolloutState::Running, RolloutState::Paused], RolloutState::Done, UNDONE).await
}

/// Brings the roll-out that is in one of some states into another.
async fn turn(operator: &Operator, from: &'static [RolloutState], to: RolloutState, what: &'static str) -> Result<(), Error> {
    let now = operator.app().now();
    let turned = operator
        .app()
        .control()
        .write::<_, Error>(move |conn| Ok(store::rollouts::turn(conn, from, to, now)?));
    match turned.await? {
        true => {
            operator.did("a roll-out changes", to.name());
            Ok(())
        }
        false => Err(Error::NotFound(what)),
    }
}

async fn set_state(app: &App, id: i64, from: RolloutState, to: RolloutState) -> Result<bool, Error> {
    let now = app.now();
    app.control()
        .write(move |conn| Ok(store::rollouts::set_state(conn, id, from, to, now)?))
        .await
}

/// Who is held.
pub async fn holds(operator: &Operator) -> Result<Vec<Hold>, Error> {
    held(operator.app()).await
}

async fn held(app: &App) -> Result<Vec<Hold>, Error> {
    app.control().read(|conn| Ok(store::rollouts::holds(conn)?)).await
}

/// Keeps an organisation as it is, whatever is rolled out. Errors: [`Error::Input`] for a reason that is too long.
pub async fn hold(operator: &Operator, org: OrgId, reason: &str) -> Result<(), Error> {
    let reason = reason.trim().to_owned();
    if reason.is_empty() || reason.chars().count() > MAX_REASON {
        return Err(Error::Input("reason", format!("1 to {MAX_REASON} characters")));
    }
    let since = operator.app().now();
    let held = Hold { org, reason, since };
    operator
        .app()
        .control()
        .write::<_, Error>(move |conn| Ok(store::rollouts::hold(conn, &held)?))
        .await?;
    operator.did("an organisation is held", org);
    Ok(())
}

/// Lets an organisation go again. Errors: [`Error::NotFound`] if it was not held.
pub async fn release(operator: &Operator, org: OrgId) -> Result<(), Error> {
    let was_held = operator
        .app()
        .control()
        .write::<_, Error>(move |conn| Ok(store::rollouts::release(conn, org)?));
    match was_held.await? {
        true => {
            operator.did("an organisation is let go", org);
            Ok(())
        }
        false => Err(Error::NotFound("hold")),
    }
}
