//! Paths, accounts with those below them, children: which lead somewhere, and what is wrong with those that do not.

use domain::access::{Fault, Hop, Policy, Predicate, Scope, check};
use domain::ids::{FieldId, ModuleId};
use domain::modules::{Catalogue, FieldKind};

use crate::house::{
    ACCOUNT, ACCOUNTS, AMOUNT, CONTACT, CONTACTS, LINE, LINE_NAME, LINES, NO_FIELD, ORDER, ORDERS, PARCELS, PARTNERS, SUBJECT, bind,
    changed, field, grant, policy, related,
};

const NAME: FieldId = FieldId(11);
const EMPLOYER: FieldId = FieldId(23);
const PARENT: FieldId = FieldId(12);
const PARTNER_ACCOUNTS: FieldId = FieldId(13);
const CHIEF: FieldId = FieldId(14);

/// The house's catalogue; people have employers, and accounts belong to others.
fn catalogue() -> Catalogue {
    let lookup = |module| FieldKind::Lookup { module };
    changed(|m| {
        m[0].fields.push(field(ACCOUNTS, PARENT, lookup(ACCOUNTS)));
        let many = FieldKind::MultiLookup { module: ACCOUNTS };
        m[0].fields.push(field(ACCOUNTS, PARTNER_ACCOUNTS, many));
        m[0].fields.push(field(ACCOUNTS, CHIEF, lookup(CONTACTS)));
        m[1].fields.push(field(CONTACTS, EMPLOYER, lookup(ACCOUNTS)));
    })
}

fn with(module: ModuleId, scope: Scope, name: FieldId) -> Policy {
    let mut policy = policy();
    policy.grants.truncate(1);
    policy.grants.push(grant(module, scope, &[name]));
    policy
}

/// What is wrong with orders in this scope; nothing is wrong exactly where a plan shows some of them.
fn faults(scope: Scope) -> Vec<Fault> {
    let policy = with(ORDERS, scope, SUBJECT);
    let found = check(&catalogue(), &policy);
    assert_eq!(bind(catalogue(), policy, ORDERS).is_some(), found.is_empty(), "{found:?}");
    found
}

fn account(parent: Option<FieldId>, hops: &[Hop]) -> Scope {
    Scope::Account {
        account: EMPLOYER,
        parent,
        hops: hops.to_vec(),
    }
}

fn path(hops: &[Hop]) -> Scope {
    Scope::Path { hops: hops.to_vec() }
}

#[test]
fn paths_and_accounts_lead_over_look_ups_either_way() {
    let theirs = Hop::From(ACCOUNT);
    for scope in [
        path(&[Hop::From(CONTACT)]),
        path(&[Hop::From(PARTNERS)]),
        path(&[Hop::To(EMPLOYER), theirs]),
        path(&[Hop::To(EMPLOYER), Hop::From(PARENT), Hop::To(PARTNER_ACCOUNTS), theirs]),
        account(None, &[theirs]),
        account(Some(PARENT), &[theirs]),
        account(Some(PARENT), &[Hop::From(EMPLOYER), Hop::From(CONTACT)]),
    ] {
        assert_eq!(faults(scope.clone()), [], "{scope:?}");
    }
}

#[test]
fn accounts_lie_below_each_other_by_a_look_up_among_them() {
    for parent in [PARTNER_ACCOUNTS, CHIEF] {
        let wanted = Fault::NoTree {
            module: "Accounts".into(),
            field: format!("F{parent}"),
        };
        assert_eq!(faults(account(Some(parent), &[Hop::From(ACCOUNT)])), [wanted]);
    }
}

#[test]
fn a_path_ends_at_the_module_that_is_granted() {
    let ends = |end: &str| Fault::EndsElsewhere {
        module: "Orders".into(),
        end: end.into(),
    };
    assert_eq!(faults(path(&[Hop::To(EMPLOYER)])), [ends("Accounts")]);
    assert_eq!(faults(account(None, &[])), [ends("Accounts")]);
    assert_eq!(faults(path(&[Hop::From(CONTACT), Hop::To(CONTACT)])), [ends("Contacts")]);
}

