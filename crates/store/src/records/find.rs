//! Finding records by a key, and in the recycle bin.

use std::collections::HashMap;

use domain::access::{Access, Column, Predicate, Wish};
use domain::ids::{FieldId, RecordId};
use domain::modules::{Field, Storage};
use domain::records::is_key;
use domain::time::Moment;

use super::filter::is_storable;
use super::sql::{Sql, column};
use super::{ReadError, gate};
use crate::engine::Conn;

/// What a key leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByKey {
    One(RecordId),
    Several,
}

/// The visible records whose `field`, as text, is one of `keys`. Only for readable lines of text and whole numbers; by
/// other fields nothing is found.
pub fn by_key(conn: &mut Conn, access: &Access, field: &Field, keys: &[String]) -> Result<HashMap<String, ByKey>, ReadError> {
    let mut found = HashMap::new();
    let Some(known) = access.plan().column(field.id).filter(|c| is_key(&c.field)) else {
        return Ok(found);
    };
    let field = &*known.field;
    let mut sql = Sql::new(conn.dialect(), access);
    let place = column("t", field);
    sql.push("SELECT t.id, CAST(")
        .push(&place)
        .push(" AS TEXT) FROM :db.")
        .push(&access.plan().module().table());
    sql.push(" t WHERE t.deleted_time IS NULL AND ");
    sql.predicate("t", access.plan().view());
    sql.push(" AND ");
    sql.predicate("t", &known.readable);
    let (list, condition) = match field.kind.storage() {
        Storage::Int => {
            let numbers: Vec<i64> = keys.iter().filter_map(|k| k.parse().ok()).collect();
            (serde_json::to_string(&numbers), sql.dialect.in_ints(&place, sql.params.len() + 1))
        }
        _ => {
            let texts: Vec<&String> = keys.iter().filter(|k| is_storable(k)).collect();
            (serde_json::to_string(&texts), sql.dialect.in_texts(&place, sql.params.len() + 1))
        }
    };
    sql.push(" AND ").push(&condition);
    sql.params.push(list.unwrap_or_default().into());
    sql.push(" AND ");
    gate::write(&mut sql, access);
    for (id, key) in conn.rows(&sql.text, &sql.params, |row| Ok((RecordId(row.int(0)?), row.text(1)?)))? {
        found.entry(key).and_modify(|to| *to = ByKey::Several).or_insert(ByKey::One(id));
    }
    held(conn, access, found.is_empty())?;
    Ok(found)
}

/// A statement that found nothing may have found nothing because the access does not hold any more.
fn held(conn: &mut Conn, access: &Access, nothing: bool) -> Result<(), ReadError> {
    if nothing && !gate::is_current(conn, access)? {
        return Err(ReadError::Stale);
    }
    Ok(())
}

/// A record in the recycle bin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted {
    pub id: RecordId,
    pub name: String,
    pub deleted: Moment,
    /// By whom it was deleted and made: id and name.
    pub deleted_by: Option<(i64, String)>,
    pub created_by: Option<(i64, String)>,
}

/// Which records in the recycle bin are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binned {
    /// Only those that were deleted later.
    pub since: Option<Moment>,
    pub skip: u32,
    pub limit: u32,
}

