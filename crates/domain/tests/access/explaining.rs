//! What an explanation names as missing, and how the one who explains walks over records.

use domain::access::{
    Action, Actions, Bound, Ceiling, Explanation, Facts, Fault, Forbidden, Grant, Lack, Policy, Predicate, Question, Rules, Scope, Wish,
    reasons,
};
use domain::ids::{FieldId, ModuleId, RecordId};
use domain::modules::Field;
use domain::records::{Asker, Value};

use crate::house::{CLIENTS, CONTACT, CONTACT_NAME, CONTACTS, ME, NO_FIELD, ORDERS, SUBJECT, catalogue, client, grant, related, write};

const MY_ORDER: RecordId = RecordId(300);
const THEIR_ORDER: RecordId = RecordId(301);

/// I am the client of both orders, and made the first.
struct House;

impl Facts for House {
    fn asker(&self) -> Asker {
        client().asker()
    }

    fn made_by(&self, record: RecordId) -> Option<i64> {
        Some(if record == MY_ORDER { 70 } else { 1 })
    }

    fn is_shared(&self, _: RecordId) -> bool {
        false
    }

    fn targets(&self, field: FieldId, record: RecordId) -> Vec<RecordId> {
        let mine = field == CONTACT && [MY_ORDER, THEIR_ORDER].contains(&record);
        mine.then_some(ME).into_iter().collect()
    }

    fn sources(&self, _: FieldId, _: RecordId) -> Vec<RecordId> {
        panic!("there may be very many: nobody asks for them where only the anchor can be meant")
    }

    fn lies_in(&self, _: RecordId, _: ModuleId) -> bool {
        true
    }

    fn is_live(&self, _: RecordId) -> bool {
        true
    }

    fn value(&self, _: &Field, _: RecordId) -> Value {
        Value::Null
    }
}

fn viewing(more: Actions) -> Actions {
    Actions { view: true, ..more }
}

const NONE: Actions = Actions {
    view: false,
    create: false,
    edit: false,
    edit_shared: false,
    delete: false,
    link: false,
};
const EDIT: Actions = Actions { edit: true, ..NONE };
const SHARED: Actions = Actions { edit_shared: true, ..NONE };
const BOTH: Actions = Actions { edit: true, ..SHARED };
const DELETE: Actions = Actions { delete: true, ..NONE };

/// What the only grant for a module lacks, under a ceiling that forbids some actions.
fn lacks(grant: Grant, forbidden: Actions, record: RecordId, wish: Wish) -> Vec<Lack> {
    let module = grant.module;
    let own = Grant {
        actions: viewing(NONE),
        ..Grant::new(CONTACTS, Scope::Own)
    };
    let grants = if module == CONTACTS { vec![grant] } else { vec![own, grant] };
    let policy = Policy {
        personality: CONTACTS,
        grants,
    };
    let ceiling = Ceiling {
        name: "A wall".into(),
        binds: Bound::Everybody,
        module,
        forbids: Forbidden::Actions(forbidden),
    };
    let rules = Rules {
        catalogue: &catalogue(),
        types: vec![(CLIENTS, policy)],
        ceilings: if forbidden == NONE { Vec::new() } else { vec![ceiling] },
    };
    let question = Question {
        user_type: CLIENTS,
        module,
        record,
        wish,
    };
    let found = reasons(&rules, &House, question);
    let [answer] = found.grants.as_slice() else { panic!("{found:?}") };
    assert_eq!(answer.allows, answer.lacks.is_empty(), "{answer:?}");
    answer.lacks.clone()
}

#[test]
fn either_right_to_edit_lets_people_edit_their_own_record() {
    let own = |granted| Grant {
        actions: viewing(granted),
        ..grant(CONTACTS, Scope::Own, &[CONTACT_NAME])
    };
    for (granted, forbidden, expected) in [
        (NONE, NONE, vec![Lack::Action(Action::Edit)]),
        (EDIT, NONE, vec![]),
        (SHARED, NONE, vec![]),
        (BOTH, NONE, vec![]),
        (BOTH, EDIT, vec![]),
        (BOTH, SHARED, vec![]),
        (EDIT, SHARED, vec![]),
        (SHARED, EDIT, vec![]),
        (EDIT, EDIT, vec![Lack::Forbidden(Action::Edit, 0)]),
        (SHARED, SHARED, vec![Lack::Forbidden(Action::EditShared, 0)]),
        (BOTH, BOTH, vec![Lack::Forbidden(Action::Edit, 0)]),
        (NONE, BOTH, vec![Lack::Action(Action::Edit)]),
    ] {
        let found = lacks(own(granted), forbidden, ME, Wish::Edit);
        assert_eq!(found, expected, "{granted:?} under {forbidden:?}");
        let written = lacks(own(granted), forbidden, ME, Wish::Write(CONTACT_NAME));
        assert_eq!(written, expected, "{granted:?} under {forbidden:?}");
    }
}

