//! By which fields one finds out that a record is there already.

use crate::ids::FieldId;
use crate::modules::{Field, FieldKind, Module};

/// The fields that are compared if none are named: those of which no two records have the same; after them the e-mail address, or else
/// the name.
#[must_use]
pub fn duplicate_checks(module: &Module) -> Vec<FieldId> {
    let unique = module.fields.iter().filter(|field| field.unique);
    let mut checks: Vec<FieldId> = unique.map(|field| field.id).collect();
    let name = match module.name_fields.as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    let last = module.email_field().map(|field| field.id).or(name);
    checks.extend(last.filter(|id| !checks.contains(id)));
    checks
}

/// Whether records can be found by the field's value: lines of text and whole numbers.
#[must_use]
pub fn is_key(field: &Field) -> bool {
    field.kind.is_line() || matches!(field.kind, FieldKind::Integer | FieldKind::BigInteger)
}
