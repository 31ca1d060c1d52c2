//! The conditions of a list: what one can filter a field by, and how that stands in an address.

use domain::access::{Access, Column};
use domain::ids::RecordId;
use domain::modules::{Field, FieldKind};
use domain::records::{Filter, Operator, Value, from_text};

use crate::pages::records::text;

/// An operator by its word in the address and for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Op {
    pub word: &'static str,
    pub label: &'static str,
    pub operator: Operator,
}

const fn op(word: &'static str, label: &'static str, operator: Operator) -> Op {
    Op { word, label, operator }
}

const EMPTY: [Op; 2] = [
    op("empty", "is empty", Operator::Empty),
    op("filled", "is filled in", Operator::NotEmpty),
];
const LINE: [Op; 4] = [
    op("has", "contains", Operator::Contains),
    op("starts", "starts with", Operator::StartsWith),
    op("is", "is", Operator::Equals),
    op("not", "is not", Operator::NotEquals),
];
const AREA: [Op; 1] = [op("has", "contains", Operator::Contains)];
const ONE_OF: [Op; 2] = [op("is", "is", Operator::Equals), op("not", "is not", Operator::NotEquals)];
const HOLDS: [Op; 1] = [op("has", "contains", Operator::Contains)];
const IS: [Op; 1] = [op("is", "is", Operator::Equals)];
const NUMBER: [Op; 5] = [
    op("is", "is", Operator::Equals),
    op("ge", "is at least", Operator::GreaterOrEqual),
    op("le", "is at most", Operator::LessOrEqual),
    op("gt", "is more than", Operator::Greater),
    op("lt", "is less than", Operator::Less),
];
const DAY: [Op; 3] = [
    op("ge", "is on or after", Operator::GreaterOrEqual),
    op("lt", "is before", Operator::Less),
    op("is", "is on", Operator::Equals),
];
const MOMENT: [Op; 2] = [
    op("ge", "is on or after", Operator::GreaterOrEqual),
    op("lt", "is before", Operator::Less),
];

/// The operators a field can be filtered with, the usual one first; none for kinds one cannot filter by.
#[must_use]
pub fn operators(kind: &FieldKind) -> Vec<Op> {
    let own: &[Op] = match kind {
        FieldKind::Picklist { .. } | FieldKind::Lookup { .. } | FieldKind::Parent | FieldKind::Owner { .. } => &ONE_OF,
        FieldKind::MultiPicklist { .. } | FieldKind::MultiLookup { .. } => &HOLDS,
        FieldKind::TextArea { .. } => &AREA,
        FieldKind::Boolean => return IS.to_vec(),
        FieldKind::Date => &DAY,
        FieldKind::DateTime => &MOMENT,
        FieldKind::CreatedTime | FieldKind::ModifiedTime => return MOMENT.to_vec(),
        FieldKind::RichText { .. }
        | FieldKind::File
        | FieldKind::Image
        | FieldKind::Attachment
        | FieldKind::CreatedBy
        | FieldKind::ModifiedBy => {
            return Vec::new();
        }
        kind if kind.is_line() => &LINE,
        _ => &NUMBER,
    };
    own.iter().chain(&EMPTY).copied().collect()
}

/// A condition on one field.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub field: Field,
    pub op: Op,
    /// The value as it stands in the address.
    pub text: String,
    value: Value,
}

/// Why a condition cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// No such field for this viewer, or no such operator for it: all look the same.
    Unknown,
    /// The value does not fit the field; says what was expected.
    Value(String),
}

impl Condition {
    /// A condition by the words of an address.
    pub fn new(access: &Access, field: &str, word: &str, typed: &str) -> Result<Self, Unusable> {
        let column: &Column = access.plan().column_named(field).ok_or(Unusable::Unknown)?;
        let field = &*column.field;
        let op = operators(&field.kind)
            .into_iter()
            .find(|op| op.word == word)
            .ok_or(Unusable::Unknown)?;
        let needs_value = !matches!(op.operator, Operator::Empty | Operator::NotEmpty);
        let text = if needs_value { text::clean(typed) } else { String::new() };
        if needs_value && text.is_empty() {
            return Err(Unusable::Value(format!("{}: please say what to compare with", field.label)));
        }
        let value = value(field, op, &text).map_err(|why| Unusable::Value(format!("{}: {why}", field.label)))?;
        Ok(Self {
            field: field.clone(),
            op,
            text,
            value,
        })
    }

    /// A condition as it stands in an address: `Amount~ge~100`.
    pub fn parse(access: &Access, word: &str) -> Result<Self, Unusable> {
        let mut parts = word.splitn(3, '~');
        let mut part = || parts.next().unwrap_or_default();
        Self::new(access, part(), part(), part())
    }

    /// Writes what [`Condition::parse`] reads.
    #[must_use]
    pub fn word(&self) -> String {
        word(&self.field.api_name, self.op.word, &self.text)
    }

    /// The condition for the database.
    #[must_use]
    pub fn filter(&self) -> Filter {
        Filter::Compare {
            field: self.field.id,
            operator: self.op.operator,
            value: self.value.clone(),
        }
    }

    /// The record it compares with, where it compares a look-up.
    #[must_use]
    pub fn record(&self) -> Option<RecordId> {
        match self.value {
            Value::Ref(id) => Some(id),
            _ => None,
        }
    }

    /// The value for people; a record's name must be looked up.
    #[must_use]
    pub fn shown(&self) -> String {
        match &self.value {
            Value::Bool(yes) => (if *yes { "yes" } else { "no" }).to_owned(),
            Value::Day(day) => text::day(*day),
            Value::Moment(at) => text::day(at.day()),
            Value::Decimal(units) => text::decimal(*units, self.field.kind.scale()),
            _ => self.text.clone(),
        }
    }
}

/// A condition as it stands in an address.
#[must_use]
pub fn word(field: &str, op: &str, value: &str) -> String {
    format!("{field}~{op}~{value}")
}

fn value(field: &Field, op: Op, typed: &str) -> Result<Value, String> {
    if typed.is_empty() {
        return Ok(Value::Null);
    }
    match (&field.kind, op.operator) {
        (kind, Operator::Contains | Operator::StartsWith) if kind.is_line() || matches!(kind, FieldKind::TextArea { .. }) => {
            Ok(Value::Text(typed.to_owned()))
        }
        (FieldKind::MultiLookup { .. }, _) => typed.parse().map(Value::Ref).map_err(|_| "choose one from the list".into()),
        (FieldKind::DateTime | FieldKind::CreatedTime | FieldKind::ModifiedTime, _) if typed.len() == 10 => {
            parsed(field, &format!("{typed}T00:00:00Z"))
        }
        _ => parsed(field, typed),
    }
}

fn parsed(field: &Field, typed: &str) -> Result<Value, String> {
    from_text(field, typed).map_err(|error| {
        let why = text::problem(&error.problem);
        let mut rest = why.chars();
        rest.next()
            .map_or_else(String::new, |first| first.to_lowercase().chain(rest).collect())
    })
}
