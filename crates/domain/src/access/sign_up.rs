//! Signing up: the form by which people ask to become portal users, and what it can do.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ceiling::{Audience, Ceiling, Over};
use super::check::Fault;
use super::document::PolicySet;
use super::plan::{Column, Creation, Plan};
use super::policy::{Actions, Policy};
use super::predicate::Predicate;
use crate::ids::{FieldId, UserTypeId};
use crate::modules::{Catalogue, Field, FieldKind, Module};

/// The form by which people ask to come into a user type. Their e-mail address it always asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    pub user_type: UserTypeId,
    pub admission: Admission,
    /// What else is asked: fields of the module of the people, in this order.
    pub fields: Vec<FieldId>,
}

/// Who decides whether somebody who signed up comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Admission {
    /// An employee, for each of them.
    Checked,
    /// Nobody: whoever proves an address comes in, as a new record.
    Open,
}

impl Admission {
    /// The admission as files and forms name it: `checked`, `open`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Checked => "checked",
            Self::Open => "open",
        }
    }
}

impl SignUp {
    /// Whether it lets nobody in whom one of `before` did not let in too. What employees check opens nothing.
    pub(super) fn is_covered(&self, before: &[Self]) -> bool {
        let was_open = |b: &Self| b.user_type == self.user_type && b.admission == Admission::Open;
        self.admission == Admission::Checked || before.iter().any(was_open)
    }

    fn check(&self, module: &Module, policy: &Policy) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (at, id) in self.fields.iter().enumerate() {
            let twice = self.fields.iter().take(at).any(|before| before == id);
            faults.extend(self.field_fault(module, policy, *id, twice));
        }
        let missing = module
            .fields
            .iter()
            .filter(|f| f.required && !f.kind.is_given() && !self.asks(module, f));
        faults.extend(missing.map(|field| Fault::NotAsked {
            module: module.api_name.clone(),
            field: field.api_name.clone(),
        }));
        faults
    }

    fn asks(&self, module: &Module, field: &Field) -> bool {
        self.fields.contains(&field.id) || module.email_field().is_some_and(|f| f.id == field.id)
    }

    fn field_fault(&self, module: &Module, policy: &Policy, id: FieldId, twice: bool) -> Option<Fault> {
        let name = module.api_name.clone();
        let Some(field) = module.field(id) else {
            return Some(Fault::NoSuchField { module: name, field: id.0 });
        };
        let decides = policy.grants.iter().filter_map(|g| g.people.as_ref()).any(|people| {
            let mut asked = Vec::new();
            people.fields(&mut asked);
            asked.contains(&id)
        });
        let always = module.email_field().is_some_and(|f| f.id == id);
        let (module, field_name) = (name, field.api_name.clone());
        if twice || always {
            Some(Fault::FieldTwice { module, field: field_name })
        } else if !is_askable(field) {
            Some(Fault::NotAskable { module, field: field_name })
        } else if decides && self.admission == Admission::Open {
            Some(Fault::DecidesAboutThem { module, field: field_name })
        } else {
            None
        }
    }

    /// The plan of the form: it makes records with what it asks for, and sees of those that are there their addresses, to
    /// know whether somebody is one of them already. Whoever fills it in is shown nothing of this.
    fn plan(&self, module: &Arc<Module>, over: Over<'_>) -> Option<Plan> {
        let email = module.email_field()?;
        let asked = self.fields.iter().filter_map(|id| module.field(*id));
        let asked: Vec<&Field> = std::iter::once(email).chain(asked).collect();
        let closed = asked.iter().any(|f| !over.leaves(module.id, f.id));
        let may = over.actions(
            module.id,
            Actions {
                view: true,
                ..Actions::default()
            },
        );
        let records = over.records(module);
        if closed || !may.view || records == Predicate::Never {
            return None;
        }
        let column = |field: &&Field| Column {
            field: Arc::new((*field).clone()),
            readable: if field.id == email.id {
                Predicate::Always
            } else {
                Predicate::Never
            },
            changeable: Predicate::Never,
            lookup: None,
            parents: Vec::new(),
        };
        Some(Plan {
            module: Arc::clone(module),
            columns: asked.iter().map(column).collect(),
            view: Predicate::Always,
            edit: Predicate::Never,
            delete: Predicate::Never,
            creations: vec![Creation {
                records,
                settable: asked.iter().map(|f| f.id).collect(),
                anchored: Vec::new(),
                shown: None,
                complete: true,
            }],
            shown_beside: BTreeSet::new(),
        })
    }
}

/// Whether strangers can be asked for a field. A look-up would say to which company they belong, an owner who works for
/// them; and what is unique would tell them what others have.
#[must_use]
pub fn is_askable(field: &Field) -> bool {
    let leads = field.kind.target().is_some() || field.kind == FieldKind::Parent;
    let free = !field.kind.is_given() && !field.unique && !leads;
    free && !matches!(
        field.kind,
        FieldKind::Owner { .. } | FieldKind::File | FieldKind::Image | FieldKind::Attachment | FieldKind::RichText { .. }
    )
}

/// All faults of the forms; none means that they can be published.
#[must_use]
pub fn check_sign_ups(catalogue: &Catalogue, set: &PolicySet) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (at, form) in set.sign_ups.iter().enumerate() {
        let policy = set.get(form.user_type);
        let module = policy
            .and_then(|p| catalogue.module(p.personality))
            .filter(|m| m.email_field().is_some());
        match (policy, module) {
            (Some(policy), Some(module)) => faults.extend(form.check(module, policy)),
            _ => faults.push(Fault::NobodySignsUp(form.user_type)),
        }
        if set.sign_ups.iter().take(at).any(|before| before.user_type == form.user_type) {
            faults.push(Fault::FormTwice(form.user_type));
        }
    }
    faults
}

/// The plans of the forms. One that has become invalid since it was published is closed.
pub(super) fn compile<'p>(
    catalogue: &Catalogue,
    forms: &[SignUp],
    ceilings: &[Ceiling],
    policy: impl Fn(UserTypeId) -> Option<&'p Policy>,
) -> Vec<(UserTypeId, Plan)> {
    let plan = |form: &SignUp| {
        let policy = policy(form.user_type)?;
        let module = catalogue.module(policy.personality)?;
        let over = Over::new(ceilings, Audience::UserType(form.user_type));
        let sound = form.check(module, policy).is_empty();
        Some((form.user_type, form.plan(module, over).filter(|_| sound)?))
    };
    forms.iter().filter_map(plan).collect()
}
