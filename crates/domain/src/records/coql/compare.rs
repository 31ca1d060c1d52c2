//! Comparisons with values, read as the column's kind has them.

use super::error::CoqlError;
use super::selection::{Condition, Reference};
use super::syntax::{Comparison, Path};
use crate::ids::RecordId;
use crate::modules::{Field, FieldKind, Storage};
use crate::records::{Operator, Value, criteria};

/// Whether columns of this kind can be compared by a sign or word.
pub(super) fn suits(by: &str, kind: &FieldKind) -> bool {
    match by {
        "like" => is_text(kind),
        "<" | "<=" | ">" | ">=" | "between" => kind.is_sortable(),
        "is null" => true,
        _ => !kind.holds_file(),
    }
}

fn is_text(kind: &FieldKind) -> bool {
    kind.is_line() || matches!(kind, FieldKind::TextArea { .. } | FieldKind::RichText { .. })
}

/// The condition that a column (`field`: none for an id) fulfils a comparison.
pub(super) fn condition(of: Reference, field: Option<&Field>, path: &Path, comparison: Comparison) -> Result<Condition, CoqlError> {
    let bad = || CoqlError::BadValue {
        column: path.text(),
        data_type: field.map_or("bigint", |field| field.kind.wire()),
    };
    let one = |operator, text: &str| {
        let value = value(field, operator, text).ok_or_else(bad)?;
        Ok(Condition::Compare { of, operator, value })
    };
    match comparison {
        Comparison::IsNull => Ok(Condition::Compare {
            of,
            operator: Operator::Empty,
            value: Value::Null,
        }),
        Comparison::Sign(sign, text) => one(operator(sign), &text),
        Comparison::In(texts) => Ok(Condition::Any(
            texts.iter().map(|text| one(Operator::Equals, text)).collect::<Result<_, _>>()?,
        )),
        Comparison::Between(low, high) => Ok(Condition::All(vec![
            one(Operator::GreaterOrEqual, &low)?,
            one(Operator::LessOrEqual, &high)?,
        ])),
        Comparison::Like(_) if field.is_none() => Err(CoqlError::Unsuitable {
            column: path.text(),
            data_type: "bigint",
            by: "like".to_owned(),
        }),
        Comparison::Like(pattern) => like(of, &pattern).ok_or_else(bad),
    }
}

fn operator(sign: &str) -> Operator {
    match sign {
        "!=" | "<>" => Operator::NotEquals,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        _ => Operator::Equals,
    }
}

/// `%text%`, `text%`, `%text` or `text`. None where there is a `%` in the middle.
fn like(of: Reference, pattern: &str) -> Option<Condition> {
    let (after, before) = (pattern.strip_prefix('%'), pattern.strip_suffix('%'));
    let text = pattern.trim_matches('%');
    if text.contains('%') || text.contains('\0') {
        return None;
    }
    let compare = |operator| Condition::Compare {
        of,
        operator,
        value: Value::Text(text.to_owned()),
    };
    Some(match (after, before) {
        (Some(_), Some(_)) if text.is_empty() => Condition::Compare {
            of,
            operator: Operator::NotEmpty,
            value: Value::Null,
        },
        (Some(_), Some(_)) => compare(Operator::Contains),
        (None, Some(_)) => compare(Operator::StartsWith),
        (Some(_), None) => Condition::EndsWith { of, text: text.to_owned() },
        (None, None) => compare(Operator::Equals),
    })
}

/// None where the text is no value of the column.
fn value(field: Option<&Field>, operator: Operator, text: &str) -> Option<Value> {
    if text.contains('\0') {
        return None;
    }
    let Some(field) = field else {
        return text.parse::<RecordId>().ok().map(Value::Ref);
    };
    if field.kind.storage() == Storage::Text && text.trim().is_empty() {
        return Some(Value::Text(String::new()));
    }
    let value = criteria::compared_with(field, operator, text).ok()?;
    (!value.is_empty()).then_some(value)
}
