//! Queries over look-ups: both databases and the oracle find, show, count and add up the same, whoever asks.

use std::collections::BTreeMap;

use domain::access::Access;
use domain::ids::FieldId;
use domain::modules::{Field, FieldKind, Storage};
use domain::records::Value;
use domain::records::coql::{Condition, Function, Output, Reference, Selection, What, parse};
use serde_json::{Value as Json, json};

use crate::answers::{compare, is_sound};
use crate::asks::OPERATORS;
use crate::dice::Dice;
use crate::differential::accesses;
use crate::oracle::Oracle;
use crate::places::Places;
use crate::values::asked;
use crate::wire;
use crate::world::{Entry, World};

const SEED: u64 = 20_261_129;
const ORGANISATIONS: usize = 25;
const QUESTIONS: usize = 60;

/// A random path over what the plans name: through two look-ups at most.
fn path(dice: &mut Dice, world: &World, access: &Access) -> String {
    let plans = world.plans();
    let (mut names, mut here) = (Vec::new(), access.clone());
    while names.len() < 2 && dice.chance(45) {
        let lookups = here.plan().columns().iter().filter(|c| is_one(&c.field));
        let known = lookups.filter_map(|c| Some((c.field.api_name.clone(), plans.bind(*access.viewer(), c.lookup.as_ref()?.module)?)));
        let known: Vec<_> = known.collect();
        if known.is_empty() {
            break;
        }
        let (name, next) = dice.one(&known);
        names.push(name);
        here = next;
    }
    let columns = here.plan().columns().iter().filter(|c| c.field.kind.storage() != Storage::Links);
    let mut last: Vec<_> = columns.map(|c| c.field.api_name.clone()).collect();
    last.push("id".to_owned());
    names.push(dice.one(&last));
    names.join(".")
}

fn is_one(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Lookup { .. } | FieldKind::Parent | FieldKind::Owner { .. })
}

/// A random query of the module of an access.
fn question(dice: &mut Dice, world: &World, access: &Access) -> Selection {
    let mut paths: Vec<String> = (0..dice.between(1, 3)).map(|_| path(dice, world, access)).collect();
    paths.sort();
    paths.dedup();
    let module = &access.plan().module().api_name;
    let plans = world.plans();
    let bind = |text: &str| {
        let parsed = parse(text).unwrap_or_else(|why| panic!("{text}: {why}"));
        parsed.bind(access.clone(), |module| plans.bind(*access.viewer(), module))
    };
    let (last, rest) = paths.split_last().unwrap();
    let functions: Vec<String> = ["COUNT", "SUM", "AVG", "MIN", "MAX"]
        .iter()
        .map(|f| format!("{f}({last})"))
        .collect();
    let function = dice.one(&functions);
    let summary = match rest {
        [] => format!("select {function}, COUNT(*) from {module}"),
        rest => format!("select {0}, {function} from {module} group by {0}", rest.join(", ")),
    };
    // What does not go with a function or a group is refused: then the records themselves are asked for.
    let asked = if dice.chance(40) { bind(&summary).ok() } else { None };
    let plain = format!("select {} from {module}", paths.join(", "));
    let mut selection = asked.unwrap_or_else(|| bind(&plain).unwrap_or_else(|why| panic!("{plain}: {why}")));
    selection.limit = 1000;
    if dice.chance(70) {
        selection.condition = condition(dice, world, &selection);
    }
    selection
}

fn condition(dice: &mut Dice, world: &World, selection: &Selection) -> Option<Condition> {
    let one = |dice: &mut Dice| {
        let of = dice.one(&selection.outputs.iter().filter_map(|o| o.of).collect::<Vec<_>>());
        let field = selection.field(of);
        let values = field.map_or_else(|| vec![Value::Ref(domain::ids::RecordId(1)), Value::Null], |f| asked(world, f));
        let (operator, value) = (dice.one(&OPERATORS), dice.one(&values));
        let kind = field.map_or(FieldKind::BigInteger, |f| f.kind.clone());
        let compared = Condition::Compare {
            of,
            operator,
            value: value.clone(),
        };
        is_sound(&kind, operator, &value).then_some(compared)
    };
    let (a, b) = (one(dice)?, one(dice));
    Some(match (dice.below(4), b) {
        (0, _) => Condition::Not(Box::new(a)),
        (1, Some(b)) => Condition::All(vec![a, b]),
        (2, Some(b)) => Condition::Any(vec![Condition::Not(Box::new(a)), b]),
        _ => a,
    })
}

