//! Policies in names: what is written and read of layouts, views, fields that are gone, and what does not go together.

use domain::access::{
    AnonymousGrant, Bound, Ceiling, Criteria, FieldAccess, FieldGrant, Forbidden, MAX_CRITERIA_DEPTH, NamedAnonymous, NamedCeiling,
    NamedGrant, NamedPolicy, Policy, Scope, UnknownName,
};
use domain::ids::{FieldId, LayoutId, ModuleId, UserTypeId, ViewId};
use domain::modules::{Catalogue, Layout, View};

use crate::house::{AMOUNT, CLIENTS, CONTACT, CONTACT_NAME, CONTACTS, ORDERS, SUBJECT, changed, grant, related};

/// Orders have the layouts 1 Short, 2 Long and 3 Long, and the views 1 All, 2 Open and 3 Open.
fn catalogue() -> Catalogue {
    let layout = |(id, name): (i64, &str)| Layout {
        id: LayoutId(id),
        name: name.into(),
        sections: Vec::new(),
    };
    let view = |(id, name): (i64, &str)| View {
        id: ViewId(id),
        name: name.into(),
        columns: Vec::new(),
        sort: None,
    };
    changed(|m| {
        m[2].layouts = [(1, "Short"), (2, "Long"), (3, "Long")].map(layout).to_vec();
        m[2].views = [(1, "All"), (2, "Open"), (3, "Open")].map(view).to_vec();
    })
}

fn policy(layouts: &[i64], view: Option<i64>) -> Policy {
    let mut orders = grant(ORDERS, related(&[CONTACT]), &[SUBJECT]);
    orders.layouts = layouts.iter().map(|id| LayoutId(*id)).collect();
    orders.view = view.map(ViewId);
    Policy {
        personality: CONTACTS,
        grants: vec![grant(CONTACTS, Scope::Own, &[CONTACT_NAME]), orders],
    }
}

/// How the orders' grant is written. Reading it gives the policy again.
fn written(policy: &Policy) -> NamedGrant {
    let named = NamedPolicy::of(&catalogue(), policy);
    let mut read = named.resolve(&catalogue()).unwrap();
    for (read, grant) in read.grants.iter_mut().zip(&policy.grants) {
        read.columns.clone_from(&grant.columns);
    }
    assert_eq!(&read, policy);
    named.grants[1].clone()
}

#[test]
fn layouts_are_named_unless_they_are_all_and_by_id_where_a_name_is_not_enough() {
    let named = |layouts: &[i64]| written(&policy(layouts, Some(1))).layouts;
    let names = |names: &[&str]| Some(names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>());
    assert_eq!(named(&[1, 2, 3]), None);
    assert_eq!(named(&[1]), names(&["Short"]));
    assert_eq!(named(&[3, 1]), names(&["#3", "Short"]));
    assert_eq!(named(&[]), names(&[]));
    assert_eq!(named(&[9]), names(&["#9"]), "one that is gone stays what it was");
}

#[test]
fn a_view_is_named_unless_it_is_the_first_and_by_id_where_a_name_is_not_enough() {
    let named = |view| written(&policy(&[1, 2, 3], view)).view;
    assert_eq!(named(Some(1)), None);
    assert_eq!(named(None), Some(String::new()));
    assert_eq!(named(Some(2)), Some("#2".into()));
    assert_eq!(named(Some(9)), Some("#9".into()));
    let mut policy = policy(&[1, 2, 3], Some(3));
    let only = changed(|m| {
        m[2].views = catalogue().module(ORDERS).unwrap().views[1..].to_vec();
        m[2].views[0].name = "Mine".into();
    });
    let view = |policy: &Policy| NamedPolicy::of(&only, policy).grants[1].view.clone();
    assert_eq!(view(&policy), Some("Open".into()));
    policy.grants[1].view = Some(ViewId(2));
    assert_eq!(view(&policy), None, "it is the first now");
}

#[test]
fn a_layout_or_view_that_is_not_there_is_named() {
    let named = NamedPolicy::of(&catalogue(), &policy(&[1], Some(2)));
    let with = |change: &dyn Fn(&mut NamedGrant)| {
        let mut named = named.clone();
        change(&mut named.grants[1]);
        named.resolve(&catalogue()).unwrap_err().to_string()
    };
    let layouts = |name: &str| with(&|g| g.layouts = Some(vec![name.into()]));
    assert_eq!(layouts("Wide"), "Orders has no layout \"Wide\"");
    assert_eq!(layouts("#x"), "Orders has no layout \"#x\"");
    assert_eq!(with(&|g| g.view = Some("Closed".into())), "Orders has no view \"Closed\"");
}

