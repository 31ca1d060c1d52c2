//! What became of each sub-request, and how that is told.

use std::io::Write as _;

use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Map, Value};

use super::KEY;
use crate::api::{ApiError, answer};

/// What became of a sub-request.
#[derive(Debug)]
pub struct Outcome {
    /// Whether it was called. What it was answered with is another matter.
    pub called: bool,
    pub told: Result<Answered, ApiError>,
}

/// What a sub-request was answered with.
#[derive(Debug)]
pub struct Answered {
    pub status: StatusCode,
    pub headers: Map<String, Value>,
    /// JSON, or nothing.
    pub body: Bytes,
    /// The same to be looked into, where some other sub-request refers to it.
    pub value: Option<Value>,
}

impl Outcome {
    /// It was never called.
    pub fn refused(why: ApiError) -> Self {
        Self {
            called: false,
            told: Err(why),
        }
    }

    /// It was called, but what it was answered with cannot be told.
    pub fn untold(why: ApiError) -> Self {
        Self {
            called: true,
            told: Err(why),
        }
    }

    /// There was no time left.
    pub fn late(called: bool) -> Self {
        let message = match called {
            true => "the time of the whole call was over before this was answered: it may have been carried out",
            false => "the time of the whole call was over before this was called",
        };
        let why = ApiError::new(StatusCode::BAD_REQUEST, "REQUEST_TIMEOUT", message);
        Self { called, told: Err(why) }
    }
}

/// `{"__composite_requests": [{code, details, message, status}, …]}`: 200 where all of them were called and answered, whatever
/// they were answered with; 207 where some were; 400 where none was called.
pub fn write(outcomes: &[Outcome]) -> Response {
    let status = match () {
        () if outcomes.iter().all(|outcome| outcome.told.is_ok()) => StatusCode::OK,
        () if outcomes.iter().any(|outcome| outcome.called) => StatusCode::MULTI_STATUS,
        () => StatusCode::BAD_REQUEST,
    };
    let size: usize = outcomes
        .iter()
        .flat_map(|outcome| &outcome.told)
        .map(|told| told.body.len() + 512)
        .sum();
    let mut bytes = Vec::with_capacity(size + 512);
    // Writing into memory does not fail.
    let _ = write!(bytes, "{{\"{KEY}\":[");
    for (n, outcome) in outcomes.iter().enumerate() {
        if n > 0 {
            bytes.push(b',');
        }
        item(&mut bytes, outcome);
    }
    bytes.extend_from_slice(b"]}");
    answer::bytes_of(status, bytes)
}

/// An answer is put in as it is: to take it apart and write it anew would cost more than to make it.
fn item(bytes: &mut Vec<u8>, outcome: &Outcome) {
    let written = match &outcome.told {
        Err(why) => write!(bytes, "{}", why.item()),
        Ok(told) => {
            let headers = Value::Object(told.headers.clone());
            let _ = write!(
                bytes,
                "{{\"code\":\"SUCCESS\",\"details\":{{\"response\":{{\"headers\":{headers},\"body\":"
            );
            match told.body.is_empty() {
                true => bytes.extend_from_slice(b"null"),
                false => bytes.extend_from_slice(&told.body),
            }
            write!(
                bytes,
                ",\"status_code\":{}}}}},\"message\":\"composite sub request executed successfully\",\"status\":\"success\"}}",
                told.status.as_u16()
            )
        }
    };
    let _ = written;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: StatusCode) -> Outcome {
        Outcome {
            called: true,
            told: Ok(Answered {
                status,
                headers: Map::new(),
                body: Bytes::from_static(b"{}"),
                value: None,
            }),
        }
    }

    #[test]
    fn the_status_says_whether_all_some_or_none_were_called_and_answered() {
        let of = |outcomes: &[Outcome]| write(outcomes).status().as_u16();
        assert_eq!(of(&[answered(StatusCode::OK), answered(StatusCode::BAD_REQUEST)]), 200);
        assert_eq!(of(&[answered(StatusCode::OK), Outcome::late(false)]), 207);
        assert_eq!(of(&[Outcome::late(true)]), 207);
        assert_eq!(of(&[Outcome::untold(ApiError::nobody()), Outcome::late(false)]), 207);
        assert_eq!(of(&[Outcome::late(false), Outcome::refused(ApiError::nobody())]), 400);
    }
}
