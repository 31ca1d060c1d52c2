//! From the JSON of an item to a draft.

use domain::access::Access;
use domain::ids::FieldId;
use domain::records::{Draft, FieldError, Problem, from_json};
use serde_json::{Map, Value};

/// Whether a record is to be made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Make,
    Change,
}

/// Reads the values. A field is looked up among those that the caller may write before its value
/// is looked at, so that all others look the same: unknown, hidden and read-only.
pub fn read(access: &Access, item: &Map<String, Value>, purpose: Purpose) -> Result<Draft, Vec<FieldError>> {
    let (mut draft, mut errors) = (Draft::default(), Vec::new());
    for (name, json) in item {
        let Some(id) = writable(access, name, purpose) else {
            if is_ours(name) {
                continue;
            }
            errors.push(FieldError {
                field: name.chars().take(100).collect(),
                problem: Problem::NotWritable,
            });
            continue;
        };
        let Some(field) = access.plan().module().field(id) else { continue };
        match from_json(field, json) {
            Ok(value) => draft.set(id, value),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(draft) } else { Err(errors) }
}

fn writable(access: &Access, name: &str, purpose: Purpose) -> Option<FieldId> {
    let plan = access.plan();
    let id = plan.column_named(name)?.field.id;
    let may = match purpose {
        Purpose::Make => plan.may_set(id),
        Purpose::Change => plan.may_change(id),
    };
    may.then_some(id)
}

/// Keys that clients send along although they are not fields.
fn is_ours(name: &str) -> bool {
    name == "id" || name == "Layout" || name == "Tag" || name.starts_with('$')
}
