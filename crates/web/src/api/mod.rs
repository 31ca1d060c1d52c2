//! The CRM API, version 8, and OAuth: for programs.
//!
//! One file for each noun; [`answer`] is the one encoder, [`error`] the one table of failures.

mod access;
mod answer;
mod bulk;
mod composite;
mod coql;
mod error;
mod features;
mod fields;
mod files;
mod invitations;
mod licences;
mod modules;
mod notifications;
mod numbered;
mod oauth;
mod once;
pub mod openapi;
mod org;
mod portal_users;
mod portals;
mod profiles;
mod records;
mod request;
mod roles;
pub mod scope;
mod user_types;
mod users;

pub use answer::always_json;
pub use composite::Single;
pub use error::ApiError;
pub use once::once;

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::routes::Routes;

pub fn routes() -> Routes {
    let crm = Routes::new()
        .merge(modules::routes())
        .merge(fields::routes())
        .merge(access::routes())
        .merge(licences::routes())
        .merge(portals::routes())
        .merge(user_types::routes())
        .merge(portal_users::routes())
        .merge(invitations::routes())
        .merge(users::routes())
        .merge(profiles::routes())
        .merge(roles::routes())
        .merge(org::routes())
        .merge(features::routes())
        .merge(coql::routes())
        .merge(notifications::routes())
        .merge(bulk::uploads())
        .merge(files::routes())
        .merge(openapi::routes())
        .merge(records::routes())
        // No module is called so.
        .nothing_else_below("/settings")
        .nothing_else_below("/actions");
    Routes::new()
        .merge(oauth::routes())
        .nest("/crm/bulk/v8", bulk::routes())
        .nest("/crm/v8", crm)
}

/// Several calls in one, which lead to the others.
pub fn composite_routes() -> Routes {
    Routes::new().nest(scope::ROOT, composite::routes())
}

/// Whether an address is one of the API's, for programs. Where people agree to what a program asks is a page.
pub fn is_below(path: &str) -> bool {
    let below = |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    path != crate::pages::consent::PLACE && (below("/crm") || below("/oauth"))
}

/// The answer to who asks too often.
pub fn too_many_requests() -> Response {
    ApiError::of_status(StatusCode::TOO_MANY_REQUESTS).into_response()
}