#[test]
fn fields_stand_in_the_order_of_their_module_and_those_that_are_gone_last() {
    let mut policy = policy(&[1, 2, 3], Some(1));
    policy.grants[1].fields = [FieldId(900), AMOUNT, SUBJECT]
        .map(|field| FieldGrant {
            field,
            access: FieldAccess::ReadOnly,
            names: false,
        })
        .to_vec();
    let named = NamedPolicy::of(&catalogue(), &policy);
    let expected = [format!("F{SUBJECT}"), format!("F{AMOUNT}"), "#900".to_owned()];
    assert_eq!(named.grants[1].read, expected);
    let read = named.resolve(&catalogue()).unwrap();
    let ids: Vec<_> = read.grants[1].fields.iter().map(|f| f.field).collect();
    assert_eq!(ids, [SUBJECT, AMOUNT, FieldId(900)]);
}

fn wall() -> NamedCeiling {
    let wall = Ceiling {
        name: "A wall".into(),
        binds: Bound::Everybody,
        module: ORDERS,
        forbids: Forbidden::Module,
    };
    NamedCeiling::of(&catalogue(), &wall, |_| None)
}

fn resolved(ceiling: &NamedCeiling) -> Result<Ceiling, UnknownName> {
    ceiling.resolve(&catalogue(), |name| (name == "Clients").then_some(CLIENTS))
}

#[test]
fn a_ceiling_forbids_one_thing() {
    let fields = Some(vec![format!("F{SUBJECT}")]);
    let (actions, criteria) = (Some(Vec::new()), Some(format!("(F{SUBJECT}:equals:a)")));
    let two = |one, other| {
        Err(UnknownName::TwoScopes {
            module: "Orders".into(),
            one,
            other,
        })
    };
    for (fields, actions, criteria, expected) in [
        (fields.clone(), actions.clone(), None, two("fields", "actions")),
        (fields.clone(), actions.clone(), criteria.clone(), two("fields", "actions")),
        (fields.clone(), None, criteria.clone(), two("fields", "where")),
        (None, actions, criteria, two("actions", "where")),
    ] {
        let both = NamedCeiling {
            fields,
            actions,
            criteria,
            ..wall()
        };
        assert_eq!(resolved(&both), expected);
    }
    let one = NamedCeiling { fields, ..wall() };
    assert_eq!(resolved(&one).unwrap().forbids, Forbidden::Fields(vec![SUBJECT]));
}

#[test]
fn user_types_are_named_or_told_by_their_ids() {
    let only = |name: &str| NamedCeiling {
        only: Some(vec![name.into()]),
        ..wall()
    };
    assert_eq!(resolved(&only("Clients")).unwrap().binds, Bound::Only(vec![CLIENTS]));
    assert_eq!(resolved(&only("#77")).unwrap().binds, Bound::Only(vec![UserTypeId(77)]));
    for name in ["Nobody", "77", "#", "#x"] {
        assert_eq!(resolved(&only(name)), Err(UnknownName::UserType(name.into())));
    }
}

#[test]
fn what_visitors_see_of_a_module_that_is_gone_is_read_as_what_it_was() {
    let gone = AnonymousGrant {
        module: ModuleId(99),
        criteria: None,
        fields: vec![FieldId(901)],
        at_most: 5,
    };
    let named = NamedAnonymous::of(&catalogue(), &gone);
    assert_eq!(named.module, "#99");
    assert_eq!(named.resolve(&catalogue()), Ok(gone));
}

#[test]
fn criteria_are_read_as_deep_as_they_may_be_and_no_deeper() {
    let nested = |depth: usize| {
        (1..depth).fold(format!("(F{SUBJECT}:equals:a)"), |inner, _| {
            format!("({inner}and(F{SUBJECT}:equals:b))")
        })
    };
    let read = |text: String| {
        let ceiling = NamedCeiling {
            criteria: Some(text),
            ..wall()
        };
        resolved(&ceiling).map(|c| match c.forbids {
            Forbidden::Records(criteria) => depth(&criteria),
            other => panic!("{other:?}"),
        })
    };
    for wanted in 1..=MAX_CRITERIA_DEPTH + 1 {
        assert_eq!(read(nested(wanted)), Ok(wanted), "{}", nested(wanted));
    }
    let too_deep = read(nested(MAX_CRITERIA_DEPTH + 2)).unwrap_err().to_string();
    assert!(too_deep.starts_with("Orders: "), "{too_deep}");
}

fn depth(criteria: &Criteria) -> usize {
    match criteria {
        Criteria::Is { .. } => 1,
        Criteria::All(parts) | Criteria::Any(parts) => 1 + parts.iter().map(depth).max().unwrap_or(0),
    }
}
