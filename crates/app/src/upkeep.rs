//! What is done in the background: periods are renewed, roll-outs go on, portals end whose day has come, and who waits for a seat gets it.

use tokio::sync::watch::Receiver;
use tokio::time::Interval;

use crate::App;

/// Does what is due in all organisations, now and at each tick of `pace`, until `stop` is told. Nothing waits for it.
pub async fn run(app: App, mut pace: Interval, mut stop: Receiver<bool>) {
    tell_without_policy(&app).await;
    loop {
        if let Err(error) = crate::licences::renew_all(&app).await {
            tracing::warn!(%error, "licences were not renewed");
        }
        if let Err(error) = crate::rollouts::carry_on(&app).await {
            tracing::warn!(%error, "the roll-out does not go on");
        }
        if let Err(error) = crate::orgs::close_due(&app).await {
            tracing::warn!(%error, "portals were not closed");
        }
        if let Err(error) = crate::sign_ups::let_in(&app).await {
            tracing::warn!(%error, "those who wait for portal access were not let in");
        }
        tokio::select! {
            _ = pace.tick() => {}
            _ = stop.changed() => return,
        }
    }
}

/// Says once whose licence policy is gone: nobody can be invited there.
async fn tell_without_policy(app: &App) {
    match crate::licences::without_policy(app).await {
        Err(error) => tracing::warn!(%error, "the organisations' licence policies cannot be looked at"),
        Ok(without) => {
            for (org, why) in without {
                tracing::error!(org = org.id.0, name = org.name, %why, "the organisation has no licence policy");
            }
        }
    }
}
