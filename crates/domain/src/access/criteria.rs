//! Criteria of a grant: conditions on a record, or on the person's own record.
//!
//! They are kept as an administrator writes them, values as text, and are read against the field each time they are
//! compiled: where a field has changed its kind since, the grant is off.

use serde::{Deserialize, Serialize};

use super::check::Fault;
use super::predicate::Predicate;
use crate::ids::FieldId;
use crate::modules::{Field, FieldKind, Module, Storage};
use crate::records::{Condition, Operand, Operator, Value, from_text};

/// How deep groups may lie in one another.
pub const MAX_CRITERIA_DEPTH: usize = 4;
/// The most conditions of one grant's criteria.
pub const MAX_CONDITIONS: usize = 25;

/// A condition, or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criteria {
    All(Vec<Criteria>),
    Any(Vec<Criteria>),
    /// A field compared with a value.
    Is {
        field: FieldId,
        operator: Operator,
        #[serde(default)]
        value: Wanted,
    },
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// Nothing: for `empty` and `not_empty`.
    #[default]
    Nothing,
    /// The portal user's own record, or for *Created By* and *Modified By* the portal user.
    Me,
    /// The day of the request, or so many days after it.
    Today(i32),
    /// A value, as a person types it.
    Text(String),
}

impl Criteria {
    /// The predicate that the criteria mean on records of a module.
    pub(super) fn compile(&self, module: &Module) -> Result<Predicate, Fault> {
        let mut left = MAX_CONDITIONS;
        self.read(module, MAX_CRITERIA_DEPTH, &mut left)
    }

    fn read(&self, module: &Module, depth: usize, left: &mut usize) -> Result<Predicate, Fault> {
        let too_much = || Fault::CriteriaTooLarge(module.api_name.clone());
        let mut parts = |parts: &[Self]| -> Result<Vec<Predicate>, Fault> {
            // Nothing said would be everything, or nothing, and nobody can see which was meant.
            if parts.is_empty() {
                return Err(too_much());
            }
            let depth = depth.checked_sub(1).ok_or_else(too_much)?;
            parts.iter().map(|part| part.read(module, depth, left)).collect()
        };
        match self {
            Self::All(all) => Ok(Predicate::All(parts(all)?)),
            Self::Any(any) => Ok(Predicate::Any(parts(any)?)),
            Self::Is { field, operator, value } => {
                *left = left.checked_sub(1).ok_or_else(too_much)?;
                let field = module.field(*field).ok_or_else(|| Fault::NoSuchField {
                    module: module.api_name.clone(),
                    field: field.0,
                })?;
                condition(module, field, *operator, value).map(Predicate::Compare)
            }
        }
    }

    /// Whether a value is the one who asks.
    pub(super) fn asks_for_me(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::asks_for_me),
            Self::Is { value, .. } => *value == Wanted::Me,
        }
    }

    /// The fields that are compared.
    pub(super) fn fields(&self, found: &mut Vec<FieldId>) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.fields(found)),
            Self::Is { field, .. } => found.push(*field),
        }
    }
}

fn condition(module: &Module, field: &Field, operator: Operator, wanted: &Wanted) -> Result<Condition, Fault> {
    let fault = |expected| Fault::BadCriterion {
        module: module.api_name.clone(),
        field: field.api_name.clone(),
        expected,
    };
    if field.kind.storage() == Storage::Links {
        return Err(fault("a field of the record itself: multi-select look-ups cannot be compared"));
    }
    let operand = operand(field, operator, wanted).map_err(fault)?;
    let fits = match operator {
        Operator::Contains => field.kind.storage() == Storage::Text,
        Operator::StartsWith => field.kind.storage() == Storage::Text && !is_choices(&field.kind),
        Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => !is_reference(&field.kind),
        Operator::Equals | Operator::NotEquals | Operator::Empty | Operator::NotEmpty => true,
    };
    if !fits {
        return Err(fault("an operator that this kind of field knows"));
    }
    Ok(Condition {
        field: field.clone(),
        operator,
        operand,
    })
}

fn operand(field: &Field, operator: Operator, wanted: &Wanted) -> Result<Operand, &'static str> {
    let without = matches!(operator, Operator::Empty | Operator::NotEmpty);
    let part = matches!(operator, Operator::Contains | Operator::StartsWith);
    match wanted {
        Wanted::Nothing if without => Ok(Operand::Value(Value::Null)),
        Wanted::Nothing => Err("a value"),
        _ if without => Err("no value"),
        Wanted::Me if !part && is_reference(&field.kind) => Ok(Operand::Me),
        Wanted::Me => Err("a look-up, compared with equals or not_equals, for the value me"),
        Wanted::Today(days) if !part && is_day(&field.kind) => Ok(Operand::Today(*days)),
        Wanted::Today(_) => Err("a date or date-time, for the value today"),
        // No database column holds it.
        Wanted::Text(text) if text.contains('\0') => Err("a text without the character NUL"),
        Wanted::Text(text) if part && !is_choices(&field.kind) => Ok(Operand::Value(Value::Text(text.clone()))),
        Wanted::Text(text) => match from_text(field, text) {
            Ok(value) if !value.is_empty() => Ok(Operand::Value(value)),
            Ok(_) => Err("a value; for none the operator empty"),
            Err(_) => Err("a value of the field's own kind"),
        },
    }
}

fn is_reference(kind: &FieldKind) -> bool {
    kind.target().is_some() || matches!(kind, FieldKind::Parent | FieldKind::CreatedBy | FieldKind::ModifiedBy)
}

fn is_day(kind: &FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::Date | FieldKind::DateTime | FieldKind::CreatedTime | FieldKind::ModifiedTime
    )
}

fn is_choices(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::MultiPicklist { .. })
}
