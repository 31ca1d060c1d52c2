//! Records as the CRM API writes them, from the typed list.

use domain::access::Access;
use domain::modules::FieldKind;
use domain::records::{Query, Value, decimal_text};
use serde_json::{Value as Json, json};
use store::records::{Linked, Record, Shown, Stored};

pub fn records(access: &Access, query: &Query, records: &[Record]) -> Json {
    let fields: Vec<_> = query.columns.iter().map(|id| &access.plan().column(*id).unwrap().field).collect();
    let one = |record: &Record| {
        let mut object = serde_json::Map::new();
        object.insert("id".into(), json!(record.id.to_string()));
        for (field, shown) in fields.iter().zip(&record.values) {
            if let Some(value) = value(access, shown, &field.kind) {
                object.insert(field.api_name.clone(), value);
            }
        }
        Json::Object(object)
    };
    Json::Array(records.iter().map(one).collect())
}

/// None: the key is not there.
fn value(access: &Access, shown: &Shown, kind: &FieldKind) -> Option<Json> {
    Some(match shown {
        Shown::Absent => return None,
        Shown::Link(linked) => link(access, linked, false),
        Shown::Links(links) => Json::Array(links.iter().map(|l| link(access, l, true)).collect()),
        Shown::File(file) => stored(file, kind),
        Shown::Value(value) => plain(value, kind),
    })
}

fn stored(file: &Stored, kind: &FieldKind) -> Json {
    let id = file.id.to_string();
    match kind {
        FieldKind::Attachment => json!(id),
        _ => json!([{"id": id, "File_Id__s": id, "File_Name__s": file.name, "Size__s": file.size.map(|size| size.to_string())}]),
    }
}

fn link(access: &Access, linked: &Linked, in_list: bool) -> Json {
    let mut object = serde_json::Map::new();
    if let Some(module) = linked.module.and_then(|id| access.catalogue().module(id)) {
        object.insert("module".into(), json!({"api_name": module.api_name, "id": module.id}));
    }
    if let Some(name) = &linked.name {
        object.insert("name".into(), json!(name));
    } else if in_list {
        object.insert("name".into(), Json::Null);
    }
    if let Some(id) = linked.id {
        object.insert("id".into(), json!(id.to_string()));
    }
    Json::Object(object)
}

pub fn plain(value: &Value, kind: &FieldKind) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Text(text) => json!(text),
        Value::Int(n) if *kind == FieldKind::Integer => json!(n),
        Value::Int(n) => json!(n.to_string()),
        Value::Bool(yes) => json!(yes),
        Value::Decimal(units) => serde_json::from_str(&decimal_text(*units, kind.scale())).unwrap(),
        Value::Day(day) => json!(day.iso()),
        Value::Moment(at) => json!(at.iso()),
        Value::Choices(chosen) => json!(chosen),
        Value::Ref(_) | Value::RefIn(..) | Value::Refs(_) => panic!("look-ups are shown as links"),
    }
}
