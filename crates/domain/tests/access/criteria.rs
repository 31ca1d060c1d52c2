//! Which conditions fit which fields, and what they decide.

use domain::access::{Criteria, Fault, MAX_CONDITIONS, MAX_CRITERIA_DEPTH, Policy, Scope, Wanted, authority, check};
use domain::ids::FieldId;
use domain::modules::FieldKind;
use domain::records::Operator::{
    self, Contains, Empty, Equals, Greater, GreaterOrEqual, Less, LessOrEqual, NotEmpty, NotEquals, StartsWith,
};

use crate::house::{ACCOUNTS, CLIENTS, CONTACT, CONTACT_NAME, CONTACTS, ORDERS, PARTNERS, SUBJECT, changed, field, grant, related};

const TRIED: FieldId = FieldId(300);

fn is(operator: Operator, value: Wanted) -> Criteria {
    Criteria::Is {
        field: TRIED,
        operator,
        value,
    }
}

/// What is wrong with a policy whose orders fulfil the criteria, where the field that they compare is of this kind.
fn faults(kind: FieldKind, criteria: Criteria) -> Vec<Fault> {
    let catalogue = changed(|modules| modules[2].fields.push(field(ORDERS, TRIED, kind)));
    check(&catalogue, &policy(criteria))
}

fn policy(criteria: Criteria) -> Policy {
    let mut orders = grant(ORDERS, related(&[CONTACT]), &[SUBJECT]);
    orders.criteria = Some(criteria);
    orders.actions.create = false;
    Policy {
        personality: CONTACTS,
        grants: vec![grant(CONTACTS, Scope::Own, &[CONTACT_NAME]), orders],
    }
}

fn fits(kind: &FieldKind, operator: Operator, value: &Wanted) -> bool {
    let found = faults(kind.clone(), is(operator, value.clone()));
    assert!(found.iter().all(|f| matches!(f, Fault::BadCriterion { .. })), "{found:?}");
    found.is_empty()
}

fn text(value: &str) -> Wanted {
    Wanted::Text(value.into())
}

const COMPARING: [Operator; 4] = [Less, LessOrEqual, Greater, GreaterOrEqual];

#[test]
fn an_operator_fits_the_kind_of_its_field_or_is_refused() {
    let options = || vec!["red".to_owned(), "blue".to_owned()];
    let words = FieldKind::Text { max: 255 };
    let number = FieldKind::Decimal { scale: 2 };
    let choice = FieldKind::Picklist { options: options() };
    let choices = FieldKind::MultiPicklist { options: options() };
    let lookup = FieldKind::Lookup { module: ACCOUNTS };
    for (kind, value) in [(&words, "a"), (&number, "1.5"), (&choice, "red"), (&lookup, "17")] {
        assert!([Equals, NotEquals].iter().all(|o| fits(kind, *o, &text(value))), "{kind:?}");
    }
    for (kind, value) in [(&words, "a"), (&number, "1.5"), (&FieldKind::Date, "2026-11-24")] {
        assert!(COMPARING.iter().all(|o| fits(kind, *o, &text(value))), "{kind:?}");
    }
    assert!(COMPARING.iter().all(|o| !fits(&lookup, *o, &text("17"))));
    assert!(COMPARING.iter().all(|o| !fits(&FieldKind::CreatedBy, *o, &Wanted::Me)));
    assert!(fits(&words, Contains, &text("a")) && fits(&words, StartsWith, &text("a")));
    for kind in [&FieldKind::Email, &FieldKind::Website, &FieldKind::Phone, &choice] {
        assert!(fits(kind, Contains, &text("@ex")), "a part need not be a whole value: {kind:?}");
    }
    assert!(fits(&choices, Contains, &text("red")), "several choices contain one");
    assert!(!fits(&choices, StartsWith, &text("red")), "and begin with none");
    assert!(!fits(&number, Contains, &text("1")) && !fits(&number, StartsWith, &text("1")));
    assert!(!fits(&lookup, Contains, &text("17")) && !fits(&lookup, StartsWith, &text("17")));
}

