//! The values of fields: as they are read, as they may be sent, and an example of each.

use domain::modules::{Field, FieldKind};
use serde_json::{Value, json};

use super::schema::{id, id_sent, list_of, moment, or_null, with_optional};

/// Whole numbers have at most nine digits, large ones at most eighteen.
const MAX_INTEGER: i64 = 999_999_999;
const MAX_LARGE: i64 = 999_999_999_999_999_999;

/// One line without control characters. A tab may be in it.
const LINE: &str = r"^[^\u0000-\u0008\u000a-\u001f\u007f-\u009f]*$";
/// Several lines.
const LINES: &str = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$";

/// A value as an answer holds it.
pub fn read(field: &Field) -> Value {
    let kind = &field.kind;
    let thing = || with_optional(json!({"name": {"type": "string"}, "id": id()}), &["name", "id"]);
    let schema = match kind {
        FieldKind::Integer => or_null(json!({"type": "integer", "minimum": -MAX_INTEGER, "maximum": MAX_INTEGER})),
        FieldKind::BigInteger => or_null(json!({"type": "string", "pattern": "^-?[0-9]{1,18}$"})),
        FieldKind::Decimal { .. } | FieldKind::Currency { .. } | FieldKind::Percent { .. } => or_null(json!({"type": "number"})),
        FieldKind::Boolean => or_null(json!({"type": "boolean"})),
        FieldKind::Date => or_null(super::schema::day()),
        FieldKind::DateTime | FieldKind::CreatedTime | FieldKind::ModifiedTime => or_null(moment()),
        FieldKind::Lookup { .. } | FieldKind::Owner { .. } | FieldKind::CreatedBy | FieldKind::ModifiedBy => or_null(thing()),
        FieldKind::Parent => or_null(with_optional(
            json!({"module": module_named(), "name": {"type": "string"}, "id": id()}),
            &["module", "name", "id"],
        )),
        FieldKind::MultiLookup { .. } => list_of(thing()),
        FieldKind::MultiPicklist { options } => or_null(list_of(json!({"type": "string", "enum": options}))),
        FieldKind::Picklist { options } => one_or_none(options.iter().map(|o| json!(o))),
        FieldKind::Attachment => or_null(id()),
        FieldKind::FileSize => or_null(size()),
        FieldKind::File | FieldKind::Image => or_null(list_of(json!({
            "type": "object",
            "properties": {
                "id": id(),
                "File_Id__s": id(),
                "File_Name__s": {"type": ["string", "null"]},
                "Size__s": or_null(size()),
            },
            "required": ["id", "File_Id__s", "File_Name__s", "Size__s"],
        }))),
        FieldKind::Email => or_null(json!({"type": "string", "format": "email", "maxLength": kind.max_length()})),
        _ => or_null(match kind.max_length() {
            Some(most) => json!({"type": "string", "maxLength": most}),
            None => json!({"type": "string"}),
        }),
    };
    called(schema, field)
}

/// A value as a caller may send it.
pub fn sent(field: &Field, is_needed: bool) -> Value {
    let schema = taken(&field.kind);
    called(if is_needed { something(schema) } else { or_nothing(schema) }, field)
}

/// What must be there is not empty.
fn something(mut schema: Value) -> Value {
    let least = match schema.get("type").and_then(Value::as_str) {
        Some("string") if schema.get("enum").is_none() => "minLength",
        Some("array") => "minItems",
        _ => return schema,
    };
    if let Some(object) = schema.as_object_mut() {
        object.insert(least.into(), 1.into());
    }
    schema
}

/// What stands for no value: null, and where the value is text, none.
fn or_nothing(schema: Value) -> Value {
    let is_text = schema.get("type").is_some_and(|kind| kind == "string");
    match schema.get("enum").and_then(Value::as_array) {
        Some(options) if is_text => one_or_none(options.iter().cloned().chain([json!("")])),
        _ => or_null(schema),
    }
}

fn one_or_none(options: impl Iterator<Item = Value>) -> Value {
    json!({"type": ["string", "null"], "enum": options.chain([Value::Null]).collect::<Vec<_>>()})
}

