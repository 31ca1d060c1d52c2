//! Making records, one or many, with as few statements as the rules allow.
//!
//! There is no second way for imports: one record is a batch of one.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::{Access, Creation, Predicate};
use domain::ids::{FieldId, RecordId};
use domain::modules::{Field, FieldKind, Storage, table_of};
use domain::records::{FieldError, Prepared, Problem, Value, name_of};

use super::parents::Parents;
use super::{Sql, WriteError, Writing, refused, stored};
use crate::engine::{self, Param};

impl Writing<'_, '_> {
    /// Makes records, each of which must then be one the writer sees. If one of them cannot be made the error does not
    /// say which: whoever wants to know tries them one by one, each in an `attempt`.
    pub fn insert_many(&mut self, records: &[(RecordId, &Prepared)]) -> Result<(), WriteError> {
        if !self.access.plan().may_create() {
            return Err(WriteError::Forbidden);
        }
        let ways = ways(self.access, records)?;
        if records.is_empty() {
            return Ok(());
        }
        let parents = self.check_targets(records)?;
        let (columns, rows) = self.rows(records, &parents)?;
        let table = format!(":db.{}", self.module().table());
        self.conn.insert(&table, &columns, rows).map_err(|e| refused(self.module(), e))?;
        self.insert_links(records)?;
        self.keep_files(records, true)?;
        self.check_shown(records)?;
        for way in ways {
            self.check_in(&way.records, &[&way.end()])?;
        }
        Ok(())
    }

    /// The columns of all records, and the values of each: a field that a draft does not name is empty.
    fn rows(&mut self, records: &[(RecordId, &Prepared)], parents: &Parents) -> Result<(Vec<String>, Vec<Vec<Param>>), engine::Error> {
        let (module, actor, now) = (self.module(), self.access.viewer().actor, self.now.0);
        let named: BTreeSet<FieldId> = records.iter().flat_map(|(_, p)| p.draft().iter().map(|(id, _)| id)).collect();
        let has_column = |f: &&Field| f.kind.storage() != Storage::Links;
        let fields: Vec<&Field> = named.iter().filter_map(|&id| module.field(id)).filter(has_column).collect();
        let numbered: Vec<(&Field, &String)> = module.fields.iter().filter_map(auto_number).collect();
        let numbers = self.next_numbers(&numbered, records.len())?;
        let mut columns: Vec<String> = ["id", "name", "created_time", "modified_time", "created_by", "modified_by"]
            .map(str::to_owned)
            .to_vec();
        columns.extend(fields.iter().map(|f| f.column()));
        let belonging: Vec<&Field> = fields.iter().copied().filter(|f| f.kind == FieldKind::Parent).collect();
        columns.extend(belonging.iter().map(|f| f.parent_module_column()));
        columns.extend(numbered.iter().map(|(f, _)| f.column()));
        let row = |(number, (id, prepared)): (i64, &(RecordId, &Prepared))| {
            let draft = prepared.draft();
            let numbers: Vec<(FieldId, String)> = numbers
                .iter()
                .map(|(field, prefix, first)| (*field, format!("{prefix}{}", first + number)))
                .collect();
            let name = name_of(module, |field| match draft.value(field) {
                Some(value) => Some(value.to_text(&module.field(field)?.kind)),
                None => numbers.iter().find(|(id, _)| *id == field).map(|(_, text)| text.clone()),
            });
            let mut params: Vec<Param> = vec![id.0.into(), name.into(), now.into(), now.into(), actor.into(), actor.into()];
            params.extend(fields.iter().map(|f| draft.value(f.id).map_or(Param::Null, stored)));
            params.extend(
                belonging
                    .iter()
                    .map(|f| draft.value(f.id).map_or(Param::Null, |value| parents.module_of(value))),
            );
            params.extend(numbers.into_iter().map(|(_, text)| Param::Text(text)));
            params
        };
        Ok((columns, (0..).zip(records).map(row).collect()))
    }

