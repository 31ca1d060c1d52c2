//! What visitors see who are not signed in: a policy of its own, below the same ceilings.

use std::sync::Arc;

use domain::access::{
    Access, Actions, AnonymousGrant, Bound, Ceiling, Criteria, Fault, Forbidden, PlanKey, Plans, Predicate, Viewer, Wanted, Wish,
    check_anonymous,
};
use domain::ids::{FieldId, LayoutId, ModuleId, ViewId};
use domain::modules::{FieldKind, Layout, View};
use domain::records::Operator;

use crate::house::{
    ACCOUNT, AMOUNT, CLIENTS, CONTACT, CONTACTS, NO_FIELD, NUMBER, ORDERS, PARTNER_TYPE, PARTNERS, SUBJECT, catalogue, changed, client,
    plans_of, policy,
};

fn shown() -> AnonymousGrant {
    AnonymousGrant {
        module: ORDERS,
        criteria: None,
        fields: vec![SUBJECT, ACCOUNT],
        at_most: 10,
    }
}

fn like(field: FieldId, value: Wanted) -> Option<Criteria> {
    Some(Criteria::Is {
        field,
        operator: Operator::Equals,
        value,
    })
}

fn visitor() -> Viewer {
    Viewer {
        key: PlanKey::Anonymous,
        anchor: None,
        actor: 0,
        ..client()
    }
}

fn below(grants: &[AnonymousGrant], ceilings: &[Ceiling]) -> Option<Access> {
    let none = std::iter::empty();
    let plans = Plans::of(1, &Arc::new(catalogue()), none, ceilings, std::iter::empty());
    plans.with_anonymous(grants, ceilings).bind(visitor(), ORDERS)
}

fn ceiling(binds: Bound, forbids: Forbidden) -> Ceiling {
    Ceiling {
        name: "Not outside".into(),
        binds,
        module: ORDERS,
        forbids,
    }
}

#[test]
fn visitors_are_shown_nothing_by_what_is_granted_to_others() {
    let plans = plans_of(catalogue(), &[(CLIENTS, policy())]);
    assert!([CONTACTS, ORDERS].into_iter().all(|module| plans.bind(visitor(), module).is_none()));
    let plans = plans.with_anonymous(&[shown()], &[]);
    assert!(plans.bind(visitor(), ORDERS).is_some() && plans.bind(visitor(), CONTACTS).is_none());
}

#[test]
fn they_view_the_named_fields_and_do_nothing_else() {
    let access = below(&[shown()], &[]).unwrap();
    let plan = access.plan();
    assert_eq!(*plan.view(), Predicate::Always);
    let known: Vec<FieldId> = plan.columns().iter().map(|c| c.field.id).collect();
    assert_eq!(known, [SUBJECT, ACCOUNT]);
    assert!(*plan.edit() == Predicate::Never && *plan.delete() == Predicate::Never && !plan.may_create());
    for wish in [Wish::Edit, Wish::Delete, Wish::Write(SUBJECT)] {
        let conditions = plan.conditions(wish).unwrap();
        assert!(conditions.contains(&&Predicate::Never), "{wish:?}");
    }
    // What a look-up leads to is shown where visitors see it itself.
    let lookup = plan.column(ACCOUNT).unwrap().lookup.clone().unwrap();
    assert_eq!((lookup.visible, lookup.names_only), (Predicate::Never, Predicate::Never));
}

#[test]
fn pages_are_arranged_by_the_modules_own_layout_and_the_first_six_fields() {
    let catalogue = changed(|modules| {
        let layout = |id| Layout {
            id: LayoutId(id),
            name: format!("Layout {id}"),
            sections: Vec::new(),
        };
        let view = |id| View {
            id: ViewId(id),
            name: format!("View {id}"),
            columns: Vec::new(),
            sort: None,
        };
        (modules[2].layouts, modules[2].views) = (vec![layout(1), layout(2)], vec![view(3), view(4)]);
    });
    let all = [SUBJECT, CONTACT, PARTNERS, NUMBER, AMOUNT, ACCOUNT, NO_FIELD];
    let shown = AnonymousGrant {
        fields: all.to_vec(),
        ..shown()
    };
    let grant = shown.grant(catalogue.module(ORDERS).unwrap());
    assert_eq!(grant.layouts, [LayoutId(1), LayoutId(2)]);
    assert_eq!(grant.view, Some(ViewId(3)));
    assert_eq!(grant.columns, all[..6]);
}

