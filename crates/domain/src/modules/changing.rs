//! Changing: what may become of a field that is there, and what a module is without it.

use super::making::{BadField, check_field};
use super::{Field, FieldKind, Module};
use crate::ids::FieldId;

/// What is to be different about a field. None: as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldChange {
    pub label: Option<String>,
    pub required: Option<bool>,
    pub unique: Option<bool>,
    /// The most characters of a text.
    pub length: Option<u32>,
    pub options: Option<Options>,
    /// What stands before the automatic numbers that are given from now on.
    pub prefix: Option<String>,
}

/// What becomes of the options of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Options {
    /// These, in this order.
    All(Vec<String>),
    /// These first, in this order, then those that are there besides; without those that are `gone`.
    Some { first: Vec<String>, gone: Vec<String> },
}

impl Options {
    fn apply(&self, there: &[String]) -> Vec<String> {
        match self {
            Self::All(all) => all.clone(),
            Self::Some { first, gone } => {
                let besides = there.iter().filter(|option| !first.contains(option));
                first
                    .iter()
                    .chain(besides)
                    .filter(|option| !gone.contains(option))
                    .cloned()
                    .collect()
            }
        }
    }
}

/// Why a field cannot be changed so, or not be deleted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadChange {
    #[error(transparent)]
    Field(#[from] BadField),
    #[error("only a text has a greatest length")]
    NoText,
    #[error("a text can only be made longer: there may be values of {0} characters")]
    Shorter(u32),
    #[error("only a list has options")]
    NoList,
    #[error("only automatic numbers have a prefix")]
    NoNumber,
    #[error("the field came with Loggia: only its label and its options can be changed")]
    Standard,
    #[error("the field is set by Loggia: it cannot be mandatory")]
    Given,
    #[error("the field came with Loggia: it cannot be deleted")]
    StandardStays,
    #[error("the field names the records of its module: it cannot be deleted")]
    NamesRecords,
}

impl FieldChange {
    /// The field as it is to be.
    pub fn apply(&self, field: &Field) -> Result<Field, BadChange> {
        let new = Field {
            label: self
                .label
                .as_ref()
                .map_or_else(|| field.label.clone(), |label| label.trim().to_owned()),
            required: self.required.unwrap_or(field.required),
            unique: self.unique.unwrap_or(field.unique),
            kind: self.kind(&field.kind)?,
            ..field.clone()
        };
        let (rules, length) = ((new.required, new.unique), new.kind.max_length());
        match check_field(&new) {
            // One that was made when longer texts could be unique, and stays so.
            Err(BadField::LongUnique) if field.unique && length == field.kind.max_length() => {}
            checked => checked?,
        }
        if new.required && !field.required && field.kind.is_given() {
            return Err(BadChange::Given);
        }
        if !field.custom && (rules != (field.required, field.unique) || length != field.kind.max_length()) {
            return Err(BadChange::Standard);
        }
        Ok(new)
    }

    fn kind(&self, kind: &FieldKind) -> Result<FieldKind, BadChange> {
        let mut new = kind.clone();
        if let Some(length) = self.length {
            match &mut new {
                FieldKind::Text { max } | FieldKind::TextArea { max } | FieldKind::RichText { max } if length < *max => {
                    return Err(BadChange::Shorter(*max));
                }
                FieldKind::Text { max } | FieldKind::TextArea { max } | FieldKind::RichText { max } => *max = length,
                _ => return Err(BadChange::NoText),
            }
        }
        if let Some(change) = &self.options {
            match &mut new {
                FieldKind::Picklist { options } | FieldKind::MultiPicklist { options } => *options = change.apply(options),
                _ => return Err(BadChange::NoList),
            }
        }
        if let Some(text) = &self.prefix {
            match &mut new {
                FieldKind::AutoNumber { prefix } => prefix.clone_from(text),
                _ => return Err(BadChange::NoNumber),
            }
        }
        Ok(new)
    }
}

/// The options that `new` does not have any more.
#[must_use]
pub fn options_gone<'f>(old: &'f Field, new: &Field) -> Vec<&'f String> {
    let left = new.kind.options();
    old.kind.options().iter().filter(|option| !left.contains(option)).collect()
}

/// The module without one of its fields: in no layout, in no list, and no list is sorted by it.
///
/// Errors: fields that came with the product stay, and those that name records.
pub fn without(module: &Module, field: &Field) -> Result<Module, BadChange> {
    if !field.custom {
        return Err(BadChange::StandardStays);
    }
    if module.name_fields.contains(&field.id) {
        return Err(BadChange::NamesRecords);
    }
    let stays = |id: FieldId| id != field.id;
    let mut left = module.clone();
    left.fields.retain(|f| stays(f.id));
    for section in left.layouts.iter_mut().flat_map(|layout| &mut layout.sections) {
        section.fields.retain(|placed| stays(placed.id));
    }
    for view in &mut left.views {
        view.columns.retain(|id| stays(*id));
        view.sort = view.sort.filter(|(id, _)| stays(*id));
        if view.columns.is_empty() {
            view.columns.clone_from(&left.name_fields);
        }
    }
    Ok(left)
}

#[cfg(test)]
mod tests;
