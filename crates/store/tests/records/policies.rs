//! Random policies that pass the check before publishing.

use std::collections::BTreeMap;

use domain::access::{Actions, FieldAccess, FieldGrant, Grant, Policy, Scope, check};
use domain::ids::{FieldId, ModuleId};
use domain::modules::{Catalogue, Module};

use crate::dice::Dice;
use crate::world::{EMPLOYEES, PEOPLE};

pub fn random(dice: &mut Dice, catalogue: &Catalogue) -> Policy {
    let personality = if dice.chance(75) { PEOPLE } else { EMPLOYEES };
    let mut scopes = BTreeMap::from([(personality, Scope::Own)]);
    let straight = straight(dice, catalogue, personality);
    for module in catalogue.modules().filter(|m| m.id != personality) {
        let mut via = straight.get(&module.id).cloned().unwrap_or_default();
        via.extend(dice.some(
            &pointing(module, |target| target != personality && straight.contains_key(&target)),
            50,
        ));
        if !via.is_empty() {
            scopes.insert(module.id, Scope::Related { via });
        } else if dice.chance(35) {
            scopes.insert(module.id, Scope::Public);
        }
    }
    let grants = scopes
        .into_iter()
        .map(|(id, scope)| grant(dice, catalogue.module(id).unwrap(), scope))
        .collect();
    let mut policy = Policy { personality, grants };
    close_some(dice, catalogue, &mut policy);
    assert_eq!(
        check(catalogue, &policy),
        [],
        "the generator makes only policies that may be published"
    );
    policy
}

/// Look-ups of every sort to modules that fit.
fn pointing(module: &Module, fits: impl Fn(ModuleId) -> bool) -> Vec<FieldId> {
    let fields = module.fields.iter().filter(|f| f.kind.target().is_some_and(&fits));
    fields.map(|f| f.id).collect()
}

fn straight(dice: &mut Dice, catalogue: &Catalogue, personality: ModuleId) -> BTreeMap<ModuleId, Vec<FieldId>> {
    let mut found = BTreeMap::new();
    for module in catalogue.modules().filter(|m| m.id != personality) {
        let via = pointing(module, |target| target == personality);
        if !via.is_empty() && dice.chance(75) {
            found.insert(module.id, dice.some_at_least_one(&via, 60));
        }
    }
    found
}

fn grant(dice: &mut Dice, module: &Module, scope: Scope) -> Grant {
    let mut act = |percent| scope != Scope::Public && dice.chance(percent);
    let actions = Actions {
        view: true,
        create: act(50),
        edit: act(50),
        edit_shared: act(50),
        delete: act(50),
    };
    let percent = dice.one(&[30, 60, 100]);
    let known = dice.some(&module.fields, percent);
    let fields = known.iter().map(|field| FieldGrant {
        field: field.id,
        access: if field.kind.is_given() || dice.chance(50) {
            FieldAccess::ReadOnly
        } else {
            FieldAccess::ReadWrite
        },
        names: field.kind.target().is_some() && dice.chance(30),
    });
    Grant {
        module: module.id,
        scope: scope.clone(),
        actions,
        fields: fields.collect(),
        layouts: Vec::new(),
        view: None,
        columns: Vec::new(),
    }
}

/// A grant without `view` is a closed one. Those that other paths need stay open.
fn close_some(dice: &mut Dice, catalogue: &Catalogue, policy: &mut Policy) {
    for n in 0..policy.grants.len() {
        if !dice.chance(8) {
            continue;
        }
        let before = policy.grants[n].actions;
        policy.grants[n].actions = Actions::default();
        if !check(catalogue, policy).is_empty() {
            policy.grants[n].actions = before;
        }
    }
}
