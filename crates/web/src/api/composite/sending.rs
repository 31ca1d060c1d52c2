//! A sub-request on its way through the router, as whoever makes the whole call.

use std::net::SocketAddr;

use app::App;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, Uri, header};
use axum::response::Response;
use serde_json::{Map, Value};
use tower::ServiceExt as _;

use super::answers::{Answered, Outcome};
use super::filling::plain;
use super::place;
use super::sub_request::SubRequest;
use crate::api::{ApiError, once};

/// The largest answer of a sub-request that is told.
pub const MOST_BYTES: usize = 2 * 1024 * 1024;

/// The router of all calls but those of several: put into the requests of these.
#[derive(Debug, Clone)]
pub struct Single(pub Router);

/// Headers by which a sub-request comes from whom and where the whole call comes from.
const OF_CALLER: [HeaderName; 6] = [
    header::AUTHORIZATION,
    header::COOKIE,
    header::HOST,
    header::ORIGIN,
    HeaderName::from_static("sec-fetch-site"),
    HeaderName::from_static("x-forwarded-for"),
];

/// Headers of an answer that belong to it, and not to the connection or the pages.
const OF_ANSWER: [HeaderName; 5] = [
    header::CONTENT_TYPE,
    header::ALLOW,
    header::RETRY_AFTER,
    HeaderName::from_static("x-api-credits-remaining"),
    once::REPLAYED,
];

/// Sends sub-requests.
pub struct Sender {
    headers: HeaderMap,
    peer: Option<ConnectInfo<SocketAddr>>,
    router: Router,
}

impl FromRequestParts<App> for Sender {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        let Some(Single(router)) = parts.extensions.get().cloned() else {
            return Err(ApiError::of_status(StatusCode::INTERNAL_SERVER_ERROR));
        };
        let mut headers = HeaderMap::new();
        for name in OF_CALLER {
            for value in parts.headers.get_all(&name) {
                headers.append(name.clone(), value.clone());
            }
        }
        Ok(Self {
            headers,
            peer: parts.extensions.get().copied(),
            router,
        })
    }
}

impl Sender {
    #[cfg(test)]
    pub fn to(router: Router) -> Self {
        Self {
            headers: HeaderMap::new(),
            peer: None,
            router,
        }
    }

    /// The request that a filled sub-request, which stands at `path`, is.
    pub fn request(&self, sub_request: &SubRequest, path: &str) -> Result<Request<Body>, ApiError> {
        let uri = address(sub_request).map_err(|error| error.at(&format!("{path}.uri")))?;
        let body = match &sub_request.body {
            Value::Null => Body::empty(),
            body => Body::from(body.to_string()),
        };
        let mut request = Request::new(body);
        *request.method_mut() = sub_request.method.clone();
        *request.uri_mut() = uri;
        request.headers_mut().clone_from(&self.headers);
        for (name, value) in sub_request.headers.as_object().into_iter().flatten() {
            let Some(text) = plain(value) else { continue };
            let unreadable = |_| ApiError::invalid("the header cannot be sent").at(&format!("{path}.headers.{name}"));
            let known = HeaderName::try_from(name.as_str()).map_err(|_| unreadable(()))?;
            let value = HeaderValue::try_from(text).map_err(|_| unreadable(()))?;
            request.headers_mut().insert(known, value);
        }
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(peer);
        }
        Ok(request)
    }

    /// Sends it. `is_referred`: some other refers to what it is answered with.
    pub async fn send(&self, request: Request<Body>, is_referred: bool) -> Outcome {
        match self.router.clone().oneshot(request).await {
            Ok(answer) => read(answer, is_referred).await,
            Err(never) => match never {},
        }
    }
}

/// The address with the parameters. It is looked at again: what references came to is in it now.
fn address(sub_request: &SubRequest) -> Result<Uri, ApiError> {
    let mut uri = sub_request.uri.as_str().unwrap_or_default().to_owned();
    place::check(&sub_request.method, &uri)?;
    let params = sub_request.params.as_object().into_iter().flatten();
    let params: Vec<(&String, String)> = params.filter_map(|(name, value)| Some((name, plain(value)?))).collect();
    let unreadable = || ApiError::invalid("the address cannot be read");
    if !params.is_empty() {
        uri.push(if uri.contains('?') { '&' } else { '?' });
        uri.push_str(&serde_urlencoded::to_string(params).map_err(|_| unreadable())?);
    }
    uri.parse().map_err(|_| unreadable())
}

async fn read(answer: Response, is_referred: bool) -> Outcome {
    let (parts, body) = answer.into_parts();
    let status = parts.status;
    let kind = parts.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if kind.is_some_and(|kind| !kind.starts_with(b"application/json")) {
        let why = place::not_supported("the answer is a file: call it by itself");
        return Outcome::untold(why.with("status_code", status.as_u16()));
    }
    let Ok(body) = to_bytes(body, MOST_BYTES).await else {
        let message = "the answer is over the limit: ask for less, or call it by itself";
        let why = ApiError::new(StatusCode::BAD_REQUEST, "LIMIT_EXCEEDED", message);
        return Outcome::untold(why.with("limit", MOST_BYTES).with("status_code", status.as_u16()));
    };
    let told = |name: HeaderName| {
        let value = parts.headers.get(&name)?.to_str().ok()?;
        Some((name.as_str().to_owned(), Value::from(value)))
    };
    let headers: Map<String, Value> = OF_ANSWER.into_iter().filter_map(told).collect();
    let value = is_referred.then(|| serde_json::from_slice(&body).ok()).flatten();
    Outcome {
        called: true,
        told: Ok(Answered {
            status,
            headers,
            body,
            value,
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_sub_request_does_not_say_who_calls_and_from_where() {
        for name in OF_CALLER {
            let item = json!({"method": "GET", "uri": "/crm/v8/org", "headers": {name.as_str().to_uppercase(): "x"}});
            let refused = SubRequest::read(item, "$").unwrap_err().item();
            assert_eq!(refused["details"]["restricted_headers"], json!([name.as_str()]));
        }
    }

    #[test]
    fn parameters_come_after_the_query_of_the_address() {
        let item = json!({
            "method": "GET", "uri": "/crm/v8/Leads?fields=id", "params": {"word": "a b&c", "page": 2, "more": true, "none": null},
        });
        let read = SubRequest::read(item, "$").unwrap();
        let uri = address(&read).unwrap();
        assert_eq!(uri, "/crm/v8/Leads?fields=id&word=a+b%26c&page=2&more=true");
    }
}
