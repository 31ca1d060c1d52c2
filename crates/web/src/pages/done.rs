//! What was just done, said once on the page that follows.
//!
//! It travels in a cookie of a few seconds, so that addresses stay clean and a page read again says nothing.

use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, SameSite};

use crate::cookies;

const COOKIE: &str = "loggia_done";
const LASTS: Duration = Duration::from_secs(8);

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    Created,
    Saved,
    Deleted,
    Welcome,
    Confirmed,
    PasswordSet,
    PasswordChanged,
    SignedOutElsewhere,
    SignedOut,
    Restored,
    TypeOpened,
    TypeClosed,
    ModulesGranted,
    FieldMade,
}

const ALL: [(Done, &str, &str); 14] = [
    (Done::Created, "created", "Created."),
    (Done::Saved, "saved", "Saved."),
    (Done::Deleted, "deleted", "Deleted."),
    (Done::Welcome, "welcome", "Welcome! Your access is set up."),
    (
        Done::Confirmed,
        "confirmed",
        "Your access is confirmed. Please sign in with your password.",
    ),
    (
        Done::PasswordSet,
        "password-set",
        "Your new password is set. Please sign in with it.",
    ),
    (
        Done::PasswordChanged,
        "password-changed",
        "Your password is changed. You are signed out everywhere else.",
    ),
    (
        Done::SignedOutElsewhere,
        "signed-out-elsewhere",
        "You are signed out everywhere else.",
    ),
    (Done::SignedOut, "signed-out", "You are signed out."),
    (Done::Restored, "restored", "Restored: the record is back in its list."),
    (Done::TypeOpened, "type-opened", "Activated. Its people can sign in."),
    (
        Done::TypeClosed,
        "type-closed",
        "Deactivated. Nobody of this type can sign in any more.",
    ),
    (
        Done::ModulesGranted,
        "modules-granted",
        "Saved. Now choose the fields of the modules you have just added: so far these people see only names.",
    ),
    (
        Done::FieldMade,
        "field-made",
        "The field is there, at the end of the layout's first section. User types do not see it until you let them.",
    ),
];

/// Leads to another page, which says what was done.
pub fn lead_to(place: &str, done: Done) -> Response {
    let mut answer = Redirect::to(place).into_response();
    let word = ALL.iter().find(|(one, _, _)| *one == done).map_or("", |(_, word, _)| word);
    let age = i64::try_from(LASTS.as_secs()).unwrap_or(0);
    let cookie = Cookie::build((COOKIE, word))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .build();
    let line = format!("{cookie}; Max-Age={age}");
    if let Ok(line) = HeaderValue::from_str(&line) {
        answer.headers_mut().append(header::SET_COOKIE, line);
    }
    answer
}

/// Takes the word away with the first page that could say it.
pub async fn said_once(request: Request, next: Next) -> Response {
    let waiting = cookies::read(request.headers(), COOKIE).is_some();
    let mut answer = next.run(request).await;
    let kind = answer.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    let is_page = kind.is_some_and(|kind| kind.starts_with(b"text/html")) && !answer.status().is_redirection();
    if waiting
        && is_page
        && let Ok(line) = HeaderValue::from_str(&cookies::removal(COOKIE).to_string())
    {
        answer.headers_mut().append(header::SET_COOKIE, line);
    }
    answer
}

/// What was just done, in words.
#[must_use]
pub fn said(headers: &HeaderMap) -> Option<&'static str> {
    let word = cookies::read(headers, COOKIE)?;
    ALL.iter().find(|(_, one, _)| *one == word).map(|(_, _, text)| *text)
}
