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
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use serde_json::json;

pub fn routes(_app: App) -> Router<App> {
    Router::new().merge(oauth::routes()).nest("/crm/v8", records::routes())
}

/// The answer to who asks too often.
pub fn too_many_requests() -> Response {
    let body = json!({"code": "TOO_MANY_REQUESTS", "details": {}, "message": "please wait a minute and try again", "status": "error"});
    (StatusCode::TOO_MANY_REQUESTS, Json(body)).into_response()
}
