//! Signing in at a provider of people's own company, and out there (SAML 2.0).
//!
//! The provider has the browser post its answers here from its own site, so these two addresses are open to posts from elsewhere:
//! nothing in them counts that the provider has not signed, for the request that this browser has made.

use app::single_sign_on::{self, Brought, Came};
use app::{App, Error};
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use super::auth::page;
use crate::cookies;
use crate::failure::{PageError, sentence, status};
use crate::pages::done::{Done, lead_to};
use crate::pages::posted::Posted;
use crate::pages::sign_in::{SignInPage, landing};
use crate::pages::with_status;
use crate::routes::{Routes, get, post};

/// The most characters of a page to go to after the sign-in: browsers drop cookies of more than 4,096 bytes, and each may be
/// written as three.
const MAX_NEXT: usize = 1200;

pub fn routes() -> Routes {
    Routes::new()
        .route("/portal/{portal}/saml/metadata", get(metadata))
        .route("/portal/{portal}/saml/sign-in", get(sign_in))
        .route("/portal/{portal}/saml/acs", post(answer))
        .route("/portal/{portal}/saml/sign-out", get(sign_out).post(sign_out_posted))
}

/// Whether a provider's page may have browsers post here.
pub fn takes_posts_of_providers(method: &Method, uri: &Uri) -> bool {
    let mut parts = uri.path().strip_prefix("/portal/").unwrap_or_default().split('/').skip(1);
    let place = (parts.next(), parts.next(), parts.next());
    method == Method::POST && matches!(place, (Some("saml"), Some("acs" | "sign-out"), None))
}

async fn metadata(State(app): State<App>, Path(portal): Path<String>) -> Result<Response, PageError> {
    let text = single_sign_on::metadata(&app, &portal).await?;
    Ok(([(header::CONTENT_TYPE, "application/samlmetadata+xml")], text).into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    next: String,
}

async fn sign_in(
    State(app): State<App>,
    Path(portal): Path<String>,
    cookies: CookieJar,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let known = app::portals::look(&app, &portal).await?;
    let sending = single_sign_on::begin(&app, &portal).await?;
    let base = format!("/portal/{}", known.name);
    let next = if asked.next.len() > MAX_NEXT {
        base
    } else {
        landing(&base, &asked.next)
    };
    let cookies = cookies.add(cookies::signing_in(&app, &sending.secret, &next));
    Ok((cookies, Redirect::to(&sending.place)).into_response())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(rename = "SAMLResponse")]
    saml_response: String,
    #[serde(default)]
    relay_state: String,
}

async fn answer(
    State(app): State<App>,
    Path(portal): Path<String>,
    cookies: CookieJar,
    Posted(answer): Posted<Answer>,
) -> Result<Response, PageError> {
    let known = app::portals::look(&app, &portal).await?;
    let base = format!("/portal/{}", known.name);
    let (kept, next) = cookies::kept_signing_in(&cookies).unzip();
    let next = next.unwrap_or_default();
    match single_sign_on::finish(&app, &portal, answer.saml_response, kept.as_deref()).await {
        Ok(Came::In(secret)) => {
            let cookies = cookies
                .add(cookies::session(&app, cookies::PORTAL, secret))
                .add(cookies::removal(cookies::SIGNING_IN));
            Ok((cookies, Redirect::to(&landing(&base, &next))).into_response())
        }
        Ok(Came::Unasked) => Ok(Redirect::to(&format!("{base}/saml/sign-in?{}", next_of(&app, &answer.relay_state))).into_response()),
        Err(error @ (Error::Provider(_) | Error::NotInvited(_) | Error::NotBegun)) => {
            tracing::warn!(portal = known.name, %error, "a sign-in at a provider was refused");
            // Without what it keeps the browser can begin at the provider again. What was not begun here may leave another sign-in
            // under way.
            let cookies = match error {
                Error::NotBegun => cookies,
                _ => cookies.add(cookies::removal(cookies::SIGNING_IN)),
            };
            Ok((cookies, refused(&app, &known.name, &next, &error).await?).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// The sign-in page once more, with what was wrong.
async fn refused(app: &App, portal: &str, next: &str, error: &Error) -> Result<Response, PageError> {
    let page = SignInPage {
        error: Some(sentence(&error.to_string())),
        ..page(app, portal, next.to_owned(), &HeaderMap::new()).await?
    };
    Ok(with_status(status(error.kind()), &page))
}

/// The page that a provider sends people to who begin there, as a query: it may name it with or without our origin.
fn next_of(app: &App, relay: &str) -> String {
    let next = relay.strip_prefix(&app.settings().public_url).unwrap_or(relay);
    serde_urlencoded::to_string([("next", next)]).unwrap_or_default()
}

/// What a provider's page posts to the address for signing out, or has in its query.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Leaving {
    #[serde(rename = "SAMLRequest")]
    request: Option<String>,
    #[serde(rename = "RelayState")]
    relay: Option<String>,
}

async fn sign_out(
    State(app): State<App>,
    Path(portal): Path<String>,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
    Query(leaving): Query<Leaving>,
) -> Result<Response, PageError> {
    match leaving.request {
        Some(_) => left(&app, &portal, Brought::Query(raw.unwrap_or_default()), leaving.relay).await,
        None => answered(&app, &portal, &headers).await,
    }
}

async fn sign_out_posted(
    State(app): State<App>,
    Path(portal): Path<String>,
    Posted(leaving): Posted<Leaving>,
) -> Result<Response, PageError> {
    match leaving.request {
        Some(request) => left(&app, &portal, Brought::Form(request), leaving.relay).await,
        // The cookie of a session comes along only where a browser is led, not where another site posts.
        None => {
            let known = app::portals::look(&app, &portal).await?;
            Ok(Redirect::to(&format!("/portal/{}/saml/sign-out", known.name)).into_response())
        }
    }
}

/// The provider asks to sign somebody out.
async fn left(app: &App, portal: &str, brought: Brought, relay: Option<String>) -> Result<Response, PageError> {
    let place = single_sign_on::left_there(app, portal, brought, relay.as_deref()).await?;
    Ok(Redirect::to(&place).into_response())
}

/// The provider answers that somebody whom we sent is signed out there too. Nothing in that is believed: whoever still has a session
/// here goes on.
async fn answered(app: &App, portal: &str, headers: &HeaderMap) -> Result<Response, PageError> {
    let known = app::portals::look(app, portal).await?;
    let base = format!("/portal/{}", known.name);
    Ok(match cookies::read(headers, cookies::PORTAL) {
        Some(_) => Redirect::to(&base).into_response(),
        None => lead_to(&format!("{base}/sign-in"), Done::SignedOut),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_sites_post_to_two_addresses_and_to_no_others() {
        let takes = |method: Method, uri: &str| takes_posts_of_providers(&method, &uri.parse().unwrap());
        assert!(takes(Method::POST, "/portal/northwind/saml/acs"));
        assert!(takes(Method::POST, "/portal/northwind/saml/sign-out?x=1"));
        for other in [
            "/portal/northwind/saml/acs/x",
            "/portal/saml/acs",
            "/portal/northwind/sign-out",
            "/portal/northwind/Deals/saml/acs",
            "/admin/portals/saml/acs",
            "/portal/a/b/saml/acs",
        ] {
            assert!(!takes(Method::POST, other), "{other}");
        }
        assert!(!takes(Method::PUT, "/portal/northwind/saml/acs"));
    }
}
