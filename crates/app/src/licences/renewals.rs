//! Renewing what is due in every organisation.

use crate::{App, Error};

/// Renews what is due in all organisations; returns how many periods began. One that cannot be renewed is noted, and holds
/// up no other.
pub async fn renew_all(app: &App) -> Result<u64, Error> {
    let mut begun = 0;
    for org in crate::orgs::list(app).await? {
        let ctx = app.system(org.id).await;
        match async { super::renew(&ctx?).await }.await {
            Ok(times) => begun += times,
            Err(error) => tracing::warn!(org = org.id.0, error = error.in_full(), "licences were not renewed"),
        }
    }
    Ok(begun)
}
