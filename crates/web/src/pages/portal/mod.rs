//! The pages of a portal: what portal users see.

mod auth;
mod home;
mod invitation;
mod password;
mod profile;
mod site;
mod spent;

use app::App;
use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;

use crate::caller::PortalUser;
use crate::pages::records;
use crate::sessions::lead_to_sign_in;

pub fn routes(_app: App) -> Router<App> {
    let inside = Router::new()
        .route("/portal/{portal}", get(home::show))
        .merge(profile::routes())
        .merge(records::routes::<PortalUser>("/portal/{portal}"))
        .layer(from_fn(lead_to_sign_in));
    inside.merge(auth::routes()).merge(invitation::routes()).merge(password::routes())
}
