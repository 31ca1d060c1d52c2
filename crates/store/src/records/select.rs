//! The one statement behind every list, record and count.

use domain::access::{Access, Column, LookupColumn, Predicate};
use domain::files::Purpose;
use domain::ids::FieldId;
use domain::modules::{Field, FieldKind, Storage, table_of};
use domain::records::{Query, QueryError};

use super::joins::Joins;
use super::merge::Merge;
use super::sql::{Holes, Sql, column};
use super::{filter, gate, parents};
use crate::engine::{Dialect, Param};

/// The largest page.
pub(super) const MAX_LIMIT: u32 = 200;
/// The most records that work in the background reads with one statement.
pub const MAX_STRIDE: u32 = 1000;
/// How far a page may be asked for by its number; beyond it only the token of the page before leads on.
const MAX_SKIP: u32 = 2000;

/// A statement with its values.
#[derive(Debug)]
pub(super) struct Statement {
    pub text: String,
    pub params: Vec<Param>,
    /// Which of the values are the viewer's.
    pub holes: Holes,
}

/// How a value lies in the row of the statement.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Slot {
    /// One column: the value.
    Plain { at: usize },
    /// Three columns: the raw id, the visible record's id, its name.
    Lookup { at: usize, named: bool, names_only: bool },
    /// Four columns: the raw id, the module, the visible record's id, its name.
    Parent { at: usize },
    /// Two columns: an actor's id and name.
    Actor { at: usize },
    /// Three columns: a file's id, name and size.
    File { at: usize },
    /// One column: a JSON array of `{name, id}`.
    Links { at: usize },
}

/// A slot, and where the row says whether the field is there on the record; nowhere if it always is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    pub slot: Slot,
    pub guard: Option<usize>,
}

/// How a row lies: `t.id`, `t.modified_time`, the guards, the slots, what the list is sorted by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    /// One for each column asked for.
    pub places: Vec<Place>,
    pub sort_at: usize,
}

/// The list. One row more than the limit tells that there are more.
pub(super) fn list(dialect: Dialect, access: &Access, query: &Query) -> Result<(Statement, Shape), QueryError> {
    if query.limit == 0 || query.limit > MAX_LIMIT {
        return Err(QueryError::BadLimit);
    }
    page(dialect, access, query)
}

/// The same for work in the background, which reads more at a time.
pub(super) fn stride(dialect: Dialect, access: &Access, query: &Query) -> Result<(Statement, Shape), QueryError> {
    if query.limit == 0 || query.limit > MAX_STRIDE {
        return Err(QueryError::BadLimit);
    }
    page(dialect, access, query)
}

/// The place after the first `skip` records: the last of them is the first row.
pub(super) fn skip(dialect: Dialect, access: &Access, query: &Query, skip: u32) -> Result<Statement, QueryError> {
    if skip == 0 || skip > MAX_SKIP {
        return Err(QueryError::BadLimit);
    }
    leap(dialect, access, query, skip)
}

/// The same for work in the background, which goes any distance.
pub(super) fn leap(dialect: Dialect, access: &Access, query: &Query, skip: u32) -> Result<Statement, QueryError> {
    let query = Query {
        columns: Vec::new(),
        limit: skip,
        ..query.clone()
    };
    let (mut statement, _) = page(dialect, access, &query)?;
    statement.params.push(skip.saturating_sub(1).into());
    statement.text += &format!(" OFFSET ${}", statement.params.len());
    Ok(statement)
}

fn page(dialect: Dialect, access: &Access, query: &Query) -> Result<(Statement, Shape), QueryError> {
    let joins = Joins::of(access, query)?;
    let mut sql = Sql::new(dialect, access);
    sql.push("SELECT t.id, t.modified_time");
    let shape = write_places(&mut sql, access, &joins, &query.columns)?;
    let expression = filter::sort_expression(&mut sql, access, query.order)?;
    sql.push(", ").push(expression.as_deref().unwrap_or("NULL"));
    match Merge::of(access, query, expression.as_deref()) {
        Some(merge) => {
            merge.write_from(&mut sql)?;
            joins.write(&mut sql);
            sql.push(" WHERE ");
            gate::write(&mut sql, access);
            merge.write_order(&mut sql);
        }
        None => {
            write_from(&mut sql, access, &joins);
            write_conditions(&mut sql, access, &joins, query, expression.as_deref())?;
            sql.push(" AND ");
            gate::write(&mut sql, access);
            write_order(&mut sql, query, expression.as_deref(), "t.id");
        }
    }
    Ok((sql.finish(), shape))
}

