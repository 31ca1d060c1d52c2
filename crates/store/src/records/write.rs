//! Writing: decided and applied in one transaction, under the access of the one who writes.

mod files;
mod many;
mod parents;

use domain::access::{Access, Column, Predicate};
use domain::ids::{FieldId, RecordId};
use domain::modules::{Field, FieldKind, Module, Storage};
use domain::records::{FieldError, Prepared, Problem, Value, name_of};
use domain::time::Moment;

use super::gate;
use super::page::value;
use super::sql::{Sql, column};
use crate::engine::{self, Conn, Param};

/// Why a record was not written. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("some values cannot be taken")]
    Fields(Vec<FieldError>),
    /// The viewer sees no such record.
    #[error("there is no such record")]
    NotFound,
    /// The viewer sees the record but may not do this to it, or may not make records here.
    #[error("this is not allowed")]
    Forbidden,
    /// The record as written would be out of the writer's own sight.
    #[error("the record would not be one of yours")]
    OutOfScope,
    /// Somebody changed the record since it was read.
    #[error("the record was changed by somebody else in the meantime")]
    Changed,
    #[error("the access is out of date")]
    Stale,
    #[error(transparent)]
    Engine(#[from] engine::Error),
}

/// The right to write under an access that was found to hold in this transaction.
///
/// It can only be had by looking:
///
/// ```
/// use domain::{access::Access, time::Moment};
/// use store::{engine::Conn, records::Writing};
/// fn writing<'a, 'c>(conn: &'a mut Conn<'c>, access: &'a Access, now: Moment) -> Option<Writing<'a, 'c>> {
///     Writing::begin(conn, access, now).ok()
/// }
/// ```
///
/// ```compile_fail,E0451
/// use domain::{access::Access, time::Moment};
/// use store::{engine::Conn, records::Writing};
/// fn writing<'a, 'c>(conn: &'a mut Conn<'c>, access: &'a Access, now: Moment) -> Option<Writing<'a, 'c>> {
///     Some(Writing { conn, access, now })
/// }
/// ```
pub struct Writing<'a, 'c> {
    conn: &'a mut Conn<'c>,
    access: &'a Access,
    now: Moment,
}

/// A record as it is before a change.
struct Current {
    modified: Moment,
    /// For each right asked for, whether the record has it.
    allowed: Vec<bool>,
    names: Vec<(FieldId, String)>,
}

impl<'a, 'c> Writing<'a, 'c> {
    /// Looks whether the access still holds.
    pub fn begin(conn: &'a mut Conn<'c>, access: &'a Access, now: Moment) -> Result<Self, WriteError> {
        if gate::is_current(conn, access)? {
            Ok(Self { conn, access, now })
        } else {
            Err(WriteError::Stale)
        }
    }

