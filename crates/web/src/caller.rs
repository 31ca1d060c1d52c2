//! Extractors: from a request to the one who asks.

use app::accounts::{Anchor, Caller, Freshness, authenticate};
use app::{App, Ctx, Error};
use axum::extract::{FromRequestParts, MatchedPath, OriginalUri, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use domain::portals::Portal;
use store::accounts::SessionKind;

use crate::api::{ApiError, scope};
use crate::cookies;
use crate::failure::PageError;
use crate::served;
use crate::sessions::LookAgain;

/// A portal user on the pages of their portal.
pub struct PortalUser {
    pub ctx: Ctx,
    pub portal: Portal,
    pub name: String,
    pub email: String,
    /// As whom else they may come in, here and in the organisation's other portals.
    pub others: Vec<Anchor>,
}

/// A visitor of a portal who is not signed in, or comes as if not.
pub struct Visitor {
    pub ctx: Ctx,
    pub portal: Portal,
}

/// An employee on the administrator's pages.
pub struct Employee {
    pub ctx: Ctx,
    pub name: String,
    pub email: String,
}

/// Whoever calls the API: by access token, or by the cookie of a page.
pub struct ApiCaller(pub Ctx);

/// By which programs say that they name a record by what a field holds. Here its id alone names it: a value that happens to be an id
/// must not lead to another record.
const BY_OTHER_FIELD: &str = "x-external";

/// Reading is answered from memory, as statements look for themselves; everything else looks anew.
fn freshness(parts: &Parts) -> Freshness {
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    if reads && parts.extensions.get::<LookAgain>().is_none() {
        Freshness::Cached
    } else {
        Freshness::Now
    }
}

/// The access token of a request: `Authorization: Zoho-oauthtoken …` or `Bearer …`.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let known = scheme.eq_ignore_ascii_case("Zoho-oauthtoken") || scheme.eq_ignore_ascii_case("Bearer");
    known.then(|| token.trim())
}

impl FromRequestParts<App> for PortalUser {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let name = portal_of(parts, app).await?;
        let secret = cookies::read(&parts.headers, cookies::PORTAL).ok_or(Error::SignedOut)?;
        let ctx = authenticate(app, secret, &[SessionKind::Portal], freshness(parts)).await?;
        served::note(parts, &ctx);
        let (member, portal) = match ctx.signed_in.as_deref().map(|s| &s.caller) {
            Some(Caller::Member { member, portal }) => (member, *portal),
            _ => return Err(Error::SignedOut.into()),
        };
        let portal = ctx
            .snapshot
            .portal(portal)
            .filter(|p| p.active && p.name.eq_ignore_ascii_case(&name))
            .cloned();
        let (name, email) = (member.name.clone(), member.email.clone());
        Ok(Self {
            portal: portal.ok_or(Error::SignedOut)?,
            name,
            email,
            others: app::accounts::others(&ctx).await?,
            ctx,
        })
    }
}

/// The name of the portal in the address.
async fn portal_of(parts: &mut Parts, app: &App) -> Result<String, Error> {
    let names = Path::<Vec<(String, String)>>::from_request_parts(parts, app).await;
    let Path(names) = names.map_err(|_| Error::NotFound("page"))?;
    let name = names.into_iter().find(|(key, _)| key == "portal");
    Ok(name.map(|(_, name)| name).unwrap_or_default())
}

impl FromRequestParts<App> for Visitor {
    type Rejection = PageError;

    /// Whatever cookies they carry: what everybody sees does not depend on who looks.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let name = portal_of(parts, app).await?;
        let (ctx, portal) = app::visitors::receive(app, &name).await?;
        served::note(parts, &ctx);
        Ok(Self { ctx, portal })
    }
}

impl Visitor {
    /// Where what visitors see begins.
    #[must_use]
    pub fn base(&self) -> String {
        format!("/portal/{}/public", self.portal.name)
    }

    /// Where they sign in.
    #[must_use]
    pub fn sign_in(&self) -> String {
        format!("/portal/{}/sign-in", self.portal.name)
    }
}

impl FromRequestParts<App> for Employee {
    type Rejection = PageError;

    /// The administrator's pages are few and change much: everything is looked up anew.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let secret = cookies::read(&parts.headers, cookies::STAFF).ok_or(Error::SignedOut)?;
        let ctx = authenticate(app, secret, &[SessionKind::Staff], Freshness::Now).await?;
        served::note(parts, &ctx);
        match ctx.signed_in.as_deref().map(|s| &s.caller) {
            Some(Caller::Staff(staff)) => Ok(Self {
                name: staff.name.clone(),
                email: staff.email.clone(),
                ctx,
            }),
            _ => Err(Error::SignedOut.into()),
        }
    }
}

/// Who calls the API, known as surely as asked for.
pub async fn api(parts: &Parts, app: &App, freshness: Freshness) -> Result<Ctx, ApiError> {
    let ctx = by_token_or_cookie(parts, app, freshness).await?;
    served::note(parts, &ctx);
    let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let path = parts.extensions.get::<OriginalUri>().map_or(parts.uri.path(), |uri| uri.path());
    scope::check(&ctx, &parts.method, route, path)?;
    crate::limits::admit(parts, &ctx)?;
    Ok(ctx)
}

async fn by_token_or_cookie(parts: &Parts, app: &App, freshness: Freshness) -> Result<Ctx, ApiError> {
    if let Some(token) = bearer(&parts.headers) {
        return Ok(authenticate(app, token, &[SessionKind::Token], freshness).await?);
    }
    for (cookie, kind) in [(cookies::PORTAL, SessionKind::Portal), (cookies::STAFF, SessionKind::Staff)] {
        if let Some(secret) = cookies::read(&parts.headers, cookie) {
            return Ok(authenticate(app, secret, &[kind], freshness).await?);
        }
    }
    Err(ApiError::nobody())
}

impl FromRequestParts<App> for ApiCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let ctx = api(parts, app, freshness(parts)).await?;
        if parts.headers.contains_key(BY_OTHER_FIELD) {
            return Err(ApiError::invalid(
                "X-EXTERNAL is not supported: records are named by their ids alone",
            ));
        }
        Ok(Self(ctx))
    }
}

/// Whoever calls the API for something that is not a record: looked up anew.
pub struct SettingsCaller(pub Ctx);

impl FromRequestParts<App> for SettingsCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        Ok(Self(api(parts, app, Freshness::Now).await?))
    }
}

/// An employee who calls the API; portal users are told that it is not for them.
pub struct StaffCaller(pub Ctx);

impl FromRequestParts<App> for StaffCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let ctx = api(parts, app, Freshness::Now).await?;
        if ctx.is_portal_user() {
            return Err(ApiError::not_for_portal_users());
        }
        Ok(Self(ctx))
    }
}
