//! The one encoder: lists, what became of each item, nothing.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use super::ApiError;

/// A JSON document.
pub fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(bytes) => bytes_of(status, bytes),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A JSON document that is written already.
pub fn bytes_of(status: StatusCode, bytes: Vec<u8>) -> Response {
    let mut answer = Response::new(Body::from(bytes));
    *answer.status_mut() = status;
    let json = HeaderValue::from_static("application/json;charset=UTF-8");
    answer.headers_mut().insert(header::CONTENT_TYPE, json);
    answer
}

/// Nothing is there: 204.
pub fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// `{"modules": […]}`, or 204.
pub fn list(key: &str, items: Vec<Value>) -> Response {
    match items.is_empty() {
        true => nothing(),
        false => json(StatusCode::OK, &json!({ key: items })),
    }
}

/// The one of some items that has this id. Errors: `INVALID_DATA`, with the part of the address that is meant.
pub fn only(key: &str, items: Vec<Value>, id: &str, part: u32) -> Result<Response, ApiError> {
    match items.into_iter().find(|item| item.get("id").is_some_and(|found| found == id)) {
        Some(item) => Ok(list(key, vec![item])),
        None => Err(ApiError::invalid("the id given seems to be invalid").with("resource_path_index", part)),
    }
}

/// What became of an item that was carried out.
pub fn success(details: Value, message: &str) -> Value {
    outcome("SUCCESS", details, message)
}

/// The same with another code, such as `SCHEDULED`.
pub fn outcome(code: &str, details: Value, message: &str) -> Value {
    json!({"code": code, "details": details, "message": message, "status": "success"})
}

/// `{"data": [{code, details, message, status}, …]}`: 207 where the items differ.
pub fn actions(key: &str, done: StatusCode, results: Vec<Result<Value, ApiError>>) -> Response {
    let mut status = None;
    let mut items = Vec::with_capacity(results.len());
    for result in results {
        let (one, item) = match result {
            Ok(item) => (done, item),
            Err(error) => (error.status(), error.item()),
        };
        status = Some(match status {
            None => one,
            Some(before) if before == one => one,
            Some(_) => StatusCode::MULTI_STATUS,
        });
        items.push(item);
    }
    json(status.unwrap_or(done), &json!({ key: items }))
}

/// Below `/crm` and `/oauth` every failure is JSON, also those of the framework and of the layers.
pub async fn always_json(request: Request, next: Next) -> Response {
    let ours = super::is_below(request.uri().path());
    let answer = next.run(request).await;
    let status = answer.status();
    let failed = status.is_client_error() || status.is_server_error();
    let kind = answer.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if !ours || !failed || kind.is_some_and(|kind| kind.starts_with(b"application/json")) {
        return answer;
    }
    let mut replaced = ApiError::of_status(status).into_response();
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = answer.headers().get(&name) {
            replaced.headers_mut().insert(name, value.clone());
        }
    }
    replaced
}
