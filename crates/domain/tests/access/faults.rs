//! Every fault that a policy can have, provoked.

use domain::access::{Actions, Fault, Policy, Scope, check};
use domain::ids::ModuleId;

use crate::house::{
    ACCOUNT, ACCOUNTS, AMOUNT, CONTACT, LINE, LINE_NAME, LINES, NO_FIELD, NUMBER, ORDER, ORDERS, PARCELS, PARTNERS, SUBJECT, bind,
    catalogue, changed, grant, policy, related, write,
};

/// What the check says of the house's policy after a change.
fn faults(change: impl FnOnce(&mut Policy)) -> Vec<Fault> {
    let mut policy = policy();
    change(&mut policy);
    check(&catalogue(), &policy)
}

#[test]
fn the_policy_of_the_house_has_none() {
    assert_eq!(faults(|_| {}), []);
}

#[test]
fn people_come_from_a_module_of_people_with_an_address() {
    for module in [ACCOUNTS, LINES, ModuleId(99)] {
        let found = faults(|p| {
            p.personality = module;
            p.grants = vec![grant(module, Scope::Own, &[])];
        });
        assert!(found.contains(&Fault::NotAPersonality), "{module}: {found:?}");
    }
}

#[test]
fn people_see_themselves() {
    assert!(faults(|p| drop(p.grants.remove(0))).contains(&Fault::PersonalityNotGranted));
    assert!(faults(|p| p.grants[0].scope = Scope::Public).contains(&Fault::PersonalityNotGranted));
}

#[test]
fn a_module_that_is_granted_is_there() {
    let found = faults(|p| p.grants.push(grant(ModuleId(99), Scope::Public, &[])));
    assert_eq!(found, [Fault::NoSuchModule(ModuleId(99))]);
}

#[test]
fn a_module_may_be_granted_twice() {
    let found = faults(|p| p.grants.push(grant(ORDERS, related(&[PARTNERS]), &[SUBJECT])));
    assert_eq!(found, []);
}

#[test]
fn fields_are_there_and_named_once() {
    let no_such = |field| Fault::NoSuchField {
        module: "Orders".into(),
        field,
    };
    assert_eq!(faults(|p| p.grants[1].fields.push(write(NO_FIELD))), [no_such(NO_FIELD.0)]);
    assert_eq!(faults(|p| p.grants[1].fields.push(write(LINE_NAME))), [no_such(LINE_NAME.0)]);
    assert_eq!(
        faults(|p| p.grants[1].columns.push(ACCOUNT)),
        [no_such(ACCOUNT.0)],
        "a column nobody may read"
    );
    let twice = Fault::FieldTwice {
        module: "Orders".into(),
        field: "F31".into(),
    };
    assert_eq!(faults(|p| p.grants[1].fields.push(write(SUBJECT))), [twice]);
}

#[test]
fn what_the_product_sets_is_read_only() {
    let not_writable = Fault::NotWritable {
        module: "Orders".into(),
        field: "F34".into(),
    };
    assert_eq!(faults(|p| p.grants[1].fields.push(write(NUMBER))), [not_writable]);
}

#[test]
fn i16_a_unique_field_is_read_only_as_its_errors_tell_of_unseen_records() {
    let catalogue = || changed(|modules| modules[2].fields[4].unique = true);
    let tells = Fault::TellsOfOthers {
        module: "Orders".into(),
        field: "F35".into(),
    };
    assert_eq!(check(&catalogue(), &policy()), [tells]);
    // A policy that was published before the rule closes.
    let orders = bind(catalogue(), policy(), ORDERS).unwrap();
    assert!(!orders.plan().may_set(AMOUNT) && !orders.plan().may_change(AMOUNT));
    assert!(orders.plan().column(AMOUNT).is_some(), "it can be read");
}

#[test]
fn i16_without_a_unique_mandatory_field_nobody_makes_a_record() {
    let catalogue = changed(|modules| {
        modules[2].fields[4].unique = true;
        modules[2].fields[4].required = true;
    });
    let out_of_reach = Fault::MandatoryOutOfReach {
        module: "Orders".into(),
        field: "F35".into(),
    };
    assert!(check(&catalogue, &policy()).contains(&out_of_reach));
    assert!(!bind(catalogue, policy(), ORDERS).unwrap().plan().may_create());
}

