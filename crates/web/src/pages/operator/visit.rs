//! A visit of the operator to one of their pages.

use app::operators::{Operator, enter};
use app::{App, Error};
use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};

use crate::cookies;
use crate::failure::PageError;
use crate::pages::shell::Shell;
use crate::pages::with_status;

/// That somebody is in as the operator, with what the page's frame needs to know.
pub struct Visit {
    pub operator: Operator,
    headers: HeaderMap,
}

impl FromRequestParts<App> for Visit {
    type Rejection = Response;

    /// A session that was ended is out at once: it is looked up anew each time.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let secret = cookies::read(&parts.headers, cookies::OPERATOR).unwrap_or_default();
        match enter(app, secret).await {
            Ok(operator) => Ok(Self {
                operator,
                headers: parts.headers.clone(),
            }),
            Err(Error::SignedOut) => Err(outside(&parts.headers)),
            Err(error) => Err(PageError(error).into_response()),
        }
    }
}

impl Visit {
    /// The frame of a page. `current` is the first part of its address below `/operator`.
    pub fn shell(&self, title: &str, current: &str) -> Shell {
        Shell::operator(&self.operator, &self.headers, title, current)
    }
}

#[derive(Template)]
#[template(path = "operator/outside.html")]
struct Outside {
    /// A link was opened that does not work.
    spent: bool,
}

/// For whoever is not in. What a page fetches by itself leads to that page.
fn outside(headers: &HeaderMap) -> Response {
    if headers.contains_key("hx-request") {
        let place = HeaderValue::from_static("/operator");
        return (StatusCode::OK, [("hx-redirect", place)]).into_response();
    }
    with_status(StatusCode::UNAUTHORIZED, &Outside { spent: false })
}

/// For a link that was used or ended, is too old, or never was one.
pub fn spent() -> Response {
    with_status(StatusCode::NOT_FOUND, &Outside { spent: true })
}
