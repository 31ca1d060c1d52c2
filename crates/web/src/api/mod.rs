//! The CRM API, version 8, and OAuth: for programs.

mod error;

pub use error::ApiError;

use app::App;
use axum::Router;

pub fn routes(_app: App) -> Router<App> {
    Router::new()
}