#[test]
fn only_people_are_their_own() {
    let found = faults(|p| p.grants[2].scope = Scope::Own);
    assert_eq!(found, [Fault::OwnElsewhere("Lines".into())]);
}

#[test]
fn a_path_begins_with_a_look_up_of_the_module() {
    assert_eq!(faults(|p| p.grants[2].scope = related(&[])), [Fault::NoPath("Lines".into())]);
    let no_such = Fault::NoSuchField {
        module: "Lines".into(),
        field: NO_FIELD.0,
    };
    assert_eq!(faults(|p| p.grants[2].scope = related(&[ORDER, NO_FIELD])), [no_such]);
    let no_lookup = Fault::NotALookup {
        module: "Lines".into(),
        field: "F41".into(),
    };
    assert_eq!(faults(|p| p.grants[2].scope = related(&[LINE_NAME, ORDER])), [no_lookup]);
}

#[test]
fn a_path_leads_to_the_person_in_one_hop_or_two() {
    let nowhere = |module: &str, field: &str, target: &str| Fault::LeadsNowhere {
        module: module.into(),
        field: field.into(),
        target: target.into(),
    };
    assert_eq!(
        faults(|p| p.grants[1].scope = related(&[CONTACT, ACCOUNT])),
        [nowhere("Orders", "F36", "Accounts")],
        "to a module that is not granted"
    );
    let three = faults(|p| p.grants.push(grant(PARCELS, related(&[LINE]), &[])));
    assert_eq!(three, [nowhere("Parcels", "F52", "Lines")], "three hops");
    assert_eq!(
        faults(|p| p.grants[1].actions = Actions::default()),
        [nowhere("Lines", "F42", "Orders")],
        "over a module that is not shown"
    );
    let public = faults(|p| {
        p.grants[1].scope = Scope::Public;
        p.grants[1].actions = Actions {
            view: true,
            ..Actions::default()
        };
    });
    assert_eq!(public, [nowhere("Lines", "F42", "Orders")], "over a module that everybody sees");
}

#[test]
fn whoever_acts_sees() {
    for n in 0..4 {
        let found = faults(|p| {
            p.grants[2].actions = Actions {
                view: false,
                create: n == 0,
                edit: n == 1,
                edit_shared: n == 2,
                delete: n == 3,
                link: false,
            };
        });
        assert_eq!(found, [Fault::ActionWithoutView("Lines".into())]);
    }
}

#[test]
fn public_records_are_only_viewed() {
    for n in 0..4 {
        let found = faults(|p| {
            p.grants[2].scope = Scope::Public;
            p.grants[2].actions = Actions {
                view: true,
                create: n == 0,
                edit: n == 1,
                edit_shared: n == 2,
                delete: n == 3,
                link: false,
            };
        });
        assert_eq!(found, [Fault::PublicIsReadOnly("Lines".into())]);
    }
}

#[test]
fn whoever_makes_records_can_fill_what_is_mandatory() {
    let strict = changed(|m| {
        for field in &mut m[2].fields {
            field.required = [SUBJECT, CONTACT, ACCOUNT, NUMBER].contains(&field.id);
        }
    });
    let missing = Fault::MandatoryOutOfReach {
        module: "Orders".into(),
        field: "F36".into(),
    };
    assert_eq!(
        check(&strict, &policy()),
        [missing],
        "the look-up to the person fills itself, the number too"
    );
    let mut filled = policy();
    filled.grants[1].fields.push(write(ACCOUNT));
    assert_eq!(check(&strict, &filled), []);
    let mut without = policy();
    without.grants[1].actions.create = false;
    assert_eq!(check(&strict, &without), []);
}

#[test]
fn faults_say_where_and_what_was_expected() {
    let said = faults(|p| p.grants[1].scope = related(&[CONTACT, ACCOUNT]))[0].to_string();
    for word in ["Orders.F36", "Accounts", "look-up"] {
        assert!(said.contains(word), "{said}");
    }
}
