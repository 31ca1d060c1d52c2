//! A forgotten password: asking for a link, and setting a new one with it.

use app::{App, Error};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::spent;
use crate::failure::PageError;
use crate::pages::done::{Done, lead_to};
use crate::pages::posted::Posted;
use crate::pages::{show, with_status};
use crate::routes::{Routes, get};

pub fn routes() -> Routes {
    Routes::new()
        .route("/portal/{portal}/forgot", get(ask).post(send))
        .route("/portal/{portal}/reset/{token}", get(form).post(reset))
}

#[derive(Template)]
#[template(path = "portal/forgot.html")]
struct Forgot {
    site: String,
    base: String,
    /// The address a link was sent to, if it belongs to somebody.
    sent_to: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Whose {
    email: String,
}

async fn ask(State(app): State<App>, Path(portal): Path<String>) -> Result<Response, PageError> {
    let known = app::portals::look(&app, &portal).await?;
    if known.single_sign_on {
        return Ok(Redirect::to(&format!("/portal/{}/sign-in", known.name)).into_response());
    }
    Ok(show(&forgot_page(&app, &portal, None).await?))
}

async fn forgot_page(app: &App, portal: &str, sent_to: Option<String>) -> Result<Forgot, PageError> {
    let known = app::portals::look(app, portal).await?;
    Ok(Forgot {
        base: format!("/portal/{}", known.name),
        site: known.title,
        sent_to,
    })
}

/// Says the same whether the address belongs to somebody or not.
async fn send(State(app): State<App>, Path(portal): Path<String>, Posted(whose): Posted<Whose>) -> Result<Response, PageError> {
    app::accounts::forgot(&app, &portal, &whose.email).await?;
    let address = whose.email.trim().chars().take(100).collect();
    Ok(show(&forgot_page(&app, &portal, Some(address)).await?))
}

#[derive(Template)]
#[template(path = "portal/reset.html")]
struct Reset {
    site: String,
    base: String,
    token: String,
    error: Option<String>,
}

#[derive(Debug, Deserialize)]
struct New {
    password: String,
}

async fn form(State(app): State<App>, Path((portal, token)): Path<(String, String)>) -> Result<Response, PageError> {
    let page = reset_page(&app, &portal, token).await?;
    Ok(match app::accounts::reset_link(&app, &portal, &page.token).await {
        Ok(()) => show(&page),
        Err(Error::LinkSpent) => spent::reset(page.site, page.base),
        Err(other) => return Err(other.into()),
    })
}

async fn reset_page(app: &App, portal: &str, token: String) -> Result<Reset, PageError> {
    let known = app::portals::look(app, portal).await?;
    Ok(Reset {
        base: format!("/portal/{}", known.name),
        site: known.title,
        token,
        error: None,
    })
}

async fn reset(
    State(app): State<App>,
    Path((portal, token)): Path<(String, String)>,
    Posted(new): Posted<New>,
) -> Result<Response, PageError> {
    let page = reset_page(&app, &portal, token).await?;
    Ok(match app::accounts::reset(&app, &portal, &page.token, &new.password).await {
        Ok(()) => lead_to(&format!("{}/sign-in", page.base), Done::PasswordSet),
        Err(Error::LinkSpent) => spent::reset(page.site, page.base),
        Err(Error::Password(why)) => {
            let error = Some(why.to_string());
            with_status(StatusCode::UNPROCESSABLE_ENTITY, &Reset { error, ..page })
        }
        Err(other) => return Err(other.into()),
    })
}
