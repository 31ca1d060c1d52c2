//! One encoder and one table for what the API answers when it cannot do something.

use app::Error;
use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::failure::status;
use crate::sessions::Stale;

/// Why a call was not carried out.
#[derive(Debug)]
pub struct ApiError(pub Error);

impl<E: Into<Error>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl ApiError {
    fn code(&self) -> &'static str {
        match &self.0 {
            Error::SignedOut | Error::Stale => "INVALID_TOKEN",
            Error::NotFound("module") => "INVALID_MODULE",
            Error::Forbidden | Error::NoPermission(_) => "NO_PERMISSION",
            Error::Internal(_) => "INTERNAL_ERROR",
            _ => "INVALID_DATA",
        }
    }

    fn body(&self) -> Value {
        json!({"code": self.code(), "details": {}, "message": self.0.to_string(), "status": "error"})
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut answer = (status(self.0.kind()), Json(self.body())).into_response();
        if matches!(self.0, Error::Stale) {
            answer.extensions_mut().insert(Stale);
        }
        answer
    }
}
