//! The plain grant of a module, which the CRM's own notation and the permission matrix write, beside those they cannot say.

use domain::access::{Actions, FieldAccess, Grant, Policy, Scope, beginning, first_grant};
use domain::ids::FieldId;

use crate::house::{
    AMOUNT, CONTACT, CONTACT_EMAIL, CONTACT_NAME, CONTACTS, LINE_NAME, LINES, NUMBER, ORDERS, SUBJECT, catalogue, changed, policy, related,
};

/// Clients also see what was shared with them, which is not plain.
fn with_shared() -> Policy {
    let mut policy = policy();
    policy.grants.insert(0, Grant::new(ORDERS, Scope::Shared));
    policy
}

#[test]
fn writing_the_plain_grant_of_a_module_leaves_its_other_grants_where_they_are() {
    let before = with_shared();
    let public = Grant::new(ORDERS, Scope::Public);
    let after = before.with_plain(std::slice::from_ref(&public), true);
    let (old, new) = (before.grants.as_slice(), after.grants.as_slice());
    let plain = old.iter().position(|g| g.module == ORDERS && g.is_plain()).unwrap();
    assert_eq!(new.len(), old.len());
    for (i, (old, new)) in old.iter().zip(new).enumerate() {
        assert_eq!(new, if i == plain { &public } else { old });
    }
}

#[test]
fn what_is_not_written_goes_if_all_was_and_stays_if_a_part_was() {
    let modules = |policy: &Policy| policy.grants.iter().map(|g| (g.module, g.is_plain())).collect::<Vec<_>>();
    let own = [Grant::new(CONTACTS, Scope::Own)];
    let before = with_shared();
    assert_eq!(modules(&before.with_plain(&own, true)), modules(&before));
    assert_eq!(modules(&before.with_plain(&own, false)), [(ORDERS, false), (CONTACTS, true)]);
}

#[test]
fn a_module_without_a_plain_grant_gets_one_at_the_end() {
    let mut before = with_shared();
    before.grants.retain(|g| g.module != LINES);
    let after = before.with_plain(&[Grant::new(LINES, Scope::Public)], true);
    assert_eq!(
        after.grants.split_last(),
        Some((&Grant::new(LINES, Scope::Public), before.grants.as_slice()))
    );
}

#[test]
fn the_first_grant_of_a_module_lets_write_what_a_new_record_needs_and_nothing_else() {
    let catalogue = changed(|m| {
        for f in &mut m[2].fields {
            f.required = [SUBJECT, CONTACT, AMOUNT, NUMBER].contains(&f.id);
        }
    });
    let orders = catalogue.module(ORDERS).unwrap();
    let writable = |scope, create| -> Vec<FieldId> {
        let actions = Actions {
            view: true,
            create,
            ..Actions::default()
        };
        let grant = first_grant(orders, scope, actions);
        assert_eq!(grant.actions, actions);
        let written = grant.fields.iter().filter(|f| f.access == FieldAccess::ReadWrite);
        written.map(|f| f.field).collect()
    };
    assert_eq!(
        writable(related(&[CONTACT]), true),
        [SUBJECT, AMOUNT],
        "not the look-up that fills itself, the number that is given, or what need not be filled"
    );
    assert_eq!(writable(related(&[CONTACT]), false), []);
    assert_eq!(writable(Scope::Public, true), []);
}

#[test]
fn people_begin_by_seeing_their_own_name_and_address() {
    let catalogue = catalogue();
    let read = |name: &str| {
        let policy = beginning(catalogue.named(name).unwrap());
        let [own] = policy.grants.as_slice() else { panic!("{policy:?}") };
        assert_eq!((own.module, &own.scope), (policy.personality, &Scope::Own));
        let view = Actions {
            view: true,
            ..Actions::default()
        };
        assert_eq!(own.actions, view, "and change nothing");
        assert!(own.fields.iter().all(|f| f.access == FieldAccess::ReadOnly && !f.names));
        own.fields.iter().map(|f| f.field).collect::<Vec<_>>()
    };
    assert_eq!(read("Contacts"), [CONTACT_NAME, CONTACT_EMAIL]);
    assert_eq!(read("Lines"), [LINE_NAME], "who has no address is seen by the name");
    let named_by_address = changed(|m| m[1].name_fields = vec![CONTACT_EMAIL]);
    let policy = beginning(named_by_address.module(CONTACTS).unwrap());
    assert_eq!(policy.grants[0].fields.len(), 1, "an address that is the name stands there once");
}