/// How many records the query finds, whatever its page, and whether the access holds.
pub(super) fn count(dialect: Dialect, access: &Access, query: &Query) -> Result<Statement, QueryError> {
    let query = Query {
        columns: Vec::new(),
        after: None,
        ..query.clone()
    };
    let joins = Joins::of(access, &query)?;
    let mut sql = Sql::new(dialect, access);
    sql.push("SELECT count(*), CASE WHEN ");
    gate::write(&mut sql, access);
    sql.push(" THEN 1 ELSE 0 END");
    write_from(&mut sql, access, &joins);
    write_conditions(&mut sql, access, &joins, &query, None)?;
    Ok(sql.finish())
}

fn write_from(sql: &mut Sql, access: &Access, joins: &Joins) {
    sql.push(" FROM :db.").push(&access.plan().module().table()).push(" t");
    joins.write(sql);
    sql.push(" WHERE t.deleted_time IS NULL");
}

fn write_conditions(sql: &mut Sql, access: &Access, joins: &Joins, query: &Query, expression: Option<&str>) -> Result<(), QueryError> {
    if *access.plan().view() != Predicate::Always {
        sql.push(" AND ");
        sql.predicate("t", access.plan().view());
    }
    if !query.ids.is_empty() {
        sql.push(" AND ");
        sql.among("t.id", &query.ids);
    }
    if let Some(condition) = &query.filter {
        sql.push(" AND ");
        filter::filter(sql, access, joins, condition)?;
    }
    if let Some(search) = &query.search {
        sql.push(" AND ");
        filter::search(sql, access, &search.0);
    }
    if let Some(cursor) = &query.after {
        sql.push(" AND ");
        filter::after(sql, access, query.order, expression, cursor)?;
    }
    Ok(())
}

/// Writes the order of a list by the expression it is sorted by, if there is one, and by the id; and how many rows are
/// wanted: one more than the page holds, which tells that there are more.
///
/// The limit is part of the text: PostgreSQL plans a statement once for all the limits it may be given, and would walk
/// no index in order. There are few, because a page holds at most [`MAX_LIMIT`].
pub(super) fn write_order(sql: &mut Sql, query: &Query, expression: Option<&str>, id: &str) {
    let direction = if query.order.descending { " DESC" } else { " ASC" };
    sql.push(" ORDER BY ");
    if let Some(expression) = expression {
        sql.push(expression).push(direction).push(" NULLS LAST, ");
    }
    sql.push(id).push(direction).push(" LIMIT ").push(&(query.limit + 1).to_string());
}

fn write_places(sql: &mut Sql, access: &Access, joins: &Joins, columns: &[FieldId]) -> Result<Shape, QueryError> {
    let known = |id: &FieldId| access.plan().column(*id).ok_or_else(|| QueryError::NoSuchField(id.to_string()));
    let columns: Vec<&Column> = columns.iter().map(known).collect::<Result<_, _>>()?;
    let mut at = 2;
    let mut guards: Vec<(&Predicate, usize)> = Vec::new();
    for readable in columns.iter().map(|c| &c.readable).filter(|p| **p != Predicate::Always) {
        if !guards.iter().any(|(known, _)| *known == readable) {
            sql.decisions([readable]);
            guards.push((readable, at));
            at += 1;
        }
    }
    let mut places = Vec::with_capacity(columns.len());
    for col in columns {
        let slot = write_slot(sql, joins, col, at);
        at += match slot {
            Slot::Parent { .. } => 4,
            Slot::Lookup { .. } | Slot::File { .. } => 3,
            Slot::Actor { .. } => 2,
            Slot::Plain { .. } | Slot::Links { .. } => 1,
        };
        let guard = guards.iter().find(|(known, _)| **known == col.readable).map(|(_, at)| *at);
        places.push(Place { slot, guard });
    }
    Ok(Shape { places, sort_at: at })
}