#[test]
fn only_records_like_the_criteria_are_shown() {
    let some = AnonymousGrant {
        criteria: like(SUBJECT, Wanted::Text("Chairs".into())),
        ..shown()
    };
    assert!(matches!(below(&[some], &[]).unwrap().plan().view(), Predicate::Compare(_)));
}

#[test]
fn every_ceiling_but_those_of_some_user_types_binds_visitors() {
    let closed = |binds| below(&[shown()], &[ceiling(binds, Forbidden::Module)]).is_none();
    assert!(closed(Bound::Everybody) && closed(Bound::Anonymous) && closed(Bound::AllBut(vec![CLIENTS])));
    assert!(closed(Bound::AllBut(Vec::new())) && !closed(Bound::Only(vec![CLIENTS, PARTNER_TYPE])));
    let no_view = Forbidden::Actions(Actions {
        view: true,
        ..Actions::default()
    });
    assert!(below(&[shown()], &[ceiling(Bound::Anonymous, no_view)]).is_none());
    let secret = ceiling(Bound::Anonymous, Forbidden::Fields(vec![SUBJECT]));
    let access = below(&[shown()], std::slice::from_ref(&secret)).unwrap();
    assert!(access.plan().column(SUBJECT).is_none() && access.plan().column(ACCOUNT).is_some());
    // And it is no portal user's business.
    let types = [(CLIENTS, policy())];
    let types = types.iter().map(|(id, policy)| (*id, policy));
    let plans = Plans::of(1, &Arc::new(catalogue()), types, &[secret], std::iter::empty());
    assert!(plans.bind(client(), ORDERS).unwrap().plan().column(SUBJECT).is_some());
}

#[test]
fn i18_what_was_never_checked_or_fits_no_more_shows_nothing() {
    let me = AnonymousGrant {
        criteria: like(CONTACT, Wanted::Me),
        ..shown()
    };
    let gone = AnonymousGrant {
        criteria: like(NO_FIELD, Wanted::Text("1".into())),
        ..shown()
    };
    let no_value = AnonymousGrant {
        criteria: Some(Criteria::All(Vec::new())),
        ..shown()
    };
    for grant in [me, gone, no_value] {
        assert!(below(std::slice::from_ref(&grant), &[]).is_none(), "{grant:?}");
    }
    let dated = AnonymousGrant {
        criteria: like(AMOUNT, Wanted::Text("12".into())),
        ..shown()
    };
    let other_kind = changed(|modules| {
        let amount = modules[2].fields.iter_mut().find(|f| f.id == AMOUNT).unwrap();
        amount.kind = FieldKind::Date;
    });
    let plans = Plans::of(1, &Arc::new(other_kind), std::iter::empty(), &[], std::iter::empty());
    assert!(plans.with_anonymous(&[dated], &[]).bind(visitor(), ORDERS).is_none());
}

#[test]
fn what_visitors_would_be_shown_is_checked() {
    let faults = |change: fn(&mut AnonymousGrant)| {
        let mut grant = shown();
        change(&mut grant);
        check_anonymous(&catalogue(), &[grant])
    };
    let orders = || "Orders".to_owned();
    assert_eq!(faults(|_| {}), []);
    assert_eq!(faults(|g| g.module = ModuleId(99)), [Fault::NoSuchModule(ModuleId(99))]);
    assert_eq!(faults(|g| g.fields.clear()), [Fault::NoFields(orders())]);
    assert_eq!(faults(|g| g.at_most = 0), [Fault::NothingWithinReach(orders())]);
    let field = NO_FIELD.0;
    assert_eq!(
        faults(|g| g.fields.push(NO_FIELD)),
        [Fault::NoSuchField { module: orders(), field }]
    );
    assert_eq!(
        faults(|g| g.fields.push(SUBJECT)),
        [Fault::FieldTwice {
            module: orders(),
            field: "F31".into()
        }]
    );
    let nested = Criteria::Any(vec![Criteria::All(vec![like(CONTACT, Wanted::Me).unwrap()])]);
    let asks = AnonymousGrant {
        criteria: Some(nested),
        ..shown()
    };
    assert_eq!(check_anonymous(&catalogue(), &[asks]), [Fault::NobodyAsks(orders())]);
    let wrong = faults(|g| g.criteria = like(PARTNERS, Wanted::Me));
    assert!(matches!(wrong.as_slice(), [Fault::BadCriterion { .. }]), "{wrong:?}");
    assert_eq!(check_anonymous(&catalogue(), &[shown(), shown()]), [Fault::ModuleTwice(orders())]);
    for fault in [Fault::ModuleTwice(orders()), Fault::NoFields(orders()), Fault::NobodyAsks(orders())] {
        assert_eq!(fault.module(), Some("Orders"));
    }
}
