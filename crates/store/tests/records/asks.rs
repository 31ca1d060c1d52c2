//! Random questions. They shrink: what is left of a failing one is small.

use domain::access::Access;
use domain::ids::{FieldId, RecordId};
use domain::modules::{Field, Module};
use domain::records::{Cursor, Filter, Operator, Order, Query, Search, SortKey, Value};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::values::{TEXTS, asked, pool};
use crate::world::World;

pub const OPERATORS: [Operator; 10] = [
    Operator::Equals,
    Operator::NotEquals,
    Operator::Contains,
    Operator::StartsWith,
    Operator::Less,
    Operator::LessOrEqual,
    Operator::Greater,
    Operator::GreaterOrEqual,
    Operator::Empty,
    Operator::NotEmpty,
];

/// A question about the module of an access. One in twenty names a field that the viewer may not read.
pub fn query(world: &World, access: &Access) -> BoxedStrategy<Query> {
    let module = access.plan().module().clone();
    let readable: Vec<FieldId> = access.plan().columns().iter().map(|c| c.field.id).collect();
    let every: Vec<FieldId> = module.fields.iter().map(|f| f.id).collect();
    let world = world.clone();
    prop_oneof![19 => Just(readable), 1 => Just(every)]
        .prop_flat_map(move |fields| shape(&world, &module, &fields))
        .boxed()
}

fn shape(world: &World, module: &Module, fields: &[FieldId]) -> BoxedStrategy<Query> {
    let every: Vec<RecordId> = world.rows.values().flatten().map(|e| e.id).collect();
    let ids = prop_oneof![6 => Just(Vec::new()), 1 => subsequence(every.clone(), 0..=every.len())];
    let word = select([&TEXTS[..], &["a", "ä", "%", "_", "\"", "example", "30", "жУК"]].concat());
    let search = proptest::option::weighted(0.2, word.prop_map(|w| Search(w.to_owned())));
    let filter = match comparisons(world, module, fields) {
        Some(one) => proptest::option::weighted(0.6, nested(one)).boxed(),
        None => Just(None).boxed(),
    };
    let limit = prop_oneof![3 => select(vec![1_u32, 2, 3, 5, 7, 10]), 7 => Just(200_u32)];
    let columns = subsequence(fields.to_vec(), 0..=fields.len());
    (columns, filter, search, order(module, fields, &every), limit, ids)
        .prop_map(|(columns, filter, search, (order, after), limit, ids)| Query {
            columns,
            filter,
            search,
            order,
            limit,
            after,
            ids,
        })
        .boxed()
}

fn nested(one: BoxedStrategy<Filter>) -> BoxedStrategy<Filter> {
    one.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Filter::All),
            proptest::collection::vec(inner, 0..4).prop_map(Filter::Any),
        ]
    })
    .boxed()
}

fn comparisons(world: &World, module: &Module, fields: &[FieldId]) -> Option<BoxedStrategy<Filter>> {
    let asked: Vec<(FieldId, Vec<Value>)> = fields.iter().map(|id| (*id, asked(world, module.field(*id).unwrap()))).collect();
    if asked.is_empty() {
        return None;
    }
    // A value of another kind of field now and then: it is refused, or it compares as it does everywhere.
    let strange = select(asked.iter().flat_map(|(_, values)| values.clone()).collect::<Vec<_>>());
    let one = (
        select(asked),
        select(&OPERATORS[..]),
        any::<prop::sample::Index>(),
        proptest::option::weighted(0.05, strange),
    );
    let made = one.prop_map(|((field, values), operator, index, strange)| Filter::Compare {
        field,
        operator,
        value: strange.unwrap_or_else(|| index.get(&values).clone()),
    });
    Some(made.boxed())
}

/// An order; sometimes with a cursor that nobody issued.
fn order(module: &Module, fields: &[FieldId], ids: &[RecordId]) -> BoxedStrategy<(Order, Option<Cursor>)> {
    let sorted: Vec<Field> = fields.iter().map(|id| module.field(*id).unwrap().clone()).collect();
    let sortable = sorted.iter().filter(|f| f.kind.is_sortable()).cloned().collect::<Vec<_>>();
    let mut keys = vec![(30, Just(None).boxed())];
    if !sortable.is_empty() {
        keys.push((65, select(sortable).prop_map(Some).boxed()));
    }
    if !sorted.is_empty() {
        keys.push((5, select(sorted).prop_map(Some).boxed()));
    }
    let key = prop::strategy::Union::new_weighted(keys);
    let ids = ids.to_vec();
    (key, any::<bool>())
        .prop_flat_map(move |(field, descending)| {
            let mut values = field.as_ref().map(|f| pool(&f.kind)).unwrap_or_default();
            values.extend([Value::Null, Value::Text("m".into())]);
            let cursor = (select(values), select(ids.clone())).prop_map(|(value, id)| Cursor { value, id });
            let order = Order {
                key: field.map_or(SortKey::Id, |f| SortKey::Field(f.id)),
                descending,
            };
            (Just(order), proptest::option::weighted(0.15, cursor))
        })
        .boxed()
}
