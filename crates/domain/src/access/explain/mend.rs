//! What would have to be otherwise in records for a predicate to hold.

use super::change::Change;
use crate::access::predicate::{Facts, Predicate, Target};
use crate::ids::{FieldId, RecordId};
use crate::modules::FieldKind;
use crate::records::{Condition, Operator, Value};

/// The most ways that are looked for at each step.
const WAYS: usize = 6;
/// The most records of each sort that are tried.
const TRIED: usize = 3;

/// Ways to make a predicate hold for a record, each a few changes; the shortest first.
pub(super) fn ways(predicate: &Predicate, facts: &dyn Facts, record: RecordId) -> Vec<Vec<Change>> {
    if predicate.holds(facts, record) {
        return vec![Vec::new()];
    }
    let mut found = match predicate {
        Predicate::Always | Predicate::Never | Predicate::IsAnchor | Predicate::MadeByViewer | Predicate::Not(_) => Vec::new(),
        Predicate::SharedWithAnchor => vec![vec![Change::Share { record }]],
        Predicate::Person { predicate, .. } => facts
            .asker()
            .anchor
            .map(|anchor| ways(predicate, facts, anchor))
            .unwrap_or_default(),
        Predicate::Refers { field, target } => to(*field, false, target, facts, record),
        Predicate::Links { field, target } => to(*field, true, target, facts, record),
        Predicate::Referred {
            field, linked, predicate, ..
        } => from(*field, *linked, predicate, facts, record),
        Predicate::Below { parent, top, .. } => {
            let mut all = ways(top, facts, record);
            all.extend(
                reach(predicate, facts)
                    .into_iter()
                    .map(|to| vec![point(record, *parent, false, to)]),
            );
            all
        }
        Predicate::Compare(condition) => set(condition, facts, record).into_iter().map(|change| vec![change]).collect(),
        Predicate::Any(parts) => parts.iter().flat_map(|part| ways(part, facts, record)).collect(),
        Predicate::All(parts) => parts
            .iter()
            .fold(vec![Vec::new()], |all, part| joined(all, &ways(part, facts, record))),
    };
    found.sort_by_key(Vec::len);
    found.truncate(WAYS);
    found
}

/// Each of these with each of those.
pub(super) fn joined(all: Vec<Vec<Change>>, more: &[Vec<Change>]) -> Vec<Vec<Change>> {
    let both = |first: &Vec<Change>| more.iter().map(|more| [first.as_slice(), more].concat()).collect::<Vec<_>>();
    let mut joined: Vec<Vec<Change>> = all.iter().flat_map(both).collect();
    joined.truncate(WAYS * WAYS);
    joined
}

fn point(record: RecordId, field: FieldId, linked: bool, to: RecordId) -> Change {
    Change::Point { record, field, linked, to }
}

fn to(field: FieldId, linked: bool, target: &Target, facts: &dyn Facts, record: RecordId) -> Vec<Vec<Change>> {
    let Target::Within { module, predicate } = target else {
        return facts
            .asker()
            .anchor
            .map(|to| vec![point(record, field, linked, to)])
            .into_iter()
            .collect();
    };
    let mut all: Vec<Vec<Change>> = reach(predicate, facts)
        .into_iter()
        .filter(|to| facts.lies_in(*to, *module))
        .map(|to| vec![point(record, field, linked, to)])
        .collect();
    let targets = facts.targets(field, record).into_iter();
    let targets = targets.filter(|to| facts.lies_in(*to, *module) && facts.is_live(*to));
    all.extend(targets.take(TRIED).flat_map(|to| ways(predicate, facts, to)));
    all
}

fn from(field: FieldId, linked: bool, predicate: &Predicate, facts: &dyn Facts, record: RecordId) -> Vec<Vec<Change>> {
    let reached = reach(predicate, facts).into_iter();
    let mut all: Vec<Vec<Change>> = reached.map(|from| vec![point(from, field, linked, record)]).collect();
    let sources = predicate
        .sources(facts, field, record)
        .into_iter()
        .filter(|from| facts.is_live(*from));
    all.extend(sources.take(TRIED).flat_map(|from| ways(predicate, facts, from)));
    all
}

/// A value that a condition wants, where it wants one and the field can be given it.
fn set(condition: &Condition, facts: &dyn Facts, record: RecordId) -> Option<Change> {
    let field = &condition.field;
    let value = match condition.operator {
        Operator::Equals | Operator::LessOrEqual | Operator::GreaterOrEqual => condition.operand.value(&field.kind, &facts.asker())?,
        Operator::Empty => Value::Null,
        _ => return None,
    };
    if field.kind.is_given() {
        return None;
    }
    Some(match value {
        // The person is no record of the module that the look-up leads to: it cannot be pointed at them.
        Value::Ref(to) if field.kind.target().is_some_and(|module| !facts.lies_in(to, module)) => return None,
        Value::Ref(to) if matches!(field.kind, FieldKind::Lookup { .. } | FieldKind::Parent | FieldKind::Owner { .. }) => {
            point(record, field.id, false, to)
        }
        value => Change::Set {
            record,
            field: Box::new(field.clone()),
            value,
        },
    })
}

/// Some live records that satisfy a predicate, found by walking from the person's own record.
fn reach(predicate: &Predicate, facts: &dyn Facts) -> Vec<RecordId> {
    let mut found = candidates(predicate, facts);
    found.dedup();
    found.retain(|record| facts.is_live(*record));
    found
        .into_iter()
        .filter(|record| predicate.holds(facts, *record))
        .take(TRIED)
        .collect()
}

fn candidates(predicate: &Predicate, facts: &dyn Facts) -> Vec<RecordId> {
    let sources = |field: FieldId, to: Vec<RecordId>| {
        to.into_iter()
            .flat_map(|to| facts.sources(field, to).into_iter().take(WAYS))
            .collect()
    };
    match predicate {
        Predicate::IsAnchor => facts.asker().anchor.into_iter().collect(),
        Predicate::Refers { field, target } | Predicate::Links { field, target } => match target {
            Target::Anchor => sources(*field, facts.asker().anchor.into_iter().collect()),
            Target::Within { predicate, .. } => sources(*field, reach(predicate, facts)),
        },
        Predicate::Referred { field, predicate, .. } => {
            let from = reach(predicate, facts).into_iter();
            from.flat_map(|from| facts.targets(*field, from)).collect()
        }
        Predicate::Below { top, .. } => candidates(top, facts),
        Predicate::Any(parts) | Predicate::All(parts) => parts.iter().flat_map(|part| candidates(part, facts)).collect(),
        _ => Vec::new(),
    }
}
