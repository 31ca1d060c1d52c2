//! The answer that a question ought to get: filters, search, order and pages over records in memory.

use std::cmp::Ordering;

use domain::ids::RecordId;
use domain::modules::{Field, FieldKind, Module, Storage};
use domain::records::{Cursor, Filter, Operator, Query, SortKey, Value};
use store::records::Shown;

use crate::oracle::Oracle;
use crate::world::Entry;

/// Why a question gets no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum No {
    SuchField,
    Value,
    Cursor,
}

/// The whole list, without pages: ids and what is shown.
pub type Answer = Result<Vec<(RecordId, Vec<Shown>)>, No>;

/// A value as it is compared: text whatever its (ASCII) case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(i64),
    Text(String),
}

fn key(value: &Value) -> Option<Key> {
    Some(match value {
        Value::Int(n) | Value::Decimal(n) => Key::Number(*n),
        Value::Bool(yes) => Key::Number(i64::from(*yes)),
        Value::Day(day) => Key::Number(day.0),
        Value::Moment(at) => Key::Number(at.0),
        Value::Ref(id) => Key::Number(id.0),
        Value::Text(text) if !text.is_empty() => Key::Text(text.to_ascii_lowercase()),
        Value::Choices(chosen) if !chosen.is_empty() => Key::Text(serde_json::to_string(chosen).unwrap().to_ascii_lowercase()),
        _ => return None,
    })
}

impl Oracle<'_> {
    /// The list that a query asks for, all its pages joined.
    pub fn answer(&self, module: &Module, query: &Query) -> Answer {
        let fields = self.readable(module, query)?;
        if let Some(filter) = &query.filter {
            check(module, filter)?;
        }
        if let (Some(cursor), SortKey::Field(id)) = (&query.after, query.order.key) {
            let text = module.field(id).unwrap().kind.storage() == Storage::Text;
            if matches!(key(&cursor.value), Some(Key::Text(_)) if !text) || matches!(key(&cursor.value), Some(Key::Number(_)) if text) {
                return Err(No::Cursor);
            }
        }
        let found = self.world.rows[&module.id]
            .iter()
            .filter(|e| self.sees(module.id, e) && self.fits(module, query, e));
        let mut found: Vec<&Entry> = found
            .filter(|e| query.after.as_ref().is_none_or(|c| self.is_after(module, query, e, c)))
            .collect();
        found.sort_by(|a, b| {
            order(
                query,
                (self.sort_key(module, query, a), a.id),
                (self.sort_key(module, query, b), b.id),
            )
        });
        let shown = |e: &Entry| fields.iter().map(|f| self.shown(f, e)).collect();
        Ok(found.into_iter().map(|e| (e.id, shown(e))).collect())
    }

    fn readable<'m>(&self, module: &'m Module, query: &Query) -> Result<Vec<&'m Field>, No> {
        let known = |id| module.field(id).filter(|f| self.may_read(f)).ok_or(No::SuchField);
        let mut filtered = Vec::new();
        if let Some(filter) = &query.filter {
            filter.fields(&mut filtered);
        }
        for id in filtered {
            known(id)?;
        }
        if let SortKey::Field(id) = query.order.key
            && !known(id)?.kind.is_sortable()
        {
            return Err(No::SuchField);
        }
        query.columns.iter().map(|&id| known(id)).collect()
    }

    fn fits(&self, module: &Module, query: &Query, entry: &Entry) -> bool {
        let asked = query.ids.is_empty() || query.ids.contains(&entry.id);
        let found = query.search.as_ref().is_none_or(|s| self.holds_word(module, entry, &s.0));
        asked && found && query.filter.as_ref().is_none_or(|f| self.passes(module, entry, f))
    }

    fn holds_word(&self, module: &Module, entry: &Entry, word: &str) -> bool {
        let lines = module
            .fields
            .iter()
            .filter(|f| f.kind.is_line() || matches!(f.kind, FieldKind::TextArea { .. }));
        lines.filter(|f| self.reads(f, entry)).any(|f| match entry.value(f) {
            Value::Text(text) => text.to_lowercase().contains(&word.to_lowercase()),
            _ => false,
        })
    }

    fn passes(&self, module: &Module, entry: &Entry, filter: &Filter) -> bool {
        match filter {
            Filter::All(parts) => parts.iter().all(|p| self.passes(module, entry, p)),
            Filter::Any(parts) => parts.iter().any(|p| self.passes(module, entry, p)),
            Filter::Compare { field, operator, value } => {
                let field = module.field(*field).unwrap();
                compare(*operator, &self.known(field, entry), value)
            }
        }
    }

    fn sort_key(&self, module: &Module, query: &Query, entry: &Entry) -> Option<Key> {
        match query.order.key {
            SortKey::Id => None,
            SortKey::Field(id) => key(&self.known(module.field(id).unwrap(), entry)),
        }
    }

    fn is_after(&self, module: &Module, query: &Query, entry: &Entry, cursor: &Cursor) -> bool {
        let place = match query.order.key {
            SortKey::Id => None,
            SortKey::Field(_) => key(&cursor.value),
        };
        order(query, (self.sort_key(module, query, entry), entry.id), (place, cursor.id)) == Ordering::Greater
    }

    /// The records to choose from by name.
    pub fn choices(&self, module: &Module, word: &str, limit: usize) -> Vec<(RecordId, String)> {
        if !self.may_read_names(module) {
            return Vec::new();
        }
        let fits = |e: &&Entry| self.reads_name(module, e) && e.name.to_lowercase().contains(&word.to_lowercase());
        let mut found: Vec<_> = self.world.rows[&module.id]
            .iter()
            .filter(fits)
            .map(|e| (e.id, e.name.clone()))
            .collect();
        found.sort_by_key(|(id, name)| (name.to_ascii_lowercase(), *id));
        found.truncate(limit);
        found
    }
}

