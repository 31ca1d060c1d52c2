//! Ceilings: what no grant can cross, and what decides about them.

use std::sync::Arc;

use domain::access::{
    Access, Actions, Bound, Ceiling, Criteria, Fault, Forbidden, NamedCeiling, Plans, Policy, Predicate, Scope, Wanted, Wish, authority,
    check_ceilings,
};
use domain::ids::{FieldId, ModuleId};
use domain::records::Operator;

use crate::house::{
    AMOUNT, CLIENTS, CONTACT, LINE_NAME, LINES, NO_FIELD, ORDERS, PARTNERS, SUBJECT, catalogue, client, grant, policy, related,
};

fn over(module: ModuleId, forbids: Forbidden) -> Ceiling {
    Ceiling {
        name: "A wall".into(),
        binds: Bound::Everybody,
        module,
        forbids,
    }
}

fn some(field: FieldId) -> Criteria {
    Criteria::Is {
        field,
        operator: Operator::Equals,
        value: Wanted::Text("a".into()),
    }
}

fn below(ceilings: &[Ceiling], module: ModuleId) -> Option<Access> {
    bound(&policy(), ceilings, module)
}

fn bound(policy: &Policy, ceilings: &[Ceiling], module: ModuleId) -> Option<Access> {
    let types = std::iter::once((CLIENTS, policy));
    Plans::of(1, &Arc::new(catalogue()), types, ceilings, std::iter::empty()).bind(client(), module)
}

fn only(set: impl FnOnce(&mut Actions)) -> Forbidden {
    let mut actions = Actions::default();
    set(&mut actions);
    Forbidden::Actions(actions)
}

#[test]
fn a_module_that_is_forbidden_as_a_whole_or_to_be_viewed_does_not_exist() {
    for forbids in [Forbidden::Module, only(|a| a.view = true)] {
        assert!(below(&[over(ORDERS, forbids.clone())], ORDERS).is_none(), "{forbids:?}");
        assert!(below(&[over(LINES, forbids)], ORDERS).is_some());
    }
    assert!(below(&[over(ORDERS, only(|a| a.edit = true))], ORDERS).is_some());
}

#[test]
fn what_leads_over_a_forbidden_module_leads_nowhere() {
    assert!(below(&[over(ORDERS, Forbidden::Module)], LINES).is_none());
    assert!(below(&[over(ORDERS, only(|a| a.view = true))], LINES).is_none());
}

#[test]
fn an_action_that_is_forbidden_is_not_allowed_whatever_is_granted() {
    let plan = |forbids| below(&[over(ORDERS, forbids)], ORDERS).unwrap().plan().clone();
    let free = below(&[], ORDERS).unwrap().plan().clone();
    assert!(free.may_create() && *free.edit() == Predicate::Always && *free.delete() == Predicate::MadeByViewer);
    assert!(!plan(only(|a| a.create = true)).may_create());
    assert_eq!(*plan(only(|a| a.delete = true)).delete(), Predicate::Never);
    let others = Predicate::Not(Box::new(Predicate::MadeByViewer));
    assert_eq!(*plan(only(|a| a.edit = true)).edit(), others);
    assert_eq!(*plan(only(|a| a.edit_shared = true)).edit(), Predicate::MadeByViewer);
    let neither = only(|a| (a.edit, a.edit_shared) = (true, true));
    assert_eq!(*plan(neither).edit(), Predicate::Never);
    let mut linking = policy();
    linking.grants[1].actions.link = true;
    let may_link = |ceilings: &[Ceiling]| bound(&linking, ceilings, ORDERS).unwrap().plan().may_change(CONTACT);
    assert!(may_link(&[]) && !may_link(&[over(ORDERS, only(|a| a.link = true))]));
}

#[test]
fn fields_and_records_that_are_forbidden_are_not_there() {
    let access = below(&[over(ORDERS, Forbidden::Fields(vec![SUBJECT]))], ORDERS).unwrap();
    assert!(access.plan().column(SUBJECT).is_none() && access.plan().column(AMOUNT).is_some());
    assert_eq!(access.plan().conditions(Wish::Read(SUBJECT)), None);
    let records = below(&[over(ORDERS, Forbidden::Records(some(SUBJECT)))], ORDERS).unwrap();
    let view = format!("{:?}", records.plan().view());
    assert!(view.contains("Not(Compare"), "{view}");
    // Errors close: a ceiling that cannot be read any more leaves nothing of its module.
    assert!(below(&[over(ORDERS, Forbidden::Records(some(NO_FIELD)))], ORDERS).is_none());
}

