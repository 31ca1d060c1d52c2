//! The SQL of a few typical plans, word for word, in both dialects: whoever changes it sees it.

use std::sync::Arc;

use domain::access::{
    Access, Actions, Criteria, FieldAccess, FieldGrant, Grant, Hop, PlanKey, Plans, Policy, Scope, Viewer, Wanted, check,
};
use domain::ids::{FieldId, ModuleId, RecordId, UserTypeId};
use domain::modules::{Catalogue, Field, FieldKind, Module, ModuleSource};
use domain::records::{Filter, Operator, Order, Query, SortKey, Value};
use domain::time::Day;
use store::engine::Dialect;
use store::records::probe::explain_sql;

const CONTACTS: ModuleId = ModuleId(1);
const ORDERS: ModuleId = ModuleId(2);
const LINES: ModuleId = ModuleId(3);
const ACCOUNTS: ModuleId = ModuleId(4);
const COMPANY: FieldId = FieldId(13);
const PARENT: FieldId = FieldId(42);
const NAME: FieldId = FieldId(21);
const CONTACT: FieldId = FieldId(22);
const PARTNERS: FieldId = FieldId(23);
const AMOUNT: FieldId = FieldId(24);
const ORDER_COMPANY: FieldId = FieldId(26);
const ORDER: FieldId = FieldId(32);

fn module(id: ModuleId, api_name: &str, fields: &[(i64, FieldKind)]) -> Module {
    let fields: Vec<Field> = fields
        .iter()
        .map(|(field, kind)| Field {
            id: FieldId(*field),
            module: id,
            api_name: format!("F{field}"),
            label: format!("F{field}"),
            kind: kind.clone(),
            required: false,
            unique: false,
            custom: true,
        })
        .collect();
    Module {
        id,
        api_name: api_name.into(),
        singular: api_name.into(),
        plural: api_name.into(),
        source: ModuleSource::Custom,
        name_fields: vec![fields[0].id],
        fields,
        layouts: Vec::new(),
        views: Vec::new(),
    }
}

fn catalogue() -> Catalogue {
    let text = || FieldKind::Text { max: 255 };
    Catalogue::new(vec![
        module(ACCOUNTS, "Accounts", &[(41, text()), (42, FieldKind::Lookup { module: ACCOUNTS })]),
        module(
            CONTACTS,
            "Contacts",
            &[(11, text()), (12, FieldKind::Email), (13, FieldKind::Lookup { module: ACCOUNTS })],
        ),
        module(
            ORDERS,
            "Orders",
            &[
                (21, text()),
                (22, FieldKind::Lookup { module: CONTACTS }),
                (23, FieldKind::MultiLookup { module: CONTACTS }),
                (24, FieldKind::Currency { scale: 2 }),
                (25, FieldKind::CreatedBy),
                (26, FieldKind::Lookup { module: ACCOUNTS }),
            ],
        ),
        module(LINES, "Lines", &[(31, text()), (32, FieldKind::Lookup { module: ORDERS })]),
    ])
}

fn grant(catalogue: &Catalogue, module: ModuleId, scope: Scope, names: &[FieldId]) -> Grant {
    let field = |field: &Field| FieldGrant {
        field: field.id,
        access: FieldAccess::ReadOnly,
        names: names.contains(&field.id),
    };
    Grant {
        actions: Actions {
            view: true,
            ..Actions::default()
        },
        fields: catalogue.module(module).unwrap().fields.iter().map(field).collect(),
        ..Grant::new(module, scope)
    }
}

fn access(module: ModuleId, via_orders: &[FieldId], names: &[FieldId]) -> Access {
    let catalogue = Arc::new(catalogue());
    let related = |via: &[FieldId]| Scope::Related { via: via.to_vec() };
    let grants = vec![
        grant(&catalogue, CONTACTS, Scope::Own, &[]),
        grant(&catalogue, ORDERS, related(via_orders), names),
        grant(&catalogue, LINES, related(&[ORDER]), &[]),
    ];
    bound(&catalogue, module, grants)
}

fn of_orders(scope: Scope, criteria: Option<Criteria>) -> Access {
    by_several(vec![(scope, criteria, Vec::new())])
}

/// What several grants for orders come to, each without some of the fields.
fn by_several(orders: Vec<(Scope, Option<Criteria>, Vec<FieldId>)>) -> Access {
    let catalogue = Arc::new(catalogue());
    let mut grants = vec![grant(&catalogue, CONTACTS, Scope::Own, &[])];
    grants.extend(orders.into_iter().map(|(scope, criteria, without)| {
        let mut grant = Grant {
            criteria,
            ..grant(&catalogue, ORDERS, scope, &[])
        };
        grant.fields.retain(|f| !without.contains(&f.field));
        grant
    }));
    bound(&catalogue, ORDERS, grants)
}

fn expensive() -> Criteria {
    Criteria::Is {
        field: AMOUNT,
        operator: Operator::Greater,
        value: Wanted::Text("100".into()),
    }
}

