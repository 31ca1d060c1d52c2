//! Random policies and ceilings that pass the check before publishing.

use std::collections::BTreeMap;

use domain::access::{
    Actions, AnonymousGrant, Bound, Ceiling, Criteria, FieldAccess, FieldGrant, Forbidden, Grant, Hop, Policy, Scope, Wanted, check,
    check_anonymous, check_ceilings,
};
use domain::ids::{FieldId, ModuleId, UserTypeId};
use domain::modules::{Catalogue, Field, FieldKind, Module, Storage};
use domain::records::Operator;

use crate::asks::OPERATORS;
use crate::dice::Dice;
use crate::values::pool;
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
    widen(dice, catalogue, &mut policy);
    assert_eq!(
        check(catalogue, &policy),
        [],
        "the generator makes only policies that may be published"
    );
    policy
}

/// Further grants, with longer paths and conditions; those that may not be published are thrown away.
fn widen(dice: &mut Dice, catalogue: &Catalogue, policy: &mut Policy) {
    let home = catalogue.module(policy.personality).unwrap();
    for module in catalogue.modules() {
        for _ in 0..dice.between(0, 2) {
            let scope = scope(dice, catalogue, policy.personality, module);
            let mut more = grant(dice, module, scope);
            if dice.chance(40) {
                more.criteria = Some(criteria(dice, module, 2));
            }
            if dice.chance(20) {
                more.people = Some(criteria(dice, home, 1));
            }
            if more.scope == Scope::Public {
                more.actions = Actions {
                    view: true,
                    ..Actions::default()
                };
            }
            let at = dice.below(policy.grants.len() + 1);
            policy.grants.insert(at, more);
            if !check(catalogue, policy).is_empty() {
                policy.grants.remove(at);
            }
        }
    }
}

fn scope(dice: &mut Dice, catalogue: &Catalogue, personality: ModuleId, module: &Module) -> Scope {
    let lookups = pointing(module, |_| true);
    match dice.below(9) {
        8 => Scope::Attached,
        0 => Scope::Created,
        1 => Scope::Shared,
        2 => Scope::Public,
        3 | 4 => Scope::ChildrenOf { via: dice.one(&lookups) },
        5 => account(dice, catalogue, personality, module),
        _ => Scope::Path {
            hops: walk(dice, catalogue, personality, module.id, 4),
        },
    }
}

fn account(dice: &mut Dice, catalogue: &Catalogue, personality: ModuleId, module: &Module) -> Scope {
    let home = catalogue.module(personality).unwrap();
    let account = home.field(dice.one(&pointing(home, |_| true))).unwrap();
    let target = account.kind.target().unwrap();
    let accounts = catalogue.module(target).unwrap();
    let parents: Vec<FieldId> = accounts
        .fields
        .iter()
        .filter(|f| f.kind == FieldKind::Lookup { module: target })
        .map(|f| f.id)
        .collect();
    Scope::Account {
        account: account.id,
        parent: (!parents.is_empty() && dice.chance(70)).then(|| dice.one(&parents)),
        hops: if target == module.id && dice.chance(50) {
            Vec::new()
        } else {
            walk(dice, catalogue, target, module.id, 3)
        },
    }
}

/// Random hops from a module, stopping where the wanted one is reached.
fn walk(dice: &mut Dice, catalogue: &Catalogue, from: ModuleId, to: ModuleId, most: usize) -> Vec<Hop> {
    let (mut at, mut hops) = (from, Vec::new());
    while hops.len() < most && (hops.is_empty() || at != to) {
        let here = catalogue.module(at).unwrap();
        let mut on: Vec<(Hop, ModuleId)> = Vec::new();
        on.extend(here.fields.iter().filter_map(|f| Some((Hop::To(f.id), f.kind.target()?))));
        let back = catalogue.modules().flat_map(|m| &m.fields).filter(|f| f.kind.target() == Some(at));
        on.extend(back.map(|f| (Hop::From(f.id), f.module)));
        let near: Vec<(Hop, ModuleId)> = on.iter().copied().filter(|(_, module)| *module == to).collect();
        let (hop, module) = if near.is_empty() || dice.chance(30) {
            dice.one(&on)
        } else {
            dice.one(&near)
        };
        hops.push(hop);
        at = module;
    }
    hops
}

