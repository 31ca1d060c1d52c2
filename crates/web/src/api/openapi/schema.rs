//! The words of which schemas are made: JSON Schema, draft 2020-12, as OpenAPI 3.1 has it.

use serde_json::{Map, Value, json};

/// Where schemas with a name stand.
const NAMED: &str = "#/components/schemas/";

/// The schema with this name.
pub fn named(name: &str) -> Value {
    json!({ "$ref": format!("{NAMED}{name}") })
}

/// An object with all of these properties and no others.
pub fn exactly(properties: Value) -> Value {
    with_optional(properties, &[])
}

/// An object with these properties and no others, of which some may be missing.
pub fn with_optional(properties: Value, optional: &[&str]) -> Value {
    let names = properties.as_object().into_iter().flat_map(Map::keys);
    let required: Vec<&String> = names.filter(|name| !optional.contains(&name.as_str())).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// An object that a caller sends: these properties are needed, the others may be there. What else is sent is passed over.
pub fn sent(properties: Value, required: &[&str]) -> Value {
    json!({"type": "object", "properties": properties, "required": required})
}

pub fn list_of(items: Value) -> Value {
    json!({"type": "array", "items": items})
}

/// A list that holds something. Nothing is answered with 204.
pub fn some_of(items: Value) -> Value {
    json!({"type": "array", "items": items, "minItems": 1})
}

/// As a caller sends it: one to so many.
pub fn up_to(most: usize, items: Value) -> Value {
    json!({"type": "array", "items": items, "minItems": 1, "maxItems": most})
}

pub fn or_null(schema: Value) -> Value {
    match schema.get("type").and_then(Value::as_str) {
        Some(kind) if schema.get("enum").is_none() => {
            let kinds = json!([kind, "null"]);
            let mut schema = schema;
            if let Some(object) = schema.as_object_mut() {
                object.insert("type".into(), kinds);
            }
            schema
        }
        _ => json!({"anyOf": [schema, {"type": "null"}]}),
    }
}

/// The schema with a sentence about it.
pub fn about(mut schema: Value, text: &str) -> Value {
    if let Some(object) = schema.as_object_mut() {
        object.insert("description".into(), text.into());
    }
    schema
}

pub fn text() -> Value {
    json!({"type": "string"})
}

/// Text that is not empty.
pub fn some_text() -> Value {
    json!({"type": "string", "minLength": 1})
}

pub fn whole() -> Value {
    json!({"type": "integer"})
}

/// A whole number from 0 on.
pub fn number() -> Value {
    json!({"type": "integer", "minimum": 0})
}

pub fn flag() -> Value {
    json!({"type": "boolean"})
}

pub fn none() -> Value {
    json!({"type": "null"})
}

pub fn one_of(texts: &[&str]) -> Value {
    json!({"type": "string", "enum": texts})
}

pub fn always(value: impl Into<Value>) -> Value {
    json!({ "const": value.into() })
}

/// Digits: a JSON number would lose some in many languages. No id is 0.
pub fn id() -> Value {
    json!({"type": "string", "pattern": "^[1-9][0-9]{0,18}$"})
}

/// An id in a query, where an empty value says nothing.
pub fn id_or_nothing() -> Value {
    json!({"type": "string", "pattern": "^([1-9][0-9]{0,18})?$"})
}

/// An id as a caller may send it.
pub fn id_sent() -> Value {
    json!({"anyOf": [id(), {"type": "integer", "minimum": 1, "maximum": i64::MAX}]})
}

pub fn moment() -> Value {
    json!({"type": "string", "format": "date-time"})
}

pub fn day() -> Value {
    json!({"type": "string", "format": "date"})
}

/// An amount: `26000.00`. A JSON number would not keep it exact.
pub fn money() -> Value {
    json!({"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$"})
}

/// Somebody or something by name and id.
pub fn named_thing() -> Value {
    exactly(json!({"name": text(), "id": id()}))
}

/// A module or field by API name and id.
pub fn api_thing() -> Value {
    exactly(json!({"api_name": text(), "id": id()}))
}

/// An item that was carried out, and what is told of it.
pub fn done(details: Value) -> Value {
    exactly(json!({"code": always("SUCCESS"), "details": details, "message": text(), "status": always("success")}))
}

/// The same where it goes on in the background, under the id of a job.
pub fn scheduled() -> Value {
    let details = exactly(json!({ "job_id": id() }));
    exactly(json!({"code": always("SCHEDULED"), "details": details, "message": text(), "status": always("success")}))
}
