//! What a published policy comes to after the metadata changed, and when it was never checked: less, never more.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::access::{Actions, PlanKey, Plans, Policy, Predicate, Scope, Target, compile, staff};
use domain::ids::ModuleId;
use domain::modules::{FieldKind, Module};

use crate::house::{
    ACCOUNT, ACCOUNTS, ALL, AMOUNT, CLIENTS, CONTACT, CONTACTS, LINES, NO_FIELD, NUMBER, ORDER, ORDERS, PARCELS, PARTNER_TYPE, PARTNERS,
    SUBJECT, bind, catalogue, changed, client, field, grant, plans_of, policy, related, write,
};

fn view(catalogue: domain::modules::Catalogue, policy: Policy, module: ModuleId) -> Option<Predicate> {
    bind(catalogue, policy, module).map(|access| access.plan().view().clone())
}

fn to_me(field: domain::ids::FieldId) -> Predicate {
    Predicate::Refers {
        field,
        target: Target::Anchor,
    }
}

fn retarget(modules: &mut [Module], field: domain::ids::FieldId, kind: &FieldKind) {
    for f in modules.iter_mut().flat_map(|m| &mut m.fields).filter(|f| f.id == field) {
        f.kind = kind.clone();
    }
}

#[test]
fn i18_a_path_whose_look_up_has_vanished_shows_nothing() {
    let gone = || changed(|m| m[2].fields.retain(|f| f.id != CONTACT));
    assert_eq!(view(gone(), policy(), ORDERS), None);
    assert_eq!(view(gone(), policy(), LINES), None, "nor does what led over it");
    assert!(view(gone(), policy(), CONTACTS).is_some(), "the rest keeps its meaning");
}

#[test]
fn i18_a_path_whose_look_up_points_elsewhere_shows_nothing() {
    for elsewhere in [
        FieldKind::Lookup { module: ACCOUNTS },
        FieldKind::Lookup { module: ModuleId(99) },
        FieldKind::Integer,
    ] {
        let turned = || changed(|m| retarget(m, CONTACT, &elsewhere));
        assert_eq!(view(turned(), policy(), ORDERS), None, "{elsewhere:?}");
        assert_eq!(view(turned(), policy(), LINES), None, "{elsewhere:?}");
    }
}

#[test]
fn of_two_paths_the_whole_one_is_left() {
    let mut two = policy();
    two.grants[1].scope = related(&[CONTACT, PARTNERS]);
    let gone = changed(|m| m[2].fields.retain(|f| f.id != PARTNERS));
    assert_eq!(view(gone, two, ORDERS), Some(to_me(CONTACT)));
}

#[test]
fn i18_a_path_over_a_module_that_is_gone_or_closed_shows_nothing() {
    assert_eq!(view(changed(|m| drop(m.remove(2))), policy(), LINES), None);
    let mut closed = policy();
    closed.grants[1].actions = Actions::default();
    assert_eq!(view(catalogue(), closed, LINES), None);
    let mut public = policy();
    public.grants[1].scope = Scope::Public;
    assert_eq!(view(catalogue(), public, LINES), None, "everybody's orders are not mine");
}

#[test]
fn a_field_that_vanished_or_was_never_named_is_no_column() {
    let gone = changed(|m| m[2].fields.retain(|f| f.id != AMOUNT));
    let access = bind(gone, policy(), ORDERS).unwrap();
    assert!(access.plan().column(AMOUNT).is_none());
    let added = changed(|m| m[2].fields.push(field(ORDERS, NO_FIELD, FieldKind::Integer)));
    let access = bind(added, policy(), ORDERS).unwrap();
    assert!(access.plan().column(NO_FIELD).is_none() && access.plan().column_named("F999").is_none());
}

#[test]
fn i18_a_policy_that_was_never_checked_does_not_open_more() {
    let mut public = policy();
    public.grants[2].scope = Scope::Public;
    let plan = bind(catalogue(), public, LINES).unwrap();
    let plan = plan.plan();
    assert_eq!(
        (plan.edit(), plan.delete(), plan.may_create()),
        (&Predicate::Never, &Predicate::Never, false)
    );

    let mut twice = policy();
    twice.grants.push(grant(ORDERS, Scope::Public, &[SUBJECT]));
    assert_eq!(view(catalogue(), twice.clone(), ORDERS), Some(Predicate::Always));
    assert_eq!(
        view(catalogue(), twice, LINES),
        view(catalogue(), policy(), LINES),
        "lines follow what is related"
    );

    let mut own = policy();
    own.grants[2].scope = Scope::Own;
    assert_eq!(view(catalogue(), own, LINES), None);

    let mut blind = policy();
    blind.grants[1].actions = Actions { view: false, ..ALL };
    assert!(bind(catalogue(), blind, ORDERS).is_none());
}

