//! Modules, fields, layouts and views: an organisation's own shape of a CRM.
//!
//! A [`Catalogue`] is an immutable snapshot of it all; whoever changes metadata makes a new one.

pub mod changing;
mod kind;
mod layout;
pub mod making;
pub mod naming;
pub mod related;
pub mod standard;

pub use kind::{FieldKind, Storage};
pub use layout::{Layout, LayoutField, Section, View};

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{FieldId, ModuleId};

/// The API name of the field by which employees show a record that belongs to another, as a note does, to portal users.
pub const SHOWN_TO_CLIENT: &str = "$is_shared_to_client";

/// The API name of the field that says where in the web an attachment lies that is no file here.
pub const LINK_URL: &str = "$link_url";

/// The API name of the image that is a record's photo.
pub const RECORD_IMAGE: &str = "Record_Image";

/// Where a module comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModuleSource {
    /// Made with every organisation.
    Standard,
    /// Made by the organisation.
    Custom,
    /// The organisation's own staff.
    Employees,
}

/// A module: a table of records.
#[derive(Debug, Clone, PartialEq)]
pub struct Module {
    pub id: ModuleId,
    pub api_name: String,
    pub singular: String,
    pub plural: String,
    pub source: ModuleSource,
    /// The fields whose values, joined by a space, name a record.
    pub name_fields: Vec<FieldId>,
    /// In the order of the layout.
    pub fields: Vec<Field>,
    pub layouts: Vec<Layout>,
    pub views: Vec<View>,
}

/// A field: a column of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub id: FieldId,
    pub module: ModuleId,
    pub api_name: String,
    pub label: String,
    pub kind: FieldKind,
    /// A record cannot be saved without it.
    pub required: bool,
    /// No two live records may have the same value.
    pub unique: bool,
    /// Made by the organisation, not with it.
    pub custom: bool,
}

impl Field {
    /// The column in the module's table. Never made of a user's text.
    #[must_use]
    pub fn column(&self) -> String {
        match self.kind {
            FieldKind::CreatedTime => "created_time".into(),
            FieldKind::ModifiedTime => "modified_time".into(),
            FieldKind::CreatedBy => "created_by".into(),
            FieldKind::ModifiedBy => "modified_by".into(),
            _ => format!("c_{}", self.id),
        }
    }

    /// The column beside [`Field::column`] that holds the module of a parent.
    #[must_use]
    pub fn parent_module_column(&self) -> String {
        format!("p_{}", self.id)
    }

    /// The linking table of a multi-select look-up: `(record_id, target_id)`.
    #[must_use]
    pub fn link_table(&self) -> String {
        format!("l_{}", self.id)
    }
}

impl Module {
    /// The module's table.
    #[must_use]
    pub fn table(&self) -> String {
        table_of(self.id)
    }

    /// The field with this id.
    #[must_use]
    pub fn field(&self, id: FieldId) -> Option<&Field> {
        self.fields.iter().find(|f| f.id == id)
    }

    /// The field with this API name.
    #[must_use]
    pub fn field_named(&self, api_name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.api_name == api_name)
    }

    /// The field that says to which record one of these belongs, if they belong to others.
    #[must_use]
    pub fn parent_field(&self) -> Option<&Field> {
        self.fields.iter().find(|f| f.kind == FieldKind::Parent)
    }

    /// The field that says whether portal users see a record together with the one it belongs to.
    #[must_use]
    pub fn shown_to_client(&self) -> Option<&Field> {
        self.field_named(SHOWN_TO_CLIENT).filter(|f| f.kind == FieldKind::Boolean)
    }

    /// The field that holds the file that a record of this module is.
    #[must_use]
    pub fn attachment_field(&self) -> Option<&Field> {
        self.fields.iter().find(|f| f.kind == FieldKind::Attachment)
    }

    /// The field that holds the picture by which a record of this module is recognised.
    #[must_use]
    pub fn photo_field(&self) -> Option<&Field> {
        self.field_named(RECORD_IMAGE).filter(|f| f.kind == FieldKind::Image)
    }

    /// The field that says where else the file lies that a record of this module is.
    #[must_use]
    pub fn link_field(&self) -> Option<&Field> {
        self.field_named(LINK_URL).filter(|f| f.kind == FieldKind::Website)
    }

    /// Whether other records can belong to those of this module: those that belong to others themselves have none.
    #[must_use]
    pub fn may_be_parent(&self) -> bool {
        self.parent_field().is_none()
    }

    /// The first e-mail field: where an invitation goes.
    #[must_use]
    pub fn email_field(&self) -> Option<&Field> {
        self.fields.iter().find(|f| f.kind == FieldKind::Email)
    }
}

/// The table of a module.
#[must_use]
pub fn table_of(module: ModuleId) -> String {
    format!("m_{module}")
}

/// A snapshot of an organisation's modules.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    modules: Vec<Arc<Module>>,
    by_id: HashMap<ModuleId, usize>,
    by_name: HashMap<String, usize>,
}

impl Catalogue {
    /// Takes the modules in the order in which they are shown.
    #[must_use]
    pub fn new(modules: Vec<Module>) -> Self {
        let by_id = modules.iter().enumerate().map(|(i, m)| (m.id, i)).collect();
        let by_name = modules.iter().enumerate().map(|(i, m)| (m.api_name.clone(), i)).collect();
        Self {
            modules: modules.into_iter().map(Arc::new).collect(),
            by_id,
            by_name,
        }
    }

    /// All modules, in the order in which they are shown.
    pub fn modules(&self) -> impl Iterator<Item = &Arc<Module>> {
        self.modules.iter()
    }

    /// The module with this id.
    #[must_use]
    pub fn module(&self, id: ModuleId) -> Option<&Arc<Module>> {
        self.modules.get(*self.by_id.get(&id)?)
    }

    /// The module with this API name.
    #[must_use]
    pub fn named(&self, api_name: &str) -> Option<&Arc<Module>> {
        self.modules.get(*self.by_name.get(api_name)?)
    }

    /// The module of the organisation's staff.
    #[must_use]
    pub fn employees(&self) -> Option<&Arc<Module>> {
        self.modules.iter().find(|m| m.source == ModuleSource::Employees)
    }
}
