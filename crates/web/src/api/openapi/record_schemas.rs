//! The schemas of a module's records: as they are read, made and changed by the caller.

use domain::access::{Access, Column, Creation};
use domain::modules::FieldKind;
use serde_json::{Map, Value, json};

use super::schema::{about, exactly, id, id_sent, named, with_optional};
use super::values;

/// How a module and its schemas are called.
pub struct Names {
    pub module: String,
    pub plural: String,
    pub read: String,
    pub create: String,
    pub change: String,
    pub upsert: String,
}

impl Names {
    pub fn of(access: &Access) -> Self {
        let module = access.plan().module();
        let name = &module.api_name;
        Self {
            module: name.clone(),
            plural: module.plural.clone(),
            read: name.clone(),
            create: format!("{name}.create"),
            change: format!("{name}.change"),
            upsert: format!("{name}.upsert"),
        }
    }
}

/// The schemas of a module.
pub fn of(access: &Access) -> [(String, Value); 4] {
    let names = Names::of(access);
    [
        (
            names.read,
            about(
                read(access),
                "A record as it is read. Fields that are not shared, or were not asked for, are missing.",
            ),
        ),
        (names.create, about(create(access), "A record to be made.")),
        (names.change, about(change(access), "Values to be changed.")),
        (names.upsert, about(upsert(access), "A record to be made, or values to be changed.")),
    ]
}

fn read(access: &Access) -> Value {
    let mut properties = Map::new();
    properties.insert("id".into(), id());
    let mut missing = Vec::new();
    for column in access.plan().columns() {
        let mut schema = values::read(&column.field);
        if !may_set(access, column)
            && !may_change(access, column)
            && let Some(object) = schema.as_object_mut()
        {
            object.insert("readOnly".into(), true.into());
        }
        properties.insert(column.field.api_name.clone(), schema);
        missing.push(column.field.api_name.as_str());
    }
    with_optional(Value::Object(properties), &missing)
}

fn create(access: &Access) -> Value {
    sent(access, may_set, |column| is_needed(access, column))
}

/// A record that belongs to one which the call names already.
pub fn beside(access: &Access, parent: &str) -> Value {
    sent(access, may_set, |column| {
        column.field.api_name != parent && is_needed(access, column)
    })
}

fn change(access: &Access) -> Value {
    sent(access, may_change, |_| false)
}

fn upsert(access: &Access) -> Value {
    let either = |access: &Access, column: &Column| may_set(access, column) || may_change(access, column);
    sent(access, either, |_| false)
}

/// A record as it is sent. A field that is not here is refused; what else clients send along is passed over.
fn sent(access: &Access, may: impl Fn(&Access, &Column) -> bool, is_needed: impl Fn(&Column) -> bool) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    properties.insert("id".into(), json!({"anyOf": [id_sent(), {"type": "null"}]}));
    for column in access.plan().columns().iter().filter(|column| may(access, column)) {
        let needed = is_needed(column);
        // What must be there cannot be emptied either.
        properties.insert(
            column.field.api_name.clone(),
            values::sent(&column.field, needed || column.field.required),
        );
        if needed {
            required.push(column.field.api_name.clone());
        }
    }
    for name in ["Layout", "Tag"] {
        properties.insert(name.into(), json!({}));
    }
    json!({
        "type": "object", "properties": properties, "required": required,
        "patternProperties": {"^\\$": {}}, "additionalProperties": false,
    })
}

fn may_set(access: &Access, column: &Column) -> bool {
    access.plan().may_set(column.field.id)
}

fn may_change(access: &Access, column: &Column) -> bool {
    access.plan().may_change(column.field.id)
}

/// Whether a new record must name the field, in whatever way it is made.
fn is_needed(access: &Access, column: &Column) -> bool {
    let field = &column.field;
    let fills = |creation: &Creation| {
        !creation.complete || (creation.takes(field.id) && !creation.anchored.contains(&field.id) && creation.shown != Some(field.id))
    };
    field.required && !field.kind.is_given() && access.plan().creations().iter().all(fills)
}

/// A list of one record.
pub fn only_one(access: &Access) -> Value {
    exactly(json!({"data": {"type": "array", "items": named(&Names::of(access).read), "minItems": 1, "maxItems": 1}}))
}

/// What is told of a record that was written: its id, and when and by whom it was made and changed.
pub fn stamps(access: &Access) -> Value {
    let mut properties = Map::new();
    properties.insert("id".into(), id());
    let mut missing = Vec::new();
    for column in access.plan().columns().iter().filter(|column| is_stamp(&column.field.kind)) {
        properties.insert(column.field.api_name.clone(), values::read(&column.field));
        missing.push(column.field.api_name.as_str());
    }
    with_optional(Value::Object(properties), &missing)
}

fn is_stamp(kind: &FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::CreatedTime | FieldKind::ModifiedTime | FieldKind::CreatedBy | FieldKind::ModifiedBy
    )
}

/// A record to show what one looks like: its first fields.
pub fn example(access: &Access) -> Value {
    let mut record = Map::new();
    record.insert("id".into(), super::EXAMPLE_ID.into());
    for column in access.plan().columns().iter().take(4) {
        record.insert(column.field.api_name.clone(), values::example(&column.field.kind));
    }
    Value::Object(record)
}

/// Values to show what may be sent: what a new record needs, or else the first field that may be changed.
pub fn example_sent(access: &Access, is_new: bool) -> Value {
    let columns = access.plan().columns().iter();
    let some: Vec<&Column> = match is_new {
        true => columns.filter(|c| is_needed(access, c)).collect(),
        false => columns.filter(|c| may_change(access, c)).take(1).collect(),
    };
    some.into_iter()
        .map(|c| (c.field.api_name.clone(), values::example(&c.field.kind)))
        .collect::<Map<_, _>>()
        .into()
}