#[test]
fn the_fields_that_decide_what_is_forbidden_are_out_of_reach() {
    let wall = over(ORDERS, Forbidden::Records(some(SUBJECT)));
    let decide = |ceilings: &[Ceiling]| authority(&catalogue(), &policy(), CLIENTS, ceilings);
    assert!(decide(std::slice::from_ref(&wall)).contains(&SUBJECT) && !decide(&[]).contains(&SUBJECT));
    assert!(!decide(&[over(ORDERS, Forbidden::Fields(vec![SUBJECT]))]).contains(&SUBJECT));
    let others = Ceiling {
        binds: Bound::AllBut(vec![CLIENTS]),
        ..wall.clone()
    };
    assert!(!decide(&[others]).contains(&SUBJECT));
    let changes = |ceilings: &[Ceiling]| below(ceilings, ORDERS).unwrap().plan().may_change(SUBJECT);
    assert!(changes(&[]) && !changes(&[wall]));
}

#[test]
fn ceilings_that_name_what_is_not_there_are_refused() {
    let faults = |module, forbids| check_ceilings(&catalogue(), &[over(module, forbids)]);
    assert_eq!(faults(ORDERS, Forbidden::Module), []);
    assert_eq!(faults(ORDERS, Forbidden::Fields(vec![SUBJECT, AMOUNT])), []);
    assert_eq!(faults(ORDERS, Forbidden::Records(some(SUBJECT))), []);
    assert_eq!(faults(ORDERS, only(|a| a.view = true)), []);
    let gone = ModuleId(77);
    assert_eq!(faults(gone, Forbidden::Module), [Fault::NoSuchModule(gone)]);
    let no_field = [Fault::NoSuchField {
        module: "Orders".into(),
        field: NO_FIELD.0,
    }];
    assert_eq!(faults(ORDERS, Forbidden::Fields(vec![SUBJECT, NO_FIELD])), no_field);
    assert_eq!(faults(ORDERS, Forbidden::Records(some(NO_FIELD))), no_field);
    let links = faults(ORDERS, Forbidden::Records(some(PARTNERS)));
    assert!(matches!(links.as_slice(), [Fault::BadCriterion { .. }]), "{links:?}");
}

/// Where two grants allow the same on different records, each allows it on its own only.
#[test]
fn what_two_grants_allow_holds_on_the_records_of_each() {
    let mut made = grant(ORDERS, Scope::Created, &[SUBJECT, AMOUNT]);
    (made.actions.edit, made.actions.edit_shared) = (false, false);
    let mut policy = policy();
    policy.grants[1].fields.retain(|f| f.field != AMOUNT);
    policy.grants.push(made);
    let access = bound(&policy, &[], ORDERS).unwrap();
    let plan = access.plan();
    let readable = |field| plan.column(field).unwrap().readable.clone();
    assert_eq!(
        readable(SUBJECT),
        Predicate::Always,
        "both name it: it is there wherever the record is"
    );
    assert_eq!(readable(AMOUNT), Predicate::MadeByViewer, "only the second names it");
    assert!(
        matches!(plan.edit(), Predicate::Refers { .. }),
        "only the first lets edit: {:?}",
        plan.edit()
    );
    policy.grants[1] = grant(ORDERS, related(&[PARTNERS]), &[SUBJECT]);
    let access = bound(&policy, &[], LINES);
    assert!(access.is_some_and(|a| a.plan().column(LINE_NAME).is_some()));
}

/// One's own record is edited with either right; other records with the right for who made them.
#[test]
fn who_made_a_record_decides_which_right_edits_it_but_not_for_ones_own() {
    let edits = |scope: Scope, module, edit, edit_shared| {
        let mut policy = policy();
        let mut changed = grant(
            module,
            scope,
            &[if module == ORDERS { SUBJECT } else { crate::house::CONTACT_NAME }],
        );
        (changed.actions.edit, changed.actions.edit_shared) = (edit, edit_shared);
        let place = usize::from(module == ORDERS);
        policy.grants[place] = changed;
        bound(&policy, &[], module).unwrap().plan().edit().clone()
    };
    let contacts = crate::house::CONTACTS;
    for (edit, edit_shared) in [(true, false), (false, true), (true, true)] {
        assert_eq!(edits(Scope::Own, contacts, edit, edit_shared), Predicate::Always);
    }
    assert_eq!(edits(Scope::Own, contacts, false, false), Predicate::Never);
    let theirs = || related(&[CONTACT]);
    assert_eq!(edits(theirs(), ORDERS, true, false), Predicate::MadeByViewer);
    let others = Predicate::Not(Box::new(Predicate::MadeByViewer));
    assert_eq!(edits(theirs(), ORDERS, false, true), others);
    assert_eq!(edits(theirs(), ORDERS, true, true), Predicate::Always);
    assert_eq!(edits(Scope::Public, ORDERS, true, true), Predicate::Never);
}

#[test]
fn what_a_ceiling_does_not_say_is_not_written() {
    let wall = NamedCeiling::of(&catalogue(), &over(ORDERS, Forbidden::Module), |_| None);
    let text = serde_json::to_string(&wall).unwrap();
    assert_eq!(text, r#"{"name":"A wall","module":"Orders"}"#);
    let visitors = NamedCeiling { anonymous: true, ..wall };
    let text = serde_json::to_string(&visitors).unwrap();
    assert!(text.contains(r#""anonymous":true"#), "{text}");
}
