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
    link: Link,
}

/// What the link was for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    Invitation,
    Reset,
    Address,
    SignUp,
}

/// For the link of an invitation.
pub fn invitation(site: String, base: String) -> Response {
    told(site, base, Link::Invitation)
}

/// For a link to set a new password.
pub fn reset(site: String, base: String) -> Response {
    told(site, base, Link::Reset)
}

/// For the link that proves another address of somebody who is in.
pub fn address(site: String, base: String) -> Response {
    told(site, base, Link::Address)
}

/// For the link that proves the address of somebody who signs up.
pub fn sign_up(site: String, base: String) -> Response {
    told(site, base, Link::SignUp)
}

fn told(site: String, base: String, link: Link) -> Response {
    with_status(StatusCode::NOT_FOUND, &Spent { site, base, link })
}
