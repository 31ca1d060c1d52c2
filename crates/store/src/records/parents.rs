//! The record that another belongs to: of any module, each with its own rule of who sees it.

use domain::access::{Column, LookupColumn, Predicate};
use domain::ids::ModuleId;
use domain::modules::{Field, table_of};

use super::select::named;
use super::sql::{Sql, column};

/// The column of the row `alias` that holds the module of the parent.
pub(super) fn module_column(alias: &str, field: &Field) -> String {
    format!("{alias}.{}", field.parent_module_column())
}

/// The id of the parent of the row `alias`, null where the viewer does not see it.
pub(super) fn shown_id(sql: &mut Sql, alias: &str, col: &Column) -> String {
    let every = |_: &LookupColumn| true;
    looked_up(sql, alias, col, "BIGINT", every, |_, parent, _| format!("{parent}.id"))
}

/// The name of the parent of the row `alias`, null where the viewer does not see it or may not read its name.
pub(super) fn shown_name(sql: &mut Sql, alias: &str, col: &Column) -> String {
    let has_name = |lookup: &LookupColumn| lookup.named != Predicate::Never;
    looked_up(sql, alias, col, "TEXT", has_name, named)
}

/// What stands in the parent of the row `alias`. Its module is known, so that one table is looked into.
fn looked_up(
    sql: &mut Sql,
    alias: &str,
    col: &Column,
    kind: &str,
    wanted: impl Fn(&LookupColumn) -> bool,
    what: impl Fn(&mut Sql, &str, &LookupColumn) -> String,
) -> String {
    let lookups: Vec<&LookupColumn> = col.parents.iter().filter(|lookup| wanted(lookup)).collect();
    if lookups.is_empty() {
        return format!("CAST(NULL AS {kind})");
    }
    let mut text = format!("CASE {}", module_column(alias, &col.field));
    for lookup in lookups {
        let parent = sql.alias();
        let what = what(sql, &parent, lookup);
        let seen = sql.piece(|sql| sql.predicate(&parent, &lookup.visible));
        text += &format!(
            " WHEN {} THEN (SELECT {what} FROM :db.{} {parent} WHERE {parent}.id = {} AND {parent}.deleted_time IS NULL AND {seen})",
            lookup.module,
            table_of(lookup.module),
            column(alias, &col.field)
        );
    }
    text + " END"
}

/// Writes the query for the ids and modules of those of some records that may be the parents of others; `among` writes the condition
/// on the id of a record.
pub(super) fn write_found(sql: &mut Sql, col: &Column, among: impl Fn(&mut Sql, &str)) {
    for (n, lookup) in col.parents.iter().enumerate() {
        let parent = sql.alias();
        let ModuleId(module) = lookup.module;
        sql.push(if n > 0 { " UNION ALL SELECT " } else { "SELECT " });
        sql.push(&format!("{parent}.id, {module} FROM "));
        sql.live(&parent, lookup.module);
        sql.push(" AND ");
        among(sql, &format!("{parent}.id"));
        sql.push(" AND ");
        sql.predicate(&parent, &lookup.visible);
    }
}
