//! In the background: renewing what is due in every organisation, and going on with a roll-out that was broken off.

use tokio::sync::watch::Receiver;
use tokio::time::Interval;

use crate::{App, Error};

/// Renews what is due, in all organisations, and goes on with roll-outs, now and at each tick of `pace` until `stop` is told.
/// Nothing waits for it: whoever buys renews first.
pub async fn run(app: App, mut pace: Interval, mut stop: Receiver<bool>) {
    loop {
        if let Err(error) = renew_all(&app).await {
            tracing::warn!(%error, "the organisations cannot be read");
        }
        if let Err(error) = crate::rollouts::carry_on(&app).await {
            tracing::warn!(%error, "the roll-out does not go on");
        }
        tokio::select! {
            _ = pace.tick() => {}
            _ = stop.changed() => return,
        }
    }
}

/// Renews what is due in all organisations; returns how many periods began. One that cannot be renewed is noted, and holds
/// up no other.
pub async fn renew_all(app: &App) -> Result<u64, Error> {
    let mut begun = 0;
    for org in crate::orgs::list(app).await? {
        let ctx = app.system(org.id).await;
        match async { super::renew(&ctx?).await }.await {
            Ok(times) => begun += times,
            Err(error) => tracing::warn!(org = org.id.0, %error, "licences were not renewed"),
        }
    }
    Ok(begun)
}
