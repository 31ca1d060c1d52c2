//! One sub-request as it was sent: read, and looked at for itself.

use std::fmt::Display;

use axum::http::{HeaderName, HeaderValue, Method, Uri};
use serde_json::{Map, Value};

use super::place;
use super::reference::{self, Malformed, Piece};
use super::texts;
use crate::api::ApiError;
use crate::api::request::text;

/// What an id looks like.
const ID: &str = "[a-zA-Z0-9][a-zA-Z0-9_]*";
/// By which methods a sub-request may call.
const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
/// Headers that say who calls, from where and how: these are those of the whole call.
const RESTRICTED: [&str; 20] = [
    "authorization",
    "x-crm-org",
    "cookie",
    "host",
    "origin",
    "referer",
    "forwarded",
    "via",
    "x-real-ip",
    "x-request-id",
    "connection",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "expect",
    "http2-settings",
    "content-length",
    "content-encoding",
];
const RESTRICTED_BEGINNINGS: [&str; 3] = ["proxy-", "sec-", "x-forwarded-"];

/// A sub-request. In its texts references may stand.
#[derive(Debug)]
pub struct SubRequest {
    pub id: Option<String>,
    pub method: Method,
    /// The address with its query.
    pub uri: Value,
    pub params: Value,
    pub headers: Value,
    pub body: Value,
}

/// The parts in which references may stand, by their names.
pub const PARTS: [&str; 4] = ["uri", "params", "headers", "body"];

impl SubRequest {
    /// Reads one, which stands at `path`.
    pub fn read(item: Value, path: &str) -> Result<Self, ApiError> {
        let Value::Object(mut item) = item else {
            return Err(ApiError::wrong_type(path, "jsonobject"));
        };
        let id = text(&item, "sub_request_id", path)?.map(str::to_owned);
        if id.as_deref().is_some_and(|id| !reference::is_id(id)) {
            let wrong = ApiError::invalid("invalid data").with("regex", ID);
            return Err(wrong
                .with("maximum_length", reference::MAX_ID)
                .at(&format!("{path}.sub_request_id")));
        }
        let method = method(&item, path)?;
        let uri = text(&item, "uri", path)?.ok_or_else(|| ApiError::missing(&format!("{path}.uri")))?;
        place::check(&method, uri).map_err(|error| error.at(&format!("{path}.uri")))?;
        let mut part = |name: &str| item.remove(name).unwrap_or_default();
        let mut read = Self {
            id,
            method,
            uri: part("uri"),
            params: part("params"),
            headers: part("headers"),
            body: part("body"),
        };
        read.check(path)?;
        Ok(read)
    }

    /// One of its parts.
    pub fn part(&mut self, name: &str) -> &mut Value {
        match name {
            "uri" => &mut self.uri,
            "params" => &mut self.params,
            "headers" => &mut self.headers,
            _ => &mut self.body,
        }
    }

    fn check(&mut self, path: &str) -> Result<(), ApiError> {
        for (name, value) in [("params", &self.params), ("headers", &self.headers), ("body", &self.body)] {
            if !matches!(value, Value::Object(_) | Value::Null) {
                return Err(ApiError::wrong_type(&format!("{path}.{name}"), "jsonobject"));
            }
        }
        for (name, values) in [("params", &self.params), ("headers", &self.headers)] {
            let several = |value: &Value| value.is_array() || value.is_object();
            if let Some((key, _)) = values.as_object().into_iter().flatten().find(|(_, value)| several(value)) {
                return Err(ApiError::wrong_type(&format!("{path}.{name}.{key}"), "text"));
            }
        }
        let headers = self.headers.as_object().into_iter().flatten();
        for (name, value) in headers.filter(|(_, value)| !value.is_null()) {
            header(name, value).map_err(|error| error.at(&format!("{path}.headers")))?;
        }
        // What references come to holds nothing that means something in an address.
        let uri = without_references(self.uri.as_str().unwrap_or_default());
        if uri.is_some_and(|uri| uri.parse::<Uri>().is_err() || uri.contains('#')) {
            return Err(ApiError::invalid("the address cannot be read").at(&format!("{path}.uri")));
        }
        Ok(())
    }

    /// Shows each reference to `look`. Errors say where it stands in the sub-request, which stands at `path`.
    pub fn each_reference(
        &mut self,
        path: &str,
        look: &mut dyn FnMut(&reference::Reference<'_>) -> Result<(), ApiError>,
    ) -> Result<(), ApiError> {
        PARTS.into_iter().try_for_each(|name| {
            let each = texts::each(self.part(name), &mut |value| {
                let Some(text) = value.as_str() else { return Ok(()) };
                let pieces = reference::pieces(text);
                let pieces = pieces.map_err(|Malformed(text)| reference::invalid("this is no reference", text))?;
                pieces.iter().try_for_each(|piece| match piece {
                    Piece::Plain(_) => Ok(()),
                    Piece::Reference(reference) => look(reference),
                })
            });
            each.map_err(|fault| fault.at(&format!("{path}.{name}")))
        })
    }
}

fn method(item: &Map<String, Value>, path: &str) -> Result<Method, ApiError> {
    let name = text(item, "method", path)?.ok_or_else(|| ApiError::missing(&format!("{path}.method")))?;
    let method = METHODS.into_iter().find(|method| method.as_str() == name);
    method.ok_or_else(|| {
        let names: Vec<&str> = METHODS.iter().map(Method::as_str).collect();
        ApiError::invalid("invalid data")
            .with("supported_values", names)
            .at(&format!("{path}.method"))
    })
}

/// A header that can be sent, as far as no reference stands in it.
fn header(name: &str, value: &Value) -> Result<(), ApiError> {
    let known = HeaderName::try_from(name).map_err(|_| unreadable(name))?;
    let name = known.as_str();
    if RESTRICTED.contains(&name) || RESTRICTED_BEGINNINGS.iter().any(|begin| name.starts_with(begin)) {
        let message = "this header is that of the whole call";
        return Err(ApiError::invalid(message).with("restricted_headers", vec![name]));
    }
    let text = value.as_str().and_then(without_references).unwrap_or_default();
    HeaderValue::try_from(text).map_err(|_| unreadable(name)).map(drop)
}

fn unreadable(name: impl Display) -> ApiError {
    let name: String = name.to_string().chars().take(100).collect();
    ApiError::invalid(format!("the header {name} cannot be sent"))
}

/// A text with something harmless for each reference. None: where one is none, which is told elsewhere.
fn without_references(text: &str) -> Option<String> {
    let pieces = reference::pieces(text).ok()?;
    let harmless = pieces.iter().map(|piece| match piece {
        Piece::Plain(text) => text,
        Piece::Reference(_) => "1",
    });
    Some(harmless.collect())
}
