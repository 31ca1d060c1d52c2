//! Policies in names instead of ids: how files and examples write them.

use serde::{Deserialize, Serialize};

use super::policy::{Actions, FieldAccess, FieldGrant, Grant, Policy, Scope};
use crate::ids::FieldId;
use crate::modules::{Catalogue, Module};

/// A [`Policy`] with modules and fields by their API names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedPolicy {
    /// The module whose records are the people.
    pub people: String,
    #[serde(rename = "grant")]
    pub grants: Vec<NamedGrant>,
}

/// A [`Grant`] in names. Without `via` and `public` it is the people's own record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedGrant {
    pub module: String,
    /// The look-ups by which records are related.
    #[serde(default)]
    pub via: Vec<String>,
    #[serde(default)]
    pub public: bool,
    pub actions: Vec<Action>,
    /// Fields that can be read.
    #[serde(default)]
    pub read: Vec<String>,
    /// Fields that can be read and written.
    #[serde(default)]
    pub write: Vec<String>,
    /// Look-ups among them that show the name of a record which is itself out of sight.
    #[serde(default)]
    pub names: Vec<String>,
    /// The list's columns; the first six fields if there are none.
    #[serde(default)]
    pub columns: Vec<String>,
}

/// An action by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    View,
    Create,
    Edit,
    EditShared,
    Delete,
    Link,
}

/// A name that nothing has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownName {
    #[error("there is no module {0:?}")]
    Module(String),
    #[error("{module} has no field {field:?}")]
    Field { module: String, field: String },
}

impl NamedPolicy {
    /// The policy that the names mean.
    pub fn resolve(&self, catalogue: &Catalogue) -> Result<Policy, UnknownName> {
        let module = |name: &str| catalogue.named(name).ok_or_else(|| UnknownName::Module(name.to_owned()));
        let grants = self.grants.iter().map(|grant| grant.resolve(module(&grant.module)?));
        Ok(Policy {
            personality: module(&self.people)?.id,
            grants: grants.collect::<Result<_, _>>()?,
        })
    }
}

impl NamedGrant {
    fn resolve(&self, module: &Module) -> Result<Grant, UnknownName> {
        let ids = |names: &[String]| names.iter().map(|name| field(module, name)).collect::<Result<Vec<_>, _>>();
        let fields: Vec<FieldGrant> = [(&self.read, FieldAccess::ReadOnly), (&self.write, FieldAccess::ReadWrite)]
            .into_iter()
            .flat_map(|(names, access)| names.iter().map(move |name| (name, access)))
            .map(|(name, access)| {
                Ok(FieldGrant {
                    field: field(module, name)?,
                    access,
                    names: self.names.contains(name),
                })
            })
            .collect::<Result<_, _>>()?;
        let columns = match self.columns.is_empty() {
            true => fields.iter().take(6).map(|f| f.field).collect(),
            false => ids(&self.columns)?,
        };
        Ok(Grant {
            people: None,
            criteria: None,
            module: module.id,
            scope: match (self.public, self.via.is_empty()) {
                (true, _) => Scope::Public,
                (false, true) => Scope::Own,
                (false, false) => Scope::Related { via: ids(&self.via)? },
            },
            actions: self.actions(),
            fields,
            layouts: module.layouts.iter().map(|l| l.id).collect(),
            view: module.views.first().map(|v| v.id),
            columns,
        })
    }

    fn actions(&self) -> Actions {
        let has = |action| self.actions.contains(&action);
        Actions {
            view: has(Action::View),
            create: has(Action::Create),
            edit: has(Action::Edit),
            edit_shared: has(Action::EditShared),
            delete: has(Action::Delete),
            link: has(Action::Link),
        }
    }
}

fn field(module: &Module, name: &str) -> Result<FieldId, UnknownName> {
    let unknown = || UnknownName::Field {
        module: module.api_name.clone(),
        field: name.to_owned(),
    };
    module.field_named(name).map(|f| f.id).ok_or_else(unknown)
}
