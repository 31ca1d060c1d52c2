//! The pages of a portal: what portal users see.

mod auth;
mod home;
mod invitation;
mod password;
mod profile;
mod site;
mod spent;

use axum::middleware::from_fn;

use crate::caller::PortalUser;
use crate::pages::records;
use crate::routes::{Routes, get};
use crate::sessions::lead_to_sign_in;

pub fn routes() -> Routes {
    let inside = Routes::new()
        .route("/portal/{portal}", get(home::show))
        .merge(profile::routes())
        .merge(records::routes::<PortalUser>("/portal/{portal}"))
        .layer(from_fn(lead_to_sign_in));
    inside.merge(auth::routes()).merge(invitation::routes()).merge(password::routes())
}
