//! Whether a change of policies lets anybody see or do more. Judged by structure alone, and with suspicion: what is not
//! plainly the same or less counts as more, whatever it would turn out to mean.

use super::anonymous::AnonymousGrant;
use super::ceiling::Audience;
use super::document::PolicySet;
use super::policy::{Actions, FieldAccess, FieldGrant, Grant, Policy, Scope};
use crate::ids::ModuleId;

/// Where a change lets people see or do more, or may do so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Widening {
    /// None: it is about all of them.
    pub audience: Option<Audience>,
    /// None: it is about the audience as a whole.
    pub module: Option<ModuleId>,
}

/// Everywhere that `new` is not plainly the same as `old` or less. Give it what is in force alone: a user type that is
/// closed has no policy.
#[must_use]
pub fn widenings(old: &PolicySet, new: &PolicySet) -> Vec<Widening> {
    let mut found = Vec::new();
    // A ceiling more takes something away; one that is gone or another one may give.
    let mut same = old.with_types_of(new);
    same.anonymous.clone_from(&new.anonymous);
    same.sign_ups.clone_from(&new.sign_ups);
    if old.ceilings.iter().all(|c| new.ceilings.contains(c)) {
        same.ceilings.clone_from(&new.ceilings);
    }
    if same != *new {
        found.push(Widening {
            audience: None,
            module: None,
        });
    }
    for (id, policy) in new.policies().filter(|(id, _)| !old.agrees(new, *id)) {
        let modules = match old.get(id) {
            None if policy.grants.is_empty() => Vec::new(),
            Some(before) if is_same_but_grants(before, policy) => widened(before, policy).map(Some).collect(),
            _ => vec![None],
        };
        found.extend(modules.into_iter().map(|module| Widening {
            audience: Some(Audience::UserType(id)),
            module,
        }));
    }
    let covered = |grant: &AnonymousGrant| old.anonymous.iter().any(|before| grant.is_narrower_than(before));
    let more = new.anonymous.iter().filter(|grant| !covered(grant));
    found.extend(more.map(|grant| Widening {
        audience: Some(Audience::Anonymous),
        module: Some(grant.module),
    }));
    let opened = new.sign_ups.iter().filter(|form| !form.is_covered(&old.sign_ups));
    found.extend(opened.map(|form| Widening {
        audience: Some(Audience::UserType(form.user_type)),
        module: None,
    }));
    found
}

/// Compared as a whole, so that what a policy may hold one day beside its grants is not overlooked.
fn is_same_but_grants(old: &Policy, new: &Policy) -> bool {
    let mut same = old.clone();
    same.grants.clone_from(&new.grants);
    same == *new
}

fn widened(old: &Policy, new: &Policy) -> impl Iterator<Item = ModuleId> {
    new.grants.iter().filter(|grant| !is_covered(old, grant)).map(|grant| grant.module)
}

/// Whether one of the old grants allowed as much. A module of which the policy says that it is not granted was not,
/// whatever stands there.
fn is_covered(old: &Policy, grant: &Grant) -> bool {
    old.grant(grant.module).is_some() && old.grants.iter().any(|before| is_narrower(before, grant))
}

/// Whether `new` is `old`, less some of what can be taken away. The rest must be equal, what is added one day included.
fn is_narrower(old: &Grant, new: &Grant) -> bool {
    let less = is_within(&old.scope, &new.scope)
        && are_fewer(acting(old), acting(new))
        && new.fields.iter().all(|field| old.fields.iter().any(|f| is_less(*f, *field)));
    let mut same = old.clone();
    // A condition where there was none leaves fewer records or people.
    if same.criteria.is_none() {
        same.criteria.clone_from(&new.criteria);
    }
    if same.people.is_none() {
        same.people.clone_from(&new.people);
    }
    same.scope.clone_from(&new.scope);
    same.actions = new.actions;
    same.fields.clone_from(&new.fields);
    // These only arrange what the fields allow: a list has no column and a page no place for a field that is not granted.
    same.layouts.clone_from(&new.layouts);
    same.view = new.view;
    same.columns.clone_from(&new.columns);
    less && same == *new
}

fn is_within(old: &Scope, new: &Scope) -> bool {
    match (old, new) {
        (Scope::Related { via: old }, Scope::Related { via: new }) => new.iter().all(|v| old.contains(v)),
        _ => old == new,
    }
}

/// What a grant allows to do. One's own record is edited with either of the two rights, so it makes no difference which.
fn acting(grant: &Grant) -> Actions {
    let either = grant.actions.edit || grant.actions.edit_shared;
    match grant.scope {
        Scope::Own => Actions {
            edit: either,
            edit_shared: either,
            ..grant.actions
        },
        _ => grant.actions,
    }
}

fn are_fewer(old: Actions, new: Actions) -> bool {
    let mut both = old;
    both.view &= new.view;
    both.create &= new.create;
    both.edit &= new.edit;
    both.edit_shared &= new.edit_shared;
    both.delete &= new.delete;
    both.link &= new.link;
    both == new
}

fn is_less(old: FieldGrant, new: FieldGrant) -> bool {
    let mut less = old;
    less.names &= new.names;
    if new.access == FieldAccess::ReadOnly {
        less.access = FieldAccess::ReadOnly;
    }
    less == new
}

#[cfg(test)]
mod tests;