#[test]
fn a_value_is_of_the_kind_of_its_field_or_is_refused() {
    let words = FieldKind::Text { max: 255 };
    let number = FieldKind::Integer;
    let lookup = FieldKind::Lookup { module: ACCOUNTS };
    assert!(fits(&number, Equals, &text("7")) && !fits(&number, Equals, &text("seven")));
    assert!(!fits(&words, Equals, &text("")), "nothing is said by the operator empty");
    assert!(!fits(&words, Contains, &text("a\0b")) && !fits(&words, Equals, &text("\0")));
    for operator in [Empty, NotEmpty] {
        assert!(fits(&words, operator, &Wanted::Nothing));
        assert!([text("a"), Wanted::Me, Wanted::Today(0)].iter().all(|v| !fits(&words, operator, v)));
    }
    assert!([Equals, Contains, Less].iter().all(|o| !fits(&words, *o, &Wanted::Nothing)));
    for kind in [&lookup, &FieldKind::CreatedBy, &FieldKind::ModifiedBy] {
        assert!(fits(kind, Equals, &Wanted::Me) && fits(kind, NotEquals, &Wanted::Me), "{kind:?}");
        assert!(
            !fits(kind, Contains, &Wanted::Me) && !fits(kind, Equals, &Wanted::Today(0)),
            "{kind:?}"
        );
    }
    assert!(!fits(&words, Equals, &Wanted::Me) && !fits(&words, Contains, &Wanted::Me));
    for kind in [
        FieldKind::Date,
        FieldKind::DateTime,
        FieldKind::CreatedTime,
        FieldKind::ModifiedTime,
    ] {
        assert!(
            fits(&kind, Equals, &Wanted::Today(0)) && fits(&kind, Less, &Wanted::Today(-30)),
            "{kind:?}"
        );
        assert!(
            !fits(&kind, StartsWith, &Wanted::Today(0)) && !fits(&kind, Equals, &Wanted::Me),
            "{kind:?}"
        );
    }
    assert!(!fits(&words, Equals, &Wanted::Today(0)));
    assert!(!fits(&FieldKind::MultiLookup { module: ACCOUNTS }, Equals, &text("17")));
}

#[test]
fn criteria_are_as_large_and_as_deep_as_they_may_be_and_no_more() {
    let one = || is(Equals, text("a"));
    let words = || FieldKind::Text { max: 255 };
    let wide = |n| Criteria::Any((0..n).map(|_| one()).collect());
    assert_eq!(faults(words(), wide(MAX_CONDITIONS)), []);
    let too_large = [Fault::CriteriaTooLarge("Orders".into())];
    assert_eq!(faults(words(), wide(MAX_CONDITIONS + 1)), too_large);
    let deep = |n| (0..n).fold(one(), |inner, _| Criteria::All(vec![inner]));
    assert_eq!(faults(words(), deep(MAX_CRITERIA_DEPTH)), []);
    assert_eq!(faults(words(), deep(MAX_CRITERIA_DEPTH + 1)), too_large);
    for empty in [Criteria::All(Vec::new()), Criteria::Any(vec![one(), Criteria::All(Vec::new())])] {
        assert_eq!(faults(words(), empty), too_large);
    }
    let unknown = Criteria::Is {
        field: FieldId(999),
        operator: Empty,
        value: Wanted::Nothing,
    };
    let field = 999;
    let module = "Orders".to_owned();
    assert_eq!(faults(words(), unknown), [Fault::NoSuchField { module, field }]);
}

/// Whoever changes a field by which the people of a grant are chosen changes who sees what.
#[test]
fn the_fields_by_which_people_are_chosen_decide_and_so_do_look_ups() {
    let mut policy = policy(is(Equals, text("a")));
    policy.grants[1].criteria = None;
    let catalogue = changed(|_| {});
    let decide = |policy: &Policy| authority(&catalogue, policy, CLIENTS, &[]).into_iter().collect::<Vec<_>>();
    assert_eq!(decide(&policy), [CONTACT]);
    let named = |field| Criteria::Is {
        field,
        operator: NotEmpty,
        value: Wanted::Nothing,
    };
    policy.grants[1].people = Some(Criteria::Any(vec![Criteria::All(vec![named(CONTACT_NAME)]), named(FieldId(22))]));
    assert_eq!(decide(&policy), [CONTACT_NAME, FieldId(22), CONTACT]);
    policy.grants[1].actions.view = false;
    assert_eq!(decide(&policy), [], "what shows nothing decides nothing");
    policy.grants[1] = grant(ORDERS, related(&[PARTNERS]), &[SUBJECT]);
    assert_eq!(decide(&policy), [PARTNERS]);
}
