//! A link that does not work any more, and what to do then.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::pages::with_status;

#[derive(Template)]
#[template(path = "portal/spent.html")]
struct Spent {
    site: String,
    base: String,
    /// Whether it was the link of an invitation; else one to set a new password.
    invitation: bool,
}

/// For the link of an invitation.
pub fn invitation(site: String, base: String) -> Response {
    let invitation = true;
    with_status(StatusCode::NOT_FOUND, &Spent { site, base, invitation })
}

/// For a link to set a new password.
pub fn reset(site: String, base: String) -> Response {
    let invitation = false;
    with_status(StatusCode::NOT_FOUND, &Spent { site, base, invitation })
}