fn of_my_account() -> Scope {
    Scope::Account {
        account: COMPANY,
        parent: None,
        hops: vec![Hop::From(ORDER_COMPANY)],
    }
}

fn bound(catalogue: &Arc<Catalogue>, module: ModuleId, grants: Vec<Grant>) -> Access {
    let policy = Policy {
        personality: CONTACTS,
        grants,
    };
    assert_eq!(check(catalogue, &policy), []);
    let viewer = Viewer {
        key: PlanKey::UserType(UserTypeId(5)),
        anchor: Some(RecordId(100)),
        actor: 7,
        session: Some(9),
        today: Day(20_000),
    };
    let types = [(UserTypeId(5), &policy)];
    Plans::of(3, catalogue, types.into_iter(), &[], [].iter())
        .bind(viewer, module)
        .unwrap()
}

fn show(name: &str, access: &Access, query: &Query) {
    let [sqlite, postgres] = [Dialect::Sqlite, Dialect::Postgres].map(|dialect| explain_sql(dialect, access, query).unwrap());
    let text = if sqlite == postgres {
        format!("-- on both\n{sqlite}")
    } else {
        format!("-- on SQLite\n{sqlite}\n\n-- on PostgreSQL\n{postgres}")
    };
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}

fn by_name(columns: &[FieldId]) -> Query {
    Query {
        order: Order {
            key: SortKey::Field(NAME),
            descending: false,
        },
        ..Query::newest(columns.to_vec(), 50)
    }
}

#[test]
fn the_viewers_own_record() {
    show("own", &access(CONTACTS, &[CONTACT], &[]), &Query::newest(vec![FieldId(11)], 50));
}

#[test]
fn records_related_by_a_look_up() {
    show("related", &access(ORDERS, &[CONTACT], &[]), &by_name(&[NAME, CONTACT, AMOUNT]));
}

#[test]
fn records_related_over_one_module() {
    show("over_one_module", &access(LINES, &[CONTACT], &[]), &Query::newest(vec![ORDER], 50));
}

#[test]
fn records_that_point_at_several_are_read_from_each() {
    let colleagues = Scope::Account {
        account: COMPANY,
        parent: None,
        hops: vec![Hop::From(COMPANY), Hop::From(CONTACT)],
    };
    show(
        "colleagues",
        &of_orders(colleagues, Some(expensive())),
        &Query::newest(vec![NAME], 50),
    );
}

#[test]
fn records_that_point_at_the_only_account_keep_the_order_of_their_index() {
    show("account", &of_orders(of_my_account(), None), &Query::newest(vec![NAME], 50));
}

#[test]
fn records_of_an_account_and_of_those_below_are_read_from_the_tree_itself() {
    let tree = Scope::Account {
        account: COMPANY,
        parent: Some(PARENT),
        hops: vec![Hop::From(ORDER_COMPANY)],
    };
    show("account_tree", &of_orders(tree, None), &Query::newest(vec![NAME], 50));
}

#[test]
fn several_look_ups_are_merged_branches() {
    show("merged_branches", &access(ORDERS, &[CONTACT, PARTNERS], &[]), &by_name(&[NAME]));
}

#[test]
fn names_of_records_out_of_sight() {
    show("names", &access(ORDERS, &[PARTNERS], &[CONTACT]), &Query::newest(vec![CONTACT], 50));
}

#[test]
fn a_multi_select_look_up_and_who_made_it() {
    show(
        "multi_look_up",
        &access(ORDERS, &[PARTNERS], &[]),
        &Query::newest(vec![PARTNERS, FieldId(25)], 50),
    );
}

#[test]
fn a_look_up_that_is_shown_and_filtered_by_is_joined_once_and_has_its_index() {
    let query = Query {
        filter: Some(Filter::Compare {
            field: ORDER,
            operator: Operator::Equals,
            value: Value::Ref(RecordId(5)),
        }),
        ..Query::newest(vec![FieldId(31), ORDER], 50)
    };
    show("filtered_by_a_look_up", &access(LINES, &[CONTACT], &[]), &query);
}

#[test]
fn fields_of_several_grants_each_have_the_condition_of_theirs() {
    let mine = (Scope::Created, None, vec![PARTNERS]);
    let ours = (of_my_account(), None, vec![AMOUNT, CONTACT]);
    let expensive = (Scope::Public, Some(expensive()), vec![AMOUNT, CONTACT, PARTNERS]);
    show(
        "paired_fields",
        &by_several(vec![mine, ours, expensive]),
        &Query::newest(vec![NAME, CONTACT, PARTNERS, AMOUNT], 50),
    );
}

#[test]
fn a_branch_over_the_only_account_is_no_fan() {
    let grants = vec![(of_my_account(), Some(expensive()), Vec::new()), (Scope::Created, None, Vec::new())];
    show("account_or_mine", &by_several(grants), &Query::newest(vec![NAME], 50));
}
