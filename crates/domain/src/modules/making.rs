//! Making and arranging: what a new field, a layout and a view must be like.

use super::{Field, FieldKind, Layout, Module, View};

/// The longest line of text.
pub const MAX_LINE: u32 = 2000;
/// The longest line of text of which no two records have the same. An index takes some 2,700 bytes of each, and a character may be four.
pub const MAX_UNIQUE: u32 = 500;
/// The longest text of several lines.
pub const MAX_TEXT: u32 = 100_000;
/// The most options of a picklist.
pub const MAX_OPTIONS: usize = 500;
/// The most columns of a view.
pub const MAX_COLUMNS: usize = 20;

/// Why a field cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadField {
    #[error("the label must have 1 to 100 characters")]
    Label,
    #[error("the greatest length must be 1 to {0}")]
    Length(u32),
    #[error("a list needs 1 to {MAX_OPTIONS} options")]
    Options,
    #[error("the option {0:?} cannot be used: expected 1 to 120 characters without a semicolon, each option once")]
    Option(String),
    #[error("at most 9 digits can stand behind the decimal point")]
    Scale,
    #[error("the prefix must have at most 20 characters")]
    Prefix,
    #[error("values of this kind cannot be kept unique")]
    Unique,
    #[error("a unique field takes at most {MAX_UNIQUE} characters")]
    LongUnique,
}

/// Checks a field as somebody wants it to be. Its API name is checked by [`super::naming`].
pub fn check_field(field: &Field) -> Result<(), BadField> {
    use FieldKind as K;
    if !(1..=100).contains(&field.label.trim().chars().count()) {
        return Err(BadField::Label);
    }
    match &field.kind {
        K::Text { max } if !(1..=MAX_LINE).contains(max) => return Err(BadField::Length(MAX_LINE)),
        K::TextArea { max } | K::RichText { max } if !(1..=MAX_TEXT).contains(max) => return Err(BadField::Length(MAX_TEXT)),
        K::Picklist { options } | K::MultiPicklist { options } => check_options(options)?,
        kind if kind.scale() > 9 => return Err(BadField::Scale),
        K::AutoNumber { prefix } if prefix.chars().count() > 20 => return Err(BadField::Prefix),
        _ => {}
    }
    if field.unique && !field.kind.may_be_unique() {
        return Err(BadField::Unique);
    }
    if field.unique && field.kind.max_length().is_some_and(|max| max > MAX_UNIQUE) {
        return Err(BadField::LongUnique);
    }
    Ok(())
}

fn check_options(options: &[String]) -> Result<(), BadField> {
    if options.is_empty() || options.len() > MAX_OPTIONS {
        return Err(BadField::Options);
    }
    for (i, option) in options.iter().enumerate() {
        let fits = (1..=120).contains(&option.chars().count()) && option.trim() == option && !option.contains([';', '\n', '\r']);
        if !fits || options.iter().take(i).any(|o| o == option) {
            return Err(BadField::Option(option.chars().take(60).collect()));
        }
    }
    Ok(())
}

/// Why a module cannot be arranged so. Fields by API name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadArrangement {
    #[error("a section's title must have 1 to 100 characters")]
    Title,
    #[error("there is no field with the id {0}")]
    NoSuchField(i64),
    #[error("{0} stands there twice")]
    Twice(String),
    #[error("{0} is mandatory and must stand in the layout")]
    Missing(String),
    #[error("{0} is set by the product: it cannot be mandatory")]
    Given(String),
    #[error("a list needs 1 to {MAX_COLUMNS} columns")]
    Columns,
    #[error("a list cannot be sorted by {0}")]
    NotSortable(String),
}

/// Checks a layout of a module: each field once, mandatory ones among them.
pub fn check_layout(module: &Module, layout: &Layout) -> Result<(), BadArrangement> {
    if layout.sections.iter().any(|s| !(1..=100).contains(&s.title.trim().chars().count())) {
        return Err(BadArrangement::Title);
    }
    let mut seen = Vec::new();
    for placed in layout.sections.iter().flat_map(|s| &s.fields) {
        let field = module.field(placed.id).ok_or(BadArrangement::NoSuchField(placed.id.0))?;
        if seen.contains(&placed.id) {
            return Err(BadArrangement::Twice(field.api_name.clone()));
        }
        if placed.required && field.kind.is_given() {
            return Err(BadArrangement::Given(field.api_name.clone()));
        }
        seen.push(placed.id);
    }
    match module
        .fields
        .iter()
        .find(|f| f.required && !f.kind.is_given() && !seen.contains(&f.id))
    {
        Some(field) => Err(BadArrangement::Missing(field.api_name.clone())),
        None => Ok(()),
    }
}

/// Checks a view of a module: its columns, and what it is sorted by.
pub fn check_view(module: &Module, view: &View) -> Result<(), BadArrangement> {
    if view.columns.is_empty() || view.columns.len() > MAX_COLUMNS {
        return Err(BadArrangement::Columns);
    }
    for (i, id) in view.columns.iter().enumerate() {
        let field = module.field(*id).ok_or(BadArrangement::NoSuchField(id.0))?;
        if view.columns.iter().take(i).any(|c| c == id) {
            return Err(BadArrangement::Twice(field.api_name.clone()));
        }
    }
    if let Some((id, _)) = view.sort {
        let field = module.field(id).ok_or(BadArrangement::NoSuchField(id.0))?;
        if !field.kind.is_sortable() {
            return Err(BadArrangement::NotSortable(field.api_name.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{FieldId, ModuleId};

    #[test]
    fn a_field_is_refused_for_the_thing_that_is_wrong_with_it() {
        let field = |kind| Field {
            id: FieldId(2),
            module: ModuleId(1),
            api_name: "Colour".into(),
            label: "Colour".into(),
            kind,
            required: false,
            unique: false,
            custom: true,
        };
        let unique = |kind| Field {
            unique: true,
            ..field(kind)
        };
        let list = |options: &[&str]| FieldKind::Picklist {
            options: options.iter().map(|&o| o.to_owned()).collect(),
        };
        assert_eq!(check_field(&field(list(&["red", "blue"]))), Ok(()));
        assert_eq!(check_field(&unique(FieldKind::Email)), Ok(()));
        assert_eq!(check_field(&unique(FieldKind::Text { max: MAX_UNIQUE })), Ok(()));
        for (wrong, why) in [
            (field(list(&[])), BadField::Options),
            (field(list(&["red", "red"])), BadField::Option("red".into())),
            (field(list(&["red;blue"])), BadField::Option("red;blue".into())),
            (field(FieldKind::Text { max: 0 }), BadField::Length(MAX_LINE)),
            (field(FieldKind::Decimal { scale: 10 }), BadField::Scale),
            (unique(FieldKind::Boolean), BadField::Unique),
            (unique(FieldKind::Text { max: MAX_UNIQUE + 1 }), BadField::LongUnique),
            (
                Field {
                    label: " ".into(),
                    ..field(FieldKind::Email)
                },
                BadField::Label,
            ),
        ] {
            assert_eq!(check_field(&wrong), Err(why));
        }
    }
}
