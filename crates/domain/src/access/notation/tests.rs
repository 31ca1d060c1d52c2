use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Misread, read, write};
use crate::access::{Actions, FieldAccess, FieldGrant, Grant, Policy, Scope, check, compile};
use crate::ids::{FieldId, LayoutId, ModuleId, UserTypeId, ViewId};
use crate::modules::{Catalogue, Field, FieldKind, Layout, LayoutField, Module, ModuleSource, Section, View};

const CONTACTS: ModuleId = ModuleId(1);
const ORDERS: ModuleId = ModuleId(2);
const LINES: ModuleId = ModuleId(3);
const NOTES: ModuleId = ModuleId(4);

/// Fields get ids of their module's hundred: 101, 102 …; the last is on no layout.
fn module(id: ModuleId, name: &str, kinds: &[(&str, FieldKind)]) -> Module {
    let field = |(n, (name, kind)): (usize, &(&str, FieldKind))| Field {
        id: FieldId(id.0 * 100 + 1 + i64::try_from(n).unwrap()),
        module: id,
        api_name: (*name).into(),
        label: (*name).into(),
        kind: kind.clone(),
        required: false,
        unique: false,
        custom: false,
    };
    let fields: Vec<Field> = kinds.iter().enumerate().map(field).collect();
    let placed = fields.iter().rev().skip(1).map(|f| LayoutField { id: f.id, required: false });
    let section = Section {
        title: name.into(),
        fields: placed.collect(),
    };
    Module {
        id,
        api_name: name.into(),
        singular: name.into(),
        plural: name.into(),
        source: if name == "Contacts" || name == "Notes" {
            ModuleSource::Standard
        } else {
            ModuleSource::Custom
        },
        name_fields: vec![FieldId(id.0 * 100 + 1)],
        layouts: vec![Layout {
            id: LayoutId(id.0 * 100 + 50),
            name: "Standard".into(),
            sections: vec![section],
        }],
        views: vec![View {
            id: ViewId(id.0 * 100 + 60),
            name: format!("All {name}"),
            columns: vec![],
            sort: None,
        }],
        fields,
    }
}

fn catalogue() -> Catalogue {
    let text = || FieldKind::Text { max: 255 };
    Catalogue::new(vec![
        module(
            CONTACTS,
            "Contacts",
            &[
                ("Last_Name", text()),
                ("Email", FieldKind::Email),
                ("Made", FieldKind::CreatedTime),
                ("Off", text()),
            ],
        ),
        module(
            ORDERS,
            "Orders",
            &[
                ("Name", text()),
                ("Contact", FieldKind::Lookup { module: CONTACTS }),
                ("Off", FieldKind::Lookup { module: CONTACTS }),
            ],
        ),
        module(
            LINES,
            "Lines",
            &[("Name", text()), ("Order", FieldKind::Lookup { module: ORDERS }), ("Off", text())],
        ),
        module(
            NOTES,
            "Notes",
            &[("Note_Title", text()), ("Off", text()), ("Parent_Id", FieldKind::Parent)],
        ),
    ])
}

fn grant(module: ModuleId, scope: Scope, fields: &[i64]) -> Grant {
    let field = |id: &i64| FieldGrant {
        field: FieldId(*id),
        access: FieldAccess::ReadWrite,
        names: false,
    };
    Grant {
        actions: Actions {
            view: true,
            edit: true,
            ..Actions::default()
        },
        fields: fields.iter().map(field).collect(),
        layouts: vec![LayoutId(module.0 * 100 + 50)],
        view: Some(ViewId(module.0 * 100 + 60)),
        ..Grant::new(module, scope)
    }
}

