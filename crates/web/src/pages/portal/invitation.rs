//! Accepting an invitation.

use app::members::{Accepted, Invitation};
use app::{App, Error};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use super::spent;
use crate::cookies;
use crate::failure::PageError;
use crate::pages::done::{Done, lead_to};
use crate::pages::posted::Posted;
use crate::pages::{show, with_status};
use crate::routes::{Routes, get};

pub fn routes() -> Routes {
    Routes::new().route("/portal/{portal}/invitation/{token}", get(form).post(accept))
}

#[derive(Template)]
#[template(path = "portal/invitation.html")]
struct Page {
    site: String,
    base: String,
    token: String,
    invitation: Invitation,
    error: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    #[serde(default)]
    password: String,
}

/// The page of an invitation that works; else the page that says what to do.
async fn page(app: &App, portal: &str, token: String) -> Result<Result<Page, Response>, PageError> {
    let known = app::portals::look(app, portal).await?;
    let base = format!("/portal/{}", known.name);
    Ok(match app::members::invitation(app, portal, &token).await {
        Ok(invitation) => Ok(Page {
            site: known.title,
            base,
            token,
            invitation,
            error: None,
        }),
        Err(Error::LinkSpent) => Err(spent::invitation(known.title, base)),
        Err(other) => return Err(other.into()),
    })
}

async fn form(State(app): State<App>, Path((portal, token)): Path<(String, String)>) -> Result<Response, PageError> {
    Ok(match page(&app, &portal, token).await? {
        Ok(page) => show(&page),
        Err(spent) => spent,
    })
}

async fn accept(
    State(app): State<App>,
    Path((portal, token)): Path<(String, String)>,
    cookies: CookieJar,
    Posted(choice): Posted<Choice>,
) -> Result<Response, PageError> {
    let page = match page(&app, &portal, token).await? {
        Ok(page) => page,
        Err(spent) => return Ok(spent),
    };
    Ok(match app::members::accept(&app, &portal, &page.token, &choice.password).await {
        Ok(Accepted::SignedIn(secret)) => {
            let cookies = cookies.add(cookies::session(&app, cookies::PORTAL, secret));
            (cookies, lead_to(&page.base, Done::Welcome)).into_response()
        }
        Ok(Accepted::SignInNext) => {
            let done = if page.invitation.single_sign_on {
                Done::ConfirmedAtProvider
            } else {
                Done::Confirmed
            };
            lead_to(&format!("{}/sign-in", page.base), done)
        }
        Err(Error::LinkSpent) => spent::invitation(page.site, page.base),
        Err(Error::Password(why)) => {
            let error = Some(why.to_string());
            with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { error, ..page })
        }
        Err(other) => return Err(other.into()),
    })
}
