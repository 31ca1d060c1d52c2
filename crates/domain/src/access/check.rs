//! Checking a policy against the catalogue before it is published.

use super::ceiling::Audience;
use super::compile::Ground;
use super::criteria::{MAX_CONDITIONS, MAX_CRITERIA_DEPTH};
use super::policy::{Grant, MAX_HOPS, Policy, Scope};
use crate::ids::{ModuleId, UserTypeId};
use crate::modules::{Catalogue, Module, ModuleSource};

/// What is wrong with a policy, and where: module and field by API name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("people cannot come from this module: expected Contacts, Leads, Vendors, Employees or a custom module, with an e-mail field")]
    NotAPersonality,
    #[error("the module of the people must be among those granted, with their own record")]
    PersonalityNotGranted,
    #[error("there is no module with the id {0}")]
    NoSuchModule(ModuleId),
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
    #[error("{0}: its records belong to no others")]
    BelongsToNothing(String),
    #[error("{0}: an action is granted without view")]
    ActionWithoutView(String),
    #[error("{0}: a public module can only be viewed")]
    PublicIsReadOnly(String),
    #[error("{module}.{field} leads to another module than the one that the path has come to: expected a look-up to {expected}")]
    HopElsewhere { module: String, field: String, expected: String },
    #[error("{module}: the path ends in {end}")]
    EndsElsewhere { module: String, end: String },
    #[error("{0}: a path has at most {MAX_HOPS} hops")]
    TooManyHops(String),
    #[error("{0}: the children of other records come round to themselves")]
    Circle(String),
    #[error("{module}.{field} leads to a module that is not granted: expected one whose records can be viewed")]
    ParentNotGranted { module: String, field: String },
    #[error("{module}.{field}: expected a look-up to {module} itself, which puts one account below another")]
    NoTree { module: String, field: String },
    #[error("{module}.{field}: expected {expected}")]
    BadCriterion {
        module: String,
        field: String,
        expected: &'static str,
    },
    #[error("{0}: criteria hold 1 to {MAX_CONDITIONS} conditions, in groups at most {MAX_CRITERIA_DEPTH} deep")]
    CriteriaTooLarge(String),
    #[error("{0}: the right to change deciding look-ups comes with the right to edit")]
    LinkWithoutEdit(String),
    #[error("{module}.{field} is mandatory: without the right to write it no record can be made")]
    MandatoryOutOfReach { module: String, field: String },
    #[error("{0} is named twice: expected each module once")]
    ModuleTwice(String),
    #[error("{0}: expected at least one field")]
    NoFields(String),
    #[error("{0}: expected how many records may be within reach, at least 1")]
    NothingWithinReach(String),
    #[error("{0}: visitors who are not signed in are nobody: expected criteria without the value me")]
    NobodyAsks(String),
    #[error("{module}.{field} is mandatory: expected the form to ask for it")]
    NotAsked { module: String, field: String },
    #[error("{module}.{field}: strangers cannot be asked for look-ups, owners, files, HTML, or what is unique or given by the product")]
    NotAskable { module: String, field: String },
    #[error("{module}.{field} decides what people see: expected a form that does not ask for it, or whose people are checked")]
    DecidesAboutThem { module: String, field: String },
    #[error("nobody can sign up for the user type {0}: expected one with a policy, whose people have an e-mail field")]
    NobodySignsUp(UserTypeId),
    #[error("the user type {0} has two forms: expected one")]
    FormTwice(UserTypeId),
}

impl Fault {
    /// The API name of the module that the fault is about, if it is about one.
    #[must_use]
    pub fn module(&self) -> Option<&str> {
        match self {
            Self::NotAPersonality | Self::PersonalityNotGranted | Self::NoSuchModule(_) | Self::NobodySignsUp(_) | Self::FormTwice(_) => {
                None
            }
            Self::OwnElsewhere(module)
            | Self::NoPath(module)
            | Self::BelongsToNothing(module)
            | Self::ActionWithoutView(module)
            | Self::PublicIsReadOnly(module)
            | Self::TooManyHops(module)
            | Self::Circle(module)
            | Self::CriteriaTooLarge(module)
            | Self::ModuleTwice(module)
            | Self::NoFields(module)
            | Self::NothingWithinReach(module)
            | Self::NobodyAsks(module)
            | Self::LinkWithoutEdit(module)
            | Self::NoSuchField { module, .. }
            | Self::FieldTwice { module, .. }
            | Self::NotWritable { module, .. }
            | Self::TellsOfOthers { module, .. }
            | Self::NotALookup { module, .. }
            | Self::LeadsNowhere { module, .. }
            | Self::HopElsewhere { module, .. }
            | Self::EndsElsewhere { module, .. }
            | Self::ParentNotGranted { module, .. }
            | Self::NoTree { module, .. }
            | Self::BadCriterion { module, .. }
            | Self::NotAsked { module, .. }
            | Self::NotAskable { module, .. }
            | Self::DecidesAboutThem { module, .. }
            | Self::MandatoryOutOfReach { module, .. } => Some(module),
        }
    }
}

/// All faults of a policy; none means that it can be published.
#[must_use]
pub fn check(catalogue: &Catalogue, policy: &Policy) -> Vec<Fault> {
    let mut faults = Vec::new();
    check_personality(catalogue, policy, &mut faults);
    // Ceilings only take away: with them or without, the same can be read.
    let ground = Ground::new(catalogue, policy, Audience::UserType(UserTypeId(0)), &[]);
    for grant in &policy.grants {
        let Some(module) = catalogue.module(grant.module) else {
            faults.push(Fault::NoSuchModule(grant.module));
            continue;
        };
        check_actions(module, grant, &mut faults);
        check_fields(module, grant, &mut faults);
        check_mandatory(&ground, module, grant, &mut faults);
        let lost: Vec<Fault> = ground.lost(module, grant).collect();
        match ground.records(grant, &[]) {
            Err(fault) if !lost.contains(&fault) => faults.push(fault),
            _ => {}
        }
        faults.extend(lost);
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
    let own = |g: &Grant| g.scope == Scope::Own && g.is_plain();
    if !policy.grants_for(policy.personality).any(own) {
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
    if a.link && !(a.edit || a.edit_shared) {
        faults.push(Fault::LinkWithoutEdit(module.api_name.clone()));
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

fn check_mandatory(ground: &Ground, module: &Module, grant: &Grant, faults: &mut Vec<Fault>) {
    let grows = !matches!(grant.scope, Scope::Own | Scope::Public | Scope::Shared);
    if !grant.actions.create || !grows {
        return;
    }
    faults.extend(ground.out_of_reach(grant, module).map(|field| Fault::MandatoryOutOfReach {
        module: module.api_name.clone(),
        field: field.api_name.clone(),
    }));
}
