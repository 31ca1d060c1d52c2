//! Single sign-on: the people of a portal sign in at a provider of their company's own, by SAML 2.0.
//!
//! What providers say is read in `signin`; here it is decided whose sign-in it is, and that nothing is answered twice.

mod coming;
mod leaving;

pub use coming::{Came, Sending, begin, finish};
pub use leaving::{Brought, leave, left_there};

use std::sync::Arc;

use domain::ids::PortalId;
use domain::portals::{MAX_CERTIFICATE, Portal, SingleSignOn, check_address};
use signin::saml::{Certificate, IdentityProvider, ServiceProvider};
use store::accounts::Ending;
use store::engine::Conn;
use store::portals::Stamps;

use crate::{App, Ctx, Error, Tenant, audit};

/// What an administrator enters of a provider.
#[derive(Debug, Clone)]
pub struct Draft {
    pub login_url: String,
    pub logout_url: String,
    /// An X.509 certificate, as PEM.
    pub certificate: String,
    pub active: bool,
}

/// The provider of a portal, if one was entered, and by whom.
pub async fn show(ctx: &Ctx, portal: PortalId) -> Result<Option<(SingleSignOn, Stamps)>, Error> {
    ctx.need_manage_portals()?;
    ctx.tenant.db.read(move |conn| Ok(store::single_sign_on::of(conn, portal)?)).await
}

/// What was entered, if it can be used. Errors: [`Error::Input`] with `login_url`, `logout_url` or `public_key`;
/// [`Error::Certificate`].
pub fn checked(draft: Draft) -> Result<SingleSignOn, Error> {
    let address = |name, text: &str| check_address(text).map_err(|expected| Error::Input(name, expected.into()));
    address("login_url", &draft.login_url)?;
    address("logout_url", &draft.logout_url)?;
    if draft.certificate.len() > MAX_CERTIFICATE {
        return Err(Error::Input("public_key", format!("at most {MAX_CERTIFICATE} characters")));
    }
    let certificate = Certificate::from_pem(&draft.certificate).map_err(Error::Certificate)?;
    Ok(SingleSignOn {
        login_url: draft.login_url,
        logout_url: draft.logout_url,
        certificate: certificate.pem().to_owned(),
        active: draft.active,
    })
}

/// Enters the provider of a portal, in the transaction that changes the portal.
///
/// When people begin or cease to sign in there, and when another certificate is trusted, every browser in the portal is signed out:
/// nobody stays in who came another way, or by a key that was exchanged.
pub(crate) fn put(conn: &mut Conn, ctx: &Ctx, portal: &Portal, new: &SingleSignOn) -> Result<(), Error> {
    let was = store::single_sign_on::of(conn, portal.id)?.map(|(provider, _)| provider);
    if was.as_ref() == Some(new) {
        return Ok(());
    }
    let trusted = |provider: &SingleSignOn| provider.active.then(|| provider.certificate.clone());
    let was_trusted = was.as_ref().and_then(trusted);
    if new.active {
        need_edition(conn, ctx)?;
    }
    store::single_sign_on::set(conn, portal.id, new, ctx.viewer.actor, ctx.now)?;
    let deed = match (was_trusted.is_some(), new.active) {
        (false, true) => "single_sign_on_on",
        (true, false) => "single_sign_on_off",
        _ => "single_sign_on_changed",
    };
    if was_trusted != trusted(new) {
        store::accounts::end_sessions(conn, Ending::Portal(portal.id))?;
    }
    audit::note_by(conn, ctx, deed, &portal.title)
}

/// A trial has no single sign-on.
fn need_edition(conn: &mut Conn, ctx: &Ctx) -> Result<(), Error> {
    let licensed = store::licences::pool(conn, ctx.licence_policies())?;
    match crate::orgs::trial_ends(ctx, &licensed) {
        None => Ok(()),
        Some(_) => Err(Error::NotInPolicy {
            policy: licensed.policy.name.clone(),
            what: "single sign-on while an organisation is on trial",
        }),
    }
}

/// A portal as providers know it.
#[must_use]
pub fn service_provider(app: &App, portal: &Portal) -> ServiceProvider {
    let base = format!("{}/portal/{}/saml", app.settings().public_url, portal.name);
    ServiceProvider {
        issuer: format!("{base}/metadata"),
        acs_url: format!("{base}/acs"),
        single_logout_url: format!("{base}/sign-out"),
    }
}

/// What a provider reads of an open portal: an XML document.
pub async fn metadata(app: &App, portal: &str) -> Result<String, Error> {
    let portal = crate::portals::look(app, portal).await?;
    Ok(signin::saml::metadata(&service_provider(app, &portal)))
}

/// A portal whose people sign in at a provider.
struct Site {
    tenant: Arc<Tenant>,
    portal: Portal,
    here: ServiceProvider,
    there: IdentityProvider,
}

/// The portal with this name. Errors: [`Error::NotFound`] also where its people sign in with passwords.
async fn site(app: &App, name: &str) -> Result<Site, Error> {
    let (tenant, id) = crate::portals::open_by_name(app, name).await?;
    let found = tenant.db.read::<_, Error>(move |conn| Ok(store::single_sign_on::of(conn, id)?));
    let provider = found.await?.map(|(provider, _)| provider).filter(|provider| provider.active);
    let provider = provider.ok_or(Error::NotFound("page"))?;
    let portal = tenant.snapshot().await?.portal(id).cloned().ok_or(Error::NotFound("page"))?;
    Ok(Site {
        here: service_provider(app, &portal),
        there: identity_provider(provider)?,
        tenant,
        portal,
    })
}

fn identity_provider(provider: SingleSignOn) -> Result<IdentityProvider, Error> {
    Ok(IdentityProvider {
        certificate: Certificate::from_pem(&provider.certificate)?,
        sign_in_url: provider.login_url,
        sign_out_url: provider.logout_url,
    })
}