fn write_slot(sql: &mut Sql, joins: &Joins, col: &Column, at: usize) -> Slot {
    let field = &col.field;
    let alias = joins.alias(field.id);
    match (&col.lookup, &field.kind) {
        (Some(lookup), kind) if kind.storage() == Storage::Links => {
            write_link_names(sql, joins, field, lookup);
            Slot::Links { at }
        }
        (Some(lookup), _) => {
            sql.push(", ").push(&column("t", field)).push(", ").push(&joins.shown_id(field));
            sql.push(", ");
            write_name(sql, joins, field, lookup);
            let names_only = lookup.names_only != Predicate::Never;
            Slot::Lookup {
                at,
                named: names_only || lookup.named != Predicate::Never,
                names_only,
            }
        }
        (None, FieldKind::Parent) => {
            sql.push(", ")
                .push(&column("t", field))
                .push(", ")
                .push(&parents::module_column("t", field));
            for shown in [parents::shown_id(sql, "t", col), parents::shown_name(sql, "t", col)] {
                sql.push(", ").push(&shown);
            }
            Slot::Parent { at }
        }
        (None, kind) if kind.holds_file() => {
            let id = column("t", field);
            sql.push(", ").push(&id);
            if *kind == FieldKind::Attachment {
                // Its name and its size are fields of the record, and told as such.
                sql.push(", CAST(NULL AS TEXT), CAST(NULL AS BIGINT)");
            } else {
                write_file(sql, &id);
            }
            Slot::File { at }
        }
        (None, FieldKind::CreatedBy | FieldKind::ModifiedBy) => {
            sql.push(", ").push(alias).push(".id, ").push(alias).push(".name");
            Slot::Actor { at }
        }
        _ => {
            sql.push(", ").push(&column("t", field));
            Slot::Plain { at }
        }
    }
}

/// Writes the name and the size of the file of a record.
fn write_file(sql: &mut Sql, id: &str) {
    for told in ["name", "size"] {
        sql.push(", (SELECT f.").push(told).push(" FROM :db.files f WHERE f.id = ").push(id);
        sql.push(" AND f.purpose = '").push(Purpose::OfRecord.name()).push("')");
    }
}

/// Writes the name of the record behind a look-up, null where it may not be read.
fn write_name(sql: &mut Sql, joins: &Joins, field: &Field, lookup: &LookupColumn) {
    if lookup.names_only == Predicate::Never {
        let shown = joins.shown_name(sql, field, lookup);
        sql.push(&shown);
        return;
    }
    // The name of a record that is out of sight, for grants that say so.
    let always = lookup.names_only == Predicate::Always;
    if !always {
        sql.push("CASE WHEN ");
        sql.predicate("t", &lookup.names_only);
        sql.push(" THEN ");
    }
    sql.push("(SELECT n.name FROM :db.")
        .push(&table_of(lookup.module))
        .push(" n WHERE n.deleted_time IS NULL AND n.id = ")
        .push(&column("t", field))
        .push(")");
    if !always {
        let shown = joins.shown_name(sql, field, lookup);
        sql.push(" ELSE ").push(&shown).push(" END");
    }
}

fn write_link_names(sql: &mut Sql, joins: &Joins, field: &Field, lookup: &LookupColumn) {
    let rows = match sql.dialect {
        Dialect::Sqlite => "json_group_array(json_object('name', l.name, 'id', CAST(l.id AS TEXT)))",
        Dialect::Postgres => "CAST(json_agg(json_build_object('name', l.name, 'id', CAST(l.id AS TEXT))) AS TEXT)",
    };
    sql.push(", (SELECT ").push(rows).push(" FROM (SELECT y.id, y.name FROM (SELECT ");
    let mut target = String::new();
    let from = sql.piece(|sql| target = joins.write_links(sql, field, lookup));
    let name = named(sql, &target, lookup);
    sql.push(&target).push(".id, ").push(&name).push(" AS name").push(&from);
    sql.push(") y ORDER BY y.id) l)");
}

/// The name of the row `alias`, null where it may not be read.
pub(super) fn named(sql: &mut Sql, alias: &str, lookup: &LookupColumn) -> String {
    match lookup.named {
        Predicate::Always => format!("{alias}.name"),
        Predicate::Never => "NULL".to_owned(),
        ref readable => {
            let condition = sql.piece(|sql| sql.predicate(alias, readable));
            format!("CASE WHEN {condition} THEN {alias}.name END")
        }
    }
}
