//! What jobs that read and jobs that write have in common.

use app::bulk::State;
use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::api::ApiError;
use crate::api::request::text;

/// The id in an address.
pub fn id(text: &str) -> Result<i64, ApiError> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|_| digits)
        .ok_or_else(|| not_found(StatusCode::NOT_FOUND, text))
}

/// There is no such job for whoever asks, or no such file.
pub fn not_found(status: StatusCode, id: &str) -> ApiError {
    let id: String = id.chars().take(20).collect();
    ApiError::new(status, "RESOURCE_NOT_FOUND", "The requested resource doesn't exist.").with("resource", id)
}

/// The same where that is what a use case says.
pub fn missing(error: app::Error, status: StatusCode, id: i64) -> ApiError {
    match error {
        app::Error::NotFound(_) => not_found(status, &id.to_string()),
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

/// The address that is to be told of the end: `{"url", "method": "post"}`.
pub fn callback(body: &Map<String, Value>) -> Result<Option<String>, ApiError> {
    let path = "$.callback";
    let callback = match body.get("callback") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(callback)) => callback,
        Some(_) => return Err(ApiError::wrong_type(path, "jsonobject")),
    };
    if !text(callback, "method", path)?.is_none_or(|method| method.eq_ignore_ascii_case("post")) {
        let bad = ApiError::new(
            StatusCode::BAD_REQUEST,
            "INVALID_CALLBACK_METHOD",
            "the method of a callback is post",
        );
        return Err(bad.with("supported_callback_methods", vec!["post"]).at("$.callback.method"));
    }
    let url = text(callback, "url", path)?.ok_or_else(|| ApiError::missing("$.callback.url"))?;
    Ok(Some(url.to_owned()))
}

/// An address to which nothing can be posted.
pub fn bad_callback(message: String) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "INVALID_CALLBACK_URL", message).at("$.callback.url")
}

/// The same, as it is told of a job.
pub fn called_back(url: &str) -> Value {
    json!({"url": url, "method": "post"})
}

/// The module of a job, which may be out of sight since.
pub fn module(ctx: &app::Ctx, api_name: &str) -> Value {
    let mut told = json!({ "api_name": api_name });
    let there = ctx.snapshot.access_named(ctx.viewer, api_name);
    if let (Some(access), Some(told)) = (there, told.as_object_mut()) {
        told.insert("id".into(), json!(access.plan().module().id));
    }
    told
}

/// Who ordered it.
pub fn person((id, name): &(i64, String)) -> Value {
    json!({"id": id.to_string(), "name": name})
}
