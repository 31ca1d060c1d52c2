use super::*;
use crate::access::{Bound, Ceiling, Criteria, Forbidden, Wanted};
use crate::ids::{FieldId, LayoutId, UserTypeId, ViewId};
use crate::records::Operator;

fn field(id: i64, access: FieldAccess) -> FieldGrant {
    FieldGrant {
        field: FieldId(id),
        access,
        names: false,
    }
}

fn grant() -> Grant {
    let via = vec![FieldId(1), FieldId(2)];
    Grant {
        actions: Actions {
            view: true,
            create: true,
            edit: true,
            ..Actions::default()
        },
        fields: vec![field(1, FieldAccess::ReadOnly), field(3, FieldAccess::ReadWrite)],
        layouts: vec![LayoutId(1)],
        view: Some(ViewId(1)),
        columns: vec![FieldId(1)],
        ..Grant::new(ModuleId(7), Scope::Related { via })
    }
}

fn criteria() -> Option<Criteria> {
    Some(Criteria::Is {
        field: FieldId(1),
        operator: Operator::NotEmpty,
        value: Wanted::Nothing,
    })
}

fn set(grants: Vec<Grant>) -> PolicySet {
    let mut set = PolicySet::default();
    let policy = Policy {
        personality: ModuleId(5),
        grants,
    };
    set.put(UserTypeId(1), policy);
    set
}

fn widens(change: impl FnOnce(&mut Grant)) -> bool {
    let mut new = grant();
    change(&mut new);
    !widenings(&set(vec![grant()]), &set(vec![new])).is_empty()
}

#[test]
fn what_takes_away_is_no_widening() {
    assert!(!widens(|_| {}));
    assert!(!widens(|g| g.fields.truncate(1)));
    assert!(!widens(|g| g.fields.clear()));
    assert!(!widens(|g| g.fields[1].access = FieldAccess::ReadOnly));
    assert!(!widens(|g| g.actions.create = false));
    assert!(!widens(|g| g.actions = Actions::default()));
    assert!(!widens(|g| g.scope = Scope::Related { via: vec![FieldId(2)] }));
    assert!(!widens(|g| g.fields.reverse()));
    assert!(!widens(|g| g.columns.clear()));
    assert!(!widens(|g| g.layouts.clear()));
    assert!(widenings(&set(vec![grant()]), &set(Vec::new())).is_empty());
    assert!(widenings(&set(vec![grant()]), &PolicySet::default()).is_empty());
    assert!(widenings(&PolicySet::default(), &set(Vec::new())).is_empty());
}

#[test]
fn ones_own_record_is_edited_with_either_right() {
    let own = |edit, edit_shared, delete| Grant {
        scope: Scope::Own,
        actions: Actions {
            view: true,
            edit,
            edit_shared,
            delete,
            ..Actions::default()
        },
        ..grant()
    };
    let widens = |old, new| !widenings(&set(vec![old]), &set(vec![new])).is_empty();
    for (edit, shared) in [(true, false), (false, true), (true, true)] {
        assert!(!widens(own(true, false, false), own(edit, shared, false)));
        assert!(!widens(own(false, true, false), own(edit, shared, false)));
        assert!(widens(own(false, false, false), own(edit, shared, false)));
        assert!(widens(own(true, false, false), own(edit, shared, true)));
    }
}

#[test]
fn what_is_not_plainly_less_is_a_widening() {
    assert!(widens(|g| g.fields.push(field(4, FieldAccess::ReadOnly))));
    assert!(widens(|g| g.fields[0].access = FieldAccess::ReadWrite));
    assert!(widens(|g| g.fields[0].names = true));
    for action in 0..2 {
        assert!(widens(|g| match action {
            0 => g.actions.delete = true,
            _ => g.actions.edit_shared = true,
        }));
    }
    assert!(widens(|g| g.scope = Scope::Public));
    assert!(widens(|g| g.scope = Scope::Own));
    assert!(widens(|g| g.scope = Scope::Attached));
    assert!(widens(|g| g.scope = Scope::Related { via: vec![FieldId(3)] }));
    assert!(widens(|g| g.module = ModuleId(8)));
    assert!(widens(|g| g.actions.link = true));
}

