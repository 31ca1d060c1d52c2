//! The CRM API, version 8, and OAuth: for programs.
//!
//! One file for each noun; [`answer`] is the one encoder, [`error`] the one table of failures.

mod answer;
mod error;
mod oauth;
mod records;
mod request;

pub use answer::always_json;
pub use error::ApiError;

use app::App;
use axum::Router;

pub fn routes(_app: App) -> Router<App> {
    Router::new().merge(oauth::routes()).nest("/crm/v8", records::routes())
}
