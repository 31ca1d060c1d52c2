//! Organisations under a licence policy that the policy file does not have.

use store::orgs::Org;

use crate::{App, Error};

/// The organisations about which nobody can say which licence policy holds for them, or that cannot be read, each with why.
pub async fn without_policy(app: &App) -> Result<Vec<(Org, Error)>, Error> {
    let mut without = Vec::new();
    for org in crate::orgs::list(app).await? {
        if let Err(why) = look(app, &org).await {
            without.push((org, why));
        }
    }
    Ok(without)
}

async fn look(app: &App, org: &Org) -> Result<(), Error> {
    let tenant = app.tenant(org.id).await?;
    let state = tenant.db.read::<_, Error>(|conn| Ok(store::licences::look(conn)?)).await?;
    state.under(&app.settings().licences)?;
    Ok(())
}
