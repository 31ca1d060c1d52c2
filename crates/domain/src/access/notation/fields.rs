//! The small parts of the notation: places, ids, flags, lists.

use serde_json::{Map, Value};

use super::Misread;

/// Where something stands.
#[derive(Debug, Clone)]
pub(super) struct Place(String);

impl Place {
    pub fn new(path: String) -> Self {
        Self(path)
    }

    pub fn path(&self) -> String {
        self.0.clone()
    }

    pub fn of(&self, key: &str) -> String {
        format!("{}.{key}", self.0)
    }

    pub fn below(&self, key: &str) -> Self {
        Self(self.of(key))
    }

    pub fn object<'a>(&self, json: &'a Value) -> Result<&'a Map<String, Value>, Misread> {
        json.as_object().ok_or_else(|| Misread::WrongType {
            path: self.path(),
            expected: "jsonobject",
        })
    }
}

/// What an object names by `id`, or by `api_name` (or `name`) where it has no id.
pub(super) fn thing<'a, T>(
    object: &Map<String, Value>,
    place: &Place,
    by_id: impl FnOnce(i64) -> Option<&'a T>,
    by_name: impl FnOnce(&str) -> Option<&'a T>,
) -> Result<&'a T, Misread> {
    let found = match object.get("id").filter(|id| !id.is_null()) {
        Some(json) => by_id(id(json).ok_or_else(|| Misread::WrongType {
            path: place.of("id"),
            expected: "bigint",
        })?),
        None => match object.get("api_name").or_else(|| object.get("name")) {
            Some(Value::String(name)) => by_name(name),
            _ => return Err(Misread::Missing { path: place.of("id") }),
        },
    };
    found.ok_or_else(|| Misread::Unknown { path: place.of("id") })
}

fn id(json: &Value) -> Option<i64> {
    match json {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.as_i64(),
        _ => None,
    }
}

/// `true` or `false`, also as text.
pub(super) fn flag(object: &Map<String, Value>, key: &str, place: &Place) -> Result<Option<bool>, Misread> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(yes)) => Ok(Some(*yes)),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
        Some(_) => Err(Misread::WrongType {
            path: place.of(key),
            expected: "boolean",
        }),
    }
}

/// The entries of a list that may be null or missing, with their places.
pub(super) fn list<'a>(object: &'a Map<String, Value>, key: &str, place: &Place, limit: usize) -> Result<Vec<(&'a Value, Place)>, Misread> {
    let path = place.of(key);
    match object.get(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) if items.len() > limit => Err(Misread::TooMany { path, limit }),
        Some(Value::Array(items)) => Ok(items
            .iter()
            .enumerate()
            .map(|(n, item)| (item, Place::new(format!("{path}[{n}]"))))
            .collect()),
        Some(_) => Err(Misread::WrongType {
            path,
            expected: "jsonarray",
        }),
    }
}

/// Whether the module is public.
pub(super) fn shared_type(object: &Map<String, Value>, place: &Place) -> Result<bool, Misread> {
    let path = place.of("shared_type");
    match object.get("shared_type") {
        None | Some(Value::Null) => Err(Misread::Missing { path }),
        Some(Value::String(text)) if text == "public" => Ok(true),
        Some(Value::String(text)) if text == "private" => Ok(false),
        Some(Value::String(_)) => Err(Misread::Unsupported {
            path,
            supported: &["private", "public"],
        }),
        Some(_) => Err(Misread::WrongType { path, expected: "text" }),
    }
}
