//! What would turn an answer round: the smallest change first, each once, and none that leads nowhere.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::{
    Actions, Bound, Ceiling, Change, Criteria, Facts, Forbidden, Grant, Hop, Policy, Question, Rules, Scope, Wanted, Wish, explain,
};
use domain::ids::{FieldId, ModuleId, RecordId};
use domain::modules::{Catalogue, Field, FieldKind};
use domain::records::{Asker, Operator, Value};

use crate::house::{
    ACCOUNT, ACCOUNTS, ALL, AMOUNT, CLIENTS, CONTACT, CONTACT_NAME, CONTACTS, LINE_NAME, LINES, ME, ORDER, ORDERS, PARTNERS, SUBJECT,
    changed, client, field, grant, policy, related,
};

const EMPLOYER: FieldId = FieldId(23);
const PARENT: FieldId = FieldId(12);
const ORDER_1: RecordId = RecordId(301);
const ORDER_2: RecordId = RecordId(302);
const STRANGERS: RecordId = RecordId(303);
const LINE_1: RecordId = RecordId(401);
const MINE: RecordId = RecordId(201);
const OTHERS: RecordId = RecordId(202);

fn catalogue() -> Catalogue {
    let lookup = |module| FieldKind::Lookup { module };
    changed(|m| {
        m[0].fields.push(field(ACCOUNTS, PARENT, lookup(ACCOUNTS)));
        m[1].fields.push(field(CONTACTS, EMPLOYER, lookup(ACCOUNTS)));
    })
}

/// A few records: two orders of mine, a stranger's, with a line; my account and another one.
struct Few {
    links: Vec<(RecordId, FieldId, RecordId)>,
    values: BTreeMap<(RecordId, FieldId), Value>,
    gone: BTreeSet<RecordId>,
    /// By me, if it is not said.
    made_by_others: BTreeSet<RecordId>,
}

impl Few {
    fn new() -> Self {
        Self {
            links: vec![
                (ORDER_1, CONTACT, ME),
                (ORDER_2, CONTACT, ME),
                (LINE_1, ORDER, STRANGERS),
                (ME, EMPLOYER, MINE),
            ],
            values: BTreeMap::new(),
            gone: BTreeSet::new(),
            made_by_others: BTreeSet::new(),
        }
    }

    fn with(mut self, record: RecordId, field: FieldId, value: Value) -> Self {
        self.values.insert((record, field), value);
        self
    }
}

impl Facts for Few {
    fn asker(&self) -> Asker {
        client().asker()
    }

    fn made_by(&self, record: RecordId) -> Option<i64> {
        Some(if self.made_by_others.contains(&record) { 1 } else { 70 })
    }

    fn is_shared(&self, _: RecordId) -> bool {
        false
    }

    fn targets(&self, field: FieldId, record: RecordId) -> Vec<RecordId> {
        let from = self.links.iter().filter(|(from, by, _)| (*from, *by) == (record, field));
        from.map(|(.., to)| *to).collect()
    }

    fn sources(&self, field: FieldId, record: RecordId) -> Vec<RecordId> {
        let to = self.links.iter().filter(|(_, by, to)| (*to, *by) == (record, field));
        to.map(|(from, ..)| *from).collect()
    }

    fn lies_in(&self, _: RecordId, _: ModuleId) -> bool {
        true
    }

    fn is_live(&self, record: RecordId) -> bool {
        !self.gone.contains(&record)
    }

    fn value(&self, field: &Field, record: RecordId) -> Value {
        let link = || self.targets(field.id, record).first().map_or(Value::Null, |to| Value::Ref(*to));
        self.values.get(&(record, field.id)).cloned().unwrap_or_else(link)
    }
}

/// The changes that turn the answer round, a line for each way, as they are named.
fn flips(facts: &Few, policy: &Policy, ceilings: &[Ceiling], module: ModuleId, record: RecordId, wish: Wish) -> String {
    let rules = Rules {
        catalogue: &catalogue(),
        types: vec![(CLIENTS, policy.clone())],
        ceilings: ceilings.to_vec(),
    };
    let question = Question {
        user_type: CLIENTS,
        module,
        record,
        wish,
    };
    let found = explain(&rules, facts, question).flips;
    let way = |changes: &[Change]| changes.iter().map(said).collect::<Vec<_>>().join(" and ");
    found.iter().map(|flip| way(&flip.changes) + "\n").collect()
}