fn criteria(dice: &mut Dice, module: &Module, depth: usize) -> Criteria {
    let parts = |dice: &mut Dice| (0..dice.between(1, 3)).map(|_| criteria(dice, module, depth - 1)).collect();
    match dice.below(if depth == 0 { 2 } else { 4 }) {
        2 => Criteria::All(parts(dice)),
        3 => Criteria::Any(parts(dice)),
        _ => condition(dice, module),
    }
}

/// A condition; often the operator does not fit the field, and the grant is thrown away.
fn condition(dice: &mut Dice, module: &Module) -> Criteria {
    let fields: Vec<&Field> = module.fields.iter().filter(|f| f.kind.storage() != Storage::Links).collect();
    let field = dice.one(&fields);
    let operator = dice.one(&OPERATORS);
    let values = pool(&field.kind);
    let value = match operator {
        Operator::Empty | Operator::NotEmpty => Wanted::Nothing,
        _ if values.is_empty() => Wanted::Me,
        _ if dice.chance(30) => dice.one(&[Wanted::Me, Wanted::Today(0), Wanted::Today(-10_319), Wanted::Today(1)]),
        _ => Wanted::Text(dice.one(&values).to_text(&field.kind)),
    };
    Criteria::Is {
        field: field.id,
        operator,
        value,
    }
}

pub fn ceilings(dice: &mut Dice, catalogue: &Catalogue, types: &[UserTypeId]) -> Vec<Ceiling> {
    let mut found = Vec::new();
    for module in catalogue.modules().filter(|_| dice.chance(25)).collect::<Vec<_>>() {
        let forbids = match dice.below(4) {
            0 => Forbidden::Records(criteria(dice, module, 2)),
            1 => Forbidden::Fields(dice.some(&module.fields, 30).iter().map(|f| f.id).collect()),
            2 => Forbidden::Actions(Actions {
                view: dice.chance(10),
                create: dice.chance(50),
                edit: dice.chance(50),
                edit_shared: dice.chance(50),
                delete: dice.chance(50),
                link: dice.chance(50),
            }),
            _ if dice.chance(20) => Forbidden::Module,
            _ => continue,
        };
        let binds = match dice.below(4) {
            0 => Bound::Everybody,
            3 => Bound::Anonymous,
            1 => Bound::Only(dice.some(types, 50)),
            _ => Bound::AllBut(dice.some(types, 50)),
        };
        let ceiling = Ceiling {
            name: format!("Over {}", module.api_name),
            binds,
            module: module.id,
            forbids,
        };
        if check_ceilings(catalogue, std::slice::from_ref(&ceiling)).is_empty() {
            found.push(ceiling);
        }
    }
    found
}

/// What visitors see, as far as it may be published.
pub fn anonymous(dice: &mut Dice, catalogue: &Catalogue) -> Vec<AnonymousGrant> {
    let mut found = Vec::new();
    for module in catalogue.modules() {
        if !dice.chance(60) {
            continue;
        }
        let shown = AnonymousGrant {
            module: module.id,
            criteria: dice.chance(60).then(|| criteria(dice, module, 2)),
            fields: dice.some(&module.fields, 50).iter().map(|f| f.id).collect(),
            at_most: 1000,
        };
        found.push(shown);
        if !check_anonymous(catalogue, &found).is_empty() {
            found.pop();
        }
    }
    found
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
    let (edit, edit_shared) = (act(50), act(50));
    let actions = Actions {
        view: true,
        create: act(50),
        edit,
        edit_shared,
        delete: act(50),
        link: (edit || edit_shared) && act(30),
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
        actions,
        fields: fields.collect(),
        ..Grant::new(module.id, scope)
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