fn policy() -> Policy {
    let mut orders = grant(ORDERS, Scope::Related { via: vec![FieldId(202)] }, &[201, 202]);
    orders.columns = vec![FieldId(201)];
    if let Some(lookup) = orders.fields.last_mut() {
        lookup.names = true;
    }
    let notes = Grant {
        layouts: Vec::new(),
        view: None,
        ..grant(NOTES, Scope::Attached, &[401, 403])
    };
    Policy {
        personality: CONTACTS,
        grants: vec![
            grant(CONTACTS, Scope::Own, &[101, 102]),
            orders,
            grant(LINES, Scope::Related { via: vec![FieldId(302)] }, &[301]),
            notes,
        ],
    }
}

#[test]
fn a_policy_comes_back_as_it_went_out() {
    let (catalogue, policy) = (catalogue(), policy());
    let modules = write(&catalogue, &policy);
    assert_eq!(read(&catalogue, CONTACTS, &modules, Some(&policy)), Ok(policy.clone()));
    assert_eq!(check(&catalogue, &policy), []);
}

#[test]
fn without_the_old_policy_only_list_columns_are_lost() {
    let (catalogue, mut policy) = (catalogue(), policy());
    let modules = write(&catalogue, &policy);
    policy.grants[1].columns.clear();
    assert_eq!(read(&catalogue, CONTACTS, &modules, None), Ok(policy));
}

#[test]
fn a_notation_comes_back_as_it_was_sent() {
    let catalogue = catalogue();
    let modules = write(&catalogue, &policy());
    let policy = read(&catalogue, CONTACTS, &modules, None).unwrap();
    assert_eq!(write(&catalogue, &policy), modules);
}

#[test]
fn names_survive_clients_that_do_not_know_them() {
    let (catalogue, policy) = (catalogue(), policy());
    let mut modules = write(&catalogue, &policy);
    let field = modules[1]["fields"][1].as_object_mut().unwrap();
    assert_eq!(field.remove("names"), Some(json!(true)));
    assert_eq!(read(&catalogue, CONTACTS, &modules, Some(&policy)), Ok(policy));
}

#[test]
fn one_module_alone_takes_the_place_of_its_grant() {
    let (catalogue, policy) = (catalogue(), policy());
    let mut lines = write(&catalogue, &policy).remove(2);
    lines["fields"] = json!([]);
    let changed = read(&catalogue, CONTACTS, &[lines], Some(&policy)).unwrap();
    let mut wanted = policy;
    wanted.grants[2].fields.clear();
    assert_eq!(changed, wanted);
}