/// Records in a module's recycle bin, the latest first. Only for those who see every record with every field and may delete it;
/// others get none.
pub fn bin(conn: &mut Conn, access: &Access, wanted: Binned) -> Result<Vec<Deleted>, ReadError> {
    let plan = access.plan();
    let is_open = |column: &Column| column.readable == Predicate::Always;
    let reads_all = plan.columns().len() == plan.module().fields.len() && plan.columns().iter().all(is_open);
    if !reads_all || *plan.view() != Predicate::Always || *plan.delete() != Predicate::Always {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(conn.dialect(), access);
    sql.push("SELECT t.id, t.name, t.deleted_time, a.id, a.name, c.id, c.name FROM :db.")
        .push(&access.plan().module().table());
    sql.push(" t LEFT JOIN :db.actors a ON a.id = t.deleted_by LEFT JOIN :db.actors c ON c.id = t.created_by");
    // What is in the bin was deleted at some time.
    sql.push(" WHERE t.deleted_time > ").bind(wanted.since.map_or(i64::MIN, |at| at.0));
    sql.push(" AND ");
    gate::write(&mut sql, access);
    sql.push(" ORDER BY t.deleted_time DESC, t.id DESC LIMIT ")
        .bind(i64::from(wanted.limit));
    sql.push(" OFFSET ").bind(i64::from(wanted.skip));
    let found = conn.rows(&sql.text, &sql.params, |row| {
        Ok(Deleted {
            id: RecordId(row.int(0)?),
            name: row.text(1)?,
            deleted: Moment(row.int(2)?),
            deleted_by: row.opt_int(3)?.zip(row.opt_text(4)?),
            created_by: row.opt_int(5)?.zip(row.opt_text(6)?),
        })
    })?;
    held(conn, access, found.is_empty())?;
    Ok(found)
}

/// Those of some records that were deleted and would be in the viewer's sight if they had not been: whoever saw them would notice.
pub fn gone(conn: &mut Conn, access: &Access, ids: &[RecordId]) -> Result<Vec<RecordId>, ReadError> {
    let mut sql = Sql::new(conn.dialect(), access);
    sql.push("SELECT t.id FROM :db.").push(&access.plan().module().table());
    sql.push(" t WHERE t.deleted_time IS NOT NULL AND ");
    sql.predicate("t", access.plan().view());
    sql.push(" AND ");
    sql.among("t.id", ids);
    sql.push(" AND ");
    gate::write(&mut sql, access);
    sql.push(" ORDER BY t.id");
    let found = conn.rows(&sql.text, &sql.params, |row| Ok(RecordId(row.int(0)?)))?;
    held(conn, access, found.is_empty())?;
    Ok(found)
}

/// The names of visible records, for choosing one: those whose name holds `word`, at most `limit`.
pub fn choices(conn: &mut Conn, access: &Access, word: &str, limit: u32) -> Result<Vec<(RecordId, String)>, ReadError> {
    let plan = access.plan();
    let names: Option<Vec<&Column>> = plan.module().name_fields.iter().map(|id| plan.column(*id)).collect();
    let Some(names) = names.filter(|_| is_storable(word)) else {
        return Ok(Vec::new());
    };
    let mut sql = Sql::new(conn.dialect(), access);
    sql.push("SELECT t.id, t.name FROM :db.")
        .push(&plan.module().table())
        .push(" t WHERE t.deleted_time IS NULL AND ");
    sql.predicate("t", plan.view());
    for readable in names.iter().map(|c| &c.readable).filter(|p| **p != Predicate::Always) {
        sql.push(" AND ");
        sql.predicate("t", readable);
    }
    if !word.is_empty() {
        sql.params.push(word.into());
        let condition = sql.dialect.contains("t.name", &format!("${}", sql.params.len()));
        sql.push(" AND ").push(&condition);
    }
    sql.push(" AND ");
    gate::write(&mut sql, access);
    sql.push(" ORDER BY lower(t.name), t.id LIMIT ").bind(limit);
    let found = conn.rows(&sql.text, &sql.params, |row| Ok((RecordId(row.int(0)?), row.text(1)?)))?;
    held(conn, access, found.is_empty())?;
    Ok(found)
}

/// Whether the viewer may do what is wished with a record.
pub fn allows(conn: &mut Conn, access: &Access, id: RecordId, wish: Wish) -> Result<bool, ReadError> {
    let plan = access.plan();
    let Some(conditions) = plan.conditions(wish) else {
        return Ok(false);
    };
    let mut sql = Sql::new(conn.dialect(), access);
    sql.push("SELECT t.id FROM :db.")
        .push(&plan.module().table())
        .push(" t WHERE t.deleted_time IS NULL AND t.id = ")
        .bind(id.0);
    for condition in conditions {
        sql.push(" AND ");
        sql.predicate("t", condition);
    }
    sql.push(" AND ");
    gate::write(&mut sql, access);
    let found = conn.row(&sql.text, &sql.params, |row| row.int(0))?;
    held(conn, access, found.is_none())?;
    Ok(found.is_some())
}

/// What the viewer may do with one record they see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRights {
    pub edit: bool,
    pub delete: bool,
    /// The fields that may be changed on this record, in the module's order; none if it may not be edited.
    pub changeable: Vec<FieldId>,
    pub modified: Moment,
}

/// What the viewer may do with a record, if they see it.
pub fn rights(conn: &mut Conn, access: &Access, id: RecordId) -> Result<Option<RecordRights>, ReadError> {
    let plan = access.plan();
    let changed = || plan.columns().iter().filter(|c| c.changeable != Predicate::Never);
    let mut sql = Sql::new(conn.dialect(), access);
    sql.push("SELECT t.modified_time");
    sql.decisions([plan.edit(), plan.delete()].into_iter().chain(changed().map(|c| &c.changeable)));
    sql.push(" FROM :db.")
        .push(&plan.module().table())
        .push(" t WHERE t.deleted_time IS NULL AND t.id = ")
        .bind(id.0)
        .push(" AND ");
    sql.predicate("t", plan.view());
    sql.push(" AND ");
    gate::write(&mut sql, access);
    let found = conn.row(&sql.text, &sql.params, |row| {
        let edit = row.bool(1)?;
        let mut changeable = Vec::new();
        for (at, column) in (3..).zip(changed()) {
            if edit && row.bool(at)? {
                changeable.push(column.field.id);
            }
        }
        Ok(RecordRights {
            edit,
            delete: row.bool(2)?,
            changeable,
            modified: Moment(row.int(0)?),
        })
    })?;
    held(conn, access, found.is_none())?;
    Ok(found)
}