#[test]
fn a_hop_leaves_from_where_the_path_stands() {
    let elsewhere = Fault::HopElsewhere {
        module: "Lines".into(),
        field: format!("F{ORDER}"),
        expected: "Contacts".into(),
    };
    assert_eq!(faults(path(&[Hop::From(ORDER)])), [elsewhere]);
    let no_such = |module: &str, field: FieldId| Fault::NoSuchField {
        module: module.into(),
        field: field.0,
    };
    assert_eq!(faults(path(&[Hop::To(ACCOUNT)])), [no_such("Contacts", ACCOUNT)]);
    assert_eq!(faults(path(&[Hop::From(NO_FIELD)])), [no_such("Contacts", NO_FIELD)]);
    let not_a_look_up = Fault::NotALookup {
        module: "Orders".into(),
        field: format!("F{AMOUNT}"),
    };
    assert_eq!(faults(path(&[Hop::From(CONTACT), Hop::To(AMOUNT)])), [not_a_look_up]);
}

#[test]
fn a_path_has_one_hop_to_four() {
    assert_eq!(faults(path(&[])), [Fault::NoPath("Orders".into())]);
    let there_and_back = [Hop::To(EMPLOYER), Hop::From(EMPLOYER)];
    let four = [&there_and_back[..], &[Hop::To(EMPLOYER), Hop::From(ACCOUNT)]].concat();
    assert_eq!(faults(path(&four)), []);
    let five = [&there_and_back[..], &there_and_back, &[Hop::From(CONTACT)]].concat();
    assert_eq!(faults(path(&five)), [Fault::TooManyHops("Orders".into())]);
    // The way to the account is a hop too.
    let up = Hop::From(PARENT);
    assert_eq!(faults(account(None, &[up, up, Hop::From(ACCOUNT)])), []);
    let too_many = faults(account(None, &[up, up, up, Hop::From(ACCOUNT)]));
    assert_eq!(too_many, [Fault::TooManyHops("Orders".into())]);
}

#[test]
fn children_are_of_a_module_that_is_granted_and_not_of_themselves() {
    let of = |via| Scope::ChildrenOf { via };
    let lines = |policy: &Policy| check(&catalogue(), policy);
    let alone = with(LINES, of(ORDER), LINE_NAME);
    let lost = Fault::ParentNotGranted {
        module: "Lines".into(),
        field: format!("F{ORDER}"),
    };
    assert_eq!(lines(&alone), [lost]);
    let mut granted = alone;
    granted.grants.push(grant(ORDERS, related(&[CONTACT]), &[SUBJECT]));
    assert_eq!(lines(&granted), []);
    granted.grants.push(grant(PARCELS, of(LINE), &[FieldId(51)]));
    assert_eq!(lines(&granted), []);

    let mut circle = with(ACCOUNTS, of(PARENT), NAME);
    assert_eq!(lines(&circle), [Fault::Circle("Accounts".into())]);
    circle.grants.push(grant(ACCOUNTS, Scope::Created, &[NAME]));
    assert_eq!(lines(&circle), [Fault::Circle("Accounts".into())]);
    let accounts = bind(catalogue(), circle, ACCOUNTS).unwrap();
    assert_eq!(
        *accounts.plan().view(),
        Predicate::MadeByViewer,
        "the circle grants nothing, the other grant what it says"
    );
}

#[test]
fn children_reach_as_deep_as_a_path() {
    const CRATES: ModuleId = ModuleId(6);
    const LABELS: ModuleId = ModuleId(7);
    const IN_PARCEL: FieldId = FieldId(62);
    const ON_CRATE: FieldId = FieldId(72);
    const MARKS: ModuleId = ModuleId(8);
    const ON_LABEL: FieldId = FieldId(82);
    let catalogue = changed(|m| {
        for (id, name, via, parent) in [
            (CRATES, "Crates", IN_PARCEL, PARCELS),
            (LABELS, "Labels", ON_CRATE, CRATES),
            (MARKS, "Marks", ON_LABEL, LABELS),
        ] {
            let mut module = m[0].clone();
            (module.id, module.api_name) = (id, name.into());
            module.fields = vec![field(id, via, FieldKind::Lookup { module: parent })];
            module.name_fields = Vec::new();
            m.push(module);
        }
    });
    let of = |module, via| grant(module, Scope::ChildrenOf { via }, &[]);
    let mut deep = policy();
    deep.grants[2] = of(LINES, ORDER);
    deep.grants.extend([of(PARCELS, LINE), of(CRATES, IN_PARCEL), of(LABELS, ON_CRATE)]);
    assert_eq!(check(&catalogue, &deep), [], "labels are four away from the orders");
    assert!(bind(catalogue.clone(), deep.clone(), LABELS).is_some());
    deep.grants.push(of(MARKS, ON_LABEL));
    assert_eq!(check(&catalogue, &deep), [Fault::TooManyHops("Marks".into())]);
    assert!(bind(catalogue, deep, MARKS).is_none());
}
