//! A condition on a record's own value: what criteria come down to, and how it is decided in memory.
//!
//! The databases decide it alike: text without regard to ASCII case, `contains` without regard to any.

use std::cmp::Ordering;

use super::{Operator, Value};
use crate::ids::RecordId;
use crate::modules::{Field, FieldKind};
use crate::time::{Day, Moment};

/// A field compared with something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    pub field: Field,
    pub operator: Operator,
    pub operand: Operand,
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    Value(Value),
    /// Whoever asks: their own record, or as the maker of records the actor they are.
    Me,
    /// So many days after the day of the question: for a time of day its beginning in UTC.
    Today(i32),
}

/// Whoever asks, and when, as far as conditions speak of it.
#[derive(Debug, Clone, Copy)]
pub struct Asker {
    pub anchor: Option<RecordId>,
    pub actor: i64,
    pub today: Day,
}

impl Condition {
    /// Whether a value of the field fulfils it.
    #[must_use]
    pub fn holds(&self, value: &Value, asker: &Asker) -> bool {
        let empty = value.is_empty();
        match self.operator {
            Operator::Empty => return empty,
            Operator::NotEmpty => return !empty,
            _ => {}
        }
        // Nothing equals nobody.
        let Some(wanted) = self.operand.value(&self.field.kind, asker) else {
            return self.operator == Operator::NotEquals;
        };
        if empty {
            return self.operator == Operator::NotEquals;
        }
        match self.operator {
            Operator::Contains => text(value).to_lowercase().contains(&part(&wanted).to_lowercase()),
            Operator::StartsWith => text(value).to_ascii_lowercase().starts_with(&part(&wanted).to_ascii_lowercase()),
            operator => decides(operator, order(value, &wanted)),
        }
    }
}

impl Operand {
    /// The value compared with, on fields of this kind. None: whoever asks has no record.
    #[must_use]
    pub fn value(&self, kind: &FieldKind, asker: &Asker) -> Option<Value> {
        Some(match self {
            Self::Value(value) => value.clone(),
            Self::Me if matches!(kind, FieldKind::CreatedBy | FieldKind::ModifiedBy) => Value::Ref(RecordId(asker.actor)),
            Self::Me => Value::Ref(asker.anchor?),
            Self::Today(days) => {
                let day = Day(asker.today.0.saturating_add(i64::from(*days)));
                match kind {
                    FieldKind::Date => Value::Day(day),
                    _ => Value::Moment(Moment(day.0.saturating_mul(86_400_000_000))),
                }
            }
        })
    }
}

fn decides(operator: Operator, order: Option<Ordering>) -> bool {
    match operator {
        Operator::NotEquals => order != Some(Ordering::Equal),
        Operator::Less => order == Some(Ordering::Less),
        Operator::LessOrEqual => order.is_some_and(Ordering::is_le),
        Operator::Greater => order == Some(Ordering::Greater),
        Operator::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
        _ => order == Some(Ordering::Equal),
    }
}

/// How two values of one field compare; none if they are not of one type.
fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (number(a), number(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        (None, None) => Some(text(a).to_ascii_lowercase().cmp(&text(b).to_ascii_lowercase())),
        _ => None,
    }
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(n) | Value::Decimal(n) => Some(*n),
        Value::Bool(yes) => Some(i64::from(*yes)),
        Value::Day(day) => Some(day.0),
        Value::Moment(at) => Some(at.0),
        Value::Ref(id) => Some(id.0),
        _ => None,
    }
}

/// The value as it lies in a column of text.
fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        // A list of strings always becomes JSON.
        Value::Choices(options) => serde_json::to_string(options).unwrap_or_default(),
        _ => String::new(),
    }
}

/// What is looked for within the text of a column: of several choices the first, in its quotation marks.
fn part(value: &Value) -> String {
    match value {
        Value::Choices(options) => options.first().and_then(|o| serde_json::to_string(o).ok()).unwrap_or_default(),
        other => text(other),
    }
}