fn said(change: &Change) -> String {
    match change {
        Change::Name { grant, field } => format!("let grant {grant} read {field}"),
        Change::Write { grant, field } => format!("let grant {grant} write {field}"),
        Change::Tick { grant, action } => format!("let grant {grant} {action:?}"),
        Change::DropCriteria { grant } => format!("no condition on records in grant {grant}"),
        Change::DropPeople { grant } => format!("no condition on people in grant {grant}"),
        Change::DropGrant { grant } => format!("no grant {grant}"),
        Change::AddGrant(grant) => {
            let fields = grant.fields.iter().map(|f| format!(", {:?} {}", f.access, f.field));
            format!(
                "a grant of {:?}, {}{}",
                grant.scope,
                actions(grant.actions),
                fields.collect::<String>()
            )
        }
        Change::DropCeiling { ceiling } => format!("no ceiling {ceiling}"),
        Change::AddCeiling(ceiling) => match &ceiling.forbids {
            Forbidden::Actions(forbidden) => format!("a ceiling over {:?}, {}", ceiling.binds, actions(*forbidden)),
            other => format!("a ceiling over {:?}, {other:?}", ceiling.binds),
        },
        Change::Point { record, field, linked, to } => format!("{record}.{field} points {}at {to}", if *linked { "also " } else { "" }),
        Change::Set { record, field, value } => format!("{record}.{} is {value:?}", field.id),
        Change::Share { record } => format!("{record} is shared"),
        Change::Restore { record } => format!("{record} is out of the bin"),
    }
}

fn actions(actions: Actions) -> String {
    let all = [
        (actions.view, "view"),
        (actions.create, "create"),
        (actions.edit, "edit"),
        (actions.edit_shared, "edit shared"),
        (actions.delete, "delete"),
        (actions.link, "link"),
    ];
    let granted = all.into_iter().filter(|(granted, _)| *granted).map(|(_, name)| name);
    granted.collect::<Vec<_>>().join(" + ")
}

/// My name, and one grant more.
fn with(grant_for: Grant) -> Policy {
    Policy {
        personality: CONTACTS,
        grants: vec![grant(CONTACTS, Scope::Own, &[CONTACT_NAME]), grant_for],
    }
}

fn orders(fields: &[FieldId], actions: Actions) -> Grant {
    Grant {
        actions,
        ..grant(ORDERS, related(&[CONTACT]), fields)
    }
}

const VIEW: Actions = Actions {
    view: true,
    create: false,
    edit: false,
    edit_shared: false,
    delete: false,
    link: false,
};

fn is(field: FieldId, operator: Operator, value: Wanted) -> Option<Criteria> {
    Some(Criteria::Is { field, operator, value })
}

fn seven() -> Wanted {
    Wanted::Text("7".into())
}

fn path(hops: &[Hop]) -> Scope {
    Scope::Path { hops: hops.to_vec() }
}

#[test]
fn what_a_grant_does_not_say_is_added_to_it_before_another_grant_is_made() {
    let few = Few::new();
    let full = with(orders(&[SUBJECT], ALL));
    let viewed = with(orders(&[SUBJECT], VIEW));
    let shown = [
        flips(&few, &full, &[], ORDERS, ORDER_1, Wish::Read(AMOUNT)),
        flips(&few, &full, &[], ORDERS, ORDER_1, Wish::Write(AMOUNT)),
        flips(&few, &viewed, &[], ORDERS, ORDER_1, Wish::Edit),
        flips(&few, &viewed, &[], ORDERS, ORDER_1, Wish::Delete),
        flips(&few, &policy(), &[], ORDERS, ORDER_1, Wish::Write(CONTACT)),
        flips(&few, &viewed, &[], ORDERS, STRANGERS, Wish::Write(AMOUNT)),
        flips(&few, &full, &[], ACCOUNTS, OTHERS, Wish::View),
    ];
    insta::assert_snapshot!("added", shown.join("---\n"));
}

