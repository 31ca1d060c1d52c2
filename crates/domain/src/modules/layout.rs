//! Layouts (how a record's page is arranged) and views (how a list is).

use serde::{Deserialize, Serialize};

use crate::ids::{FieldId, LayoutId, ViewId};

/// How a record's page and form are arranged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    pub id: LayoutId,
    pub name: String,
    pub sections: Vec<Section>,
}

/// A titled group of fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    pub title: String,
    pub fields: Vec<LayoutField>,
}

/// A field's place in a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayoutField {
    pub id: FieldId,
    /// Mandatory on this layout, even where the field itself is not.
    #[serde(default)]
    pub required: bool,
}

/// How a list is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    pub id: ViewId,
    pub name: String,
    pub columns: Vec<FieldId>,
    /// The field the list is sorted by, newest record first if none.
    #[serde(default)]
    pub sort: Option<(FieldId, bool)>,
}
