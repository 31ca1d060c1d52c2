use serde_json::json;

use super::*;
use crate::ids::{FieldId, ModuleId};

fn field(kind: FieldKind) -> Field {
    let (id, module) = (FieldId(1), ModuleId(1));
    Field {
        id,
        module,
        api_name: "F".into(),
        label: "F".into(),
        kind,
        required: false,
        unique: false,
        custom: true,
    }
}

fn options() -> Vec<String> {
    vec!["Red".into(), "Blue".into()]
}

#[test]
fn good_texts_become_values_and_come_back() {
    let cases = [
        (FieldKind::Text { max: 5 }, "abcde", Value::Text("abcde".into())),
        (FieldKind::Email, "Maria@Example.COM", Value::Text("maria@example.com".into())),
        (FieldKind::Integer, "-12", Value::Int(-12)),
        (FieldKind::BigInteger, "999999999999999999", Value::Int(999_999_999_999_999_999)),
        (FieldKind::Currency { scale: 2 }, "14.00", Value::Decimal(1400)),
        (FieldKind::Decimal { scale: 3 }, "-.5", Value::Decimal(-500)),
        (FieldKind::Percent { scale: 0 }, "75%", Value::Decimal(75)),
        (FieldKind::Boolean, "Yes", Value::Bool(true)),
        (FieldKind::Date, "1996-07-04 00:00:00.000", Value::Day(Day(9681))),
        (FieldKind::Lookup { module: ModuleId(2) }, "17", Value::Ref(RecordId(17))),
        (
            FieldKind::MultiLookup { module: ModuleId(2) },
            "9;7;9",
            Value::Refs(vec![RecordId(7), RecordId(9)]),
        ),
        (FieldKind::Picklist { options: options() }, "Red", Value::Text("Red".into())),
        (
            FieldKind::MultiPicklist { options: options() },
            "Blue;Red;Blue",
            Value::Choices(vec!["Blue".into(), "Red".into()]),
        ),
        (FieldKind::Text { max: 5 }, "  ", Value::Null),
    ];
    for (kind, text, value) in cases {
        let field = field(kind);
        let parsed = from_text(&field, text).unwrap();
        assert_eq!(parsed, value, "{text}");
        assert_eq!(from_text(&field, &parsed.to_text(&field.kind)).unwrap(), value, "{text} again");
    }
}

#[test]
fn bad_texts_say_what_was_expected() {
    let cases = [
        (FieldKind::Text { max: 5 }, "abcdef", Problem::TooLong { max: 5 }),
        (
            FieldKind::Text { max: 5 },
            "a\nb",
            wrong("text of one line without control characters"),
        ),
        (FieldKind::TextArea { max: 5 }, "a\0b", wrong("text without control characters")),
        (FieldKind::Email, "maria@example", wrong("email")),
        (FieldKind::Email, "a b@example.com", wrong("email")),
        (FieldKind::Integer, "1.5", wrong("integer")),
        (FieldKind::Integer, "1000000000", Problem::TooLarge { digits: 9 }),
        (FieldKind::Currency { scale: 2 }, "1.005", Problem::TooPrecise { scale: 2 }),
        (FieldKind::Currency { scale: 2 }, "1e5", wrong("double")),
        (
            FieldKind::Currency { scale: 2 },
            "99999999999999999",
            Problem::TooLarge { digits: 16 },
        ),
        (FieldKind::Boolean, "maybe", wrong("boolean")),
        (FieldKind::Date, "4.7.1996", wrong("date")),
        (FieldKind::DateTime, "noon", wrong("datetime")),
        (FieldKind::Lookup { module: ModuleId(2) }, "ALFKI", wrong("bigint")),
        (
            FieldKind::Picklist { options: options() },
            "Green",
            Problem::NotAnOption { options: options() },
        ),
    ];
    for (kind, text, problem) in cases {
        assert_eq!(from_text(&field(kind), text).unwrap_err().problem, problem, "{text:?}");
    }
}

#[test]
fn json_takes_ids_as_digits_numbers_and_objects() {
    let lookup = field(FieldKind::Lookup { module: ModuleId(2) });
    for good in [
        json!("4150868000000100140"),
        json!(4_150_868_000_000_100_140_i64),
        json!({"id": "4150868000000100140"}),
        json!({"id": 4_150_868_000_000_100_140_i64, "name": "x"}),
    ] {
        assert_eq!(
            from_json(&lookup, &good).unwrap(),
            Value::Ref(RecordId(4_150_868_000_000_100_140)),
            "{good}"
        );
    }
    for bad in [json!(1.5), json!(true), json!({"name": "x"}), json!(["1"]), json!("x")] {
        assert!(from_json(&lookup, &bad).is_err(), "{bad}");
    }
}

#[test]
fn json_of_the_wrong_type_is_refused() {
    for (kind, bad) in [
        (FieldKind::Text { max: 9 }, json!(5)),
        (FieldKind::Boolean, json!("true")),
        (FieldKind::Currency { scale: 2 }, json!({})),
        (FieldKind::MultiPicklist { options: options() }, json!("Red")),
        (FieldKind::Date, json!(20_260_101)),
    ] {
        assert!(from_json(&field(kind), &bad).is_err(), "{bad}");
    }
    let price = field(FieldKind::Currency { scale: 2 });
    assert_eq!(from_json(&price, &json!(32.38)).unwrap(), Value::Decimal(3238));
    assert_eq!(
        from_json(&price, &json!("1234567890123456.78")).unwrap(),
        Value::Decimal(123_456_789_012_345_678)
    );
    let number = serde_json::from_str("1234567890123456.78").unwrap();
    assert!(from_json(&price, &number).is_err(), "as a number it has lost a digit already");
}

#[test]
fn rich_text_is_cleaned() {
    let rich = field(FieldKind::RichText { max: 100 });
    let cleaned = from_text(&rich, "<b>ok</b><script>alert(1)</script>").unwrap();
    assert_eq!(cleaned, Value::Text("<b>ok</b>".into()));
}