#[test]
fn ids_come_as_numbers_and_things_by_their_names() {
    let catalogue = catalogue();
    let modules = [
        json!({"api_name": "Contacts", "shared_type": "private", "permissions": {"view": true}, "layouts": [{"id": 150}],
            "fields": [{"api_name": "Last_Name", "read_only": true}, {"id": 103, "read_only": false}], "views": null, "filters": null}),
        json!({"id": 4, "shared_type": "private", "permissions": {"view": true, "create_attachment": true}, "layouts": null}),
    ];
    let policy = read(&catalogue, CONTACTS, &modules, None).unwrap();
    let access: Vec<_> = policy.grants[0].fields.iter().map(|f| (f.field.0, f.access)).collect();
    assert_eq!(
        access,
        [(101, FieldAccess::ReadOnly), (103, FieldAccess::ReadOnly)],
        "the product writes 103 itself"
    );
    assert_eq!(check(&catalogue, &policy), []);
    assert_eq!(
        compile(&catalogue, &policy, UserTypeId(1), &[], &BTreeSet::new()).len(),
        2,
        "notes go with the records that are seen"
    );
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let catalogue = catalogue();
    let good = || write(&catalogue, &policy());
    let with = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut modules = good();
        change(&mut modules);
        read(&catalogue, CONTACTS, &modules, None).unwrap_err()
    };
    let missing = |path: &str| Misread::Missing { path: path.into() };
    assert_eq!(with(&|m| drop(m.remove(3))), Misread::MandatoryModules);
    assert_eq!(with(&|m| drop(m.remove(0))), Misread::MandatoryModules);
    assert_eq!(with(&|m| m[1]["shared_type"] = Value::Null), missing("modules[1].shared_type"));
    assert_eq!(with(&|m| m[1]["permissions"] = Value::Null), missing("modules[1].permissions"));
    assert_eq!(with(&|m| m[1]["permissions"] = json!({})), missing("modules[1].permissions.view"));
    assert_eq!(with(&|m| m[1]["filters"] = Value::Null), missing("modules[1].filters"));
    let none = Misread::NoLayouts {
        path: "modules[1].layouts".into(),
    };
    assert_eq!(with(&|m| m[1]["layouts"] = json!([])), none);
    assert_eq!(with(&|m| drop(m[1].as_object_mut().unwrap().remove("layouts"))), none);
    let off = Misread::NotOnLayout {
        path: "modules[1].filters[0]".into(),
    };
    assert_eq!(with(&|m| m[1]["filters"][0]["id"] = json!("203")), off);
    let unknown = Misread::Unknown {
        path: "modules[0].fields[0].id".into(),
    };
    assert_eq!(with(&|m| m[0]["fields"][0]["id"] = json!(999)), unknown);
    let bare = Misread::NoReadOnly {
        path: "modules[0].fields[0]".into(),
    };
    assert_eq!(with(&|m| m[0]["fields"][0]["read_only"] = Value::Null), bare);
    assert!(matches!(
        with(&|m| m[0]["permissions"]["view"] = json!(false)),
        Misread::Unsupported { .. }
    ));
    assert!(matches!(
        with(&|m| m[0]["permissions"]["edit"] = json!(1)),
        Misread::WrongType { .. }
    ));
    assert!(matches!(with(&|m| m[0]["shared_type"] = json!("all")), Misread::Unsupported { .. }));
    assert!(matches!(with(&|m| m[0] = json!(3)), Misread::WrongType { .. }));
}

#[test]
fn flags_are_also_read_as_text() {
    let catalogue = catalogue();
    let edits = |edit: Value| {
        let mut modules = write(&catalogue, &policy());
        modules[1]["permissions"]["edit"] = edit;
        read(&catalogue, CONTACTS, &modules, None).map(|p| p.grants[1].actions.edit)
    };
    for (sent, expected) in [
        (json!("True"), true),
        (json!("false"), false),
        (json!(true), true),
        (Value::Null, false),
    ] {
        assert_eq!(edits(sent), Ok(expected));
    }
    let wrong = Misread::WrongType {
        path: "modules[1].permissions.edit".into(),
        expected: "boolean",
    };
    for sent in [json!("yes"), json!(""), json!(1), json!([])] {
        assert_eq!(edits(sent), Err(wrong.clone()));
    }
}

#[test]
fn a_list_is_as_long_as_it_may_be_and_no_longer() {
    let catalogue = catalogue();
    let layout = |n: usize| json!({"id": 150, "name": n});
    let with = |layouts: usize| {
        let mut modules = write(&catalogue, &policy());
        modules[0]["layouts"] = (0..layouts).map(layout).collect();
        read(&catalogue, CONTACTS, &modules, None)
    };
    assert_eq!(with(7).unwrap().grants[0].layouts, [LayoutId(150)], "each once");
    let too_many = |path: &str, limit| Misread::TooMany { path: path.into(), limit };
    assert_eq!(with(8), Err(too_many("modules[0].layouts", 7)));
    assert_eq!(with(9), Err(too_many("modules[0].layouts", 7)));
    let modules = write(&catalogue, &policy());
    let many = |n: usize| modules.iter().cycle().take(n).cloned().collect::<Vec<_>>();
    assert!(read(&catalogue, CONTACTS, &many(500), None).is_ok());
    for n in [501, 502] {
        assert_eq!(read(&catalogue, CONTACTS, &many(n), None), Err(too_many("modules", 500)));
    }
}

