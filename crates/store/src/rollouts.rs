//! Roll-outs of a licence policy, in the control database: who is taken, how far it is, and who stays whatever happens.

use domain::ids::OrgId;
use domain::licences::{Cohort, RolloutOutcome, RolloutState};
use domain::time::Moment;
use serde::{Deserialize, Serialize};

use crate::document;
use crate::engine::{Conn, Error, Row};

/// A roll-out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollout {
    pub id: i64,
    /// The name of the policy to which organisations are moved.
    pub policy: String,
    pub cohort: Cohort,
    pub state: RolloutState,
    pub created: Moment,
    pub changed: Moment,
}

/// What became of an organisation in a roll-out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub org: OrgId,
    pub outcome: RolloutOutcome,
    /// Why it failed.
    pub detail: String,
    pub at: Moment,
}

/// An organisation that stays as it is, whatever is rolled out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub org: OrgId,
    pub reason: String,
    pub since: Moment,
}

#[derive(Serialize, Deserialize)]
struct StoredCohort {
    data_centres: Vec<String>,
    editions: Vec<domain::orgs::Edition>,
    least: u64,
    most: Option<u64>,
    percent: u8,
}

fn write(cohort: &Cohort) -> Result<String, Error> {
    document::write(&StoredCohort {
        data_centres: cohort.data_centres.clone(),
        editions: cohort.editions.clone(),
        least: cohort.least,
        most: cohort.most,
        percent: cohort.percent,
    })
}

fn read(text: &str) -> Result<Cohort, Error> {
    let stored: StoredCohort = document::read(text)?;
    Ok(Cohort {
        data_centres: stored.data_centres,
        editions: stored.editions,
        least: stored.least,
        most: stored.most,
        percent: stored.percent,
    })
}

const COLUMNS: &str = "SELECT id, policy, cohort, state, created_time, changed_time FROM :db.rollouts";

fn rollout(row: &dyn Row) -> Result<Rollout, Error> {
    Ok(Rollout {
        id: row.int(0)?,
        policy: row.text(1)?,
        cohort: read(&row.text(2)?)?,
        state: RolloutState::parse(&row.text(3)?).ok_or_else(|| document::unreadable("an unknown state"))?,
        created: Moment(row.int(4)?),
        changed: Moment(row.int(5)?),
    })
}

/// Adds a roll-out. While another one is not done it breaks a unique key.
pub fn insert(conn: &mut Conn, rollout: &Rollout) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.rollouts (id, policy, cohort, state, created_time, changed_time) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            rollout.id.into(),
            rollout.policy.as_str().into(),
            write(&rollout.cohort)?.into(),
            rollout.state.name().into(),
            rollout.created.0.into(),
            rollout.changed.0.into(),
        ],
    )
    .map(drop)
}

/// All roll-outs, the newest first.
pub fn list(conn: &mut Conn) -> Result<Vec<Rollout>, Error> {
    conn.rows(&format!("{COLUMNS} ORDER BY id DESC"), &[], |row| rollout(row))
}

/// The roll-out with this id.
pub fn by_id(conn: &mut Conn, id: i64) -> Result<Option<Rollout>, Error> {
    conn.row(&format!("{COLUMNS} WHERE id = $1"), &[id.into()], |row| rollout(row))
}

/// Brings a roll-out from one state into another. False: it was in another one.
pub fn set_state(conn: &mut Conn, id: i64, from: RolloutState, to: RolloutState, now: Moment) -> Result<bool, Error> {
    let sql = "UPDATE :db.rollouts SET state = $3, changed_time = $4 WHERE id = $1 AND state = $2";
    Ok(conn.execute(sql, &[id.into(), from.name().into(), to.name().into(), now.0.into()])? == 1)
}

/// Brings the roll-out that is in one of some states into another. False: none is.
pub fn turn(conn: &mut Conn, from: &[RolloutState], to: RolloutState, now: Moment) -> Result<bool, Error> {
    let among: Vec<String> = from.iter().map(|state| format!("'{}'", state.name())).collect();
    let sql = format!(
        "UPDATE :db.rollouts SET state = $1, changed_time = $2 WHERE state IN ({})",
        among.join(", ")
    );
    Ok(conn.execute(&sql, &[to.name().into(), now.0.into()])? > 0)
}

/// Keeps what became of an organisation. That it was moved is never written over.
pub fn note(conn: &mut Conn, rollout: i64, outcome: &Outcome) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.rollout_orgs (rollout_id, org_id, outcome, detail, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (rollout_id, org_id) DO UPDATE SET outcome = excluded.outcome, detail = excluded.detail, at = excluded.at
         WHERE rollout_orgs.outcome <> 'moved'",
        &[
            rollout.into(),
            outcome.org.0.into(),
            outcome.outcome.name().into(),
            outcome.detail.as_str().into(),
            outcome.at.0.into(),
        ],
    )
    .map(drop)
}

/// What became of the organisations that a roll-out came to, in the order of their ids.
pub fn outcomes(conn: &mut Conn, rollout: i64) -> Result<Vec<Outcome>, Error> {
    let sql = "SELECT org_id, outcome, detail, at FROM :db.rollout_orgs WHERE rollout_id = $1 ORDER BY org_id";
    conn.rows(sql, &[rollout.into()], |row| {
        Ok(Outcome {
            org: OrgId(row.int(0)?),
            outcome: outcome(row, 1)?,
            detail: row.text(2)?,
            at: Moment(row.int(3)?),
        })
    })
}

fn outcome(row: &dyn Row, at: usize) -> Result<RolloutOutcome, Error> {
    RolloutOutcome::parse(&row.text(at)?).ok_or_else(|| document::unreadable("an unknown outcome"))
}

/// How many organisations came to an end in which way, by the id of the roll-out.
pub fn counts(conn: &mut Conn) -> Result<Vec<(i64, RolloutOutcome, u64)>, Error> {
    let sql = "SELECT rollout_id, outcome, count(*) FROM :db.rollout_orgs GROUP BY rollout_id, outcome";
    conn.rows(sql, &[], |row| {
        let count = u64::try_from(row.int(2)?).unwrap_or(0);
        Ok((row.int(0)?, outcome(row, 1)?, count))
    })
}

/// Keeps an organisation as it is until it is let go.
pub fn hold(conn: &mut Conn, hold: &Hold) -> Result<(), Error> {
    conn.execute(
        "INSERT INTO :db.rollout_holds (org_id, reason, since) VALUES ($1, $2, $3)
         ON CONFLICT (org_id) DO UPDATE SET reason = excluded.reason",
        &[hold.org.0.into(), hold.reason.as_str().into(), hold.since.0.into()],
    )
    .map(drop)
}

/// Lets an organisation go. False: it was not held.
pub fn release(conn: &mut Conn, org: OrgId) -> Result<bool, Error> {
    Ok(conn.execute("DELETE FROM :db.rollout_holds WHERE org_id = $1", &[org.0.into()])? == 1)
}

/// Who is held, in the order of their ids.
pub fn holds(conn: &mut Conn) -> Result<Vec<Hold>, Error> {
    let sql = "SELECT org_id, reason, since FROM :db.rollout_holds ORDER BY org_id";
    conn.rows(sql, &[], |row| {
        Ok(Hold {
            org: OrgId(row.int(0)?),
            reason: row.text(1)?,
            since: Moment(row.int(2)?),
        })
    })
}
