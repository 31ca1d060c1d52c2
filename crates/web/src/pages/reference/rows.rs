//! A schema as the rows of a table: name, kind, what it means.

use serde_json::Value;

/// How deep objects within objects are looked into. What lies deeper is told with the module or field that it is of.
const DEPTH: usize = 3;
/// How many choices are named.
const CHOICES: usize = 12;

/// A property or a parameter.
pub struct Row {
    pub name: String,
    pub kind: String,
    pub is_needed: bool,
    pub about: String,
}

/// The text at a key.
pub fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The properties of a schema, those within as `data[].Last_Name`.
pub fn of_schema(document: &Value, schema: &Value) -> Vec<Row> {
    let mut rows = Vec::new();
    add(document, schema, "", DEPTH, &mut rows);
    rows
}

fn add(document: &Value, schema: &Value, before: &str, depth: usize, rows: &mut Vec<Row>) {
    let schema = resolved(document, schema);
    for part in ["anyOf", "allOf"] {
        for one in schema.get(part).and_then(Value::as_array).into_iter().flatten() {
            // An error in the place of an item is told with the errors.
            if one.get("$ref").is_none_or(|name| name != "#/components/schemas/Error") {
                add(document, one, before, depth, rows);
            }
        }
    }
    if let Some(items) = schema.get("items").filter(|_| depth > 0 && !before.is_empty()) {
        add(document, items, &format!("{before}[]"), depth, rows);
    }
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        if depth == 0 || rows.iter().any(|row| row.name == joined(before, name)) {
            continue;
        }
        rows.push(Row {
            name: joined(before, name),
            kind: kind(document, property),
            is_needed: required.contains(&name.as_str()),
            about: about(document, property),
        });
        add(document, property, &joined(before, name), depth - 1, rows);
    }
}

fn joined(before: &str, name: &str) -> String {
    match before {
        "" => name.to_owned(),
        before => format!("{before}.{name}"),
    }
}

fn about(document: &Value, schema: &Value) -> String {
    match text(schema, "description") {
        none if none.is_empty() => text(resolved(document, schema), "description"),
        own => own,
    }
}

/// The schema itself, or the one that it names.
pub fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let place = schema.get("$ref").and_then(Value::as_str).and_then(|place| place.strip_prefix('#'));
    place.and_then(|place| document.pointer(place)).unwrap_or(schema)
}

/// What sort of value it is, in a few words.
pub fn kind(document: &Value, schema: &Value) -> String {
    let schema = resolved(document, schema);
    if let Some(value) = schema.get("const") {
        return value.to_string();
    }
    if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
        return choice(choices);
    }
    if let Some(all) = schema.get("anyOf").and_then(Value::as_array) {
        let mut kinds: Vec<String> = all.iter().map(|one| kind(document, one)).filter(|kind| !kind.is_empty()).collect();
        kinds.dedup();
        return kinds.join(" or ");
    }
    if let Some(items) = schema.get("items") {
        let kind = kind(document, items);
        return if kind.is_empty() {
            "list".to_owned()
        } else {
            format!("list of {kind}")
        };
    }
    let kind = match schema.get("type") {
        Some(Value::String(one)) => one.clone(),
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ if schema.get("properties").is_some() || schema.get("allOf").is_some() => "object".to_owned(),
        _ => String::new(),
    };
    format!("{kind}{}", limits(schema))
}

fn choice(choices: &[Value]) -> String {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), |text| format!("“{text}”"));
    let named: Vec<String> = choices.iter().filter(|value| **value != "").take(CHOICES).map(word).collect();
    let more = if choices.len() > CHOICES { " …" } else { "" };
    format!("{}{more}", named.join(", "))
}

/// Formats and limits.
fn limits(schema: &Value) -> String {
    let mut words = Vec::new();
    if schema.get("pattern").is_some_and(|pattern| pattern == "^[0-9]{1,19}$") {
        words.push("id".to_owned());
    }
    words.extend(schema.get("format").and_then(Value::as_str).map(str::to_owned));
    let number = |key: &str| schema.get(key).map(Value::to_string);
    words.extend(number("maxLength").map(|most| format!("up to {most} characters")));
    match (number("minimum"), number("maximum")) {
        (Some(least), Some(most)) => words.push(format!("{least} to {most}")),
        (Some(least), None) => words.push(format!("from {least} on")),
        _ => {}
    }
    words.extend(number("default").map(|usual| format!("else {usual}")));
    match words.is_empty() {
        true => String::new(),
        false => format!(" ({})", words.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_becomes_rows_with_kinds_in_words() {
        let document = json!({"components": {"schemas": {"Person": {
            "type": "object", "required": ["Name"],
            "properties": {"Name": {"type": "string", "maxLength": 40, "description": "How they are called."}, "Sort": {"enum": ["A", "B", null]}},
        }}}});
        let schema =
            json!({"properties": {"data": {"type": "array", "items": {"$ref": "#/components/schemas/Person"}}}, "required": ["data"]});
        let rows = of_schema(&document, &schema);
        let told: Vec<String> = rows
            .iter()
            .map(|r| format!("{} | {} | {} | {}", r.name, r.kind, r.is_needed, r.about))
            .collect();
        assert_eq!(
            told,
            [
                "data | list of object | true | ",
                "data[].Name | string (up to 40 characters) | true | How they are called.",
                "data[].Sort | “A”, “B”, null | false | ",
            ]
        );
        assert_eq!(
            kind(&document, &json!({"type": "string", "pattern": "^[0-9]{1,19}$"})),
            "string (id)"
        );
        assert_eq!(
            kind(&document, &json!({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]})),
            "integer (from 1 on) or null"
        );
    }
}
