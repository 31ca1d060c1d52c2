//! The CRM API, version 8, and OAuth: for programs.

mod error;

pub use error::ApiError;

use app::App;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use serde_json::json;

pub fn routes(_app: App) -> Router<App> {
    Router::new()
}

/// The answer to who asks too often.
pub fn too_many_requests() -> Response {
    let body = json!({"code": "TOO_MANY_REQUESTS", "details": {}, "message": "please wait a minute and try again", "status": "error"});
    (StatusCode::TOO_MANY_REQUESTS, Json(body)).into_response()
}
