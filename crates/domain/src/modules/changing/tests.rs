use super::*;
use crate::ids::{LayoutId, ModuleId, ViewId};
use crate::modules::{Layout, LayoutField, ModuleSource, Section, View};

fn field(id: i64, kind: FieldKind) -> Field {
    Field {
        id: FieldId(id),
        module: ModuleId(1),
        api_name: format!("F{id}"),
        label: format!("F {id}"),
        kind,
        required: false,
        unique: false,
        custom: true,
    }
}

fn list(options: &[&str]) -> FieldKind {
    FieldKind::Picklist {
        options: options.iter().map(|&o| o.to_owned()).collect(),
    }
}

#[test]
fn what_is_not_named_stays() {
    let text = field(2, FieldKind::Text { max: 50 });
    assert_eq!(FieldChange::default().apply(&text), Ok(text.clone()));
    let longer = FieldChange {
        label: Some(" Length ".into()),
        length: Some(60),
        unique: Some(true),
        ..FieldChange::default()
    };
    let changed = Field {
        label: "Length".into(),
        kind: FieldKind::Text { max: 60 },
        unique: true,
        ..text.clone()
    };
    assert_eq!(longer.apply(&text), Ok(changed));
}

#[test]
fn a_text_that_is_unique_and_long_stays_so_and_none_becomes_so() {
    let long = |unique| Field {
        unique,
        ..field(2, FieldKind::Text { max: 1000 })
    };
    let label = FieldChange {
        label: Some("Name".into()),
        ..FieldChange::default()
    };
    assert!(label.apply(&long(true)).is_ok());
    let unique = FieldChange {
        unique: Some(true),
        ..FieldChange::default()
    };
    let longer = FieldChange {
        length: Some(1001),
        ..FieldChange::default()
    };
    for (change, field) in [(unique, long(false)), (longer, long(true))] {
        assert_eq!(change.apply(&field), Err(BadChange::Field(BadField::LongUnique)));
    }
}

#[test]
fn values_that_are_there_stay_possible_and_kinds_keep_their_limits() {
    let (text, days) = (field(2, FieldKind::Text { max: 50 }), field(3, FieldKind::Date));
    let length = |length| FieldChange {
        length: Some(length),
        ..FieldChange::default()
    };
    let options = |options: &[&str]| FieldChange {
        options: Some(Options::All(options.iter().map(|&o| o.to_owned()).collect())),
        ..FieldChange::default()
    };
    let prefix = FieldChange {
        prefix: Some("A-".into()),
        ..FieldChange::default()
    };
    let mandatory = FieldChange {
        required: Some(true),
        ..FieldChange::default()
    };
    let standard = Field {
        custom: false,
        ..text.clone()
    };
    assert_eq!(length(49).apply(&text), Err(BadChange::Shorter(50)));
    assert_eq!(length(9999).apply(&text), Err(BadField::Length(2000).into()));
    assert_eq!(length(60).apply(&days), Err(BadChange::NoText));
    assert_eq!(length(60).apply(&standard), Err(BadChange::Standard));
    assert_eq!(options(&["a"]).apply(&days), Err(BadChange::NoList));
    assert_eq!(options(&[]).apply(&field(4, list(&["a"]))), Err(BadField::Options.into()));
    assert_eq!(prefix.apply(&days), Err(BadChange::NoNumber));
    assert_eq!(mandatory.apply(&standard), Err(BadChange::Standard));
    let number = field(5, FieldKind::AutoNumber { prefix: String::new() });
    assert_eq!(mandatory.apply(&number), Err(BadChange::Given));
}

#[test]
fn options_that_are_not_named_stay_behind_those_that_are() {
    let change = FieldChange {
        options: Some(Options::Some {
            first: vec!["new".into(), "c".into()],
            gone: vec!["a".into()],
        }),
        ..FieldChange::default()
    };
    let changed = change.apply(&field(2, list(&["a", "b", "c"])));
    assert_eq!(changed.map(|field| field.kind), Ok(list(&["new", "c", "b"])));
}

#[test]
fn options_that_are_left_out_are_told() {
    let (old, new) = (field(2, list(&["a", "b", "c"])), field(2, list(&["c", "d", "a"])));
    assert_eq!(options_gone(&old, &new), ["b"]);
}

#[test]
fn a_module_without_a_field_shows_it_nowhere() {
    let module = Module {
        id: ModuleId(1),
        api_name: "Boats".into(),
        singular: "Boat".into(),
        plural: "Boats".into(),
        source: ModuleSource::Custom,
        name_fields: vec![FieldId(2)],
        fields: vec![field(2, FieldKind::Text { max: 50 }), field(3, FieldKind::Date)],
        layouts: vec![Layout {
            id: LayoutId(4),
            name: "Standard".into(),
            sections: vec![Section {
                title: "Boat".into(),
                fields: [2, 3]
                    .map(|id| LayoutField {
                        id: FieldId(id),
                        required: false,
                    })
                    .into(),
            }],
        }],
        views: vec![View {
            id: ViewId(5),
            name: "All Boats".into(),
            columns: vec![FieldId(3)],
            sort: Some((FieldId(3), true)),
        }],
    };
    let built = module.field(FieldId(3)).cloned().map(|f| without(&module, &f));
    let Some(Ok(left)) = built else { panic!("{built:?}") };
    assert_eq!(left.fields.len(), 1);
    assert_eq!(left.layouts.iter().flat_map(|l| &l.sections).flat_map(|s| &s.fields).count(), 1);
    assert_eq!(
        left.views.iter().map(|v| (v.columns.clone(), v.sort)).next(),
        Some((vec![FieldId(2)], None))
    );
    let name = module.field(FieldId(2)).cloned().map(|f| without(&module, &f));
    assert_eq!(name, Some(Err(BadChange::NamesRecords)));
    let standard = Field {
        custom: false,
        ..field(3, FieldKind::Date)
    };
    assert_eq!(without(&module, &standard), Err(BadChange::StandardStays));
}