#[test]
fn who_may_not_fill_a_mandatory_field_may_not_create() {
    let strict = || {
        changed(|m| {
            for f in &mut m[2].fields {
                f.required |= f.id == ACCOUNT;
            }
        })
    };
    assert!(!bind(strict(), policy(), ORDERS).unwrap().plan().may_create());
    let mut filled = policy();
    filled.grants[1].fields.push(write(ACCOUNT));
    assert!(bind(strict(), filled, ORDERS).unwrap().plan().may_create());
}

/// Partners see orders by the look-up `PARTNERS`; clients may write it, but not once the order is made.
#[test]
fn a_look_up_over_which_another_type_sees_cannot_be_changed() {
    let partners = Policy {
        personality: CONTACTS,
        grants: vec![grant(CONTACTS, Scope::Own, &[]), grant(ORDERS, related(&[PARTNERS]), &[SUBJECT])],
    };
    let alone = bind(catalogue(), policy(), ORDERS).unwrap();
    assert!(alone.plan().may_change(PARTNERS), "while nobody sees anything by it");
    let both = plans_of(catalogue(), &[(CLIENTS, policy()), (PARTNER_TYPE, partners)]);
    let access = both.bind(client(), ORDERS).unwrap();
    assert!(access.plan().may_set(PARTNERS) && !access.plan().may_change(PARTNERS));
    assert!(access.plan().may_change(SUBJECT));
    assert_eq!(
        access.plan().creations()[0].anchored,
        [CONTACT],
        "a new order becomes the client's, not the partner's"
    );
}

#[test]
fn the_record_behind_a_look_up_is_shown_where_it_is_shown_itself() {
    let lookup = |policy: Policy, module, id| {
        let access = bind(catalogue(), policy, module).unwrap();
        access.plan().column(id).unwrap().lookup.clone().unwrap()
    };
    let to_order = lookup(policy(), LINES, ORDER);
    assert_eq!((to_order.visible, to_order.named), (to_me(CONTACT), Predicate::Always));
    let mut nameless = policy();
    nameless.grants[1].fields.retain(|f| f.field != SUBJECT);
    assert_eq!(
        lookup(nameless, LINES, ORDER).named,
        Predicate::Never,
        "the name is made of a hidden field"
    );
    let mut account = policy();
    account.grants[1].fields.push(write(ACCOUNT));
    let to_account = lookup(account, ORDERS, ACCOUNT);
    assert_eq!((to_account.visible, to_account.named), (Predicate::Never, Predicate::Never));
}

#[test]
fn an_employee_sees_behind_look_ups_only_modules_of_the_profile() {
    let catalogue = catalogue();
    let plan = staff(&catalogue, catalogue.module(ORDERS).unwrap(), ALL, |module| module != CONTACTS).unwrap();
    let lookup = |id| plan.column(id).unwrap().lookup.clone().unwrap();
    for id in [CONTACT, PARTNERS] {
        assert_eq!((lookup(id).visible, lookup(id).named), (Predicate::Never, Predicate::Never));
    }
    assert_eq!(
        (lookup(ACCOUNT).visible, lookup(ACCOUNT).named),
        (Predicate::Always, Predicate::Always)
    );
}

