//! Pages for people.

pub mod admin;
pub mod consent;
mod done;
pub mod health;
pub mod operator;
pub mod portal;
mod posted;
mod programs;
pub mod public;
pub mod records;
pub mod reference;
mod shell;
mod sign_in;

pub use done::say_once;
pub use shell::Bar;

use askama::Template;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};

use crate::failure::error_page;

/// A page that is there.
pub fn show(page: &impl Template) -> Response {
    with_status(StatusCode::OK, page)
}

/// A page with another status: a form with its errors is 422.
pub fn with_status(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a template failed");
            error_page(StatusCode::INTERNAL_SERVER_ERROR, "Our mistake", "something went wrong on our side")
        }
    }
}

/// The theme that the visitor chose.
fn theme(headers: &HeaderMap) -> Option<&'static str> {
    match crate::cookies::read(headers, "theme") {
        Some("dark") => Some("dark"),
        Some("light") => Some("light"),
        _ => None,
    }
}

/// An address that leads nowhere. One with a slash too many is led to the one without.
pub async fn not_found(uri: Uri) -> Response {
    let trimmed = uri.path().trim_end_matches('/');
    if !crate::api::is_below(uri.path()) && uri.path().ends_with('/') && trimmed.starts_with('/') && !trimmed.starts_with("//") {
        return Redirect::permanent(trimmed).into_response();
    }
    error_page(StatusCode::NOT_FOUND, "Nothing here", "there is no such page")
}
