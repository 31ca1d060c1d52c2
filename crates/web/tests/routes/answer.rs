//! A request and all that comes back: status, headers, bytes.

use std::fmt;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use tower::ServiceExt as _;

use crate::callers::Caller;

/// What a request brings along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Nothing,
    Form(String),
    Json(String),
    /// A form with a file that holds this.
    File(String),
}

/// A request that anybody can send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    pub method: Method,
    pub address: String,
    pub content: Content,
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.address)?;
        match &self.content {
            Content::Nothing => Ok(()),
            Content::Form(text) | Content::Json(text) | Content::File(text) => write!(f, " with {text}"),
        }
    }
}

/// Everything an answer consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// It leads to a sign-in page, or says that one is not signed in.
    pub fn is_for_strangers(&self) -> bool {
        let place = self.headers.get(header::LOCATION).and_then(|place| place.to_str().ok());
        self.status == StatusCode::UNAUTHORIZED || place.is_some_and(|place| place.contains("/sign-in"))
    }

    /// What was asked for was done.
    pub fn is_fine(&self) -> bool {
        (self.status.is_success() || self.status.is_redirection()) && !self.is_for_strangers()
    }
}

impl Ask {
    /// Sends it through a router, in somebody's name. It names itself, because the product would draw a name.
    pub async fn send(&self, router: &Router, caller: &Caller) -> Answer {
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(&self.address)
            .header("x-request-id", "the-walk");
        for (name, value) in &caller.headers {
            request = request.header(name, value);
        }
        let body = match &self.content {
            Content::Nothing => Body::empty(),
            Content::Form(text) => {
                request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                Body::from(text.clone())
            }
            Content::Json(text) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(text.clone())
            }
            Content::File(text) => {
                request = request.header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
                let head = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
                Body::from(format!("{head}{text}\r\n--edge--\r\n"))
            }
        };
        let request = request.body(body).unwrap_or_else(|error| panic!("{self}: {error}"));
        let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
        }
    }
}
