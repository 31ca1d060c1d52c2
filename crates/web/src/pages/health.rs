//! The root, whether the server is alive, and whether it can serve.

use app::App;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Redirect;

use crate::routes::{Routes, get};

pub fn routes() -> Routes {
    Routes::new()
        .route("/", get(|| async { Redirect::temporary("/admin") }))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
}

async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.is_ready().await {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
    }
}
