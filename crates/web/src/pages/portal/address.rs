//! Confirming another address.

use app::members::NewAddress;
use app::{App, Error};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::spent;
use crate::failure::PageError;
use crate::pages::done::{Done, lead_to};
use crate::pages::posted::Posted;
use crate::pages::{show, with_status};
use crate::routes::{Routes, get};

pub fn routes() -> Routes {
    Routes::new().route("/portal/{portal}/address/{token}", get(look).post(confirm))
}

#[derive(Template)]
#[template(path = "portal/address.html")]
struct Page {
    site: String,
    base: String,
    token: String,
    address: NewAddress,
    /// All seats are taken: why it does not count yet.
    full: bool,
    /// What is wrong with the password.
    error: Option<&'static str>,
}

/// That whoever confirms is who has the present address.
#[derive(Debug, Deserialize)]
struct Proof {
    #[serde(default)]
    password: String,
}

/// The page of a link that works; else the page that says what to do.
async fn page(app: &App, portal: &str, token: String) -> Result<Result<Page, Response>, PageError> {
    let known = app::portals::look(app, portal).await?;
    let base = format!("/portal/{}", known.name);
    Ok(match app::members::new_address(app, portal, &token).await {
        Ok(address) => Ok(Page {
            site: known.title,
            base,
            token,
            address,
            full: false,
            error: None,
        }),
        Err(Error::LinkSpent) => Err(spent::address(known.title, base)),
        Err(other) => return Err(other.into()),
    })
}

/// Programs that look at links in mails come by here: to look does not use the link up.
async fn look(State(app): State<App>, Path((portal, token)): Path<(String, String)>) -> Result<Response, PageError> {
    Ok(match page(&app, &portal, token).await? {
        Ok(page) => show(&page),
        Err(spent) => spent,
    })
}

async fn confirm(
    State(app): State<App>,
    Path((portal, token)): Path<(String, String)>,
    Posted(proof): Posted<Proof>,
) -> Result<Response, PageError> {
    let page = match page(&app, &portal, token).await? {
        Ok(page) => page,
        Err(spent) => return Ok(spent),
    };
    Ok(
        match app::members::confirm_address(&app, &portal, &page.token, &proof.password).await {
            Ok(()) => {
                let done = match page.address.needs_password {
                    true => Done::AddressConfirmed,
                    false => Done::AddressConfirmedAtProvider,
                };
                lead_to(&format!("{}/sign-in", page.base), done)
            }
            Err(Error::LinkSpent) => spent::address(page.site, page.base),
            Err(Error::WrongPassword) => {
                let error = Some("This is not the password that you have with the present address.");
                with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { error, ..page })
            }
            Err(Error::Exhausted(_)) => with_status(StatusCode::CONFLICT, &Page { full: true, ..page }),
            Err(other) => return Err(other.into()),
        },
    )
}
