//! What operators measure: how many requests, how long they took, for each route.

use std::net::IpAddr;
use std::sync::Arc;

use app::App;
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::routes::{Routes, get};
use crate::served::Served;
use crate::visitor;

/// Writes all measures as Prometheus reads them. The binary, which keeps them, hands it in.
pub type Render = Arc<dyn Fn() -> String + Send + Sync>;

/// `GET /metrics`, for the machine itself alone: they tell much about an organisation.
pub fn routes(render: Option<Render>) -> Routes {
    let show = async move |State(app): State<App>, request: Request| match &render {
        Some(render) if is_local(visitor::address(&app, &request)) => render().into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    };
    Routes::new().route("/metrics", get(show))
}

fn is_local(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Counts a request under its route, never under its address: those are without number. Its line in the log learns
/// which version it was served from.
pub async fn measure(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let method = request.method().as_str().to_owned();
    let began = app.now();
    let served = Served::default();
    request.extensions_mut().insert(served.clone());
    let answer = next.run(request).await;
    served.record();
    let seconds = std::time::Duration::from_micros(u64::try_from(app.now().0 - began.0).unwrap_or(0));
    let status = answer.status().as_u16().to_string();
    metrics::counter!("loggia_http_requests_total", "method" => method, "route" => route.clone(), "status" => status).increment(1);
    metrics::histogram!("loggia_http_request_seconds", "route" => route).record(seconds.as_secs_f64());
    answer
}