    fn module(&self) -> &'a Module {
        self.access.plan().module()
    }

    /// Makes a record, which must then be one the writer sees.
    pub fn insert(&mut self, id: RecordId, prepared: &Prepared) -> Result<(), WriteError> {
        self.insert_many(&[(id, prepared)])
    }

    /// Changes a record the writer sees and may edit; afterwards it must still be one the writer sees.
    ///
    /// `expected` is when the record was last changed as far as the writer knows.
    pub fn update(&mut self, id: RecordId, expected: Option<Moment>, prepared: &Prepared) -> Result<Moment, WriteError> {
        let (plan, module) = (self.access.plan(), self.module());
        // What was prepared for a new record, or for somebody else, may name more than this writer may change.
        let columns: Option<Vec<&Column>> = prepared.draft().iter().map(|(field, _)| plan.column(field)).collect();
        let columns = columns.ok_or(WriteError::Forbidden);
        let mut needed = vec![plan.edit()];
        needed.extend(columns.iter().flatten().map(|c| &c.changeable));
        let current = self.lock(id, &needed)?;
        self.check_fields(&current, &columns?)?;
        if expected.is_some_and(|at| at != current.modified) {
            return Err(WriteError::Changed);
        }
        let parents = self.check_targets(&[(id, prepared)])?;
        let draft = prepared.draft();
        let name = name_of(module, |field| match draft.value(field) {
            Some(value) => Some(value.to_text(&module.field(field)?.kind)),
            None => current.names.iter().find(|(id, _)| *id == field).map(|(_, text)| text.clone()),
        });
        let modified = Moment(self.now.0.max(current.modified.0 + 1));
        let mut params: Vec<Param> = vec![id.0.into(), name.into(), modified.0.into(), self.access.viewer().actor.into()];
        let mut sets = String::from("name = $2, modified_time = $3, modified_by = $4");
        for (field, value) in draft.iter().filter_map(|(id, value)| Some((module.field(id)?, value))) {
            if field.kind.storage() != Storage::Links {
                params.push(stored(value));
                sets += &format!(", {} = ${}", field.column(), params.len());
            }
            if field.kind == FieldKind::Parent {
                params.push(parents.module_of(value));
                sets += &format!(", {} = ${}", field.parent_module_column(), params.len());
            }
        }
        // Before anything is written: what the writer sees may follow from what is.
        self.unlink(id, prepared)?;
        let sql = format!("UPDATE :db.{} SET {sets} WHERE id = $1", module.table());
        self.conn.execute(&sql, &params).map_err(|e| refused(module, e))?;
        self.link(id, prepared)?;
        self.keep_files(&[(id, prepared)], false)?;
        self.check_shown(&[(id, prepared)])?;
        // The record as it is now must be one that the writer sees and might have changed in the same way.
        needed.push(plan.view());
        self.check_in(&[id], &needed)?;
        Ok(modified)
    }

    fn check_fields(&self, current: &Current, columns: &[&Column]) -> Result<(), WriteError> {
        if columns.iter().any(|c| c.changeable == Predicate::Never) {
            return Err(WriteError::Forbidden);
        }
        let refused = columns.iter().zip(current.allowed.iter().skip(1)).filter(|(_, allowed)| !**allowed);
        let errors: Vec<FieldError> = refused
            .map(|(column, _)| FieldError {
                field: column.field.api_name.clone(),
                problem: Problem::NotWritable,
            })
            .collect();
        if errors.is_empty() {
            Ok(())
        } else {
            Err(WriteError::Fields(errors))
        }
    }

    /// Puts a record into the recycle bin.
    pub fn delete(&mut self, id: RecordId) -> Result<(), WriteError> {
        self.lock(id, &[self.access.plan().delete()])?;
        let sql = format!(
            "UPDATE :db.{} SET deleted_time = $2, deleted_by = $3 WHERE id = $1",
            self.module().table()
        );
        self.conn
            .execute(&sql, &[id.0.into(), self.now.0.into(), self.access.viewer().actor.into()])?;
        Ok(())
    }

    /// Takes a record out of the recycle bin. Only for those who see every record of the module.
    pub fn restore(&mut self, id: RecordId) -> Result<(), WriteError> {
        let plan = self.access.plan();
        if *plan.view() != Predicate::Always || *plan.delete() != Predicate::Always {
            return Err(WriteError::Forbidden);
        }
        let module = self.module();
        let sql = format!(
            "UPDATE :db.{} SET deleted_time = NULL, deleted_by = NULL WHERE id = $1 AND deleted_time IS NOT NULL",
            module.table()
        );
        let restored = self.conn.execute(&sql, &[id.0.into()]).map_err(|e| refused(module, e))?;
        if restored == 0 { Err(WriteError::NotFound) } else { Ok(()) }
    }

    /// Locks a record the writer sees, to do what the first of the `rights` must allow.
    fn lock(&mut self, id: RecordId, rights: &[&Predicate]) -> Result<Current, WriteError> {
        let module = self.module();
        let has_column = |f: &&Field| f.kind.storage() != Storage::Links;
        let named = module.name_fields.iter().filter_map(|id| module.field(*id));
        let names: Vec<&Field> = named.filter(has_column).collect();
        let mut sql = Sql::new(self.conn.dialect(), self.access);
        sql.push("SELECT t.modified_time");
        sql.decisions(rights.iter().copied());
        for field in &names {
            sql.push(", ").push(&column("t", field));
        }
        sql.push(" FROM :db.")
            .push(&module.table())
            .push(" t WHERE t.deleted_time IS NULL AND t.id = ")
            .bind(id.0)
            .push(" AND ");
        sql.predicate("t", self.access.plan().view());
        let lock = sql.dialect.for_update();
        sql.push(lock);
        let (text, params) = (sql.text, sql.params);
        let found = self.conn.row(&text, &params, |row| {
            let texts: Result<Vec<_>, engine::Error> = names
                .iter()
                .enumerate()
                .map(|(i, f)| Ok((f.id, value(row.cell(1 + rights.len() + i)?, &f.kind)?.to_text(&f.kind))))
                .collect();
            let allowed: Result<Vec<bool>, engine::Error> = (1..=rights.len()).map(|at| row.bool(at)).collect();
            Ok(Current {
                modified: Moment(row.int(0)?),
                allowed: allowed?,
                names: texts?,
            })
        })?;
        match found {
            None => Err(WriteError::NotFound),
            Some(current) if current.allowed.first() != Some(&true) => Err(WriteError::Forbidden),
            Some(current) => Ok(current),
        }
    }

    /// Takes away the links that the draft has others for. Those to records out of the writer's sight stay: nobody takes
    /// away what they do not know of.
    fn unlink(&mut self, id: RecordId, prepared: &Prepared) -> Result<(), WriteError> {
        for (field, _) in self.linked(prepared) {
            let mut sql = Sql::new(self.conn.dialect(), self.access);
            sql.push("DELETE FROM :db.")
                .push(&field.link_table())
                .push(" WHERE record_id = ")
                .bind(id.0);
            let lookup = self.access.plan().column(field.id).and_then(|c| c.lookup.as_ref());
            if let Some(lookup) = lookup.filter(|l| l.visible != Predicate::Always) {
                sql.push(" AND target_id IN (");
                sql.ids(lookup.module, &lookup.visible);
                sql.push(")");
            }
            self.conn.execute(&sql.text, &sql.params)?;
        }
        Ok(())
    }

    fn link(&mut self, id: RecordId, prepared: &Prepared) -> Result<(), WriteError> {
        for (field, value) in self.linked(prepared) {
            let Value::Refs(targets) = value else { continue };
            let sql = format!("INSERT INTO :db.{} (record_id, target_id) VALUES ($1, $2)", field.link_table());
            for target in targets {
                self.conn.execute(&sql, &[id.0.into(), target.0.into()])?;
            }
        }
        Ok(())
    }

    /// The multi-select look-ups of a draft.
    fn linked<'p>(&self, prepared: &'p Prepared) -> Vec<(&'a Field, &'p Value)> {
        let module = self.module();
        let values = prepared.draft().iter().filter_map(|(id, value)| Some((module.field(id)?, value)));
        values.filter(|(field, _)| field.kind.storage() == Storage::Links).collect()
    }
}

