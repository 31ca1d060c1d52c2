//! What a payment provider says to us. The signature is the whole of its authority.

use app::App;
use app::licences::take_message;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};
use serde_json::json;

use crate::routes::{Routes, post};

pub fn routes() -> Routes {
    Routes::new().route("/payments/stripe", post(stripe))
}

/// Answers 200 to whatever is signed, for the provider sends again what is not taken.
async fn stripe(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok());
    match take_message(&app, signature.unwrap_or_default(), &body).await {
        Ok(taken) => Json(json!({ "outcome": taken.name() })).into_response(),
        Err(error) => {
            let status = match error.kind() {
                app::Kind::NotFound => StatusCode::NOT_FOUND,
                app::Kind::Invalid => StatusCode::BAD_REQUEST,
                app::Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            tracing::warn!(%error, "a message of the payment provider was not taken");
            (status, Json(json!({ "error": error.to_string() }))).into_response()
        }
    }
}
