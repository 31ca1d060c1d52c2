//! Who posts: takes due messages with a lease, in all organisations at the same time.
//!
//! At least once: a process that dies between posting and noting leaves the message to be posted again, with the same id.

use std::collections::HashSet;
use std::sync::Arc;

use domain::ids::OrgId;
use futures_util::future::join_all;
use tokio::sync::watch::Receiver;
use tokio::task::JoinSet;
use tokio::time::Interval;

use super::post::post;
use crate::{App, Error, Tenant};

/// How long a taken message is left to the one who took it, in seconds: longer than an answer may take.
const LEASE_SECONDS: i64 = 120;
/// How many messages of an organisation are on their way at the same time.
const AT_ONCE: u32 = 20;

/// Posts what is due, at once what is put into the outbox here, at each tick of `pace` what is tried again or comes from other
/// servers, until `stop` is told. An organisation whose receivers are slow holds up no other.
pub async fn run(app: App, mut pace: Interval, mut stop: Receiver<bool>) {
    let mut under_way = JoinSet::new();
    let mut busy = HashSet::new();
    loop {
        match crate::orgs::list(&app).await {
            Ok(orgs) => {
                for org in orgs
                    .into_iter()
                    .map(|org| org.id)
                    .filter(|org| busy.insert(*org))
                    .collect::<Vec<_>>()
                {
                    let app = app.clone();
                    under_way.spawn(async move {
                        if let Err(error) = deliver_due(&app, org).await {
                            tracing::warn!(org = org.0, error = error.in_full(), "messages were not posted");
                        }
                        org
                    });
                }
            }
            Err(error) => tracing::warn!(error = error.in_full(), "the organisations cannot be read"),
        }
        loop {
            tokio::select! {
                Some(ended) = under_way.join_next() => match ended {
                    Ok(org) => drop(busy.remove(&org)),
                    // Whose it was is not known: all are looked at again.
                    Err(_) => busy.clear(),
                },
                () = app.posting().notified() => break,
                _ = pace.tick() => break,
                _ = stop.changed() => return,
            }
        }
    }
}

/// Posts what is due in one organisation; returns how many attempts were made.
pub async fn deliver_due(app: &App, org: OrgId) -> Result<usize, Error> {
    let tenant = app.tenant(org).await?;
    let mut attempts = 0;
    loop {
        let due = take(app, &tenant).await?;
        if due.is_empty() {
            return Ok(attempts);
        }
        attempts += due.len();
        for noted in join_all(due.into_iter().map(|message| post(app, &tenant, message))).await {
            noted?;
        }
    }
}

async fn take(app: &App, tenant: &Arc<Tenant>) -> Result<Vec<store::messages::Waiting>, Error> {
    let now = app.now();
    let taken = tenant
        .db
        .write::<_, Error>(move |conn| Ok(store::messages::claim(conn, now, now.plus_seconds(LEASE_SECONDS), AT_ONCE)?));
    taken.await
}