#[test]
fn which_right_to_edit_another_record_needs_depends_on_who_made_it() {
    let orders = |granted| Grant {
        actions: viewing(granted),
        ..grant(ORDERS, related(&[CONTACT]), &[SUBJECT])
    };
    for (record, needed) in [(MY_ORDER, Action::Edit), (THEIR_ORDER, Action::EditShared)] {
        assert_eq!(lacks(orders(NONE), NONE, record, Wish::Edit), [Lack::Action(needed)]);
        assert_eq!(lacks(orders(BOTH), NONE, record, Wish::Edit), []);
        assert_eq!(lacks(orders(BOTH), BOTH, record, Wish::Edit), [Lack::Forbidden(needed, 0)]);
    }
    assert_eq!(lacks(orders(DELETE), NONE, MY_ORDER, Wish::Delete), []);
    assert_eq!(lacks(orders(DELETE), NONE, THEIR_ORDER, Wish::Delete), [Lack::NotTheirs]);
    let both = [Lack::Action(Action::Delete), Lack::NotTheirs];
    assert_eq!(lacks(orders(NONE), NONE, THEIR_ORDER, Wish::Delete), both);
}

#[test]
fn what_a_field_needs_to_be_written_is_named_one_by_one() {
    let orders = |fields: &[FieldId]| Grant {
        actions: viewing(BOTH),
        ..grant(ORDERS, related(&[CONTACT]), fields)
    };
    let written = |fields: &[FieldId], field| lacks(orders(fields), NONE, MY_ORDER, Wish::Write(field));
    assert_eq!(written(&[SUBJECT], SUBJECT), []);
    assert_eq!(written(&[], SUBJECT), [Lack::Field]);
    assert_eq!(
        written(&[CONTACT], CONTACT),
        [Lack::Action(Action::Link)],
        "it decides who sees the order"
    );
    let mut read_only = orders(&[SUBJECT]);
    read_only.fields[0].access = domain::access::FieldAccess::ReadOnly;
    assert_eq!(lacks(read_only, NONE, MY_ORDER, Wish::Write(SUBJECT)), [Lack::Writing]);
    let mut public = orders(&[]);
    (public.scope, public.fields) = (Scope::Public, vec![write(SUBJECT)]);
    assert_eq!(lacks(public, NONE, MY_ORDER, Wish::Write(SUBJECT)), [Lack::Public]);
}

#[test]
fn where_only_the_anchor_can_point_at_a_record_nobody_else_is_asked() {
    let held = Predicate::Referred {
        module: ORDERS,
        field: CONTACT,
        linked: false,
        predicate: Box::new(Predicate::IsAnchor),
    };
    assert!(!held.holds(&House, ME), "I point at nobody, and [`House::sources`] was not asked");
}

/// The explanation of whether I see my order, by the orders' grant.
fn viewed(orders: Grant, ceilings: Vec<Ceiling>) -> Explanation {
    let policy = Policy {
        personality: CONTACTS,
        grants: vec![grant(CONTACTS, Scope::Own, &[CONTACT_NAME]), orders],
    };
    let rules = Rules {
        catalogue: &catalogue(),
        types: vec![(CLIENTS, policy)],
        ceilings,
    };
    let question = Question {
        user_type: CLIENTS,
        module: ORDERS,
        record: MY_ORDER,
        wish: Wish::View,
    };
    reasons(&rules, &House, question)
}

#[test]
fn a_grant_whose_every_look_up_is_gone_says_so() {
    let found = viewed(grant(ORDERS, related(&[NO_FIELD]), &[]), Vec::new());
    assert!(!found.allowed && found.grants[0].scope.is_none(), "{found:?}");
    let gone = Fault::NoSuchField {
        module: "Orders".into(),
        field: NO_FIELD.0,
    };
    assert_eq!(found.grants[0].fault, Some(gone));
    let one_left = viewed(grant(ORDERS, related(&[NO_FIELD, CONTACT]), &[]), Vec::new());
    assert!(one_left.allowed && one_left.grants[0].fault.is_none());
}

#[test]
fn a_ceiling_that_forbids_viewing_stands_in_the_way_of_everything() {
    let wall = |actions| Ceiling {
        name: "A wall".into(),
        binds: Bound::Everybody,
        module: ORDERS,
        forbids: Forbidden::Actions(actions),
    };
    let orders = || grant(ORDERS, related(&[CONTACT]), &[]);
    let found = viewed(orders(), vec![wall(viewing(NONE))]);
    assert!(!found.allowed && found.ceilings.len() == 1 && found.ceilings[0].stops, "{found:?}");
    let found = viewed(orders(), vec![wall(EDIT)]);
    assert!(found.allowed && found.ceilings.is_empty(), "it is told with the grant: {found:?}");
}