/// What a query ought to find.
struct Expected<'a> {
    oracle: Oracle<'a>,
    selection: &'a Selection,
}

impl<'a> Expected<'a> {
    /// The record of a source, where a record and its look-ups lead to one that is seen.
    fn at(&self, source: usize, entry: &'a Entry) -> Option<&'a Entry> {
        let Some((from, lookup)) = self.selection.sources[source].through else {
            return Some(entry);
        };
        let from_entry = self.at(from, entry)?;
        let field = self.field(from, lookup);
        let Value::Ref(id) = self.oracle.known(field, from_entry) else {
            return None;
        };
        self.oracle.seen_target(field.kind.target().unwrap(), id)
    }

    fn field(&self, source: usize, id: FieldId) -> &'a Field {
        let module = self.selection.sources[source].access.plan().module().id;
        self.oracle.world.catalogue.module(module).unwrap().field(id).unwrap()
    }

    fn value(&self, of: Reference, entry: &'a Entry) -> Value {
        let Some(entry) = self.at(of.source, entry) else {
            return Value::Null;
        };
        match of.what {
            What::Id => Value::Ref(entry.id),
            What::Field(id) => self.oracle.known(self.field(of.source, id), entry),
        }
    }

    fn fits(&self, condition: &Condition, entry: &'a Entry) -> bool {
        match condition {
            Condition::All(parts) => parts.iter().all(|part| self.fits(part, entry)),
            Condition::Any(parts) => parts.iter().any(|part| self.fits(part, entry)),
            Condition::Not(part) => !self.fits(part, entry),
            Condition::Compare { of, operator, value } => compare(*operator, &self.value(*of, entry), value),
            Condition::EndsWith { .. } => unreachable!("is not asked here"),
        }
    }

    /// A value as it is written; none where it is absent.
    fn shown(&self, of: Reference, entry: &'a Entry) -> Option<Json> {
        let value = self.value(of, entry);
        let What::Field(id) = of.what else {
            return Some(id_of(&value));
        };
        let field = self.field(of.source, id);
        let is_asked = of.source == 0 && !self.selection.is_summary();
        if is_asked && !self.oracle.reads(field, entry) {
            return None;
        }
        Some(match (&field.kind, value) {
            (FieldKind::CreatedBy | FieldKind::ModifiedBy, Value::Ref(id)) => {
                json!({"name": self.oracle.world.actors.get(&id.0), "id": id.to_string()})
            }
            (_, Value::Ref(id)) => {
                let (target, seen) = self.oracle.seen_through(field, id).unwrap();
                let mut shown = json!({"id": id.to_string()});
                if self.oracle.reads_name(target, seen) {
                    shown["name"] = json!(seen.name);
                }
                if field.kind == FieldKind::Parent {
                    shown["module"] = json!({"api_name": target.api_name, "id": target.id});
                }
                shown
            }
            (kind, Value::Null) if is_one(field) && is_asked && entry.value(field) != Value::Null => {
                assert!(kind.target().is_some() || *kind == FieldKind::Parent);
                return None;
            }
            (kind, value) => wire::plain(&value, kind),
        })
    }

    fn rows(&self) -> Vec<Json> {
        let module = self.selection.sources[0].access.plan().module().id;
        let sees = |e: &&Entry| self.oracle.sees(module, e) && self.selection.condition.as_ref().is_none_or(|c| self.fits(c, e));
        let mut found: Vec<&Entry> = self.oracle.world.rows[&module].iter().filter(sees).collect();
        found.sort_by_key(|e| e.id);
        if !self.selection.is_summary() {
            return found.into_iter().map(|entry| self.record(entry)).collect();
        }
        let mut groups: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
        for entry in found {
            let key: Vec<_> = self.selection.groups.iter().map(|of| self.value(*of, entry)).collect();
            groups.entry(format!("{key:?}")).or_default().push(entry);
        }
        if groups.is_empty() && self.selection.groups.is_empty() {
            groups.insert(String::new(), Vec::new());
        }
        groups.values().map(|entries| self.summary(entries)).collect()
    }

    fn record(&self, entry: &'a Entry) -> Json {
        let mut row = serde_json::Map::new();
        row.insert("id".into(), json!(entry.id.to_string()));
        for output in &self.selection.outputs {
            row.extend(self.shown(output.of.unwrap(), entry).map(|value| (output.name.clone(), value)));
        }
        Json::Object(row)
    }

