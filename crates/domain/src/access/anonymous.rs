//! Anonymous: what visitors see who are not signed in. A small policy of its own: it is no part of any user type's.

use serde::{Deserialize, Serialize};

use super::ceiling::{Audience, Ceiling};
use super::check::Fault;
use super::compile::Ground;
use super::criteria::Criteria;
use super::plan::Plan;
use super::policy::{Actions, FieldAccess, FieldGrant, Grant, Policy, Scope};
use crate::ids::{FieldId, ModuleId};
use crate::modules::{Catalogue, Module};

/// What visitors who are not signed in see of one module. They view, and do nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnonymousGrant {
    pub module: ModuleId,
    /// Only records that are like this. None: every record, which somebody has said in so many words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criteria: Option<Criteria>,
    /// The only fields that exist for visitors. The first of them are the list's columns.
    pub fields: Vec<FieldId>,
    /// How many records may be within reach: nothing comes into force that opens more.
    pub at_most: u32,
}

/// How many columns a list has.
const COLUMNS: usize = 6;

impl AnonymousGrant {
    /// The same as a grant of any policy: what pages are arranged by.
    #[must_use]
    pub fn grant(&self, module: &Module) -> Grant {
        let field = |field: &FieldId| FieldGrant {
            field: *field,
            access: FieldAccess::ReadOnly,
            names: false,
        };
        Grant {
            criteria: self.criteria.clone(),
            actions: Actions {
                view: true,
                ..Actions::default()
            },
            fields: self.fields.iter().map(field).collect(),
            layouts: module.layouts.iter().map(|l| l.id).collect(),
            view: module.views.first().map(|v| v.id),
            columns: self.fields.iter().copied().take(COLUMNS).collect(),
            ..Grant::new(self.module, Scope::Public)
        }
    }

    /// Whether this shows no more than `old` did, plainly.
    pub(super) fn is_narrower_than(&self, old: &Self) -> bool {
        let mut same = old.clone();
        // A condition where there was none leaves fewer records.
        if same.criteria.is_none() {
            same.criteria.clone_from(&self.criteria);
        }
        same.fields.retain(|field| self.fields.contains(field));
        same.at_most = same.at_most.min(self.at_most);
        let order = |grant: &Self| {
            let mut sorted = grant.clone();
            sorted.fields.sort_unstable();
            sorted
        };
        order(&same) == order(self)
    }

    fn check(&self, catalogue: &Catalogue) -> Vec<Fault> {
        let Some(module) = catalogue.module(self.module) else {
            return vec![Fault::NoSuchModule(self.module)];
        };
        let name = || module.api_name.clone();
        let mut faults = Vec::new();
        for (at, id) in self.fields.iter().enumerate() {
            match module.field(*id) {
                None => faults.push(Fault::NoSuchField {
                    module: name(),
                    field: id.0,
                }),
                Some(field) if self.fields.iter().take(at).any(|before| before == id) => faults.push(Fault::FieldTwice {
                    module: name(),
                    field: field.api_name.clone(),
                }),
                Some(_) => {}
            }
        }
        if self.fields.is_empty() {
            faults.push(Fault::NoFields(name()));
        }
        if self.at_most == 0 {
            faults.push(Fault::NothingWithinReach(name()));
        }
        faults.extend(self.criteria_fault(module));
        faults
    }

    /// What is wrong with the criteria. Nobody is asking: they cannot speak of the one who asks.
    fn criteria_fault(&self, module: &Module) -> Option<Fault> {
        let criteria = self.criteria.as_ref()?;
        match criteria.compile(module) {
            Err(fault) => Some(fault),
            Ok(_) if criteria.asks_for_me() => Some(Fault::NobodyAsks(module.api_name.clone())),
            Ok(_) => None,
        }
    }
}

/// All faults of what visitors are shown; none means that it can be published.
#[must_use]
pub fn check_anonymous(catalogue: &Catalogue, grants: &[AnonymousGrant]) -> Vec<Fault> {
    let mut faults: Vec<Fault> = grants.iter().flat_map(|g| g.check(catalogue)).collect();
    for (at, grant) in grants.iter().enumerate() {
        let twice = grants.iter().take(at).any(|before| before.module == grant.module);
        let module = catalogue.module(grant.module).filter(|_| twice);
        faults.extend(module.map(|m| Fault::ModuleTwice(m.api_name.clone())));
    }
    faults
}

/// The plans of visitors: one for each module of which they see something. What has become invalid since it was published
/// shows nothing.
pub(super) fn compile(catalogue: &Catalogue, grants: &[AnonymousGrant], ceilings: &[Ceiling]) -> Vec<Plan> {
    let sound = grants.iter().filter_map(|grant| {
        let module = catalogue.module(grant.module)?;
        grant.criteria_fault(module).is_none().then(|| grant.grant(module))
    });
    let policy = Policy {
        // Nobody is a visitor's own record.
        personality: ModuleId(0),
        grants: sound.collect(),
    };
    let ground = Ground::new(catalogue, &policy, Audience::Anonymous, ceilings);
    let modules = catalogue.modules().filter(|m| policy.grant(m.id).is_some());
    modules.filter_map(|m| ground.plan(m, &std::collections::BTreeSet::new())).collect()
}
