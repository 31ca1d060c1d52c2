//! `Idempotency-Key`: a call that changes something may be repeated, and is carried out once.

use app::App;
use app::repeats::{self, Answer, Claim, Turn};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::{ApiError, answer};
use crate::caller;
use crate::layers::BODY_BYTES;

/// The header with the key.
pub const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// In an answer: it was given before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Whether calls to this address change something and have JSON as their body.
pub fn is_for(method: &Method, path: &str) -> bool {
    let changes = matches!(*method, Method::POST | Method::PUT | Method::PATCH | Method::DELETE);
    let only_asks = ["/coql", "/get_related_records_count"].iter().any(|end| path.ends_with(end));
    changes && path.starts_with("/crm/") && !only_asks && !(*method == Method::POST && takes_files(path))
}

/// Whether calls that send something to this address send files.
pub fn takes_files(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(
        parts.as_slice(),
        ["", "crm", "v8", "upload" | "files"] | ["", "crm", "v8", _, _, "Attachments" | "photo"]
    )
}

/// Carries out calls with a key once.
pub async fn once(State(app): State<App>, request: Request, next: Next) -> Response {
    match request.headers().get(KEY) {
        Some(key) if is_for(request.method(), request.uri().path()) => {
            let key = key.to_str().unwrap_or_default().to_owned();
            let done = first_or_again(&app, &key, request, next).await;
            done.unwrap_or_else(ApiError::into_response)
        }
        _ => next.run(request).await,
    }
}

async fn first_or_again(app: &App, key: &str, request: Request, next: Next) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let ctx = caller::api(&parts, app, app::accounts::Freshness::Now).await?;
    let body = to_bytes(body, BODY_BYTES).await;
    let body = body.map_err(|_| ApiError::of_status(StatusCode::PAYLOAD_TOO_LARGE))?;
    match repeats::begin(&ctx, key, &said(&parts, &body)).await? {
        Turn::Again(known) => Ok(again(known)),
        Turn::First(claim) => {
            let request = Request::from_parts(parts, Body::from(body));
            // To the end, also when nobody waits for the answer any more: whoever lost it comes again.
            let done = tokio::spawn(async move { carry_out(claim, request, next).await });
            done.await
                .unwrap_or_else(|_| Err(ApiError::of_status(StatusCode::INTERNAL_SERVER_ERROR)))
        }
    }
}

/// All that a call says.
fn said(parts: &Parts, body: &[u8]) -> String {
    let place = parts.uri.path_and_query().map_or("", |place| place.as_str());
    format!("{} {place} {}", parts.method, String::from_utf8_lossy(body))
}

async fn carry_out(claim: Claim, request: Request, next: Next) -> Result<Response, ApiError> {
    let (parts, body) = next.run(request).await.into_parts();
    // What was not even tried may be tried again.
    let tried = !parts.status.is_server_error() && !matches!(parts.status, StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS);
    let body = to_bytes(body, usize::MAX).await;
    let body = body.map_err(|_| ApiError::of_status(StatusCode::INTERNAL_SERVER_ERROR))?;
    match tried {
        true => {
            let answer = Answer {
                status: parts.status.as_u16(),
                body: body.to_vec(),
            };
            claim.answered(answer).await?;
        }
        false => claim.refused().await?,
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn again(known: Answer) -> Response {
    let status = StatusCode::from_u16(known.status).unwrap_or(StatusCode::OK);
    let mut said = answer::bytes_of(status, known.body);
    if said.status() == StatusCode::NO_CONTENT {
        said.headers_mut().remove(header::CONTENT_TYPE);
    }
    said.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    said
}