/// A value as its column holds it.
pub(super) fn stored(value: &Value) -> Param {
    match value {
        Value::Null | Value::Refs(_) => Param::Null,
        Value::Text(text) if text.is_empty() => Param::Null,
        Value::Text(text) => Param::Text(text.clone()),
        Value::Int(n) | Value::Decimal(n) => Param::Int(*n),
        Value::Bool(yes) => Param::from(*yes),
        Value::Day(day) => Param::Int(day.0),
        Value::Moment(at) => Param::Int(at.0),
        Value::Ref(id) | Value::RefIn(_, id) => Param::Int(id.0),
        Value::Choices(options) if options.is_empty() => Param::Null,
        // A list of strings always becomes JSON.
        Value::Choices(options) => serde_json::to_string(options).map_or(Param::Null, Param::Text),
    }
}

/// A broken unique index names its field.
fn refused(module: &Module, error: engine::Error) -> WriteError {
    if !error.is_unique() {
        return error.into();
    }
    let text = error.to_string();
    let broken = |f: &&Field| text.split([' ', ',', '.']).any(|word| word == f.column());
    let field = module
        .fields
        .iter()
        .find(broken)
        .map_or_else(|| "id".to_owned(), |f| f.api_name.clone());
    WriteError::Fields(vec![FieldError {
        field,
        problem: Problem::NotUnique,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_is_stored_as_nothing() {
        for empty in [
            Value::Null,
            Value::Text(String::new()),
            Value::Choices(Vec::new()),
            Value::Refs(Vec::new()),
        ] {
            assert_eq!(stored(&empty), Param::Null, "{empty:?}");
        }
        assert_eq!(stored(&Value::Choices(vec!["a".into()])), Param::Text("[\"a\"]".into()));
    }
}
