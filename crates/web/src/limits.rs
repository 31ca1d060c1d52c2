//! How often one address may ask, and how often it may guess a password.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use app::App;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::time::Moment;

use crate::visitor;

/// Above this many addresses those of earlier minutes are forgotten.
const MOST_ADDRESSES: usize = 10_000;

/// Counts by address and minute.
struct Window {
    per_minute: u32,
    seen: Mutex<HashMap<IpAddr, (i64, u32)>>,
}

impl Window {
    fn new(per_minute: u32) -> Self {
        Self {
            per_minute,
            seen: Mutex::default(),
        }
    }

    /// Whether the address has used up this minute. A limit of 0 is none.
    fn is_full(&self, address: IpAddr, now: Moment) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let count = seen
            .get(&address)
            .filter(|(minute, _)| *minute == minute_of(now))
            .map_or(0, |(_, count)| *count);
        self.per_minute > 0 && count >= self.per_minute
    }

    fn count(&self, address: IpAddr, now: Moment) {
        let minute = minute_of(now);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST_ADDRESSES {
            seen.retain(|_, (then, _)| *then == minute);
        }
        let entry = seen.entry(address).or_insert((minute, 0));
        *entry = if entry.0 == minute {
            (minute, entry.1.saturating_add(1))
        } else {
            (minute, 1)
        };
    }
}

fn minute_of(now: Moment) -> i64 {
    now.0.div_euclid(60_000_000)
}

/// The limits of a server.
pub struct Limits {
    app: App,
    requests: Window,
    guesses: Window,
}

impl Limits {
    /// The limits of the settings.
    #[must_use]
    pub fn new(app: App) -> Arc<Self> {
        let rates = app.settings().rates;
        Arc::new(Self {
            requests: Window::new(rates.requests_per_minute),
            guesses: Window::new(rates.sign_in_per_minute),
            app,
        })
    }
}

/// Refuses what is over a limit. Of guesses only wrong ones count: many people may share an address.
pub async fn limit(State(limits): State<Arc<Limits>>, request: Request, next: Next) -> Response {
    let (address, now) = (visitor::address(&limits.app, &request), limits.app.now());
    let (guess, asks_for_mail) = (is_guess(&request), is_sign_up(&request));
    if limits.requests.is_full(address, now) || (guess && limits.guesses.is_full(address, now)) {
        return too_often(request.uri().path());
    }
    if limits.requests.per_minute > 0 {
        limits.requests.count(address, now);
    }
    let answer = next.run(request).await;
    if guess && (answer.status().is_client_error() || asks_for_mail) {
        limits.guesses.count(address, now);
    }
    answer
}

/// Whether a request could be somebody trying passwords, addresses or links.
fn is_guess(request: &Request) -> bool {
    let path = request.uri().path();
    let at = |end: &str| path.ends_with(end);
    request.method() == Method::POST && (at("/sign-in") || at("/forgot") || at("/oauth/v2/token"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_holds_so_many_and_the_next_begins_anew() {
        let (window, here) = (Window::new(2), IpAddr::from([127, 0, 0, 1]));
        let (now, later) = (Moment(0), Moment(60_000_000));
        for full in [false, false, true] {
            assert_eq!(window.is_full(here, now), full);
            window.count(here, now);
        }
        assert!(!window.is_full(here, later) && !window.is_full(IpAddr::from([127, 0, 0, 2]), now));
    }

    #[test]
    fn no_limit_is_never_full() {
        let (window, here) = (Window::new(0), IpAddr::from([127, 0, 0, 1]));
        window.count(here, Moment(0));
        assert!(!window.is_full(here, Moment(0)));
    }
}
