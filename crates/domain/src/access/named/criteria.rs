//! Criteria of grants and ceilings, in the grammar of the CRM: `((Stage:equals:Won)and(Owner:equals:${ME}))`.
//!
//! Values that stand for something: `${ME}`, `${TODAY}`, `${TODAY+7}`, `${TODAY-30}`, `${EMPTY}`.

use super::UnknownName;
use super::resolve::field_in;
use super::write::field_name;
use crate::access::{Criteria, MAX_CONDITIONS, MAX_CRITERIA_DEPTH, Wanted};
use crate::modules::Module;
use crate::records::Operator;
use crate::records::criteria::{named, word};
use crate::records::expression::{Expression, parse};

/// Reads criteria on records of a module. Whether a value fits its field is checked with the policy.
pub(super) fn read(module: &Module, text: &str) -> Result<Criteria, UnknownName> {
    let unreadable = |why: String| UnknownName::Criteria {
        module: module.api_name.clone(),
        text: text.chars().take(200).collect(),
        why,
    };
    let expression = parse(text, MAX_CONDITIONS, MAX_CRITERIA_DEPTH + 1).map_err(|why| unreadable(why.to_string()))?;
    of(module, expression, &unreadable)
}

fn of(module: &Module, expression: Expression, unreadable: &dyn Fn(String) -> UnknownName) -> Result<Criteria, UnknownName> {
    let all = |parts: Vec<Expression>| parts.into_iter().map(|p| of(module, p, unreadable)).collect::<Result<_, _>>();
    match expression {
        Expression::All(parts) => Ok(Criteria::All(all(parts)?)),
        Expression::Any(parts) => Ok(Criteria::Any(all(parts)?)),
        Expression::Is { field, operator, values } => {
            let operator = named(&operator).ok_or_else(|| unreadable(format!("there is no operator {operator:?}")))?;
            let (operator, value) = wanted(operator, &values.join(","));
            Ok(Criteria::Is {
                field: field_in(module, &field)?,
                operator,
                value,
            })
        }
    }
}

fn wanted(operator: Operator, text: &str) -> (Operator, Wanted) {
    let value = match text {
        "${EMPTY}" => {
            let operator = match operator {
                Operator::Equals => Operator::Empty,
                Operator::NotEquals => Operator::NotEmpty,
                other => other,
            };
            return (operator, Wanted::Nothing);
        }
        "${ME}" => Wanted::Me,
        "${TODAY}" => Wanted::Today(0),
        other => match days(other) {
            Some(days) => Wanted::Today(days),
            None => Wanted::Text(other.to_owned()),
        },
    };
    (operator, value)
}

/// The number in `${TODAY+7}`.
fn days(text: &str) -> Option<i32> {
    let signed = text.strip_prefix("${TODAY")?.strip_suffix('}')?;
    signed.starts_with(['+', '-']).then(|| signed.parse().ok()).flatten()
}

/// Writes criteria, as [`read`] reads them.
pub(super) fn write(module: &Module, criteria: &Criteria) -> String {
    expression(module, criteria).to_string()
}

fn expression(module: &Module, criteria: &Criteria) -> Expression {
    let all = |parts: &[Criteria]| parts.iter().map(|p| expression(module, p)).collect();
    match criteria {
        Criteria::All(parts) => Expression::All(all(parts)),
        Criteria::Any(parts) => Expression::Any(all(parts)),
        Criteria::Is { field, operator, value } => Expression::Is {
            field: field_name(Some(module), *field),
            operator: word(*operator).to_owned(),
            values: vec![match value {
                Wanted::Nothing => "${EMPTY}".to_owned(),
                Wanted::Me => "${ME}".to_owned(),
                Wanted::Today(0) => "${TODAY}".to_owned(),
                Wanted::Today(days) => format!("${{TODAY{days:+}}}"),
                Wanted::Text(text) => text.clone(),
            }],
        },
    }
}
