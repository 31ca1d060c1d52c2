//! The few values that records and questions share, so that questions find something.

use domain::ids::RecordId;
use domain::modules::{Field, FieldKind, Storage};
use domain::records::Value;
use domain::time::{Day, Moment};
use store::engine::Param;

use crate::dice::Dice;
use crate::world::{NOBODY, World};

pub const OPTIONS: [&str; 5] = ["New", "new", "Größe", "a\"b", "100%"];

/// Case, accents, wildcards, quotes, spaces, other scripts.
pub const TEXTS: [&str; 18] = [
    "Alpha",
    "alpha",
    "ALPHA beta",
    "Äpfel",
    "äpfel",
    "ÄPFEL",
    "Straße",
    "a%b",
    "a_b",
    "aXb",
    "x\"y\\z",
    "it's",
    "Ωmega",
    "ωmega",
    "ИЖ жук",
    "zebra",
    "Zebra",
    "0",
];

fn texts(texts: &[&str]) -> Vec<Value> {
    texts.iter().map(|&t| Value::Text(t.to_owned())).collect()
}

/// Files that there are: those that the other values name are gone.
pub const FILES: [(i64, &str, i64); 2] = [(1, "Größe \"1\".pdf", 820), (7, "offer.pdf", 20 << 20)];

/// Values a field of this kind may have; none for look-ups.
pub fn pool(kind: &FieldKind) -> Vec<Value> {
    match kind {
        FieldKind::Email => texts(&["a@example.com", "b@example.com", "ä@example.com"]),
        FieldKind::Phone => texts(&["030 1", "030-2", "+49 30"]),
        FieldKind::Website => texts(&["https://example.com", "HTTPS://EXAMPLE.COM/A"]),
        FieldKind::Picklist { .. } => texts(&OPTIONS),
        FieldKind::AutoNumber { .. } => texts(&["A-1", "A-2", "A-10"]),
        FieldKind::MultiPicklist { .. } => [&["New"][..], &["Größe", "New"], &["a\"b"], &["100%", "new"]]
            .iter()
            .map(|chosen| Value::Choices(chosen.iter().map(|&c| c.to_owned()).collect()))
            .collect(),
        FieldKind::FileSize => [0, 1, 820, 20 << 20].map(Value::Int).into(),
        FieldKind::Integer | FieldKind::File | FieldKind::Image | FieldKind::Attachment => {
            [0, 1, -1, 7, 999_999_999].map(Value::Int).into()
        }
        FieldKind::BigInteger => [0, -5, i64::from(i32::MAX) + 1, 999_999_999_999_999_999].map(Value::Int).into(),
        FieldKind::Decimal { .. } | FieldKind::Currency { .. } | FieldKind::Percent { .. } => {
            [0, 5, -5, 1400, 999_999_999_999_999_999, -999_999_999_999_999_999]
                .map(Value::Decimal)
                .into()
        }
        FieldKind::Boolean => [true, false].map(Value::Bool).into(),
        FieldKind::Date => [0, -1, 9_681, 20_000].map(|d| Value::Day(Day(d))).into(),
        FieldKind::DateTime | FieldKind::CreatedTime | FieldKind::ModifiedTime => {
            [0, -1, 1_700_000_000_000_000, 1_750_000_000_999_999, 1_750_000_000_000_000]
                .map(|m| Value::Moment(Moment(m)))
                .into()
        }
        FieldKind::CreatedBy | FieldKind::ModifiedBy => [1, 2, 701, 702].map(|id| Value::Ref(RecordId(id))).into(),
        FieldKind::Lookup { .. } | FieldKind::Parent | FieldKind::Owner { .. } | FieldKind::MultiLookup { .. } => Vec::new(),
        FieldKind::Text { .. } | FieldKind::TextArea { .. } | FieldKind::RichText { .. } => texts(&TEXTS),
    }
}

/// Something a look-up may hold: a record, one that was never there, or nothing.
pub fn lookup_value(dice: &mut Dice, kind: &FieldKind, targets: &[RecordId]) -> Value {
    let one = |dice: &mut Dice| if dice.chance(5) { NOBODY } else { dice.one(targets) };
    if targets.is_empty() || dice.chance(20) {
        return Value::Null;
    }
    match kind {
        FieldKind::MultiLookup { .. } => {
            let mut ids: Vec<RecordId> = (0..dice.between(1, 3)).map(|_| one(dice)).collect();
            ids.sort_unstable();
            ids.dedup();
            Value::Refs(ids)
        }
        _ => Value::Ref(one(dice)),
    }
}

/// What somebody may compare a field with: mostly what some record has.
pub fn asked(world: &World, field: &Field) -> Vec<Value> {
    if world.led_to(field).is_empty() {
        let mut values = pool(&field.kind);
        if field.kind.storage() == Storage::Text {
            values.extend(texts(&["", "A", "ä", "Ä", "ß", "%", "_", "\"", "new", "Ω", "Жук"]));
        }
        values.push(Value::Null);
        return values;
    }
    let mut values: Vec<Value> = world.leading(field).into_iter().map(Value::Ref).collect();
    values.push(Value::Ref(NOBODY));
    values.push(Value::Null);
    values
}

/// A value as a column holds it.
pub fn param(value: &Value) -> Param {
    match value {
        Value::Null | Value::Refs(_) => Param::Null,
        Value::Text(text) => Param::Text(text.clone()),
        Value::Int(n) | Value::Decimal(n) => Param::Int(*n),
        Value::Bool(yes) => Param::Int(i64::from(*yes)),
        Value::Day(day) => Param::Int(day.0),
        Value::Moment(at) => Param::Int(at.0),
        Value::Ref(id) | Value::RefIn(_, id) => Param::Int(id.0),
        Value::Choices(chosen) => Param::Text(serde_json::to_string(chosen).unwrap()),
    }
}
