//! Forms of records: made from a layout, filled from a record or from what was typed.

pub mod control;
pub mod make;
mod save;
pub mod sent;

use askama::Template;

pub use self::make::{edit_form, new_form, parent};
pub use self::save::{Saved, change, create};

use self::control::{Control, Input};

/// A form, ready to be shown.
#[derive(Debug, Template)]
#[template(path = "records/form.html")]
pub struct FormView {
    pub title: String,
    pub action: String,
    /// The way back.
    pub back: String,
    pub above: (String, String),
    pub submit: &'static str,
    /// When the record was last changed; none for a new one.
    pub modified: Option<i64>,
    /// The field of the record that a new one belongs to, and that record.
    pub parent: Option<(String, String)>,
    pub sections: Vec<FormSection>,
    /// What is wrong with the form as a whole.
    pub errors: Vec<String>,
    /// Somebody else has changed the record since the form was made.
    pub stale: bool,
}

/// A titled group of controls.
#[derive(Debug)]
pub struct FormSection {
    pub title: String,
    pub controls: Vec<Control>,
}

impl FormSection {
    /// Whether the title would only say again what the one field is called.
    #[must_use]
    pub fn is_named_by_its_field(&self) -> bool {
        match self.controls.as_slice() {
            [only] => only.label == self.title,
            _ => false,
        }
    }
}

impl FormView {
    fn controls(&self) -> impl Iterator<Item = &Control> {
        self.sections.iter().flat_map(|section| &section.controls)
    }

    /// The controls with an error.
    pub fn wrong(&self) -> Vec<&Control> {
        self.controls().filter(|control| control.error.is_some()).collect()
    }

    /// Whether nothing of the form can be changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.controls().next().is_none()
    }

    /// The labels of the fields that somebody else changed meanwhile.
    #[must_use]
    pub fn changed(&self) -> Vec<&str> {
        self.controls()
            .filter(|control| control.now.is_some())
            .map(|control| control.label.as_str())
            .collect()
    }
}
