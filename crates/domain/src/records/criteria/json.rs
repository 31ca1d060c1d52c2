//! Criteria as objects: `{"group_operator": "and", "group": [{"field": {"api_name": "Stage"}, "comparator": "equal", "value": "Won"}]}`.

use serde_json::{Map, Value as Json};

use super::{MAX_CONDITIONS, Unreadable, compare};
use crate::access::Access;
use crate::records::{Filter, MAX_DEPTH};

/// The most values in one condition.
const MAX_VALUES: usize = 100;

/// Reads criteria over the fields that the viewer may read.
pub fn read(access: &Access, json: &Json) -> Result<Filter, Unreadable> {
    let mut left = MAX_CONDITIONS;
    let filter = part(access, json, MAX_DEPTH, &mut left)?;
    filter.check_size().map_err(|_| Unreadable::TooMuch)?;
    Ok(filter)
}

fn part(access: &Access, json: &Json, depth: usize, left: &mut usize) -> Result<Filter, Unreadable> {
    let object = json.as_object().ok_or(Unreadable::Shape)?;
    let Some(group) = object.get("group").filter(|group| !group.is_null()) else {
        *left = left.checked_sub(1).ok_or(Unreadable::TooMuch)?;
        return condition(access, object);
    };
    let parts = group.as_array().filter(|parts| !parts.is_empty()).ok_or(Unreadable::Shape)?;
    let depth = depth.checked_sub(1).ok_or(Unreadable::TooMuch)?;
    let parts: Result<Vec<Filter>, Unreadable> = parts.iter().map(|json| part(access, json, depth, left)).collect();
    match object
        .get("group_operator")
        .and_then(Json::as_str)
        .map(str::to_ascii_lowercase)
        .as_deref()
    {
        Some("and") => Ok(Filter::All(parts?)),
        Some("or") => Ok(Filter::Any(parts?)),
        _ => Err(Unreadable::GroupOperator),
    }
}

fn condition(access: &Access, object: &Map<String, Json>) -> Result<Filter, Unreadable> {
    let name = object
        .get("field")
        .map_or_else(|| object.get("api_name"), |field| field.get("api_name"));
    let name = name.and_then(Json::as_str).ok_or(Unreadable::Shape)?;
    let comparator = object.get("comparator").and_then(Json::as_str).ok_or(Unreadable::Shape)?;
    let column = access.plan().column_named(name);
    let field = &column.ok_or_else(|| Unreadable::Field(name.chars().take(100).collect()))?.field;
    let values = values(object.get("value").unwrap_or(&Json::Null))?;
    compare(field, comparator, values)
}

fn values(json: &Json) -> Result<Vec<String>, Unreadable> {
    match json {
        Json::Array(values) if values.len() > MAX_VALUES => Err(Unreadable::TooMuch),
        Json::Array(values) if values.is_empty() => Err(Unreadable::Shape),
        Json::Array(values) => values.iter().map(text).collect(),
        one => Ok(vec![text(one)?]),
    }
}

/// Records are named by their id.
fn text(json: &Json) -> Result<String, Unreadable> {
    match json {
        Json::Null => Ok("${EMPTY}".to_owned()),
        Json::String(text) if !text.contains('\0') => Ok(text.clone()),
        Json::Number(number) => Ok(number.to_string()),
        Json::Bool(yes) => Ok(yes.to_string()),
        Json::Object(record) => match record.get("id") {
            Some(Json::String(id)) => Ok(id.clone()),
            Some(Json::Number(id)) => Ok(id.to_string()),
            _ => Err(Unreadable::Shape),
        },
        _ => Err(Unreadable::Shape),
    }
}
