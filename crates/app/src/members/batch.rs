//! Work on many portal users that outlives its request: invitations and changes of status.

use domain::ids::{ModuleId, RecordId, UserTypeId};
use serde::{Deserialize, Serialize};
use store::jobs::Job;
use store::members::Member;

use super::{activate, deactivate, invite, of_record, reinvite};
use crate::{Ctx, Error};

const INVITATIONS: &str = "invitations";
const STATUSES: &str = "member_statuses";

/// An invitation that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    pub user_type: UserTypeId,
    pub record: RecordId,
    /// For somebody who was invited before and has not accepted.
    pub again: bool,
}

/// What became of an invitation, kept with its job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Invited,
    InvitedAgain,
    AlreadyThere,
    NoAddress,
    /// The address is of the organisation's own domain, and the licence policy lets nobody in who has one.
    OwnDomain,
    /// Nobody is let in at present: an invoice is overdue, or the edition has no portals.
    Closed,
    NoSuchRecord,
    /// None, or one of another module.
    NoSuchType,
    /// All seats are taken.
    Full {
        allowance: u64,
        consumed: u64,
    },
    /// Invited again, but there is no invitation that waits.
    NotWaiting,
    Failed,
}

/// Invitations in the background, as they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub id: i64,
    /// `scheduled`, `in_progress` or `completed`.
    pub state: String,
    /// Once completed.
    pub results: Option<Vec<(RecordId, Outcome)>>,
}

/// The portal user that a record is in a user type.
pub async fn in_type(ctx: &Ctx, user_type: UserTypeId, record: RecordId) -> Result<Option<Member>, Error> {
    Ok(of_record(ctx, record).await?.into_iter().find(|m| m.user_type == user_type))
}

/// Invites, or invites again, the person that a record of `module` is.
pub async fn fulfil(ctx: &Ctx, module: ModuleId, wish: Wish) -> Result<Outcome, Error> {
    ctx.need_manage_portal_users()?;
    if ctx.snapshot.user_type(wish.user_type).is_none_or(|t| t.personality != module) {
        return Ok(Outcome::NoSuchType);
    }
    let done = if wish.again {
        match in_type(ctx, wish.user_type, wish.record).await? {
            Some(member) => reinvite(ctx, member.id).await.map(|()| Outcome::InvitedAgain),
            None => return Ok(Outcome::NotWaiting),
        }
    } else {
        invite(ctx, wish.user_type, wish.record).await.map(|_| Outcome::Invited)
    };
    match done {
        Ok(outcome) => Ok(outcome),
        Err(Error::Exists(_)) => Ok(Outcome::AlreadyThere),
        Err(Error::NoAddress) => Ok(Outcome::NoAddress),
        Err(Error::OwnDomain { .. }) => Ok(Outcome::OwnDomain),
        Err(Error::NotFound(_)) => Ok(Outcome::NoSuchRecord),
        Err(Error::Refused(_)) => Ok(Outcome::NotWaiting),
        Err(Error::Exhausted(full)) => Ok(Outcome::Full {
            allowance: full.allowance,
            consumed: full.consumed,
        }),
        Err(other) => Err(other),
    }
}

/// Starts invitations in the background. Their id is for [`batch`].
pub async fn schedule(ctx: &Ctx, module: ModuleId, wishes: Vec<Wish>) -> Result<i64, Error> {
    ctx.need_manage_portal_users()?;
    let total = wishes.len();
    let id = begin(ctx, INVITATIONS, module.to_string(), total).await?;
    let ctx = ctx.clone();
    tokio::spawn(async move {
        note(&ctx, id, "in_progress", total, String::new()).await;
        let mut results = Vec::with_capacity(total);
        for wish in wishes {
            let outcome = fulfil(&ctx, module, wish).await.unwrap_or_else(|error| match error {
                Error::InvitationsHeld(_) | Error::Edition(_) => Outcome::Closed,
                error => {
                    tracing::error!(error = error.in_full(), job = id, "an invitation failed");
                    Outcome::Failed
                }
            });
            results.push((wish.record, outcome));
        }
        let results = serde_json::to_string(&results).unwrap_or_default();
        note(&ctx, id, "completed", total, results).await;
    });
    Ok(id)
}

/// How invitations into a module's user types stand, if there are such.
pub async fn batch(ctx: &Ctx, module: ModuleId, id: i64) -> Result<Option<Batch>, Error> {
    ctx.need_manage_portal_users()?;
    let job = ctx
        .tenant
        .db
        .read::<_, Error>(move |conn| Ok(store::jobs::by_id(conn, id)?))
        .await?;
    let job = job.filter(|job| job.kind == INVITATIONS && job.payload == module.to_string());
    Ok(job.map(|job| Batch {
        id: job.id,
        results: serde_json::from_str(&job.result).ok().filter(|_| job.state == "completed"),
        state: job.state,
    }))
}

/// Locks portal users out, or lets them in again, in the background.
pub async fn schedule_statuses(ctx: &Ctx, user_type: UserTypeId, wanted: Vec<(RecordId, bool)>) -> Result<i64, Error> {
    ctx.need_manage_portal_users()?;
    let total = wanted.len();
    let id = begin(ctx, STATUSES, user_type.to_string(), total).await?;
    let ctx = ctx.clone();
    tokio::spawn(async move {
        let mut results = Vec::with_capacity(total);
        for (record, active) in wanted {
            results.push((record, set_status(&ctx, user_type, record, active).await.is_ok()));
        }
        let results = serde_json::to_string(&results).unwrap_or_default();
        note(&ctx, id, "completed", total, results).await;
    });
    Ok(id)
}

async fn set_status(ctx: &Ctx, user_type: UserTypeId, record: RecordId, active: bool) -> Result<(), Error> {
    let member = in_type(ctx, user_type, record).await?.ok_or(Error::NotFound("portal user"))?;
    match active {
        true => activate(ctx, member.id).await,
        false => deactivate(ctx, member.id).await,
    }
}

async fn begin(ctx: &Ctx, kind: &str, payload: String, total: usize) -> Result<i64, Error> {
    let job = Job {
        id: ctx.app.id(),
        kind: kind.to_owned(),
        state: "scheduled".into(),
        payload,
        done: 0,
        total: i64::try_from(total).unwrap_or(i64::MAX),
        result: String::new(),
        created: ctx.now,
        created_by: ctx.viewer.actor,
    };
    let id = job.id;
    ctx.tenant
        .db
        .write::<_, Error>(move |conn| Ok(store::jobs::insert(conn, &job)?))
        .await?;
    Ok(id)
}

async fn note(ctx: &Ctx, id: i64, state: &'static str, total: usize, results: String) {
    let (now, total) = (ctx.app.now(), i64::try_from(total).unwrap_or(i64::MAX));
    let done = if state == "completed" { total } else { 0 };
    let noted = ctx
        .tenant
        .db
        .write::<_, Error>(move |conn| Ok(store::jobs::progress(conn, id, state, done, total, &results, now)?));
    if let Err(error) = noted.await {
        tracing::error!(error = error.in_full(), job = id, "cannot note how a job stands");
    }
}
