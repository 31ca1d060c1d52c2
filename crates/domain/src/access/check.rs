//! Checking a policy against the catalogue before it is published.

use super::policy::{Grant, Policy, Scope};
use crate::ids::ModuleId;
use crate::modules::{Catalogue, FieldKind, Module, ModuleSource};

/// What is wrong with a policy, and where: module and field by API name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("people cannot come from this module: expected Contacts, Leads, Vendors, Employees or a custom module, with an e-mail field")]
    NotAPersonality,
    #[error("the module of the people must be among those granted, with their own record")]
    PersonalityNotGranted,
    #[error("there is no module with the id {0}")]
    NoSuchModule(ModuleId),
    #[error("{0} is granted twice")]
    GrantedTwice(String),
    #[error("{module}: there is no field with the id {field}")]
    NoSuchField { module: String, field: i64 },
    #[error("{module}.{field} is named twice")]
    FieldTwice { module: String, field: String },
    #[error("{module}.{field} is set by the product: expected read-only")]
    NotWritable { module: String, field: String },
    #[error("{module}.{field} is unique, and whoever writes it learns what others have: expected read-only")]
    TellsOfOthers { module: String, field: String },
    #[error("{0}: only the module of the people can be granted as their own record")]
    OwnElsewhere(String),
    #[error("{0}: expected at least one look-up through which its records are related")]
    NoPath(String),
    #[error("{module}.{field} is not a look-up or multi-select look-up")]
    NotALookup { module: String, field: String },
    #[error("{module}.{field} leads to {target}, which is neither the module of the people nor a module granted by a look-up to it")]
    LeadsNowhere { module: String, field: String, target: String },
    #[error("{0}: an action is granted without view")]
    ActionWithoutView(String),
    #[error("{0}: a public module can only be viewed")]
    PublicIsReadOnly(String),
    #[error("{module}.{field} is mandatory: without the right to write it no record can be made")]
    MandatoryOutOfReach { module: String, field: String },
}

/// All faults of a policy; none means that it can be published.
#[must_use]
pub fn check(catalogue: &Catalogue, policy: &Policy) -> Vec<Fault> {
    let mut faults = Vec::new();
    check_personality(catalogue, policy, &mut faults);
    for (i, grant) in policy.grants.iter().enumerate() {
        let Some(module) = catalogue.module(grant.module) else {
            faults.push(Fault::NoSuchModule(grant.module));
            continue;
        };
        if policy.grants.iter().take(i).any(|g| g.module == grant.module) {
            faults.push(Fault::GrantedTwice(module.api_name.clone()));
        }
        check_actions(module, grant, &mut faults);
        check_fields(module, grant, &mut faults);
        check_mandatory(policy, module, grant, &mut faults);
        check_scope(catalogue, policy, module, grant, &mut faults);
    }
    faults
}

/// Whether records of a module can be people.
#[must_use]
pub fn may_be_personality(module: &Module) -> bool {
    let named = ["Contacts", "Leads", "Vendors"].contains(&module.api_name.as_str());
    (named || module.source != ModuleSource::Standard) && module.email_field().is_some()
}

fn check_personality(catalogue: &Catalogue, policy: &Policy, faults: &mut Vec<Fault>) {
    if !catalogue.module(policy.personality).is_some_and(|m| may_be_personality(m)) {
        faults.push(Fault::NotAPersonality);
    }
    if !policy.grant(policy.personality).is_some_and(|g| g.scope == Scope::Own) {
        faults.push(Fault::PersonalityNotGranted);
    }
}

fn check_actions(module: &Module, grant: &Grant, faults: &mut Vec<Fault>) {
    let a = grant.actions;
    let acts = a.create || a.edit || a.edit_shared || a.delete;
    if acts && !a.view {
        faults.push(Fault::ActionWithoutView(module.api_name.clone()));
    }
    if acts && grant.scope == Scope::Public {
        faults.push(Fault::PublicIsReadOnly(module.api_name.clone()));
    }
}

