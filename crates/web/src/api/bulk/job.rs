//! What jobs that read and jobs that write have in common.

use app::bulk::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::api::ApiError;

/// The id in an address.
pub fn id(text: &str) -> Result<i64, ApiError> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or_else(|| not_found(StatusCode::NOT_FOUND))
}

/// There is no such job for whoever asks, or no such file.
pub fn not_found(status: StatusCode) -> ApiError {
    ApiError::new(status, "RESOURCE_NOT_FOUND", "The requested resource doesn't exist.")
}

/// The same where that is what a use case says.
pub fn missing(error: app::Error, status: StatusCode) -> ApiError {
    match error {
        app::Error::NotFound(_) => not_found(status),
        other => other.into(),
    }
}

/// How a job that reads stands, in the client's words; one that writes has `FAILED` in place of `FAILURE`.
pub fn state(state: State, failed: &'static str) -> &'static str {
    match state {
        State::Added => "ADDED",
        State::InProgress => "IN PROGRESS",
        State::Completed => "COMPLETED",
        State::Failed => failed,
    }
}

/// Who ordered it.
pub fn person((id, name): &(i64, String)) -> Value {
    json!({"id": id.to_string(), "name": name})
}