fn taken(kind: &FieldKind) -> Value {
    let limited = |pattern: &str| match kind.max_length() {
        Some(most) => json!({"type": "string", "pattern": pattern, "maxLength": most}),
        None => json!({"type": "string", "pattern": pattern}),
    };
    match kind {
        // What is not allowed in it is taken out before it is measured.
        FieldKind::RichText { .. } => json!({"type": "string"}),
        FieldKind::TextArea { .. } => limited(LINES),
        FieldKind::Email => json!({"type": "string", "format": "email", "maxLength": 100}),
        FieldKind::Picklist { options } => json!({"type": "string", "enum": options}),
        FieldKind::MultiPicklist { options } => list_of(json!({"type": "string", "enum": options})),
        FieldKind::Integer => number_or_digits(
            json!({"type": "integer", "minimum": -MAX_INTEGER, "maximum": MAX_INTEGER}),
            r"^\s*-?[0-9]{1,9}\s*$",
        ),
        FieldKind::BigInteger => number_or_digits(
            json!({"type": "integer", "minimum": -MAX_LARGE, "maximum": MAX_LARGE}),
            r"^\s*-?[0-9]{1,18}\s*$",
        ),
        FieldKind::Decimal { .. } | FieldKind::Currency { .. } => number_or_digits(json!({"type": "number"}), r"^\s*-?[0-9]*\.?[0-9]*\s*$"),
        FieldKind::Percent { .. } => number_or_digits(json!({"type": "number"}), r"^\s*-?[0-9]*\.?[0-9]*\s*%*\s*$"),
        FieldKind::Boolean => json!({"type": "boolean"}),
        FieldKind::Date => super::schema::day(),
        FieldKind::DateTime | FieldKind::CreatedTime | FieldKind::ModifiedTime => moment(),
        FieldKind::Lookup { .. } | FieldKind::Owner { .. } | FieldKind::CreatedBy | FieldKind::ModifiedBy => reference(),
        FieldKind::Parent => parent(),
        FieldKind::MultiLookup { .. } => list_of(reference()),
        FieldKind::File | FieldKind::Image | FieldKind::Attachment => file(),
        FieldKind::FileSize => size(),
        FieldKind::Text { .. } | FieldKind::Phone | FieldKind::Website | FieldKind::AutoNumber { .. } => limited(LINE),
    }
}

/// A record by its id, bare or in an object as it is read.
fn reference() -> Value {
    let object = json!({"type": "object", "properties": {"id": id_sent(), "name": {}}, "required": ["id"]});
    json!({"anyOf": [object, id_sent()]})
}

/// A file by its id, bare, in an object, or in the array that files are read as.
fn file() -> Value {
    let object = json!({"type": "object", "properties": {"File_Id__s": id_sent()}, "required": ["File_Id__s"]});
    json!({"anyOf": [{"type": "array", "maxItems": 1, "items": object}, object, id_sent()]})
}

/// How many bytes, in digits.
fn size() -> Value {
    json!({"type": "string", "pattern": "^[0-9]{1,18}$"})
}

/// The same of a record of any module, which may be named.
fn parent() -> Value {
    let module = json!({"type": "object", "properties": {"api_name": {"type": "string"}, "id": id_sent()}, "required": ["api_name"]});
    let object = json!({"type": "object", "properties": {"module": module, "id": id_sent(), "name": {}}, "required": ["id"]});
    json!({"anyOf": [object, id_sent()]})
}

fn module_named() -> Value {
    json!({"type": "object", "properties": {"api_name": {"type": "string"}, "id": id()}, "required": ["api_name", "id"]})
}

/// Numbers may come as text, which keeps their digits.
fn number_or_digits(number: Value, pattern: &str) -> Value {
    json!({"anyOf": [number, {"type": "string", "pattern": pattern}]})
}