#[test]
fn a_public_module_needs_no_look_up_and_can_only_be_viewed() {
    let catalogue = catalogue();
    let mut public = policy();
    public.grants[2] = Grant {
        actions: Actions {
            view: true,
            ..Actions::default()
        },
        layouts: Vec::new(),
        ..grant(LINES, Scope::Public, &[301])
    };
    let mut modules = write(&catalogue, &public);
    assert_eq!(modules[2]["permissions"], json!({"view": true}));
    assert_eq!(modules[2]["shared_type"], json!("public"));
    assert_eq!(
        modules[1]["permissions"].as_object().unwrap().len(),
        5,
        "without what only notes have"
    );
    assert_eq!(modules[3]["permissions"]["create_attachment"], json!(false));
    modules[2]["layouts"] = json!([]);
    assert_eq!(read(&catalogue, CONTACTS, &modules, Some(&public)), Ok(public));
}

#[test]
fn the_right_to_change_what_decides_who_sees_a_record_outlives_who_does_not_know_it() {
    let catalogue = catalogue();
    let rights = |edit, edit_shared, link| Actions {
        view: true,
        edit,
        edit_shared,
        link,
        ..Actions::default()
    };
    let kept = |before: Actions, after: Actions| {
        let (mut old, mut new) = (policy(), policy());
        (old.grants[1].actions, new.grants[1].actions) = (before, after);
        let read = read(&catalogue, CONTACTS, &write(&catalogue, &new), Some(&old)).unwrap();
        read.grants[1].actions.link
    };
    assert!(kept(rights(true, false, true), rights(true, false, false)));
    assert!(kept(rights(true, false, true), rights(false, true, false)));
    assert!(
        !kept(rights(true, false, true), rights(false, false, false)),
        "nothing can be changed any more"
    );
    assert!(!kept(rights(true, false, false), rights(true, true, false)), "it is never given so");
}

#[test]
fn without_a_filter_the_only_look_up_to_the_people_is_meant() {
    let fewer = Catalogue::new(
        catalogue()
            .modules()
            .map(|m| {
                let mut module = (**m).clone();
                module.fields.retain(|f| f.id != FieldId(203));
                module
            })
            .collect(),
    );
    let mut modules = write(&fewer, &policy());
    modules[1]["filters"] = Value::Null;
    let read = read(&fewer, CONTACTS, &modules, None).unwrap();
    assert_eq!(read.grants[1].scope, Scope::Related { via: vec![FieldId(202)] });
}

#[test]
fn layouts_and_views_are_found_by_their_names() {
    let catalogue = catalogue();
    let mut modules = write(&catalogue, &policy());
    modules[1]["layouts"] = json!([{"name": "Standard"}]);
    modules[1]["views"] = json!({"name": "All Orders"});
    assert_eq!(read(&catalogue, CONTACTS, &modules, Some(&policy())), Ok(policy()));
    modules[1]["views"] = json!({"name": "All Lines"});
    let unknown = Misread::Unknown {
        path: "modules[1].views.id".into(),
    };
    assert_eq!(read(&catalogue, CONTACTS, &modules, None), Err(unknown));
    modules[1]["views"] = Value::Null;
    modules[1]["layouts"] = json!([{"name": "Wide"}]);
    assert!(matches!(read(&catalogue, CONTACTS, &modules, None), Err(Misread::Unknown { .. })));
}

#[test]
fn a_column_of_the_list_goes_with_its_field() {
    let (catalogue, mut old) = (catalogue(), policy());
    old.grants[1].columns = vec![FieldId(202), FieldId(201)];
    let mut modules = write(&catalogue, &old);
    modules[1]["fields"].as_array_mut().unwrap().remove(0);
    let read = read(&catalogue, CONTACTS, &modules, Some(&old)).unwrap();
    assert_eq!(read.grants[1].columns, [FieldId(202)]);
}
