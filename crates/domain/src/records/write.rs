//! Drafts: the values somebody wants a record to have.

use super::Value;
use crate::ids::FieldId;
use crate::modules::Module;

/// Values for some of a module's fields, already parsed. Each field stands here at most once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft(Vec<(FieldId, Value)>);

impl Draft {
    /// Sets a field's value; a later one takes the place of an earlier.
    pub fn set(&mut self, field: FieldId, value: Value) {
        match self.0.iter_mut().find(|(id, _)| *id == field) {
            Some((_, old)) => *old = value,
            None => self.0.push((field, value)),
        }
    }

    /// The value wanted for a field, if one is.
    #[must_use]
    pub fn value(&self, field: FieldId) -> Option<&Value> {
        self.0.iter().find(|(id, _)| *id == field).map(|(_, value)| value)
    }

    /// All values, in the order in which they were set.
    pub fn iter(&self) -> impl Iterator<Item = (FieldId, &Value)> {
        self.0.iter().map(|(id, value)| (*id, value))
    }

    /// Whether nothing is wanted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(FieldId, Value)> for Draft {
    fn from_iter<I: IntoIterator<Item = (FieldId, Value)>>(values: I) -> Self {
        let mut draft = Self::default();
        for (field, value) in values {
            draft.set(field, value);
        }
        draft
    }
}

/// A record's display name: the module's name fields joined by a space, at most 255 characters.
pub fn name_of(module: &Module, mut value: impl FnMut(FieldId) -> Option<String>) -> String {
    let parts: Vec<String> = module
        .name_fields
        .iter()
        .filter_map(|&id| value(id))
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" ").chars().take(255).collect()
}
