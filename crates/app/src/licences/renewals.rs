//! Renewing, in the background: what is due in every organisation.

use std::time::Duration;

use tokio::sync::watch::Receiver;

use crate::{App, Error};

/// How often it is looked. Nothing waits for it: whoever buys renews first.
const EVERY: Duration = Duration::from_secs(600);

/// Renews what is due, in all organisations, until `stop` is told.
pub async fn run(app: App, mut stop: Receiver<bool>) {
    loop {
        if let Err(error) = renew_all(&app).await {
            tracing::warn!(%error, "the organisations cannot be read");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
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
