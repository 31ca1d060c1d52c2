//! Reading values at the edge: from JSON (the API) and from text (forms and CSV).
//!
//! Either a value of the field's kind comes out, or the exact reason why not.

use serde_json::Value as Json;

use super::Value;
use crate::ids::RecordId;
use crate::modules::{Field, FieldKind};
use crate::time::{Day, Moment};

/// Why a value cannot stand in a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct FieldError {
    /// The field's API name.
    pub field: String,
    pub problem: Problem,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("a value is needed")]
    Mandatory,
    #[error("expected {expected}")]
    WrongType { expected: &'static str },
    #[error("at most {max} characters are allowed")]
    TooLong { max: u32 },
    #[error("expected one of: {}", .options.join(", "))]
    NotAnOption { options: Vec<String> },
    #[error("the number is too large: at most {digits} digits are allowed")]
    TooLarge { digits: u32 },
    #[error("at most {scale} digits are allowed behind the decimal point")]
    TooPrecise { scale: u8 },
    #[error("there is no such record")]
    NoSuchRecord,
    /// Not a file that the writer has just uploaded; or of another sort than the field holds.
    #[error("there is no such file")]
    NoSuchFile,
    #[error("it cannot be shared, as the record that it belongs to is not accessible in the portal")]
    NotInPortal,
    #[error("another record has this value already")]
    NotUnique,
    /// The field does not exist, is hidden, or may not be written: all look the same.
    #[error("there is no such field that you may change")]
    NotWritable,
}

const MAX_INTEGER: i64 = 999_999_999;
const MAX_UNITS: i64 = 999_999_999_999_999_999;

/// Reads a JSON value for a field.
///
/// Look-ups come as `{"id": …}` or a bare id, ids as digits or as whole numbers. With a parent may come its module:
/// `{"module": {"api_name": …}, "id": …}`.
pub fn from_json(field: &Field, json: &Json) -> Result<Value, FieldError> {
    json_value(&field.kind, json).map_err(|problem| FieldError {
        field: field.api_name.clone(),
        problem,
    })
}

/// Reads the texts that a form has sent for a field: several where it is a choice of several, else the first.
pub fn from_texts(field: &Field, texts: &[String]) -> Result<Value, FieldError> {
    match field.kind {
        FieldKind::MultiPicklist { .. } | FieldKind::MultiLookup { .. } => {
            let all = texts.iter().map(|text| Json::String(text.clone())).collect();
            from_json(field, &Json::Array(all))
        }
        _ => from_text(field, texts.first().map_or("", String::as_str)),
    }
}

/// Reads a text for a field, as forms and CSV files hold it: empty is no value, several choices or
/// ids are parted by `;`, dates are ISO 8601, a look-up is an id.
pub fn from_text(field: &Field, text: &str) -> Result<Value, FieldError> {
    let parsed = if text.trim().is_empty() {
        Ok(Value::Null)
    } else {
        text_value(&field.kind, text)
    };
    parsed.map_err(|problem| FieldError {
        field: field.api_name.clone(),
        problem,
    })
}

/// Lower case and without spaces around, if it looks like an e-mail address.
#[must_use]
pub fn normalise_email(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@')?;
    let plain = |s: &str| !s.is_empty() && !s.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;:\"()[]\\@".contains(c));
    let dotted = domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.') && !domain.contains("..");
    (plain(local) && plain(domain) && dotted && text.len() <= 100).then(|| text.to_lowercase())
}

fn wrong(expected: &'static str) -> Problem {
    Problem::WrongType { expected }
}