fn check_fields(module: &Module, grant: &Grant, faults: &mut Vec<Fault>) {
    let name = || module.api_name.clone();
    for (i, granted) in grant.fields.iter().enumerate() {
        let Some(field) = module.field(granted.field) else {
            faults.push(Fault::NoSuchField {
                module: name(),
                field: granted.field.0,
            });
            continue;
        };
        if grant.fields.iter().take(i).any(|f| f.field == granted.field) {
            faults.push(Fault::FieldTwice {
                module: name(),
                field: field.api_name.clone(),
            });
        }
        if granted.access == super::FieldAccess::ReadWrite {
            let (module, field_name) = (name(), field.api_name.clone());
            match (field.kind.is_given(), field.unique) {
                (true, _) => faults.push(Fault::NotWritable { module, field: field_name }),
                (false, true) => faults.push(Fault::TellsOfOthers { module, field: field_name }),
                (false, false) => {}
            }
        }
    }
    for column in grant.columns.iter().filter(|&&c| !grant.fields.iter().any(|f| f.field == c)) {
        faults.push(Fault::NoSuchField {
            module: name(),
            field: column.0,
        });
    }
}

/// Notes need no look-up: they are seen with the record they belong to. By itself such a grant shows nothing.
fn follows_records(module: &Module, grant: &Grant) -> bool {
    module.api_name == "Notes" && matches!(&grant.scope, Scope::Related { via } if via.is_empty())
}

fn check_mandatory(policy: &Policy, module: &Module, grant: &Grant, faults: &mut Vec<Fault>) {
    if !grant.actions.create || !matches!(grant.scope, Scope::Related { .. }) || follows_records(module, grant) {
        return;
    }
    faults.extend(
        super::compile::out_of_reach(policy.personality, grant, module).map(|field| Fault::MandatoryOutOfReach {
            module: module.api_name.clone(),
            field: field.api_name.clone(),
        }),
    );
}

fn check_scope(catalogue: &Catalogue, policy: &Policy, module: &Module, grant: &Grant, faults: &mut Vec<Fault>) {
    let name = || module.api_name.clone();
    let via = match &grant.scope {
        Scope::Public => return,
        Scope::Own if module.id == policy.personality => return,
        Scope::Own => return faults.push(Fault::OwnElsewhere(name())),
        Scope::Related { .. } if follows_records(module, grant) => return,
        Scope::Related { via } if via.is_empty() => return faults.push(Fault::NoPath(name())),
        Scope::Related { via } => via,
    };
    for &id in via {
        let Some(field) = module.field(id) else {
            faults.push(Fault::NoSuchField {
                module: name(),
                field: id.0,
            });
            continue;
        };
        let target = match field.kind {
            FieldKind::Lookup { module } | FieldKind::MultiLookup { module } | FieldKind::Owner { module } => module,
            _ => {
                faults.push(Fault::NotALookup {
                    module: name(),
                    field: field.api_name.clone(),
                });
                continue;
            }
        };
        if target != policy.personality && !leads_to_person(catalogue, policy, target) {
            let target = catalogue.module(target).map_or_else(|| target.to_string(), |m| m.api_name.clone());
            faults.push(Fault::LeadsNowhere {
                module: name(),
                field: field.api_name.clone(),
                target,
            });
        }
    }
}

/// Whether `module` is granted by a look-up straight to the module of the people.
pub(super) fn leads_to_person(catalogue: &Catalogue, policy: &Policy, module: ModuleId) -> bool {
    let Some(Grant {
        scope: Scope::Related { via },
        actions,
        ..
    }) = policy.grant(module)
    else {
        return false;
    };
    let points_home = |&id| {
        catalogue
            .module(module)
            .and_then(|m| m.field(id))
            .is_some_and(|f| f.kind.target() == Some(policy.personality))
    };
    actions.view && via.iter().any(points_home)
}
