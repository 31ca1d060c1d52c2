//! Criteria of the CRM API: `((Last_Name:equals:Smith)and(Amount:greater_than:100))`.

use super::{Filter, MAX_DEPTH, Operator, Value, from_text};
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
        "{0:?} is not an operator: expected equals, not_equal, starts_with, contains, less_than, less_equal, greater_than, greater_equal, between or in"
    )]
    Operator(String),
    #[error("{field}: {value:?} cannot be compared with it")]
    Value { field: String, value: String },
    #[error("expected ((field:operator:value)and(field:operator:value))")]
    Shape,
    #[error("at most {MAX_CONDITIONS} conditions in {MAX_DEPTH} levels are allowed")]
    TooMuch,
}

/// Reads criteria over the fields that the viewer may read.
pub fn read(access: &Access, text: &str) -> Result<Filter, Unreadable> {
    let mut reader = Reader {
        access,
        rest: text.trim(),
        conditions: 0,
    };
    let filter = reader.group(0)?;
    if reader.rest.is_empty() {
        Ok(filter)
    } else {
        Err(Unreadable::Shape)
    }
}

struct Reader<'a> {
    access: &'a Access,
    rest: &'a str,
    conditions: usize,
}

impl<'a> Reader<'a> {
    fn eat(&mut self, token: &str) -> bool {
        match self.rest.trim_start().strip_prefix(token) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    /// `( … )`, or conditions joined by the same word.
    fn group(&mut self, depth: usize) -> Result<Filter, Unreadable> {
        if depth >= MAX_DEPTH {
            return Err(Unreadable::TooMuch);
        }
        if !self.eat("(") {
            return Err(Unreadable::Shape);
        }
        if !self.rest.starts_with('(') {
            return self.condition();
        }
        let mut parts = vec![self.group(depth + 1)?];
        let mut word = None;
        while !self.eat(")") {
            let found = ["and", "or"].into_iter().find(|w| self.eat(w)).ok_or(Unreadable::Shape)?;
            if *word.get_or_insert(found) != found {
                return Err(Unreadable::Shape);
            }
            parts.push(self.group(depth + 1)?);
        }
        Ok(match word {
            Some("or") => Filter::Any(parts),
            _ => Filter::All(parts),
        })
    }

    /// `field:operator:value)`, where `\` lets a parenthesis, comma or backslash stand for itself.
    fn condition(&mut self) -> Result<Filter, Unreadable> {
        self.conditions += 1;
        if self.conditions > MAX_CONDITIONS {
            return Err(Unreadable::TooMuch);
        }
        let (name, rest) = self.rest.split_once(':').ok_or(Unreadable::Shape)?;
        let (operator, rest) = rest.split_once(':').ok_or(Unreadable::Shape)?;
        let (values, rest) = values(rest).ok_or(Unreadable::Shape)?;
        self.rest = rest;
        let column = self.access.plan().column_named(name.trim());
        let field = &column.ok_or_else(|| Unreadable::Field(name.chars().take(100).collect()))?.field;
        compare(field, operator.trim(), values)
    }
}

/// The values up to the closing parenthesis, parted by commas, and what comes behind it.
fn values(text: &str) -> Option<(Vec<String>, &str)> {
    let (mut all, mut one, mut open) = (Vec::new(), String::new(), 0_u32);
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => one.push(chars.next()?.1),
            '(' => {
                open += 1;
                one.push(c);
            }
            ')' if open == 0 => {
                all.push(one);
                return Some((all, text.get(at + 1..)?));
            }
            ')' => {
                open -= 1;
                one.push(c);
            }
            ',' => all.push(std::mem::take(&mut one)),
            _ => one.push(c),
        }
    }
    None
}

fn compare(field: &Field, operator: &str, mut values: Vec<String>) -> Result<Filter, Unreadable> {
    let one = |operator, text: &str| Ok(condition(field, operator, value(field, operator, text)?));
    match operator {
        "in" => Ok(Filter::Any(
            values.iter().map(|v| one(Operator::Equals, v)).collect::<Result<_, _>>()?,
        )),
        "between" => match values.as_slice() {
            [low, high] => Ok(Filter::All(vec![
                one(Operator::GreaterOrEqual, low)?,
                one(Operator::LessOrEqual, high)?,
            ])),
            _ => Err(Unreadable::Shape),
        },
        _ => {
            let operator = named(operator).ok_or_else(|| Unreadable::Operator(operator.chars().take(40).collect()))?;
            let text = if values.len() == 1 { values.remove(0) } else { values.join(",") };
            one(operator, &text)
        }
    }
}

fn named(name: &str) -> Option<Operator> {
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
    let text = text.trim();
    let partly = matches!(operator, Operator::Contains | Operator::StartsWith);
    let line = field.kind.is_line() || matches!(field.kind, FieldKind::TextArea { .. } | FieldKind::RichText { .. });
    match text {
        "${EMPTY}" | "null" => return Ok(Value::Null),
        _ if line && (partly || !matches!(field.kind, FieldKind::Email)) => return Ok(Value::Text(text.to_owned())),
        _ => {}
    }
    from_text(field, text).map_err(|_| Unreadable::Value {
        field: field.api_name.clone(),
        value: text.chars().take(100).collect(),
    })
}