fn json_value(kind: &FieldKind, json: &Json) -> Result<Value, Problem> {
    if json.is_null() {
        return Ok(Value::Null);
    }
    match kind {
        FieldKind::Boolean => json.as_bool().map(Value::Bool).ok_or(wrong("boolean")),
        FieldKind::Lookup { .. } | FieldKind::Owner { .. } => Ok(Value::Ref(json_id(json)?)),
        FieldKind::Parent => parent(json),
        kind if kind.holds_file() => file(json),
        FieldKind::MultiLookup { .. } => {
            let items = json.as_array().ok_or(wrong("jsonarray"))?;
            Ok(Value::Refs(unique(items.iter().map(json_id).collect::<Result<Vec<_>, _>>()?)))
        }
        FieldKind::MultiPicklist { options } => {
            let items = json.as_array().ok_or(wrong("jsonarray"))?;
            let chosen: Option<Vec<&str>> = items.iter().map(Json::as_str).collect();
            choices(options, chosen.ok_or(wrong("jsonarray"))?.into_iter())
        }
        FieldKind::Integer | FieldKind::BigInteger | FieldKind::Decimal { .. } | FieldKind::Currency { .. } | FieldKind::Percent { .. } => {
            match json {
                // A number with a fraction was read with 15 digits at most; more come as text.
                Json::Number(n) if n.is_f64() && digits_of(&n.to_string()) > 15 => Err(Problem::TooLarge { digits: 15 }),
                Json::Number(n) => text_value(kind, &n.to_string()),
                Json::String(text) => text_value(kind, text),
                _ => Err(wrong(kind.json_type())),
            }
        }
        _ => match json.as_str() {
            Some("") => Ok(Value::Null),
            Some(text) => text_value(kind, text),
            None => Err(wrong(if *kind == FieldKind::Email { "email" } else { kind.json_type() })),
        },
    }
}

fn digits_of(number: &str) -> usize {
    let mantissa = number.split(['e', 'E']).next().unwrap_or(number);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').trim_end_matches('0').len()
}

fn parent(json: &Json) -> Result<Value, Problem> {
    let id = json_id(json)?;
    let Some(module) = json.get("module").filter(|module| !module.is_null()) else {
        return Ok(Value::Ref(id));
    };
    let name = ["api_name", "id"].iter().find_map(|key| module.get(key)).unwrap_or(module);
    let name = name.as_str().ok_or(wrong("jsonobject"))?;
    Ok(Value::RefIn(name.to_owned(), id))
}

/// A file by its id, alone or as an object, or as the one object of an array.
fn file(json: &Json) -> Result<Value, Problem> {
    let one = match json.as_array().map(Vec::as_slice) {
        None => json,
        Some([]) => return Ok(Value::Null),
        Some([one]) => one,
        Some(_) => return Err(wrong("jsonarray of one file")),
    };
    match one.get("File_Id__s").or(one.get("id")).unwrap_or(one) {
        Json::String(text) if text.is_empty() => Ok(Value::Null),
        Json::String(text) => file_id(text),
        Json::Number(n) => file_id(&n.to_string()),
        _ => Err(wrong("jsonarray")),
    }
}

/// What is no id is no file that anybody knows.
fn file_id(text: &str) -> Result<Value, Problem> {
    text.trim().parse().map(Value::Int).map_err(|_| Problem::NoSuchFile)
}

fn json_id(json: &Json) -> Result<RecordId, Problem> {
    let bare = json.get("id").unwrap_or(json);
    match bare {
        Json::String(text) => text.parse().map_err(|_| wrong("bigint")),
        Json::Number(n) => n.to_string().parse().map_err(|_| wrong("bigint")),
        _ => Err(wrong("jsonobject")),
    }
}

fn text_value(kind: &FieldKind, text: &str) -> Result<Value, Problem> {
    match kind {
        FieldKind::Email => email(text),
        FieldKind::TextArea { max } => lines(text, *max),
        FieldKind::RichText { max } => lines(&ammonia::clean(text), *max),
        FieldKind::Picklist { options } => match options.iter().any(|o| o == text) {
            true => Ok(Value::Text(text.to_owned())),
            false => Err(Problem::NotAnOption { options: options.clone() }),
        },
        FieldKind::MultiPicklist { options } => choices(options, text.split(';').map(str::trim).filter(|t| !t.is_empty())),
        FieldKind::Integer => whole(text, MAX_INTEGER, 9).map(Value::Int),
        FieldKind::BigInteger => whole(text, MAX_UNITS, 18).map(Value::Int),
        FieldKind::Decimal { scale } | FieldKind::Currency { scale } => decimal(text, *scale),
        FieldKind::Percent { scale } => decimal(text.trim_end_matches('%').trim_end(), *scale),
        FieldKind::Boolean => boolean(text.trim()),
        FieldKind::Date => Day::parse(text.trim()).map(Value::Day).ok_or(wrong("date")),
        FieldKind::DateTime | FieldKind::CreatedTime | FieldKind::ModifiedTime => {
            Moment::parse(text.trim()).map(Value::Moment).ok_or(wrong("datetime"))
        }
        FieldKind::Lookup { .. } | FieldKind::Parent | FieldKind::Owner { .. } | FieldKind::CreatedBy | FieldKind::ModifiedBy => {
            text.trim().parse().map(Value::Ref).map_err(|_| wrong("bigint"))
        }
        FieldKind::MultiLookup { .. } => {
            let ids: Result<Vec<_>, _> = text.split(';').map(|id| id.trim().parse()).collect();
            ids.map(|ids| Value::Refs(unique(ids))).map_err(|_| wrong("bigint"))
        }
        FieldKind::File | FieldKind::Image | FieldKind::Attachment => file_id(text),
        FieldKind::FileSize => whole(text, MAX_UNITS, 18).map(Value::Int),
        FieldKind::Text { .. } | FieldKind::Phone | FieldKind::Website | FieldKind::AutoNumber { .. } => {
            line(text, kind.max_length().unwrap_or(255))
        }
    }
}

