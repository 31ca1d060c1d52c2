//! What is answered when something is not done: one schema, and which codes come with which status.

use serde_json::{Value, json};

use super::schema::{always, exactly, list_of, named, text, whole};

/// The name of the schema.
pub const NAME: &str = "Error";

/// Failures that every call may come to, by status.
pub const OF_ALL: [(u16, &[&str]); 5] = [
    (401, &["AUTHENTICATION_FAILURE", "INVALID_TOKEN", "OAUTH_SCOPE_MISMATCH"]),
    (403, &["NO_PERMISSION"]),
    (429, &["TOO_MANY_REQUESTS"]),
    (500, &["INTERNAL_ERROR"]),
    (503, &["SERVICE_UNAVAILABLE"]),
];

/// What a status says, in words.
pub fn words(status: u16) -> &'static str {
    match status {
        400 => "The call, or an item of it, is not as it should be. Nothing was done for it.",
        401 => "Nobody knows who calls, or the token's scopes do not allow the call.",
        403 => "Whoever calls may not do this.",
        404 => "There is no such thing, or it is not shared with whoever calls.",
        409 => "The call with this key is under way, or broke off.",
        412 => "Somebody else has changed the record in the meantime.",
        413 => "The body is too large.",
        422 => "The key was used for another call.",
        429 => "Too many calls: wait a minute.",
        500 => "Our mistake. It is in the server's log.",
        503 => "The server is busy: try again.",
        _ => "Not done.",
    }
}

/// `{code, details, message, status}`, whatever went wrong.
fn schema() -> Value {
    exactly(json!({
        "code": {"type": "string", "description": "What went wrong. It stays the same from version to version."},
        "details": named("ErrorDetails"),
        "message": {"type": "string", "description": "The same in words, for people."},
        "status": always("error"),
    }))
}

/// An error with one of these codes. What every call may come to has a name of its own.
pub fn with_codes(status: u16, codes: &[&str]) -> Value {
    match OF_ALL.iter().any(|(of, usual)| *of == status && *usual == codes) {
        true => named(&format!("{NAME}.{status}")),
        false => coded(codes),
    }
}

fn coded(codes: &[&str]) -> Value {
    json!({"$ref": format!("#/components/schemas/{NAME}"), "properties": {"code": {"enum": codes}}})
}

/// The schemas of errors by name.
pub fn schemas() -> impl Iterator<Item = (String, Value)> {
    let of_all = OF_ALL.iter().map(|(status, codes)| (format!("{NAME}.{status}"), coded(codes)));
    of_all.chain([(NAME.to_owned(), schema()), ("ErrorDetails".to_owned(), details())])
}

/// What an error may say about itself: texts, numbers, lists of texts, ids. Which of these are there depends on the code.
const TEXTS: [&str; 19] = [
    "param",
    "reference",
    "expected_data_type",
    "regex",
    "unsupported_login_user_type",
    "near",
    "reason",
    "clause",
    "by",
    "column_name",
    "data_type",
    "alias",
    "comparator",
    "feature",
    "module",
    "operator",
    "resource",
    "transfer_To",
    "value",
];
const NUMBERS: [&str; 12] = [
    "minimum_length",
    "maximum_length",
    "decimal_place",
    "minimum",
    "limit",
    "consumed",
    "line",
    "column",
    "max_limit",
    "status_code",
    "sub_request_version",
    "composite_request_version",
];
const LISTS: [&str; 6] = [
    "supported_values",
    "permissions",
    "supported",
    "fields",
    "supported_callback_methods",
    "restricted_headers",
];
const IDS: [&str; 3] = ["id", "record_id", "personality_id"];

fn details() -> Value {
    let place = json!({"type": "object", "properties": {"api_name": text(), "json_path": text()}, "additionalProperties": false});
    let explained = json!({
        "api_name": {"type": "string", "description": "The field that is meant."},
        "json_path": {"type": "string", "description": "Where it stands in the body: `$.data[0].Last_Name`."},
        "param_name": {"type": "string", "description": "The parameter that is meant."},
        "resource_path_index": {
            "description": "Which part of the address is meant, counted from 0.",
            "anyOf": [whole(), {"type": "string", "pattern": "^[0-9]+$"}],
        },
        "dependee": place,
        "ambiguity_due_to": list_of(exactly(json!({"api_name": text(), "json_path": text()}))),
        "sub_request_indexes": list_of(whole()),
        "dependent_data": list_of(exactly(json!({"sub_request_id": text(), "referred_sub_request_ids": list_of(text())}))),
    });
    let mut properties = explained.as_object().cloned().unwrap_or_default();
    let mut all = |names: &[&str], schema: fn() -> Value| properties.extend(names.iter().map(|name| ((*name).to_owned(), schema())));
    all(&TEXTS, text);
    all(&NUMBERS, whole);
    all(&LISTS, || list_of(text()));
    all(&IDS, super::schema::id);
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}