    /// Takes as many numbers as there are records, for each field that is numbered: its prefix and the first number.
    fn next_numbers<'f>(
        &mut self,
        fields: &[(&Field, &'f String)],
        count: usize,
    ) -> Result<Vec<(FieldId, &'f String, i64)>, engine::Error> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let mut taken = Vec::with_capacity(fields.len());
        for (field, prefix) in fields {
            let sql = "UPDATE :db.counters SET last = last + $2 WHERE field_id = $1 RETURNING last";
            let last = self.conn.row(sql, &[field.id.0.into(), count.into()], |row| row.int(0))?;
            taken.push((field.id, *prefix, last.unwrap_or(count) - count + 1));
        }
        Ok(taken)
    }

    fn insert_links(&mut self, records: &[(RecordId, &Prepared)]) -> Result<(), engine::Error> {
        let module = self.module();
        for field in module.fields.iter().filter(|f| f.kind.storage() == Storage::Links) {
            let targets = |(id, prepared): &(RecordId, &Prepared)| {
                let targets = match prepared.draft().value(field.id) {
                    Some(Value::Refs(targets)) => targets.clone(),
                    _ => Vec::new(),
                };
                let id = *id;
                targets.into_iter().map(move |to| vec![Param::Int(id.0), Param::Int(to.0)])
            };
            let rows: Vec<Vec<Param>> = records.iter().flat_map(targets).collect();
            self.conn
                .insert(&format!(":db.{}", field.link_table()), &["record_id", "target_id"], rows)?;
        }
        Ok(())
    }

    /// Records that were just written must satisfy all of this.
    pub(super) fn check_in(&mut self, ids: &[RecordId], all: &[&Predicate]) -> Result<(), WriteError> {
        let asked = all.iter().filter(|p| ***p != Predicate::Always).map(|p| (*p).clone());
        let asked: Vec<Predicate> = asked.collect();
        if asked.is_empty() {
            return Ok(());
        }
        let distinct: BTreeSet<RecordId> = ids.iter().copied().collect();
        let seen = self.count_seen(&self.module().table(), "", &distinct, &Predicate::All(asked))?;
        if seen == distinct.len() {
            Ok(())
        } else {
            Err(WriteError::OutOfScope)
        }
    }

    /// Every record that a written look-up points at must be one the writer sees behind that look-up. Of parents it is found of which
    /// module they are.
    pub(super) fn check_targets(&mut self, records: &[(RecordId, &Prepared)]) -> Result<Parents, WriteError> {
        let mut wanted: BTreeMap<FieldId, BTreeSet<RecordId>> = BTreeMap::new();
        for (field, value) in records.iter().flat_map(|(_, p)| p.draft().iter()) {
            match value {
                Value::Ref(target) | Value::RefIn(_, target) => drop(wanted.entry(field).or_default().insert(*target)),
                Value::Refs(targets) => wanted.entry(field).or_default().extend(targets),
                _ => {}
            }
        }
        let (mut errors, mut parents) = (Vec::new(), Parents::default());
        for (id, targets) in wanted {
            let Some(field) = self.module().field(id) else { continue };
            let seen = match field.kind {
                FieldKind::Parent => self.find_parents(field, records, &mut parents)?,
                _ => self.sees_targets(field, targets)?,
            };
            if !seen {
                errors.push(FieldError {
                    field: field.api_name.clone(),
                    problem: Problem::NoSuchRecord,
                });
            }
        }
        if errors.is_empty() {
            Ok(parents)
        } else {
            Err(WriteError::Fields(errors))
        }
    }

    fn sees_targets(&mut self, field: &Field, mut targets: BTreeSet<RecordId>) -> Result<bool, engine::Error> {
        let Some(module) = field.kind.target() else { return Ok(true) };
        let access = self.access;
        if let Some(anchor) = access.viewer().anchor.filter(|_| access.plan().is_anchored(field.id)) {
            targets.remove(&anchor);
        }
        if targets.is_empty() {
            return Ok(true);
        }
        let Some(lookup) = access.plan().column(field.id).and_then(|c| c.lookup.as_ref()) else {
            return Ok(false);
        };
        let seen = self.count_seen(&table_of(module), "t.deleted_time IS NULL AND ", &targets, &lookup.visible)?;
        Ok(seen == targets.len())
    }

    fn count_seen(&mut self, table: &str, more: &str, ids: &BTreeSet<RecordId>, visible: &Predicate) -> Result<usize, engine::Error> {
        let mut sql = Sql::new(self.conn.dialect(), self.access);
        sql.push("SELECT count(*) FROM :db.").push(table).push(" t WHERE ").push(more);
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        if let [id] = ids.as_slice() {
            sql.push("t.id = ").bind(*id);
        } else {
            sql.params.push(serde_json::to_string(&ids).unwrap_or_default().into());
            let condition = sql.dialect.in_ints("t.id", sql.params.len());
            sql.push(&condition);
        }
        sql.push(" AND ");
        sql.predicate("t", visible);
        let (text, params) = (sql.text, sql.params);
        let seen = self.conn.row(&text, &params, |row| row.int(0))?;
        Ok(usize::try_from(seen.unwrap_or(0)).unwrap_or(0))
    }
}

/// The records by the ways in which they may be made: each must afterwards lie where one of its ways leads. What was
/// prepared for somebody else may go by none.
fn ways<'p>(access: &'p Access, records: &[(RecordId, &Prepared)]) -> Result<Vec<Way<'p>>, WriteError> {
    let mut ways: Vec<Way> = Vec::new();
    for (id, prepared) in records {
        let takes = |c: &&Creation| c.complete && prepared.draft().iter().all(|(field, _)| c.takes(field));
        let creations: Vec<&Creation> = access.plan().creations().iter().filter(takes).collect();
        if creations.is_empty() {
            return Err(WriteError::Forbidden);
        }
        match ways.iter_mut().find(|way| way.creations == creations) {
            Some(way) => way.records.push(*id),
            None => ways.push(Way {
                creations,
                records: vec![*id],
            }),
        }
    }
    Ok(ways)
}

/// New records that may be made by the same creations.
struct Way<'p> {
    creations: Vec<&'p Creation>,
    records: Vec<RecordId>,
}

impl Way<'_> {
    /// Where its records must lie once they are made.
    fn end(&self) -> Predicate {
        match self.creations.as_slice() {
            [only] => only.records.clone(),
            several => Predicate::Any(several.iter().map(|c| c.records.clone()).collect()),
        }
    }
}

fn auto_number(field: &Field) -> Option<(&Field, &String)> {
    match &field.kind {
        FieldKind::AutoNumber { prefix } => Some((field, prefix)),
        _ => None,
    }
}
