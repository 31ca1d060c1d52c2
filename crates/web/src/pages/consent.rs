//! A program asks to act for somebody, who agrees here or does not.

use app::accounts::{Caller, Freshness, authenticate};
use app::clients::{Asked, Refusal, Request, agree, decline, look};
use app::{App, Ctx, Error};
use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::accounts::{Scope, place_of};
use serde::Deserialize;
use store::accounts::SessionKind;

use super::posted::Posted;
use super::shell::Person;
use super::show;
use crate::cookies;
use crate::failure::PageError;
use crate::layers::policy_with_forms_to;
use crate::routes::{Routes, get};

/// Where programs lead people to.
pub const PLACE: &str = "/oauth/v2/auth";

pub fn routes() -> Routes {
    Routes::new().route(PLACE, get(ask).post(decide))
}

#[derive(Template)]
#[template(path = "consent.html")]
struct Consent {
    site: String,
    client: String,
    person: Person,
    /// As what the person comes: an employee, or a user of a portal.
    role: String,
    scopes: Vec<String>,
    offline: bool,
    /// Where the person is led back to.
    back: String,
    request: Request,
    /// As whom the page says that one agrees.
    shown: String,
}

/// Whoever agrees, as the pages know them.
struct Somebody {
    ctx: Ctx,
    name: String,
    email: String,
    role: String,
}

async fn ask(State(app): State<App>, Query(request): Query<Request>, headers: HeaderMap) -> Result<Response, PageError> {
    let asked = match asked(&app, &request).await? {
        Ok(asked) => asked,
        Err(led) => return Ok(led),
    };
    match somebody(&app, &request, &asked, &headers).await? {
        Some(who) => Ok(page(who, asked, request)),
        None => Ok(to_sign_in(&request)),
    }
}

fn page(who: Somebody, asked: Asked, request: Request) -> Response {
    let back = place_of(&asked.redirect_uri);
    let policy = HeaderValue::from_str(&policy_with_forms_to(&back)).ok();
    let mut page = show(&Consent {
        site: who.ctx.tenant.org.name.clone(),
        client: asked.client.name,
        person: Person::new(&who.name, &who.email),
        role: who.role,
        shown: who.ctx.viewer.actor.to_string(),
        scopes: asked.scopes.iter().map(Scope::words).collect(),
        offline: asked.offline,
        back,
        request,
    });
    // A form that leads on to the program: browsers ask whether it may.
    page.headers_mut()
        .extend(policy.map(|policy| (header::CONTENT_SECURITY_POLICY, policy)));
    page.headers_mut()
        .insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    page
}

#[derive(Debug, Deserialize)]
struct Decision {
    #[serde(flatten)]
    request: Request,
    #[serde(default)]
    decision: String,
    #[serde(default)]
    shown: String,
}

async fn decide(State(app): State<App>, headers: HeaderMap, Posted(form): Posted<Decision>) -> Result<Response, PageError> {
    let asked = match asked(&app, &form.request).await? {
        Ok(asked) => asked,
        Err(led) => return Ok(led),
    };
    if form.decision != "allow" {
        return Ok(Redirect::to(&decline(&asked)).into_response());
    }
    match somebody(&app, &form.request, &asked, &headers).await? {
        // Somebody else is signed in since the page was shown: they have not agreed to anything.
        Some(who) if who.ctx.viewer.actor.to_string() != form.shown => Ok(page(who, asked, form.request)),
        Some(who) => Ok(Redirect::to(&agree(&who.ctx, &asked).await?).into_response()),
        None => Ok(to_sign_in(&form.request)),
    }
}

/// The request, if it can be agreed to; or where the person is led instead.
async fn asked(app: &App, request: &Request) -> Result<Result<Asked, Response>, PageError> {
    match look(app, request).await {
        Ok(asked) => Ok(Ok(asked)),
        Err(Refusal::There(address)) => Ok(Err(Redirect::to(&address).into_response())),
        Err(Refusal::Here(error)) => Err(error.into()),
    }
}

/// Who is signed in, in the client's organisation: as a user of the portal that is named, or as an employee.
async fn somebody(app: &App, request: &Request, asked: &Asked, headers: &HeaderMap) -> Result<Option<Somebody>, PageError> {
    let (cookie, kind) = match request.portal.as_str() {
        "" => (cookies::STAFF, SessionKind::Staff),
        _ => (cookies::PORTAL, SessionKind::Portal),
    };
    let Some(secret) = cookies::read(headers, cookie) else {
        return Ok(None);
    };
    let ctx = match authenticate(app, secret, &[kind], Freshness::Now).await {
        Ok(ctx) if ctx.tenant.org.id == asked.org => ctx,
        Ok(_) | Err(Error::SignedOut) => return Ok(None),
        Err(other) => return Err(other.into()),
    };
    let found = match ctx.signed_in.as_deref().map(|of| &of.caller) {
        Some(Caller::Staff(staff)) => Some((staff.name.clone(), staff.email.clone(), "an employee".to_owned())),
        Some(Caller::Member { member, portal }) => ctx
            .snapshot
            .portal(*portal)
            .filter(|portal| portal.active && portal.name.eq_ignore_ascii_case(&request.portal))
            .map(|portal| (member.name.clone(), member.email.clone(), format!("a user of {}", portal.title))),
        None => None,
    };
    Ok(found.map(|(name, email, role)| Somebody { ctx, name, email, role }))
}

/// To the sign-in page that fits, and from there back here.
fn to_sign_in(request: &Request) -> Response {
    let is_name = domain::portals::check_portal_name(&request.portal).is_ok();
    let site = match request.portal.as_str() {
        portal if is_name => format!("/portal/{portal}"),
        _ => "/admin".to_owned(),
    };
    let query = serde_urlencoded::to_string(request).unwrap_or_default();
    let next = serde_urlencoded::to_string([("next", format!("{PLACE}?{query}"))]).unwrap_or_default();
    Redirect::to(&format!("{site}/sign-in?{next}")).into_response()
}
