//! The policy of a user type, as an administrator writes it.

use serde::{Deserialize, Serialize};

use super::criteria::Criteria;
use crate::ids::{FieldId, LayoutId, ModuleId, ViewId};

/// What the portal users of one user type may see and do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The module whose records are the people.
    pub personality: ModuleId,
    /// They add up. Several may be about one module: each then shows its own fields on its own records.
    pub grants: Vec<Grant>,
}

/// What may be seen and done in one module: these actions and these fields, on these records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub module: ModuleId,
    /// Only for people whose own record is like this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<Criteria>,
    pub scope: Scope,
    /// Only records that are like this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criteria: Option<Criteria>,
    pub actions: Actions,
    /// The only fields that exist for these portal users on these records.
    pub fields: Vec<FieldGrant>,
    #[serde(default)]
    pub layouts: Vec<LayoutId>,
    #[serde(default)]
    pub view: Option<ViewId>,
    /// The list's columns, where they are not the view's.
    #[serde(default)]
    pub columns: Vec<FieldId>,
}

/// The most hops of a path.
pub const MAX_HOPS: usize = 4;

/// Which records of a module a portal user sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "records", rename_all = "snake_case")]
pub enum Scope {
    /// The portal user's own record, in the personality module.
    Own,
    /// Records that point, by one of these look-ups or multi-select look-ups, at the portal user's
    /// own record or at a record of another module that is granted by such a look-up.
    Related { via: Vec<FieldId> },
    /// Records at the end of a path that begins at the portal user's own record: one to [`MAX_HOPS`] hops.
    Path { hops: Vec<Hop> },
    /// As a path, whose first hop leads to the portal user's account; with `parent`, a look-up among accounts, the path
    /// goes on from the account and all the accounts below it.
    Account {
        account: FieldId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<FieldId>,
        hops: Vec<Hop>,
    },
    /// Records whose look-up points at a record that the portal user sees, on whatever ground, in the module it leads to.
    ChildrenOf { via: FieldId },
    /// Records, such as notes, that belong to a record that the portal user sees, on whatever ground; of those that employees can show
    /// to portal users, the ones that are shown.
    Attached,
    /// Records that the portal user made.
    Created,
    /// Records that were shared with the portal user one by one.
    Shared,
    /// Every record.
    Public,
}

/// A step from one record to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hop {
    /// To what this look-up or multi-select look-up of the record points at.
    To(FieldId),
    /// To the records that point at this one by their look-up or multi-select look-up.
    From(FieldId),
}

impl Hop {
    /// The look-up that is followed.
    #[must_use]
    pub fn field(self) -> FieldId {
        match self {
            Self::To(field) | Self::From(field) => field,
        }
    }
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
    /// Change, where the record can be edited, also the look-ups by which people are related to records.
    pub link: bool,
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
    /// The grants for a module, in their order.
    pub fn grants_for(&self, module: ModuleId) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(move |g| g.module == module)
    }

    /// The first grant for a module: how its pages are arranged.
    #[must_use]
    pub fn grant(&self, module: ModuleId) -> Option<&Grant> {
        self.grants_for(module).next()
    }

    /// The grant for a module that the CRM's own notation and the permission matrix speak of: the first plain one.
    #[must_use]
    pub fn plain(&self, module: ModuleId) -> Option<&Grant> {
        self.grants_for(module).find(|g| g.is_plain())
    }

    /// Whether a grant of this policy is the [plain one](Self::plain) for its module.
    #[must_use]
    pub fn is_spoken_of(&self, grant: &Grant) -> bool {
        self.plain(grant.module).is_some_and(|plain| std::ptr::eq(plain, grant))
    }

    /// This policy with `new` plain grants in the place of those it has. All others stay as they are, in their places;
    /// if only a `part` was written over, also the plain ones of modules that are not in `new`.
    #[must_use]
    pub fn with_plain(&self, new: &[Grant], part: bool) -> Self {
        let mut grants: Vec<Grant> = Vec::with_capacity(self.grants.len() + new.len());
        for grant in &self.grants {
            let written = new.iter().find(|n| n.module == grant.module);
            match written {
                Some(written) if self.is_spoken_of(grant) => grants.push(written.clone()),
                None if self.is_spoken_of(grant) && !part => {}
                _ => grants.push(grant.clone()),
            }
        }
        grants.extend(new.iter().filter(|n| self.plain(n.module).is_none()).cloned());
        Self {
            personality: self.personality,
            grants,
        }
    }
}

impl Grant {
    /// A grant of nothing, to build on.
    #[must_use]
    pub fn new(module: ModuleId, scope: Scope) -> Self {
        Self {
            module,
            people: None,
            scope,
            criteria: None,
            actions: Actions::default(),
            fields: Vec::new(),
            layouts: Vec::new(),
            view: None,
            columns: Vec::new(),
        }
    }

    /// Whether the CRM's own notation can say it: one's own record, related by look-ups, belonging to what is seen, or public, without
    /// conditions.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let plain = matches!(self.scope, Scope::Own | Scope::Related { .. } | Scope::Attached | Scope::Public);
        plain && self.people.is_none() && self.criteria.is_none()
    }

    /// What is granted of a field.
    #[must_use]
    pub fn field(&self, field: FieldId) -> Option<&FieldGrant> {
        self.fields.iter().find(|g| g.field == field)
    }

    /// Whether the field can be written on these records.
    #[must_use]
    pub fn writes(&self, field: FieldId) -> bool {
        self.field(field).is_some_and(|g| g.access == FieldAccess::ReadWrite)
    }
}

impl Actions {
    /// These actions but not those.
    #[must_use]
    pub fn without(self, no: Self) -> Self {
        Self {
            view: self.view && !no.view,
            create: self.create && !no.create,
            edit: self.edit && !no.edit,
            edit_shared: self.edit_shared && !no.edit_shared,
            delete: self.delete && !no.delete,
            link: self.link && !no.link,
        }
    }
}
