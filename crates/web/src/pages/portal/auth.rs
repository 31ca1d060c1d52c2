//! Getting into a portal and out of it.

use app::{App, Error};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use crate::cookies;
use crate::failure::PageError;
use crate::pages::done::{self, Done};
use crate::pages::posted::Posted;
use crate::pages::sign_in::{SignInForm, SignInPage, landing};
use crate::pages::{show, with_status};
use crate::routes::{Routes, get, post};

pub fn routes() -> Routes {
    Routes::new()
        .route("/portal/{portal}/sign-in", get(form).post(sign_in))
        .route("/portal/{portal}/sign-out", post(sign_out))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    next: String,
}

/// The page on which people sign in to a portal.
pub(super) async fn page(app: &App, portal: &str, next: String, headers: &HeaderMap) -> Result<SignInPage, PageError> {
    let portal = app::portals::look(app, portal).await?;
    let welcome = app::visitors::are_welcome(app, &portal.name).await?;
    let offers = app::sign_ups::offers(app, &portal.name).await?;
    let base = format!("/portal/{}", portal.name);
    let provider = portal.single_sign_on.then(|| at_provider(&base, &next));
    Ok(SignInPage {
        sign_up: (!offers.is_empty()).then(|| format!("{base}/sign-up")),
        look_around: welcome.then(|| format!("{base}/public")),
        site: portal.title,
        base,
        next,
        email: String::new(),
        notice: done::said(headers),
        error: None,
        forgot: provider.is_none(),
        provider,
    })
}

/// Where people begin to sign in at their provider, and how they come back to the page that they wanted.
fn at_provider(base: &str, next: &str) -> String {
    match serde_urlencoded::to_string([("next", landing(base, next))]) {
        Ok(query) if !next.is_empty() => format!("{base}/saml/sign-in?{query}"),
        _ => format!("{base}/saml/sign-in"),
    }
}

async fn form(
    State(app): State<App>,
    Path(portal): Path<String>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    Ok(show(&page(&app, &portal, asked.next, &headers).await?))
}

async fn sign_in(
    State(app): State<App>,
    Path(portal): Path<String>,
    cookies: CookieJar,
    Posted(form): Posted<SignInForm>,
) -> Result<Response, PageError> {
    let page = page(&app, &portal, form.next, &HeaderMap::new()).await?;
    match app::accounts::sign_in_member(&app, &portal, &form.email, &form.password).await {
        Ok(secret) => {
            let cookies = cookies.add(cookies::session(&app, cookies::PORTAL, secret));
            Ok((cookies, Redirect::to(&landing(&page.base, &page.next))).into_response())
        }
        Err(error @ (Error::WrongPassword | Error::Locked | Error::AtProvider)) => {
            let page = SignInPage {
                email: form.email,
                error: Some(error.to_string()),
                ..page
            };
            Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(other) => Err(other.into()),
    }
}

/// Signed out here, and not yet at the provider: a form cannot lead to another site by itself.
#[derive(Template)]
#[template(path = "portal/signed_out.html")]
struct SignedOut {
    site: String,
    base: String,
    /// Where one signs out at the provider.
    there: String,
}

async fn sign_out(
    State(app): State<App>,
    Path(portal): Path<String>,
    headers: HeaderMap,
    cookies: CookieJar,
) -> Result<Response, PageError> {
    let portal = app::portals::look(&app, &portal).await?;
    let base = format!("/portal/{}", portal.name);
    let place = match cookies::read(&headers, cookies::PORTAL) {
        Some(secret) => app::single_sign_on::leave(&app, &portal.name, secret).await?,
        None => None,
    };
    let answer = match place {
        None => done::lead_to(&format!("{base}/sign-in"), Done::SignedOut),
        Some(there) => show(&SignedOut {
            site: portal.title,
            base,
            there,
        }),
    };
    Ok((cookies.add(cookies::removal(cookies::PORTAL)), answer).into_response())
}