/// The label, and what the schema cannot say.
fn called(mut schema: Value, field: &Field) -> Value {
    let scale = match field.kind.scale() {
        0 => String::new(),
        scale => format!(" At most {scale} digits behind the point."),
    };
    let unique = if field.unique { " No two records have the same." } else { "" };
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".into(), field.label.clone().into());
        object.insert("description".into(), format!("{}{scale}{unique}", words(&field.kind)).into());
    }
    schema
}

/// What sort of value it is.
fn words(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Text { .. } => "One line of text.",
        FieldKind::TextArea { .. } => "Several lines of text.",
        FieldKind::RichText { .. } => "HTML, of which what is not safe is taken out.",
        FieldKind::Email => "An e-mail address.",
        FieldKind::Phone => "A telephone number.",
        FieldKind::Website => "The address of a web page.",
        FieldKind::Picklist { .. } => "One of the choices.",
        FieldKind::MultiPicklist { .. } => "Any of the choices.",
        FieldKind::Integer => "A whole number.",
        FieldKind::BigInteger => "A whole number of up to 18 digits, read as text.",
        FieldKind::Decimal { .. } => "A number.",
        FieldKind::Currency { .. } => "An amount of money.",
        FieldKind::Percent { .. } => "A percentage.",
        FieldKind::Boolean => "Yes or no.",
        FieldKind::Date => "A day.",
        FieldKind::DateTime => "A moment.",
        FieldKind::Lookup { .. } => "A record of another module. Of one out of sight neither id nor name is told.",
        FieldKind::MultiLookup { .. } => "Records of another module.",
        FieldKind::Parent => "The record that this one belongs to, and its module. Of one out of sight nothing is told.",
        FieldKind::Owner { .. } => "The employee who owns the record.",
        FieldKind::AutoNumber { .. } => "A number that the product gives.",
        FieldKind::File => "A file. Upload it, then write its id here.",
        FieldKind::Image => "An image. Upload it, then write its id here.",
        FieldKind::Attachment => "The id of the file that the record is.",
        FieldKind::FileSize => "How many bytes the file has.",
        FieldKind::CreatedTime => "When the record was made.",
        FieldKind::ModifiedTime => "When the record was last changed.",
        FieldKind::CreatedBy => "Who made the record.",
        FieldKind::ModifiedBy => "Who last changed the record.",
    }
}

/// A value to show what one looks like.
pub fn example(kind: &FieldKind) -> Value {
    match kind {
        FieldKind::Email => json!("anna@example.com"),
        FieldKind::Phone => json!("+49 30 901820"),
        FieldKind::Website => json!("https://example.com"),
        FieldKind::Picklist { options } => json!(options.first()),
        FieldKind::MultiPicklist { options } => json!(options.iter().take(2).collect::<Vec<_>>()),
        FieldKind::Integer => json!(12),
        FieldKind::BigInteger => json!("1200000000"),
        FieldKind::Decimal { .. } | FieldKind::Currency { .. } => json!(1250.5),
        FieldKind::Percent { .. } => json!(15),
        FieldKind::Boolean => json!(true),
        FieldKind::Date => json!("2026-11-24"),
        FieldKind::DateTime | FieldKind::CreatedTime | FieldKind::ModifiedTime => json!("2026-11-24T05:00:00+00:00"),
        FieldKind::Lookup { .. } | FieldKind::Owner { .. } | FieldKind::CreatedBy | FieldKind::ModifiedBy => {
            json!({"id": super::EXAMPLE_ID})
        }
        FieldKind::Parent => json!({"module": {"api_name": "Contacts"}, "id": super::EXAMPLE_ID}),
        FieldKind::MultiLookup { .. } => json!([{"id": super::EXAMPLE_ID}]),
        FieldKind::File | FieldKind::Image => json!([{"File_Id__s": super::EXAMPLE_ID}]),
        FieldKind::Attachment => json!(super::EXAMPLE_ID),
        FieldKind::FileSize => json!("48213"),
        FieldKind::AutoNumber { prefix } => json!(format!("{prefix}1001")),
        FieldKind::Text { .. } | FieldKind::TextArea { .. } | FieldKind::RichText { .. } => json!("Text"),
    }
}
