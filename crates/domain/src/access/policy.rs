//! The policy of a user type, as an administrator writes it.

use serde::{Deserialize, Serialize};

use crate::ids::{FieldId, LayoutId, ModuleId, ViewId};

/// What the portal users of one user type may see and do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The module whose records are the people.
    pub personality: ModuleId,
    /// At most one grant for each module.
    pub grants: Vec<Grant>,
}

/// What may be seen and done in one module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub module: ModuleId,
    pub scope: Scope,
    pub actions: Actions,
    /// The only fields that exist for these portal users.
    pub fields: Vec<FieldGrant>,
    #[serde(default)]
    pub layouts: Vec<LayoutId>,
    #[serde(default)]
    pub view: Option<ViewId>,
    /// The list's columns, where they are not the view's.
    #[serde(default)]
    pub columns: Vec<FieldId>,
}

/// Which records of a module a portal user sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "records", rename_all = "snake_case")]
pub enum Scope {
    /// The portal user's own record, in the personality module.
    Own,
    /// Records that point, by one of these look-ups or multi-select look-ups, at the portal user's
    /// own record or at a record the portal user sees in another granted module.
    Related { via: Vec<FieldId> },
    /// Every record.
    Public,
}

/// The actions of a grant, as the CRM's portal permissions name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Actions {
    pub view: bool,
    pub create: bool,
    /// Edit records the portal user made, and the portal user's own record.
    pub edit: bool,
    /// Edit visible records that others made.
    pub edit_shared: bool,
    /// Delete records the portal user made.
    pub delete: bool,
}

/// A field that portal users know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldGrant {
    pub field: FieldId,
    pub access: FieldAccess,
    /// For a look-up: show the name of a record that is itself out of sight, without its id.
    #[serde(default)]
    pub names: bool,
}

/// What may be done with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldAccess {
    ReadOnly,
    ReadWrite,
}

impl Policy {
    /// The grant for a module. A module granted twice is not granted: which one was meant is not ours to guess.
    #[must_use]
    pub fn grant(&self, module: ModuleId) -> Option<&Grant> {
        let mut found = self.grants.iter().filter(|g| g.module == module);
        let first = found.next();
        if found.next().is_some() { None } else { first }
    }
}