/// Records without a value come last in either direction; equal ones follow by id in the same direction.
fn order(query: &Query, a: (Option<Key>, RecordId), b: (Option<Key>, RecordId)) -> Ordering {
    let turned = |o: Ordering| if query.order.descending { o.reverse() } else { o };
    let by_key = match (&a.0, &b.0) {
        (Some(x), Some(y)) => turned(x.cmp(y)),
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
    };
    by_key.then(turned(a.1.cmp(&b.1)))
}

/// Whether the fields can be compared with these values at all.
fn check(module: &Module, filter: &Filter) -> Result<(), No> {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().try_for_each(|p| check(module, p)),
        Filter::Compare { field, operator, value } => {
            let kind = &module.field(*field).unwrap().kind;
            if is_sound(kind, *operator, value) { Ok(()) } else { Err(No::Value) }
        }
    }
}

pub fn is_sound(kind: &FieldKind, operator: Operator, value: &Value) -> bool {
    use Operator::{Contains, Empty, Equals, NotEmpty, NotEquals, StartsWith};
    if matches!(operator, Empty | NotEmpty) {
        return true;
    }
    if kind.storage() == Storage::Links {
        return matches!((operator, value), (Equals | NotEquals | Contains, Value::Ref(_)));
    }
    if matches!(operator, Contains | StartsWith) {
        return match value {
            Value::Choices(chosen) => matches!(kind, FieldKind::MultiPicklist { .. }) && !chosen.is_empty(),
            Value::Text(_) => kind.storage() == Storage::Text,
            _ => false,
        };
    }
    match key(value) {
        None => matches!(operator, Equals | NotEquals),
        Some(Key::Text(_)) => kind.storage() == Storage::Text,
        Some(Key::Number(_)) => kind.storage() == Storage::Int,
    }
}

pub fn compare(operator: Operator, known: &Value, wanted: &Value) -> bool {
    if let Value::Refs(ids) = known {
        let holds = matches!(wanted, Value::Ref(id) if ids.contains(id));
        return match operator {
            Operator::Empty => ids.is_empty(),
            Operator::NotEmpty => !ids.is_empty(),
            Operator::NotEquals => !holds,
            _ => holds,
        };
    }
    let (a, b) = (key(known), key(wanted));
    let both = |is: fn(Ordering) -> bool| a.as_ref().zip(b.as_ref()).is_some_and(|(a, b)| is(a.cmp(b)));
    match operator {
        Operator::Equals => a == b,
        Operator::NotEquals => a != b,
        Operator::Empty => a.is_none(),
        Operator::NotEmpty => a.is_some(),
        Operator::Less => both(Ordering::is_lt),
        Operator::LessOrEqual => both(Ordering::is_le),
        Operator::Greater => both(Ordering::is_gt),
        Operator::GreaterOrEqual => both(Ordering::is_ge),
        Operator::Contains | Operator::StartsWith => matches(operator, known, wanted),
    }
}

/// Text in text; a choice among the choices.
fn matches(operator: Operator, known: &Value, wanted: &Value) -> bool {
    match (known, wanted) {
        (Value::Text(text), Value::Text(part)) if operator == Operator::Contains => text.to_lowercase().contains(&part.to_lowercase()),
        (Value::Text(text), Value::Text(part)) => text.to_ascii_lowercase().starts_with(&part.to_ascii_lowercase()),
        (Value::Choices(chosen), Value::Choices(wanted)) if operator == Operator::Contains => {
            chosen.iter().any(|c| c.to_lowercase() == wanted[0].to_lowercase())
        }
        (Value::Choices(chosen), Value::Text(part)) if operator == Operator::Contains => {
            serde_json::to_string(chosen).unwrap().to_lowercase().contains(&part.to_lowercase())
        }
        (Value::Choices(chosen), Value::Text(part)) => serde_json::to_string(chosen)
            .unwrap()
            .to_ascii_lowercase()
            .starts_with(&part.to_ascii_lowercase()),
        _ => false,
    }
}
