//! Criteria of the CRM API: `((Last_Name:equals:Smith)and(Amount:greater_than:100))`.

mod json;

pub use json::read as read_json;

use super::expression::{self, Expression, Malformed};
use super::{FieldError, Filter, MAX_DEPTH, Operator, Value, from_text};
use crate::access::Access;
use crate::modules::{Field, FieldKind};

/// How many conditions there may be.
const MAX_CONDITIONS: usize = 25;

/// Why criteria cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Unknown and hidden fields look the same.
    #[error("{0:?} is not a field that can be used here")]
    Field(String),
    #[error(
        "{operator:?} is not an operator: expected equals, not_equal, starts_with, contains, less_than, less_equal, greater_than, greater_equal, between, not_between, in or not_in"
    )]
    Operator { field: String, operator: String },
    #[error("{field}: {value:?} cannot be compared with it")]
    Value { field: String, value: String },
    #[error("expected ((field:operator:value)and(field:operator:value))")]
    Shape,
    /// Of criteria that are objects.
    #[error("expected a group_operator beside a group: and, or")]
    GroupOperator,
    #[error("at most {MAX_CONDITIONS} conditions in {MAX_DEPTH} levels are allowed")]
    TooMuch,
}

/// Reads criteria over the fields that the viewer may read.
pub fn read(access: &Access, text: &str) -> Result<Filter, Unreadable> {
    let expression = expression::parse(text, MAX_CONDITIONS, MAX_DEPTH).map_err(|why| match why {
        Malformed::Shape => Unreadable::Shape,
        Malformed::TooMuch => Unreadable::TooMuch,
    })?;
    filter(access, expression)
}

fn filter(access: &Access, expression: Expression) -> Result<Filter, Unreadable> {
    let all = |parts: Vec<Expression>| parts.into_iter().map(|part| filter(access, part)).collect::<Result<_, _>>();
    match expression {
        Expression::All(parts) => Ok(Filter::All(all(parts)?)),
        Expression::Any(parts) => Ok(Filter::Any(all(parts)?)),
        Expression::Is { field, operator, values } => {
            let column = access.plan().column_named(&field);
            let field = &column.ok_or_else(|| Unreadable::Field(field.chars().take(100).collect()))?.field;
            compare(field, &operator, values)
        }
    }
}

fn compare(field: &Field, operator: &str, mut values: Vec<String>) -> Result<Filter, Unreadable> {
    let one = |operator, text: &str| Ok(condition(field, operator, value(field, operator, text)?));
    match operator {
        "in" => Ok(Filter::Any(
            values.iter().map(|v| one(Operator::Equals, v)).collect::<Result<_, _>>()?,
        )),
        "not_in" => Ok(Filter::All(
            values.iter().map(|v| one(Operator::NotEquals, v)).collect::<Result<_, _>>()?,
        )),
        "not_between" => match values.as_slice() {
            [low, high] => Ok(Filter::Any(vec![one(Operator::Less, low)?, one(Operator::Greater, high)?])),
            _ => Err(Unreadable::Shape),
        },
        "between" => match values.as_slice() {
            [low, high] => Ok(Filter::All(vec![
                one(Operator::GreaterOrEqual, low)?,
                one(Operator::LessOrEqual, high)?,
            ])),
            _ => Err(Unreadable::Shape),
        },
        _ => {
            let unknown = || Unreadable::Operator {
                field: field.api_name.clone(),
                operator: operator.chars().take(40).collect(),
            };
            let operator = named(operator).ok_or_else(unknown)?;
            let text = if values.len() == 1 { values.remove(0) } else { values.join(",") };
            one(operator, &text)
        }
    }
}

/// The operator with this name.
#[must_use]
pub fn named(name: &str) -> Option<Operator> {
    Some(match name {
        "equals" | "equal" => Operator::Equals,
        "not_equal" | "not_equals" => Operator::NotEquals,
        "contains" => Operator::Contains,
        "starts_with" => Operator::StartsWith,
        "less_than" => Operator::Less,
        "less_equal" => Operator::LessOrEqual,
        "greater_than" => Operator::Greater,
        "greater_equal" => Operator::GreaterOrEqual,
        _ => return None,
    })
}

/// What an operator is called; those for empty values are written as the others, with the value `${EMPTY}`.
#[must_use]
pub fn word(operator: Operator) -> &'static str {
    match operator {
        Operator::Equals | Operator::Empty => "equals",
        Operator::NotEquals | Operator::NotEmpty => "not_equal",
        Operator::Contains => "contains",
        Operator::StartsWith => "starts_with",
        Operator::Less => "less_than",
        Operator::LessOrEqual => "less_equal",
        Operator::Greater => "greater_than",
        Operator::GreaterOrEqual => "greater_equal",
    }
}

fn condition(field: &Field, operator: Operator, value: Value) -> Filter {
    let empty = matches!(value, Value::Null);
    let operator = match operator {
        Operator::Equals if empty => Operator::Empty,
        Operator::NotEquals if empty => Operator::NotEmpty,
        other => other,
    };
    Filter::Compare {
        field: field.id,
        operator,
        value,
    }
}

/// A part of a text need not be a whole value of the field.
fn value(field: &Field, operator: Operator, text: &str) -> Result<Value, Unreadable> {
    match text.trim() {
        "${EMPTY}" | "null" => Ok(Value::Null),
        text => compared_with(field, operator, text).map_err(|_| Unreadable::Value {
            field: field.api_name.clone(),
            value: text.chars().take(100).collect(),
        }),
    }
}

/// What a field is compared with: text as it is, because a part of it need not be a whole value; an address as it is kept.
pub(super) fn compared_with(field: &Field, operator: Operator, text: &str) -> Result<Value, FieldError> {
    let text = text.trim();
    let partly = matches!(operator, Operator::Contains | Operator::StartsWith);
    let is_text = field.kind.is_line() || matches!(field.kind, FieldKind::TextArea { .. } | FieldKind::RichText { .. });
    if is_text && (partly || !matches!(field.kind, FieldKind::Email)) {
        return Ok(Value::Text(text.to_owned()));
    }
    from_text(field, text)
}
