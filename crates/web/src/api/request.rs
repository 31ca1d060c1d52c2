//! What calls bring with them: queries, bodies and ids, read as clients are used to write them.

use std::str::FromStr;

use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use bytes::Bytes;
use serde_json::{Map, Value};

use super::ApiError;

/// The query: `+` and `%20` are spaces, an empty pair at the end is nothing.
#[derive(Debug, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The value of a parameter, if there is one that is not empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, value)| key == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that must be there.
    pub fn needed(&self, name: &str) -> Result<&str, ApiError> {
        self.text(name).ok_or_else(|| ApiError::no_parameter(name))
    }

    /// A number.
    pub fn number(&self, name: &str) -> Result<Option<u32>, ApiError> {
        let text = self.text(name);
        text.map(|t| {
            t.parse()
                .map_err(|_| ApiError::parameter(name, "a whole number").with("expected_data_type", "integer"))
        })
        .transpose()
    }

    /// `true`, `True`, `false` or `False`.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        let flag = |text: &str| match text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(ApiError::parameter(name, "true or false").with("expected_data_type", "boolean")),
        };
        self.text(name).map(flag).transpose()
    }

    /// An id.
    pub fn id<T: FromStr>(&self, name: &str) -> Result<Option<T>, ApiError> {
        let id = |text: &str| {
            text.parse()
                .map_err(|_| ApiError::parameter(name, "an id").with("expected_data_type", "bigint"))
        };
        self.text(name).map(id).transpose()
    }

    /// Ids parted by commas, at least one.
    pub fn needed_ids<T: FromStr>(&self, name: &str, limit: usize) -> Result<Vec<T>, ApiError> {
        let ids = self.ids(name, limit)?;
        // A comma alone names nothing either.
        if ids.is_empty() {
            Err(ApiError::no_parameter(name))
        } else {
            Ok(ids)
        }
    }

    /// Ids parted by commas; none if the parameter is missing.
    pub fn ids<T: FromStr>(&self, name: &str, limit: usize) -> Result<Vec<T>, ApiError> {
        let Some(text) = self.text(name) else { return Ok(Vec::new()) };
        let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        if parts.len() > limit {
            return Err(ApiError::too_many(name, limit).without("json_path").with("param_name", name));
        }
        let id = |part: &str| part.parse().map_err(|_| ApiError::parameter(name, "ids parted by commas"));
        parts.into_iter().map(id).collect()
    }
}

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let Query(pairs) =
            Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map_err(|_| ApiError::invalid("the query cannot be read"))?;
        match pairs.iter().find(|(name, value)| name.contains('\0') || value.contains('\0')) {
            Some((name, _)) => Err(ApiError::parameter(name, "text without NUL characters")),
            None => Ok(Self(pairs)),
        }
    }
}

/// A JSON object, whatever its content type says.
#[derive(Debug)]
pub struct JsonBody(pub Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| ApiError::of_status(rejection.status()))?;
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(body)) => Ok(Self(body)),
            Ok(_) => Err(ApiError::invalid("body").with("expected_data_type", "jsonobject")),
            Err(error) => Err(ApiError::new(
                axum::http::StatusCode::BAD_REQUEST,
                "JSON_PARSE_ERROR",
                format!("the body is not JSON: {error}"),
            )),
        }
    }
}

impl JsonBody {
    /// The items of `{"data": [{…}, …]}`: 1 to `limit`.
    pub fn items(&self, key: &str, limit: usize) -> Result<&[Value], ApiError> {
        items(&self.0, key, "$", limit)
    }

    /// The only item of `{"portals": [{…}]}`.
    pub fn only(&self, key: &str) -> Result<&Map<String, Value>, ApiError> {
        let items = self.items(key, 1)?;
        let only = items.first().and_then(Value::as_object);
        only.ok_or_else(|| ApiError::wrong_type(&format!("$.{key}[0]"), "jsonobject"))
    }
}

/// The items of an array in an object at `path`.
pub fn items<'a>(object: &'a Map<String, Value>, key: &str, path: &str, limit: usize) -> Result<&'a [Value], ApiError> {
    let path = format!("{path}.{key}");
    match object.get(key) {
        None | Some(Value::Null) => Err(ApiError::missing(&path)),
        Some(Value::Array(items)) if items.is_empty() => Err(ApiError::invalid("invalid data").with("minimum_length", 1).at(&path)),
        Some(Value::Array(items)) if items.len() > limit => Err(ApiError::too_many(&path, limit)),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(ApiError::wrong_type(&path, "jsonarray")),
    }
}

/// An id: digits or a whole number.
pub fn id<T: FromStr>(value: &Value, path: &str) -> Result<T, ApiError> {
    let parsed = match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.to_string().parse().ok(),
        _ => None,
    };
    parsed.ok_or_else(|| ApiError::wrong_type(path, "bigint"))
}

/// The text at a key, if there is one.
pub fn text<'a>(object: &'a Map<String, Value>, key: &str, path: &str) -> Result<Option<&'a str>, ApiError> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if !text.contains('\0') => Ok(Some(text)),
        Some(_) => Err(ApiError::wrong_type(&format!("{path}.{key}"), "text")),
    }
}