#[test]
fn a_condition_more_is_less_and_another_one_is_suspicious() {
    assert!(!widens(|g| g.criteria = criteria()));
    assert!(!widens(|g| g.people = criteria()));
    let some = || Grant {
        criteria: criteria(),
        people: criteria(),
        ..grant()
    };
    let others = || Some(Criteria::Any(vec![]));
    for changed in [
        grant(),
        Grant { criteria: None, ..some() },
        Grant { people: None, ..some() },
        Grant {
            criteria: others(),
            ..some()
        },
    ] {
        assert!(!widenings(&set(vec![some()]), &set(vec![changed])).is_empty());
    }
}

#[test]
fn a_ceiling_less_is_a_widening_and_one_more_is_not() {
    let ceiling = Ceiling {
        name: "Margins stay inside".into(),
        binds: Bound::Everybody,
        module: ModuleId(7),
        forbids: Forbidden::Fields(vec![FieldId(3)]),
    };
    let mut under = set(vec![grant()]);
    under.ceilings.push(ceiling);
    assert!(widenings(&set(vec![grant()]), &under).is_empty());
    assert!(!widenings(&under, &set(vec![grant()])).is_empty());
}

#[test]
fn a_widening_says_where_it_is() {
    let mut more = grant();
    more.module = ModuleId(8);
    let found = widenings(&set(vec![grant()]), &set(vec![grant(), more]));
    let place = |module| Widening {
        audience: Some(Audience::UserType(UserTypeId(1))),
        module,
    };
    assert_eq!(found, [place(Some(ModuleId(8)))]);
    let opened = widenings(&PolicySet::default(), &set(vec![grant()]));
    assert_eq!(opened, [place(None)]);
}

#[test]
fn visitors_see_more_by_a_module_a_field_a_record_or_a_larger_reach() {
    let shown = || AnonymousGrant {
        module: ModuleId(7),
        criteria: criteria(),
        fields: vec![FieldId(1), FieldId(2)],
        at_most: 50,
    };
    let to = |grants: Vec<AnonymousGrant>| {
        let mut to = set(vec![grant()]);
        to.anonymous = grants;
        to
    };
    let changed = |change: fn(&mut AnonymousGrant)| {
        let mut new = shown();
        change(&mut new);
        widenings(&to(vec![shown()]), &to(vec![new]))
    };
    let less: [fn(&mut AnonymousGrant); 4] = [|_| {}, |g| g.fields.reverse(), |g| g.fields.truncate(1), |g| g.at_most = 49];
    assert!(less.into_iter().all(|change| changed(change).is_empty()));
    let more: [fn(&mut AnonymousGrant); 4] = [
        |g| g.module = ModuleId(8),
        |g| g.fields.push(FieldId(3)),
        |g| g.criteria = None,
        |g| g.at_most = 51,
    ];
    for change in more {
        let mut new = shown();
        change(&mut new);
        let place = Widening {
            audience: Some(Audience::Anonymous),
            module: Some(new.module),
        };
        assert_eq!(changed(change), [place]);
    }
    let everything = AnonymousGrant { criteria: None, ..shown() };
    assert!(widenings(&to(vec![everything]), &to(vec![shown()])).is_empty());
    assert!(widenings(&to(vec![shown()]), &to(vec![])).is_empty());
}

#[test]
fn other_people_in_a_type_are_suspicious() {
    let mut others = PolicySet::default();
    let policy = Policy {
        personality: ModuleId(6),
        grants: vec![grant()],
    };
    others.put(UserTypeId(1), policy);
    assert!(!widenings(&set(vec![grant()]), &others).is_empty());
}
