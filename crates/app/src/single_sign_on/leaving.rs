//! Leaving: signing out here and at the provider.

use signin::saml::{self, LogoutMessage};
use store::single_sign_on::ProviderSession;

use super::{identity_provider, service_provider, site};
use crate::accounts::org_of;
use crate::{App, Error};

/// Signs out of a portal. Where the session began at a provider: the place at which one signs out there too. Unknown secrets
/// are no error.
pub async fn leave(app: &App, portal: &str, secret: &str) -> Result<Option<String>, Error> {
    let place = place_there(app, portal, secret).await?;
    crate::accounts::sign_out(app, secret).await?;
    Ok(place)
}

async fn place_there(app: &App, portal: &str, secret: &str) -> Result<Option<String>, Error> {
    let (tenant, id) = crate::portals::open_by_name(app, portal).await?;
    if org_of(secret) != Some(tenant.org.id) {
        return Ok(None);
    }
    let hash = signin::tokens::hash(secret);
    let found = tenant.db.read::<_, Error>(move |conn| {
        let Some(session) = store::accounts::session(conn, &hash)? else {
            return Ok(None);
        };
        let began = store::single_sign_on::of_session(conn, session.id)?.filter(|there| there.portal == id);
        let provider = store::single_sign_on::of(conn, id)?.map(|(provider, _)| provider);
        Ok(began.zip(provider.filter(|provider| provider.active)))
    });
    let (Some((began, provider)), Some(portal)) = (found.await?, tenant.snapshot().await?.portal(id).cloned()) else {
        return Ok(None);
    };
    let here = service_provider(app, &portal);
    let there = identity_provider(provider)?;
    let request = format!("_{}", app.secret());
    let place = saml::ask_sign_out(&here, &there, &request, &began.name_id, began.index.as_deref(), app.now())?;
    Ok(Some(place))
}

/// Signs somebody out because their provider says so. Where the browser goes then.
///
/// Errors: [`Error::Provider`] for what the provider has not signed; [`Error::NotFound`] where people sign in with passwords.
pub async fn left_there(app: &App, portal: &str, message: LogoutMessage<'_>, relay: Option<&str>) -> Result<String, Error> {
    let site = site(app, portal).await?;
    let asked = saml::sign_out_asked(&site.here, &site.there, message, app.now())?;
    let (id, name_id, portal) = (asked.id, asked.name_id, site.portal.id);
    let which = if asked.sessions.is_empty() {
        vec![None]
    } else {
        asked.sessions.into_iter().map(Some).collect()
    };
    let ended = site.tenant.db.write::<_, Error>(move |conn| {
        for index in which {
            let there = ProviderSession {
                portal,
                name_id: name_id.clone(),
                index,
            };
            store::single_sign_on::end(conn, &there)?;
        }
        Ok(())
    });
    ended.await?;
    let answer = format!("_{}", app.secret());
    Ok(saml::sign_out_answer(&site.here, &site.there, &answer, &id, relay, app.now())?)
}
