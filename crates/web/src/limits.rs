//! How often one address may ask, how often it may guess a password, and how much programs may call.

mod calls;
mod window;

use std::net::IpAddr;
use std::sync::Arc;

use app::App;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use self::calls::Calls;
pub use self::calls::admit;
use self::window::Window;
use crate::visitor;

/// The limits of a server.
pub struct Limits {
    app: App,
    requests: Window<IpAddr>,
    guesses: Window<IpAddr>,
    calls: Arc<Calls>,
}

impl Limits {
    /// The limits of the settings.
    #[must_use]
    pub fn new(app: App) -> Arc<Self> {
        let rates = app.settings().rates;
        Arc::new(Self {
            requests: Window::new(rates.requests_per_minute),
            guesses: Window::new(rates.sign_in_per_minute),
            calls: Arc::new(Calls::new(rates)),
            app,
        })
    }
}

/// Refuses what is over a limit. Of guesses only wrong ones count: many people may share an address.
pub async fn limit(State(limits): State<Arc<Limits>>, mut request: Request, next: Next) -> Response {
    let (address, now) = (visitor::address(&limits.app, &request), limits.app.now());
    let (guess, asks_for_mail) = (is_guess(&request), is_sign_up(&request));
    if limits.requests.is_full(&address, now) || (guess && limits.guesses.is_full(&address, now)) {
        return too_often(request.uri().path());
    }
    if limits.requests.limits() {
        limits.requests.count(address, now);
    }
    let call = calls::begin(&limits.calls, &mut request);
    let answer = calls::end(call, next.run(request).await);
    if guess && (answer.status().is_client_error() || asks_for_mail) {
        limits.guesses.count(address, now);
    }
    answer
}

/// Whether a request could be somebody trying passwords, addresses or links.
fn is_guess(request: &Request) -> bool {
    let path = request.uri().path();
    let at = |end: &str| path.ends_with(end);
    request.method() == Method::POST
        && (at("/sign-in") || at("/forgot") || at("/saml/acs") || at("/saml/sign-out") || at("/oauth/v2/token"))
        || path.contains("/invitation/")
        || path.contains("/address/")
        || path.contains("/reset/")
        || path.contains("/sign-up/")
        || path.starts_with("/operator/enter/")
}

/// Whether a request sends mail to an address that somebody has typed: that is counted also where nothing is wrong.
fn is_sign_up(request: &Request) -> bool {
    request.method() == Method::POST && request.uri().path().contains("/sign-up/")
}

fn too_often(path: &str) -> Response {
    let mut answer = if crate::api::is_below(path) {
        crate::api::too_many_requests()
    } else {
        crate::failure::error_page(
            StatusCode::TOO_MANY_REQUESTS,
            "Too much at once",
            "please wait a minute and try again",
        )
    };
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    answer
}
