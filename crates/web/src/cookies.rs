//! Cookies: the secret of a session, nothing else of worth.

use app::App;
use axum::http::{HeaderMap, header};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, Expiration, SameSite};

/// The session of a portal user.
pub const PORTAL: &str = "loggia_portal";
/// The session of an employee.
pub const STAFF: &str = "loggia_staff";

/// What a browser keeps while somebody signs in at a provider of their own.
pub const SIGNING_IN: &str = "loggia_signing_in";

/// The session of the operator.
pub const OPERATOR: &str = "loggia_operator";
/// Where the operator's pages are: nobody else gets that cookie.
const OPERATOR_PATH: &str = "/operator";

/// The value of a cookie, borrowed from the request.
#[must_use]
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value)
}

/// A cookie that carries the secret of a session until the browser closes or the session ends.
#[must_use]
pub fn session(app: &App, name: &'static str, secret: String) -> Cookie<'static> {
    let secure = app.settings().public_url.starts_with("https://");
    Cookie::build((name, secret))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(secure)
        .build()
}

/// What a browser keeps until it comes back from a provider, whose page posts it here: from another site, which the cookie of a
/// session does not go along with. `next` is where it goes then, a path that [`landing`](crate::pages::landing) has let pass.
#[must_use]
pub fn signing_in(app: &App, secret: &str, next: &str) -> Cookie<'static> {
    let mut cookie = session(app, SIGNING_IN, format!("{secret}:{next}"));
    if cookie.secure() == Some(true) {
        cookie.set_same_site(SameSite::None);
    }
    cookie
}

/// The secret and the path that a browser has kept since it went to a provider.
#[must_use]
pub fn kept_signing_in(cookies: &CookieJar) -> Option<(String, String)> {
    let (secret, next) = cookies.get(SIGNING_IN)?.value().split_once(':')?;
    Some((secret.to_owned(), next.to_owned()))
}

/// The same as [`session`] for the operator, who is not led here by links of other sites.
#[must_use]
pub fn operator(app: &App, secret: String) -> Cookie<'static> {
    let mut cookie = session(app, OPERATOR, secret);
    cookie.set_path(OPERATOR_PATH);
    cookie.set_same_site(SameSite::Strict);
    cookie
}

/// Takes the operator's cookie away.
#[must_use]
pub fn operator_removal() -> Cookie<'static> {
    let mut cookie = removal(OPERATOR);
    cookie.set_path(OPERATOR_PATH);
    cookie
}

/// A cookie that takes the one with this name away.
#[must_use]
pub fn removal(name: &'static str) -> Cookie<'static> {
    let mut cookie = Cookie::build((name, "")).path("/").build();
    cookie.make_removal();
    // `Max-Age=0` says it; a date besides would put the time of day into an answer that is the same for everybody.
    cookie.set_expires(Expiration::Session);
    cookie
}
