//! A form that was sent, or a page that says why it cannot be read.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::Response;
use serde::de::DeserializeOwned;

use crate::failure::error_page;

/// The fields of a form that was sent.
#[derive(Debug)]
pub struct Posted<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Posted<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        match Form::<T>::from_request(request, state).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            Err(rejection) => Err(refusal(&rejection)),
        }
    }
}

fn refusal(rejection: &FormRejection) -> Response {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => error_page(
            StatusCode::PAYLOAD_TOO_LARGE,
            "Too much at once",
            "what was sent is too large: at most 1 MB is taken, and nothing was changed",
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => error_page(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "That cannot be read",
            "expected the fields of a form, and nothing was changed",
        ),
        _ => error_page(
            StatusCode::UNPROCESSABLE_ENTITY,
            "That cannot be read",
            "some fields of the form are missing or damaged, and nothing was changed",
        ),
    }
}