#[test]
fn a_record_comes_into_sight_by_the_look_ups_that_lead_there() {
    let few = Few::new();
    let accounts = |scope| with(grant(ACCOUNTS, scope, &[]));
    let tree = Scope::Account {
        account: EMPLOYER,
        parent: Some(PARENT),
        hops: Vec::new(),
    };
    let lines = with(grant(LINES, path(&[Hop::From(CONTACT), Hop::From(ORDER)]), &[LINE_NAME]));
    let mut children = with(orders(&[], VIEW));
    children.grants.push(grant(ORDERS, related(&[PARTNERS]), &[]));
    children.grants.push(grant(LINES, Scope::ChildrenOf { via: ORDER }, &[]));
    let shown = [
        flips(&few, &children, &[], LINES, LINE_1, Wish::View),
        flips(&few, &with(orders(&[SUBJECT], ALL)), &[], ORDERS, STRANGERS, Wish::View),
        flips(&few, &policy(), &[], LINES, LINE_1, Wish::View),
        flips(&few, &lines, &[], LINES, LINE_1, Wish::View),
        flips(&few, &accounts(path(&[Hop::To(EMPLOYER)])), &[], ACCOUNTS, OTHERS, Wish::View),
        flips(&few, &accounts(tree), &[], ACCOUNTS, OTHERS, Wish::View),
        flips(
            &few,
            &with(grant(ORDERS, related(&[PARTNERS]), &[])),
            &[],
            ORDERS,
            ORDER_1,
            Wish::View,
        ),
        flips(&few, &with(grant(ORDERS, Scope::Shared, &[])), &[], ORDERS, ORDER_1, Wish::View),
    ];
    insta::assert_snapshot!("reached", shown.join("---\n"));
}

#[test]
fn a_condition_is_fulfilled_or_dropped() {
    let few = Few::new();
    let on = |criteria| Grant {
        criteria,
        ..orders(&[SUBJECT], ALL)
    };
    let for_people = Grant {
        people: is(CONTACT_NAME, Operator::Equals, seven()),
        ..orders(&[SUBJECT], ALL)
    };
    let named = || Few::new().with(ORDER_1, SUBJECT, Value::Text("x".into()));
    let binned = Few {
        gone: [ORDER_1].into(),
        ..Few::new()
    };
    let order = |facts: &Few, grant: Grant| flips(facts, &with(grant), &[], ORDERS, ORDER_1, Wish::View);
    let shown = [
        order(&few, on(is(AMOUNT, Operator::Equals, seven()))),
        order(&few, on(is(AMOUNT, Operator::LessOrEqual, seven()))),
        order(&few, on(is(AMOUNT, Operator::GreaterOrEqual, seven()))),
        order(&few, on(is(AMOUNT, Operator::Less, seven()))),
        order(&few, on(is(SUBJECT, Operator::NotEmpty, Wanted::Nothing))),
        order(&few, on(is(ACCOUNT, Operator::Equals, Wanted::Text(OTHERS.to_string())))),
        order(&named(), on(is(SUBJECT, Operator::Empty, Wanted::Nothing))),
        order(&few, for_people),
        order(&binned, orders(&[SUBJECT], ALL)),
    ];
    insta::assert_snapshot!("fulfilled", shown.join("---\n"));
}

#[test]
fn ceilings_go_where_they_alone_forbid_and_come_where_something_is_to_be_denied() {
    let few = Few::new();
    let wall = |module, forbids| Ceiling {
        name: "A wall".into(),
        binds: Bound::Everybody,
        module,
        forbids,
    };
    let shut = |module| wall(module, Forbidden::Module);
    let no_subject = [shut(ACCOUNTS), wall(ORDERS, Forbidden::Fields(vec![SUBJECT]))];
    let others = Ceiling {
        binds: Bound::AllBut(vec![CLIENTS]),
        ..shut(ORDERS)
    };
    let shown = [
        flips(&few, &policy(), &[others, shut(ORDERS)], ORDERS, ORDER_1, Wish::View),
        flips(&few, &policy(), &no_subject, ORDERS, ORDER_1, Wish::Read(SUBJECT)),
        flips(&few, &policy(), &[shut(ORDERS)], LINES, LINE_1, Wish::View),
        flips(&few, &policy(), &[], ORDERS, ORDER_1, Wish::View),
        flips(&few, &policy(), &[], ORDERS, ORDER_1, Wish::Edit),
        flips(&few, &policy(), &[], ORDERS, ORDER_1, Wish::Delete),
        flips(&few, &policy(), &[], ORDERS, ORDER_1, Wish::Read(SUBJECT)),
    ];
    insta::assert_snapshot!("ceilings", shown.join("---\n"));
}
