//! Why a page could not be shown, in plain words.

use app::{Error, Kind};
use askama::Template;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use domain::portals::check_portal_name;

use crate::pages::Bar;
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

#[derive(Debug, Clone, Template)]
#[template(path = "error.html")]
struct ErrorPage {
    title: String,
    text: String,
    /// The first page of the site, and how the way there is called.
    home: Option<(String, &'static str)>,
    /// Says that somebody looks as somebody else.
    bar: Option<Bar>,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let kind = self.0.kind();
        if let Error::Internal(cause) = &self.0 {
            tracing::error!(%cause, "a page failed");
        }
        let title = match self.0 {
            Error::OnlyLooking => "You only look",
            Error::PortalClosed => "Closed",
            _ => title(kind),
        };
        let mut answer = error_page(status(kind), title, &text(&self.0));
        match self.0 {
            Error::Stale => drop(answer.extensions_mut().insert(Stale)),
            Error::SignedOut => drop(answer.extensions_mut().insert(SignedOut)),
            // Every way into a closed portal leads back to this page.
            Error::PortalClosed => drop(answer.extensions_mut().remove::<ErrorPage>()),
            _ => {}
        }
        answer
    }
}

/// What is not there and what is not shared look the same, and the words say so.
fn text(error: &Error) -> String {
    match error {
        Error::NotFound("module") => "there is no such page, or it is not shared with you".into(),
        Error::NotFound("person") => {
            "there is nobody like that among the people of this user type, or their record is in the recycle bin".into()
        }
        Error::NotFound("record") => "there is no such record, or it is not shared with you".into(),
        other => other.to_string(),
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

/// A reason as a sentence: it begins large and ends with a point.
#[must_use]
pub fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// A page that says what went wrong.
pub fn error_page(status: StatusCode, title: &str, text: &str) -> Response {
    let page = ErrorPage {
        title: title.to_owned(),
        text: sentence(text),
        home: None,
        bar: None,
    };
    let mut answer = rendered(status, &page);
    answer.extensions_mut().insert(page);
    answer
}

fn rendered(status: StatusCode, page: &ErrorPage) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => status.into_response(),
    }
}

/// Puts the bar of a look as somebody else above a page that says what went wrong, and makes the first page of the look
/// its way home. Other answers stay as they are.
pub fn put_bar(answer: &mut Response, bar: Bar, home: String) {
    if let Some(page) = answer.extensions_mut().get_mut::<ErrorPage>() {
        page.bar = Some(bar);
        page.home = Some((home, "Back to the start"));
    }
}

/// Gives a page that says what went wrong a way back to the first page of its site.
pub async fn with_way_home(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut answer = next.run(request).await;
    let Some(mut page) = answer.extensions_mut().remove::<ErrorPage>() else {
        return answer;
    };
    let Some(home) = page.home.take().or_else(|| home(&path)) else {
        return answer;
    };
    page.home = Some(home);
    if let Ok(html) = page.render() {
        answer.headers_mut().remove(header::CONTENT_LENGTH);
        *answer.body_mut() = html.into();
    }
    answer
}

/// `/portal/northwind` for everything below it.
fn home(path: &str) -> Option<(String, &'static str)> {
    let mut parts = path.split('/').skip(1);
    match (parts.next(), parts.next()) {
        (Some("admin"), Some("view-as")) if parts.next().is_some() => Some(("/admin/view-as".into(), "Choose as whom to look")),
        (Some("portal"), Some(name)) if check_portal_name(name).is_ok() => Some((format!("/portal/{name}"), "Back to the start")),
        (Some("operator"), _) => Some(("/operator".into(), "Back to the organisations")),
        (Some("admin"), _) => Some(("/admin".into(), "Back to the overview")),
        _ => None,
    }
}

/// A form that another site has sent.
pub fn from_elsewhere() -> Response {
    error_page(
        StatusCode::FORBIDDEN,
        "Not from here",
        "this was sent by another site, so nothing was done: open the page itself and try again there",
    )
}
