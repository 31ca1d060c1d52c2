//! Writing what belongs to other records: which module the parent is of, and beside which records portal users see it.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{ModuleId, RecordId};
use domain::modules::Field;
use domain::records::{FieldError, Prepared, Problem, Value};

use super::{Sql, WriteError, Writing};
use crate::engine::{self, Param};
use crate::records::parents;

/// The parents that drafts name, and the module of each.
#[derive(Default)]
pub(super) struct Parents(BTreeMap<RecordId, ModuleId>);

impl Parents {
    fn of(&self, value: &Value) -> Option<ModuleId> {
        match value {
            Value::Ref(id) | Value::RefIn(_, id) => self.0.get(id).copied(),
            _ => None,
        }
    }

    /// What stands beside a parent in its record.
    pub fn module_of(&self, value: &Value) -> Param {
        self.of(value).map_or(Param::Null, |module| module.0.into())
    }
}

impl Writing<'_, '_> {
    /// Finds the modules of parents, as far as the writer sees these. Whether all were found, each in the module that it is said to be of
    /// where one is said.
    pub(super) fn find_parents(
        &mut self,
        field: &Field,
        records: &[(RecordId, &Prepared)],
        found: &mut Parents,
    ) -> Result<bool, engine::Error> {
        let values: Vec<&Value> = records.iter().filter_map(|(_, p)| p.draft().value(field.id)).collect();
        let ids: BTreeSet<i64> = values.iter().filter_map(|value| id_of(value)).map(|id| id.0).collect();
        let column = self.access.plan().column(field.id).filter(|column| !column.parents.is_empty());
        let Some(column) = column else { return Ok(ids.is_empty()) };
        let mut sql = Sql::new(self.conn.dialect(), self.access);
        sql.params.push(serde_json::to_string(&ids).unwrap_or_default().into());
        parents::write_found(&mut sql, column, |sql, id| {
            let among = sql.dialect.in_ints(id, 1);
            sql.push(&among);
        });
        let (text, params) = (sql.text, sql.params);
        let rows = self
            .conn
            .rows(&text, &params, |row| Ok((RecordId(row.int(0)?), ModuleId(row.int(1)?))))?;
        found.0.extend(rows);
        Ok(values.into_iter().all(|value| self.is_as_said(found, value)))
    }

    fn is_as_said(&self, found: &Parents, value: &Value) -> bool {
        let named = |name: &str| self.access.catalogue().named(name).map(|m| m.id);
        match (value, found.of(value)) {
            (Value::RefIn(name, _), Some(module)) => named(name).or(name.parse().ok().map(ModuleId)) == Some(module),
            (value, module) => value.is_empty() || module.is_some(),
        }
    }

    /// What is shown to portal users must belong to a record that some of them can see.
    pub(super) fn check_shown(&mut self, records: &[(RecordId, &Prepared)]) -> Result<(), WriteError> {
        let module = self.module();
        let (Some(shown), Some(parent)) = (module.shown_to_client(), module.parent_field()) else {
            return Ok(());
        };
        let bears = |p: &Prepared| p.draft().value(shown.id) == Some(&Value::Bool(true)) || p.draft().value(parent.id).is_some();
        let ids: Vec<i64> = records.iter().filter(|(_, p)| bears(p)).map(|(id, _)| id.0).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let beside: Vec<i64> = self.access.plan().shown_beside().iter().map(|module| module.0).collect();
        let dialect = self.conn.dialect();
        let of = parent.parent_module_column();
        let sql = format!(
            "SELECT count(*) FROM :db.{} WHERE {} AND {} = 1 AND ({of} IS NULL OR NOT ({}))",
            module.table(),
            dialect.in_ints("id", 1),
            shown.column(),
            dialect.in_ints(&of, 2)
        );
        let list = |ids: &[i64]| Param::Text(serde_json::to_string(ids).unwrap_or_default());
        let hidden = self.conn.row(&sql, &[list(&ids), list(&beside)], |row| row.int(0))?;
        match hidden {
            None | Some(0) => Ok(()),
            Some(_) => Err(WriteError::Fields(vec![FieldError {
                field: shown.api_name.clone(),
                problem: Problem::NotInPortal,
            }])),
        }
    }
}

fn id_of(value: &Value) -> Option<RecordId> {
    match value {
        Value::Ref(id) | Value::RefIn(_, id) => Some(*id),
        _ => None,
    }
}