    fn summary(&self, entries: &[&'a Entry]) -> Json {
        let column = |output: &Output| match (output.function, output.of) {
            (Some(Function::Count), None) => json!(entries.len()),
            (None, Some(of)) => self.shown(of, entries[0]).unwrap(),
            (function, of) => {
                let of = of.unwrap();
                let kind = self.selection.field(of).map_or(FieldKind::BigInteger, |f| f.kind.clone());
                let values: Vec<Value> = entries.iter().map(|e| self.value(of, e)).filter(|v| !v.is_empty()).collect();
                summed(function.unwrap(), &kind, &values)
            }
        };
        Json::Object(self.selection.outputs.iter().map(|o| (o.name.clone(), column(o))).collect())
    }
}

fn id_of(value: &Value) -> Json {
    match value {
        Value::Ref(id) => json!(id.to_string()),
        _ => Json::Null,
    }
}

fn summed(function: Function, kind: &FieldKind, values: &[Value]) -> Json {
    let number = |value: &Value| match value {
        Value::Int(n) | Value::Decimal(n) => i128::from(*n),
        Value::Day(day) => i128::from(day.0),
        Value::Moment(at) => i128::from(at.0),
        other => panic!("{other:?} is not added up"),
    };
    let by_size = |a: &&Value, b: &&Value| number(a).cmp(&number(b));
    let written = |value: Option<&Value>| value.map_or(Json::Null, |value| wire::plain(value, kind));
    let unit = 10_f64.powi(i32::from(kind.scale()));
    let sum = || values.iter().map(number).sum::<i128>();
    #[expect(clippy::cast_precision_loss, reason = "compared up to rounding")]
    match function {
        Function::Count => json!(values.len()),
        Function::Min => written(values.iter().min_by(by_size)),
        Function::Max => written(values.iter().max_by(by_size)),
        _ if values.is_empty() => Json::Null,
        Function::Sum => json!(sum() as f64 / unit),
        Function::Avg => json!(sum() as f64 / unit / values.len() as f64),
    }
}

/// Equal, numbers up to what a `f64` and four digits behind the point hold.
fn alike(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, value)| b.get(key).is_some_and(|b| alike(value, b)))
        }
        (Json::Number(a), Json::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            (a - b).abs() <= 0.000_1 + a.abs() * 1e-12
        }
        _ => a == b,
    }
}

fn is_same(selection: &Selection, found: &[Json], expected: &[Json]) -> bool {
    if found.len() != expected.len() {
        return false;
    }
    // Groups come in the order of their values, which the oracle does not know.
    if selection.is_summary() {
        return expected.iter().all(|row| found.iter().any(|other| alike(row, other)));
    }
    found.iter().zip(expected).all(|(a, b)| alike(a, b))
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_over_look_ups_find_what_the_oracle_finds() {
    let places = Places::open().await;
    let mut dice = Dice::new(SEED);
    let (mut full, mut joined, mut summed) = (0, 0, 0);
    for _ in 0..ORGANISATIONS {
        let world = World::random(dice.roll());
        let databases = places.settle(&world).await;
        let accesses = accesses(&world);
        for _ in 0..QUESTIONS {
            let access = dice.one(&accesses);
            let selection = question(&mut dice, &world, &access);
            let oracle = Oracle {
                world: &world,
                viewer: *access.viewer(),
            };
            let expected = Expected {
                oracle,
                selection: &selection,
            }
            .rows();
            for db in &databases {
                let answer = store::records::answer(db, &selection).await;
                let answer = answer.unwrap_or_else(|why| panic!("{why} on {:?}: {selection:#?}", db.dialect()));
                let body: Json = serde_json::from_slice(&[&answer.body[..], b"}"].concat()).unwrap();
                let found = body["data"].as_array().unwrap();
                assert!(
                    is_same(&selection, found, &expected),
                    "{:?} on {:?}: {:?} where {:?}\n{found:#?}\nand not\n{expected:#?}",
                    access.viewer(),
                    db.dialect(),
                    selection.outputs,
                    selection.condition
                );
            }
            full += usize::from(!expected.is_empty());
            joined += usize::from(selection.sources.len() > 1 && !expected.is_empty());
            summed += usize::from(selection.is_summary());
        }
    }
    println!("{full} found something, {joined} of them over look-ups, {summed} were summaries");
    assert!(full > 500 && joined > 200 && summed > 100, "{full} {joined} {summed}");
    places.finish().await;
}