#[test]
fn an_employee_does_what_the_profile_allows_on_every_field_but_given_ones() {
    let catalogue = catalogue();
    let with = |set: fn(&mut Actions)| {
        let mut actions = Actions {
            view: true,
            ..Actions::default()
        };
        set(&mut actions);
        staff(&catalogue, catalogue.module(ORDERS).unwrap(), actions, |_| true)
    };
    let looks = with(|_| {}).unwrap();
    assert_eq!(
        (looks.view(), looks.edit(), looks.delete()),
        (&Predicate::Always, &Predicate::Never, &Predicate::Never)
    );
    assert!(!looks.may_create() && looks.columns().iter().all(|c| c.changeable == Predicate::Never));
    let edits = with(|a| a.edit = true).unwrap();
    assert_eq!((edits.edit(), edits.delete()), (&Predicate::Always, &Predicate::Never));
    assert!(edits.may_change(SUBJECT) && !edits.may_change(NUMBER), "a number is given");
    let makes = with(|a| (a.create, a.delete) = (true, true)).unwrap();
    assert!(makes.may_create() && *makes.delete() == Predicate::Always);
    assert!(makes.may_set(SUBJECT) && !makes.may_set(NUMBER) && !makes.may_change(SUBJECT));
    assert!(
        with(|a| (a.view, a.edit) = (false, true)).is_none(),
        "what is not seen is not there"
    );
}

#[test]
fn i01_nothing_granted_is_nothing() {
    let empty = Policy {
        personality: CONTACTS,
        grants: Vec::new(),
    };
    assert!(compile(&catalogue(), &empty, CLIENTS, &[], &BTreeSet::new()).is_empty());
    for module in [ACCOUNTS, PARCELS] {
        assert!(bind(catalogue(), policy(), module).is_none());
    }
    let plans = plans_of(catalogue(), &[(CLIENTS, policy())]);
    let stranger = domain::access::Viewer {
        key: domain::access::PlanKey::UserType(PARTNER_TYPE),
        ..client()
    };
    assert!(plans.bind(stranger, ORDERS).is_none(), "a type without a policy");
}

/// Whoever looks as a client sees no more of it than their own profile shows: not the module, and not behind a look-up.
#[test]
fn plans_seen_by_somebody_leave_out_what_that_one_does_not_see() {
    let plans = plans_of(catalogue(), &[(CLIENTS, policy())]);
    let key = PlanKey::UserType(CLIENTS);
    let all = plans.seen_by(key, |_| true);
    let without_orders = plans.seen_by(key, |module| module != ORDERS);
    for module in [CONTACTS, ORDERS, LINES] {
        assert!(all.plan(key, module).is_some(), "{module}");
        assert_eq!(without_orders.plan(key, module).is_some(), module != ORDERS);
    }
    let lookup = |plans: &Plans| plans.plan(key, LINES).unwrap().column(ORDER).unwrap().lookup.clone().unwrap();
    assert_ne!(lookup(&all).visible, Predicate::Never);
    let hidden = lookup(&without_orders);
    assert_eq!([hidden.visible, hidden.named, hidden.names_only], [const { Predicate::Never }; 3]);
    assert_eq!(
        without_orders.plan(key, LINES).unwrap().view(),
        all.plan(key, LINES).unwrap().view(),
        "the records are the person's"
    );
}

#[test]
fn an_access_knows_what_it_was_compiled_from() {
    let plans = Plans::of(
        7,
        &Arc::new(catalogue()),
        [(CLIENTS, &policy())].into_iter(),
        &[],
        std::iter::empty(),
    );
    let access = plans.bind(client(), ORDERS).unwrap();
    assert_eq!(access.version(), 7);
    assert_eq!(access.catalogue().modules().count(), catalogue().modules().count());
    let column = |name: &str| access.plan().column_named(name).map(|c| c.field.id);
    assert_eq!(column(&format!("F{SUBJECT}")), Some(SUBJECT));
    assert_eq!(column(&format!("F{ACCOUNT}")), None, "what is not granted is not there");
}

#[test]
fn a_plan_says_whether_sharing_a_record_shows_it() {
    let shows = |policy: Policy| bind(catalogue(), policy, ORDERS).unwrap().plan().shows_shared();
    assert!(!shows(policy()));
    let mut shared = policy();
    shared.grants.push(grant(ORDERS, Scope::Shared, &[SUBJECT]));
    assert!(shows(shared));
}

#[test]
fn a_new_record_points_at_whoever_makes_it_by_the_look_ups_that_relate_them() {
    let orders = bind(catalogue(), policy(), ORDERS).unwrap();
    let pointed = [SUBJECT, CONTACT, PARTNERS, ACCOUNT].map(|f| orders.plan().is_anchored(f));
    assert_eq!(pointed, [false, true, false, false]);
    let lines = bind(catalogue(), policy(), LINES).unwrap();
    assert!(!lines.plan().is_anchored(ORDER), "an order is nobody");
}
