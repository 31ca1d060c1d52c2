//! The administrator's pages.

mod auth;
mod overview;

use app::App;
use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;

use crate::sessions::lead_to_sign_in;

pub fn routes(_app: App) -> Router<App> {
    let inside = Router::new().route("/admin", get(overview::show)).layer(from_fn(lead_to_sign_in));
    inside.merge(auth::routes())
}
