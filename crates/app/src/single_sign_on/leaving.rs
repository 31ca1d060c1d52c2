//! Leaving: signing out here and at the provider.

use domain::ids::PortalId;
use domain::time::Moment;
use signin::saml::{self, FRESH, LogoutMessage, SignOut};
use store::engine::Conn;
use store::single_sign_on::ProviderSession;

use super::{Site, identity_provider, service_provider, site};
use crate::accounts::org_of;
use crate::{App, Error};

/// Signs out of a portal. Where the session began at a provider: the place at which one signs out there too, if it can be told.
/// Unknown secrets are no error.
pub async fn leave(app: &App, portal: &str, secret: &str) -> Result<Option<String>, Error> {
    let place = place_there(app, portal, secret).await;
    crate::accounts::sign_out(app, secret).await?;
    match place {
        Err(Error::Provider(why)) => {
            tracing::warn!(portal, %why, "nobody can be led to the provider to sign out");
            Ok(None)
        }
        place => place,
    }
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

/// A provider's request to sign somebody out, as the browser brings it.
#[derive(Debug)]
pub enum Brought {
    /// In the query of the address, as it came.
    Query(String),
    /// In the field `SAMLRequest` of a form.
    Form(String),
}

/// Signs somebody out because their provider says so; once by each request. Where the browser goes then.
///
/// Errors: [`Error::Provider`] for what the provider has not signed; [`Error::NotFound`] where people sign in with passwords.
pub async fn left_there(app: &App, portal: &str, brought: Brought, relay: Option<&str>) -> Result<String, Error> {
    let Site {
        tenant,
        portal,
        here,
        there,
    } = site(app, portal).await?;
    let now = app.now();
    let (by, to) = (there.clone(), here.clone());
    let read = tokio::task::spawn_blocking(move || saml::sign_out_asked(&to, &by, brought.as_message(), now));
    let asked = read.await.map_err(|_| Error::Busy)??;
    let answer = saml::sign_out_answer(&here, &there, &format!("_{}", app.secret()), &asked.id, relay, now)?;
    let ended = tenant.db.write(move |conn| end(conn, portal.id, asked, now));
    ended.await?;
    Ok(answer)
}

impl Brought {
    fn as_message(&self) -> LogoutMessage<'_> {
        match self {
            Self::Query(query) => LogoutMessage::Query(query),
            Self::Form(saml_request) => LogoutMessage::Form { saml_request },
        }
    }
}

/// Ends what a provider asks to end, unless it was ended by the same request before.
fn end(conn: &mut Conn, portal: PortalId, asked: SignOut, now: Moment) -> Result<(), Error> {
    let request = format!("sign-out {}", asked.id);
    if !store::single_sign_on::answer(conn, &request, now, now.plus_seconds(2 * FRESH))? {
        return Ok(());
    }
    let which = match asked.sessions.is_empty() {
        true => vec![None],
        false => asked.sessions.into_iter().map(Some).collect(),
    };
    for index in which {
        let there = ProviderSession {
            portal,
            name_id: asked.name_id.clone(),
            index,
        };
        store::single_sign_on::end(conn, &there)?;
    }
    Ok(())
}