fn unique(mut ids: Vec<RecordId>) -> Vec<RecordId> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn choices<'a>(options: &[String], chosen: impl Iterator<Item = &'a str>) -> Result<Value, Problem> {
    let mut kept: Vec<String> = Vec::new();
    for choice in chosen {
        if !options.iter().any(|o| o == choice) {
            return Err(Problem::NotAnOption { options: options.to_vec() });
        }
        if !kept.iter().any(|k| k == choice) {
            kept.push(choice.to_owned());
        }
    }
    Ok(Value::Choices(kept))
}

fn bounded(text: &str, max: u32) -> Result<Value, Problem> {
    let fits = text.chars().count() <= usize::try_from(max).unwrap_or(usize::MAX);
    if fits {
        Ok(Value::Text(text.to_owned()))
    } else {
        Err(Problem::TooLong { max })
    }
}

fn line(text: &str, max: u32) -> Result<Value, Problem> {
    match text.contains(|c: char| c.is_control() && c != '\t') {
        true => Err(wrong("text of one line without control characters")),
        false => bounded(text.trim(), max),
    }
}

fn lines(text: &str, max: u32) -> Result<Value, Problem> {
    match text.contains(|c: char| c.is_control() && !"\t\n\r".contains(c)) {
        true => Err(wrong("text without control characters")),
        false => bounded(&text.replace("\r\n", "\n"), max),
    }
}

fn email(text: &str) -> Result<Value, Problem> {
    if text.len() > 100 {
        return Err(Problem::TooLong { max: 100 });
    }
    normalise_email(text).map(Value::Text).ok_or(wrong("email"))
}

fn boolean(text: &str) -> Result<Value, Problem> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(Value::Bool(true)),
        "false" | "0" | "no" | "off" => Ok(Value::Bool(false)),
        _ => Err(wrong("boolean")),
    }
}

fn whole(text: &str, max: i64, digits: u32) -> Result<i64, Problem> {
    let text = text.trim();
    let body = text.strip_prefix('-').unwrap_or(text);
    if body.is_empty() || !body.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong("integer"));
    }
    match text.parse::<i64>() {
        Ok(n) if (-max..=max).contains(&n) => Ok(n),
        _ => Err(Problem::TooLarge { digits }),
    }
}

fn decimal(text: &str, scale: u8) -> Result<Value, Problem> {
    let text = text.trim();
    let (negative, body) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, part) = body.split_once('.').unwrap_or((body, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && part.is_empty()) || !digits(whole) || !digits(part) {
        return Err(wrong("double"));
    }
    let part = part.trim_end_matches('0');
    let width = usize::from(scale);
    if part.len() > width {
        return Err(Problem::TooPrecise { scale });
    }
    let units = format!("{whole}{part:0<width$}");
    let units = units.trim_start_matches('0');
    if units.len() > 18 {
        return Err(Problem::TooLarge {
            digits: 18 - u32::from(scale),
        });
    }
    let units: i64 = if units.is_empty() {
        0
    } else {
        units.parse().map_err(|_| wrong("double"))?
    };
    Ok(Value::Decimal(if negative { -units } else { units }))
}

#[cfg(test)]
mod tests;
