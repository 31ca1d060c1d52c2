//! Visitors: those who come to a portal without signing in. They are nobody, and see what is shown to everybody.

use domain::access::{PlanKey, Viewer};
use domain::orgs::Rights;
use domain::portals::Portal;
use domain::time::Day;

use crate::portals::open_by_name;
use crate::{App, Ctx, Error, Snapshot};

/// Whoever is not signed in, on this day.
pub(crate) fn visitor(today: Day) -> Viewer {
    Viewer {
        key: PlanKey::Anonymous,
        anchor: None,
        actor: 0,
        session: None,
        today,
    }
}

/// The context of somebody who comes to a portal without signing in, and the portal.
///
/// Errors: no such portal, a closed one, or one of an organisation that shows visitors nothing: all the same.
pub async fn receive(app: &App, portal: &str) -> Result<(Ctx, Portal), Error> {
    let (tenant, portal) = open_by_name(app, portal).await?;
    let snapshot = tenant.snapshot().await?;
    let now = app.now();
    let portal = snapshot.portal(portal).filter(|_| shows_something(&snapshot, now.day())).cloned();
    let portal = portal.ok_or(Error::NotFound("page"))?;
    let ctx = Ctx {
        app: app.clone(),
        tenant,
        snapshot,
        viewer: visitor(now.day()),
        rights: Rights::none(),
        signed_in: None,
        now,
    };
    Ok((ctx, portal))
}

/// Whether a portal shows anything to visitors.
pub async fn are_welcome(app: &App, portal: &str) -> Result<bool, Error> {
    match receive(app, portal).await {
        Ok(_) => Ok(true),
        Err(Error::NotFound("page")) => Ok(false),
        Err(other) => Err(other),
    }
}

fn shows_something(snapshot: &Snapshot, today: Day) -> bool {
    !snapshot.accesses(visitor(today)).is_empty()
}
