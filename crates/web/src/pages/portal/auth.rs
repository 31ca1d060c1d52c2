//! Getting into a portal and out of it.

use app::{App, Error};
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

async fn page(app: &App, portal: &str, next: String, headers: &HeaderMap) -> Result<SignInPage, PageError> {
    let portal = app::portals::look(app, portal).await?;
    let welcome = app::visitors::are_welcome(app, &portal.name).await?;
    let offers = app::sign_ups::offers(app, &portal.name).await?;
    let base = format!("/portal/{}", portal.name);
    Ok(SignInPage {
        sign_up: (!offers.is_empty()).then(|| format!("{base}/sign-up")),
        look_around: welcome.then(|| format!("{base}/public")),
        site: portal.title,
        base,
        next,
        email: String::new(),
        notice: done::said(headers),
        error: None,
        forgot: true,
    })
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
        Err(error @ (Error::WrongPassword | Error::Locked)) => {
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

async fn sign_out(
    State(app): State<App>,
    Path(portal): Path<String>,
    headers: HeaderMap,
    cookies: CookieJar,
) -> Result<Response, PageError> {
    let portal = app::portals::look(&app, &portal).await?;
    if let Some(secret) = cookies::read(&headers, cookies::PORTAL) {
        app::accounts::sign_out(&app, secret).await?;
    }
    let cookies = cookies.add(cookies::removal(cookies::PORTAL));
    let answer = done::lead_to(&format!("/portal/{}/sign-in", portal.name), Done::SignedOut);
    Ok((cookies, answer).into_response())
}
