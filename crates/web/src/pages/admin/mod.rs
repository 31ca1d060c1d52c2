//! The administrator's pages.
//!
//! They call the use cases in `app`, which look at the rights of the one who asks; what is not
//! allowed is not shown, and answered with 403 when asked for all the same.

mod auth;
mod clients;
mod developers;
mod explain;
mod history;
mod import;
pub(super) mod licences;
mod members;
pub(super) mod meter;
mod modules;
pub(super) mod moments;
mod outbox;
mod overview;
mod policies;
mod portals;
pub(super) mod posted;
pub(super) mod profile;
mod records;
mod tenure;
mod user_types;
mod view_as;
pub(super) mod visit;
mod visitors;

use axum::middleware::from_fn;

use crate::routes::{Routes, get, post};
use crate::sessions::lead_to_sign_in;

pub fn routes() -> Routes {
    let inside = Routes::new()
        .route("/admin", get(overview::show))
        .route("/admin/explain", get(explain::show))
        .route("/admin/outbox", get(outbox::list))
        .route("/admin/outbox/{id}", get(outbox::one))
        .route("/admin/profile", get(profile::show).post(profile::change_password))
        .route("/admin/profile/programs", post(profile::end_program))
        .merge(clients::routes())
        .merge(developers::routes())
        .merge(import::routes())
        .merge(licences::routes())
        .merge(members::routes())
        .merge(modules::routes())
        .merge(policies::routes())
        .merge(portals::routes())
        .merge(records::routes())
        .merge(user_types::routes())
        .merge(view_as::routes())
        .merge(visitors::routes())
        .layer(from_fn(lead_to_sign_in));
    inside.merge(auth::routes())
}
