//! What is done in the background: periods are renewed, roll-outs go on, portals end whose day has come, who waits for a seat gets
//! it, and what has expired is forgotten: files, old jobs, channels, what deleted fields hold, and what let operators in.

use tokio::sync::watch::Receiver;
use tokio::time::Interval;

use crate::App;

/// Does what is due in all organisations, now, at each tick of `pace` and whenever a roll-out begins here, until `stop` is told.
/// Nothing waits for it.
pub async fn run(app: App, mut pace: Interval, mut stop: Receiver<bool>) {
    tell_without_policy(&app).await;
    loop {
        if let Err(error) = crate::licences::renew_all(&app).await {
            tracing::warn!(error = error.in_full(), "licences were not renewed");
        }
        if let Err(error) = crate::rollouts::carry_on(&app).await {
            tracing::warn!(error = error.in_full(), "the roll-out does not go on");
        }
        if let Err(error) = crate::orgs::close_due(&app).await {
            tracing::warn!(error = error.in_full(), "portals were not closed");
        }
        if let Err(error) = crate::sign_ups::let_in(&app).await {
            tracing::warn!(error = error.in_full(), "those who wait for portal access were not let in");
        }
        if let Err(error) = crate::operators::forget_expired(&app).await {
            tracing::warn!(error = error.in_full(), "what has expired of operators was not forgotten");
        }
        if let Err(error) = crate::files::forget_expired(&app).await {
            tracing::warn!(error = error.in_full(), "files that have expired were not forgotten");
        }
        if let Err(error) = crate::bulk::forget_old(&app).await {
            tracing::warn!(error = error.in_full(), "jobs that ended long ago were not forgotten");
        }
        if let Err(error) = crate::notifications::forget_expired(&app).await {
            tracing::warn!(error = error.in_full(), "channels that have expired were not forgotten");
        }
        if let Err(error) = crate::modules::drop_deleted(&app).await {
            tracing::warn!(error = error.in_full(), "what deleted fields hold was not dropped");
        }
        if let Err(error) = crate::repeats::forget_old(&app).await {
            tracing::warn!(error = error.in_full(), "repeated calls of earlier days were not forgotten");
        }
        tokio::select! {
            _ = pace.tick() => {}
            () = app.rolling().notified() => {}
            _ = stop.changed() => return,
        }
    }
}

/// Says once whose licence policy is gone: nobody can be invited there.
async fn tell_without_policy(app: &App) {
    match crate::licences::without_policy(app).await {
        Err(error) => tracing::warn!(error = error.in_full(), "the organisations' licence policies cannot be looked at"),
        Ok(without) => {
            for (org, why) in without {
                tracing::error!(
                    org = org.id.0,
                    name = org.name,
                    why = why.in_full(),
                    "the organisation has no licence policy"
                );
            }
        }
    }
}
