//! Why a page could not be shown, in plain words.

use app::{Error, Kind};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use crate::sessions::{SignedOut, Stale};

/// A page that could not be shown.
#[derive(Debug)]
pub struct PageError(pub Error);

impl<E: Into<Error>> From<E> for PageError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// The status that a failure is answered with.
#[must_use]
pub fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::SignedOut => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Limit => StatusCode::TOO_MANY_REQUESTS,
        Kind::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    title: &'a str,
    text: String,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let kind = self.0.kind();
        if let Error::Internal(cause) = &self.0 {
            tracing::error!(%cause, "a page failed");
        }
        let mut answer = error_page(status(kind), title(kind), &self.0.to_string());
        match self.0 {
            Error::Stale => drop(answer.extensions_mut().insert(Stale)),
            Error::SignedOut => drop(answer.extensions_mut().insert(SignedOut)),
            _ => {}
        }
        answer
    }
}

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Invalid => "That cannot be done",
        Kind::SignedOut => "Please sign in",
        Kind::Forbidden => "Not allowed",
        Kind::NotFound => "Nothing here",
        Kind::Conflict => "Somebody was faster",
        Kind::Limit => "Too much at once",
        Kind::Busy => "Please try again",
        Kind::Internal => "Our mistake",
    }
}

/// A page that says what went wrong.
pub fn error_page(status: StatusCode, title: &str, text: &str) -> Response {
    let mut text = text.to_owned();
    if let Some(first) = text.get(..1).map(str::to_uppercase) {
        text.replace_range(..1, &first);
    }
    text.push('.');
    match (ErrorPage { title, text }).render() {
        Ok(page) => (status, Html(page)).into_response(),
        Err(_) => status.into_response(),
    }
}
