//! Coming in by a link, and going.

use app::operators::{come_in as spend, invited, leave as end};
use app::{App, Error};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;

use super::visit::{Visit, spent};
use crate::cookies;
use crate::failure::PageError;
use crate::pages::done::{Done, lead_to};
use crate::pages::show;

#[derive(Template)]
#[template(path = "operator/enter.html")]
struct Enter {
    name: String,
    secret: String,
}

/// Programs that look at links in mails and chats come by here: to look does not use the link up.
pub async fn look(State(app): State<App>, Path(secret): Path<String>) -> Result<Response, PageError> {
    match invited(&app, &secret).await {
        Ok(name) => Ok(show(&Enter { name, secret })),
        Err(Error::LinkSpent) => Ok(spent()),
        Err(other) => Err(other.into()),
    }
}

pub async fn come_in(State(app): State<App>, cookies: CookieJar, Path(secret): Path<String>) -> Result<Response, PageError> {
    match spend(&app, &secret).await {
        Ok(session) => {
            let cookies = cookies.add(cookies::operator(&app, session));
            Ok((cookies, lead_to("/operator", Done::CameIn)).into_response())
        }
        Err(Error::LinkSpent) => Ok(spent()),
        Err(other) => Err(other.into()),
    }
}

/// Only for whoever is in: a stranger has nothing to end.
pub async fn leave(visit: Visit, headers: HeaderMap, cookies: CookieJar) -> Result<Response, PageError> {
    if let Some(secret) = cookies::read(&headers, cookies::OPERATOR) {
        end(visit.operator.app(), secret).await?;
    }
    Ok((cookies.add(cookies::operator_removal()), Redirect::to("/operator")).into_response())
}
