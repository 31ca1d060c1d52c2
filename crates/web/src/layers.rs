//! What lies around every route: limits, headers, logs.

use std::sync::Arc;
use std::time::Duration;

use app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::limits::{Limits, limit};

/// The largest body, unless a route says otherwise.
pub const BODY_BYTES: usize = 1024 * 1024;
/// How long an answer may take.
pub const LONGEST: Duration = Duration::from_secs(60);

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The same where a form may lead on to a place elsewhere.
pub fn policy_with_forms_to(place: &str) -> String {
    POLICY.replace("form-action 'self'", &format!("form-action 'self' {place}"))
}

/// Puts the layers around the routes, the outermost first. They are one layer to the router, which boxes and copies
/// every layer of its own for every request.
pub fn around(routes: Router<App>, app: &App, limits: &Arc<Limits>) -> Router<App> {
    let id = HeaderName::from_static("x-request-id");
    let layers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(id.clone(), MakeRequestUuid))
        .layer(PropagateRequestIdLayer::new(id))
        .layer(TraceLayer::new_for_http().make_span_with(crate::served::span))
        .layer(from_fn_with_state(app.clone(), crate::metrics::measure))
        .layer(from_fn(crate::api::always_json))
        .layer(CatchPanicLayer::custom(|_| broken()))
        .layer(from_fn(crate::pages::say_once))
        .layer(from_fn(crate::failure::with_way_home))
        .layer(header_layer(header::CACHE_CONTROL, "no-store"))
        .layer(header_layer(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(header_layer(header::REFERRER_POLICY, "same-origin"))
        .layer(header_layer(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header_layer(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST))
        .layer(
            CsrfLayer::new()
                .with_insecure_bypass(crate::pages::portal::takes_posts_of_providers)
                .with_rejection_response(|_| crate::failure::from_elsewhere()),
        )
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(from_fn_with_state(Arc::clone(limits), limit))
        .layer(from_fn_with_state(app.clone(), crate::sessions::look_again))
        .layer(from_fn_with_state(app.clone(), crate::api::once));
    routes.layer(layers)
}

fn header_layer(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

fn broken() -> Response {
    crate::failure::error_page(StatusCode::INTERNAL_SERVER_ERROR, "Our mistake", "something went wrong on our side").into_response()
}
