//! A message on its way: what it says, to whom, and what comes of it.

use bytes::Bytes;
use domain::time::Moment;
use store::engine::Conn;
use store::messages::{self, To, Waiting};
use store::notifications::{self, Channel};
use webhooks::{Failure, Message, Secret, Target};

use super::notice;
use super::tell::Told;
use crate::{App, Error, Tenant, authority};

/// Where so many messages wait nobody listens any more.
const MOST_WAITING: i64 = 10_000;

/// A message that is ready.
struct Ready {
    target: Target,
    body: Vec<u8>,
    secret: Option<Secret>,
}

/// What came of an attempt.
enum Outcome {
    /// It was delivered, or there was nothing to say.
    Done,
    Failed(String),
    /// Nobody is there any more who could be told.
    Over,
}

/// Posts a message, and notes what came of it.
pub(super) async fn post(app: &App, tenant: &Tenant, waiting: Waiting) -> Result<(), Error> {
    let channel = match &waiting.to {
        To::Channel(id) => known(tenant, *id).await?,
        To::Address(_) => None,
    };
    let outcome = match ready(app, tenant, &waiting, channel.as_ref()).await {
        Ok(Some(ready)) => attempt(app, &waiting, ready).await,
        Ok(None) => Outcome::Done,
        Err(Error::SignedOut | Error::NotFound(_)) => Outcome::Over,
        Err(error) => {
            tracing::warn!(error = error.in_full(), message = waiting.id, "a message cannot be written");
            Outcome::Failed(error.to_string())
        }
    };
    note(app, tenant, waiting, channel, outcome).await
}

async fn known(tenant: &Tenant, id: i64) -> Result<Option<Channel>, Error> {
    tenant.db.read(move |conn| Ok(notifications::by_id(conn, id)?)).await
}

async fn ready(app: &App, tenant: &Tenant, waiting: &Waiting, channel: Option<&Channel>) -> Result<Option<Ready>, Error> {
    if let To::Address(url) = &waiting.to {
        return Ok(Some(Ready {
            target: super::target(app, "callback", url)?,
            body: waiting.payload.clone().into_bytes(),
            secret: None,
        }));
    }
    let channel = channel
        .filter(|channel| channel.expires > app.now())
        .ok_or(Error::NotFound("channel"))?;
    let told = serde_json::from_str(&waiting.payload);
    let told: Told = told.map_err(|error| Error::Internal(store::engine::Error::Database(error.to_string())))?;
    say(app, tenant, channel, told).await
}

async fn say(app: &App, tenant: &Tenant, channel: &Channel, told: Told) -> Result<Option<Ready>, Error> {
    let target = super::target(app, "notify_url", &channel.url)?;
    let ctx = authority::resume(app, tenant.org.id, channel.session).await?;
    let body = notice::body(&ctx, channel, &target, told).await?;
    Ok(body.map(|body| Ready {
        target,
        body: body.to_string().into_bytes(),
        secret: Secret::parse(&channel.secret),
    }))
}

async fn attempt(app: &App, waiting: &Waiting, ready: Ready) -> Outcome {
    let message = Message {
        id: format!("msg_{}", waiting.id),
        time: app.now().millis().div_euclid(1000),
        body: Bytes::from(ready.body),
        secret: ready.secret,
    };
    match app.webhooks().post(&ready.target, &message).await {
        Ok(()) => Outcome::Done,
        Err(Failure::Gone) => Outcome::Over,
        Err(failure) => Outcome::Failed(failure.to_string()),
    }
}

async fn note(app: &App, tenant: &Tenant, waiting: Waiting, channel: Option<Channel>, outcome: Outcome) -> Result<(), Error> {
    let now = app.now();
    let attempt = usize::try_from(waiting.attempts).unwrap_or(usize::MAX);
    let schedule = &app.settings().webhooks.retry_seconds;
    let next = schedule.get(attempt).map(|&seconds| app.now().plus_seconds(seconds));
    tenant
        .db
        .write::<_, Error>(move |conn| match (outcome, &waiting.to) {
            (Outcome::Over, To::Channel(_)) => over(conn, &waiting, channel.as_ref(), now),
            (Outcome::Done, To::Channel(channel)) => {
                notifications::note(conn, *channel, None)?;
                Ok(messages::delete(conn, waiting.id)?)
            }
            (Outcome::Failed(why), To::Channel(channel)) => {
                notifications::note(conn, *channel, Some(&why))?;
                if messages::waiting(conn, *channel)? > MOST_WAITING {
                    return shut(conn, *channel);
                }
                later(conn, &waiting, next, &why)
            }
            (Outcome::Failed(why), To::Address(_)) => later(conn, &waiting, next, &why),
            (Outcome::Done | Outcome::Over, To::Address(_)) => Ok(messages::delete(conn, waiting.id)?),
        })
        .await
}

/// Tries again later, or gives it up.
fn later(conn: &mut Conn, waiting: &Waiting, next: Option<Moment>, why: &str) -> Result<(), Error> {
    match next {
        Some(next) => Ok(messages::postpone(conn, waiting.id, next)?),
        None => {
            tracing::warn!(message = waiting.id, why, "a message was not delivered and is given up");
            Ok(messages::delete(conn, waiting.id)?)
        }
    }
}

/// The channel to which nothing can be told any more is shut, unless its owner has made another of it meanwhile: that one is asked.
fn over(conn: &mut Conn, waiting: &Waiting, seen: Option<&Channel>, now: Moment) -> Result<(), Error> {
    let Some(seen) = seen else {
        return Ok(messages::delete(conn, waiting.id)?);
    };
    match notifications::lock(conn, seen.owner, seen.number)? {
        Some(there) if there.id == seen.id && (there.session, &there.url) != (seen.session, &seen.url) => {
            Ok(messages::postpone(conn, waiting.id, now)?)
        }
        _ => shut(conn, seen.id),
    }
}

/// Takes a channel away, with what waits for it and the session that it has.
fn shut(conn: &mut Conn, id: i64) -> Result<(), Error> {
    if let Some(channel) = notifications::by_id(conn, id)? {
        authority::end(conn, channel.session)?;
        notifications::delete(conn, id)?;
    }
    Ok(())
}

/// Forgets the channels that have expired, in all organisations. Their sessions expire with them.
pub(crate) async fn forget_expired(app: &App) -> Result<(), Error> {
    let now = app.now();
    for org in crate::orgs::list(app).await? {
        let forget = move |conn: &mut Conn| Ok::<_, Error>(notifications::forget(conn, now)?);
        app.tenant(org.id).await?.db.write(forget).await?;
    }
    Ok(())
}
