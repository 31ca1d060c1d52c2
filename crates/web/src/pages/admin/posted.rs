//! What a form sends: names and values, in their order.

use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::failure::error_page;

/// A form whose fields depend on the organisation's own modules.
#[derive(Debug, Clone, Default)]
pub struct Posted(Vec<(String, String)>);

impl Posted {
    /// The value of a field; empty if it was not sent.
    pub fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// Whether a box is ticked or a button was used.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// All values of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Everything, in the order in which the page holds it.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The value without spaces around it.
    pub fn trimmed(&self, name: &str) -> String {
        self.one(name).trim().to_owned()
    }
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        match Form::<Vec<(String, String)>>::from_request(request, state).await {
            Ok(Form(pairs)) => Ok(Self(pairs)),
            Err(refused) => {
                let status = refused.into_response().status();
                let why = if status == StatusCode::PAYLOAD_TOO_LARGE {
                    "the form is too large: expected at most 1 MB"
                } else {
                    "what was sent is not a form as this page sends it"
                };
                Err(error_page(status, "That cannot be read", why))
            }
        }
    }
}
