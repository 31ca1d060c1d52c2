//! The records behind look-ups, as far as the viewer sees them.

use domain::access::{Access, Column, LookupColumn, Predicate};
use domain::ids::FieldId;
use domain::modules::{Field, FieldKind, Storage, table_of};
use domain::records::{Query, QueryError};

use super::select::named;
use super::sql::{Sql, column};

/// The alias of the viewer's own record.
const OWN: &str = "o";

/// The look-ups that a statement joins, by field.
pub(super) struct Joins<'a> {
    columns: Vec<(&'a Column, String)>,
}

impl<'a> Joins<'a> {
    pub fn of(access: &'a Access, query: &Query) -> Result<Self, QueryError> {
        let mut wanted: Vec<FieldId> = query.columns.clone();
        if let Some(filter) = &query.filter {
            filter.check_size()?;
            filter.fields(&mut wanted);
        }
        let mut columns: Vec<(&Column, String)> = Vec::new();
        for id in wanted {
            let column = access.plan().column(id).ok_or_else(|| QueryError::NoSuchField(id.to_string()))?;
            let joined = column.lookup.is_some() || matches!(column.field.kind, FieldKind::CreatedBy | FieldKind::ModifiedBy);
            if joined && !columns.iter().any(|(c, _)| c.field.id == id) {
                let alias = if is_own(column) {
                    OWN.to_owned()
                } else {
                    format!("j{}", columns.len())
                };
                columns.push((column, alias));
            }
        }
        Ok(Self { columns })
    }

    pub fn alias(&self, field: FieldId) -> &str {
        self.columns
            .iter()
            .find(|(c, _)| c.field.id == field)
            .map_or("t", |(_, alias)| alias)
    }

    /// Where a filter compares a field: a look-up only by the record the viewer sees behind it.
    pub fn comparable(&self, field: &Field) -> String {
        match field.kind {
            FieldKind::Lookup { .. } | FieldKind::Owner { .. } => self.shown_id(field),
            _ => column("t", field),
        }
    }

    /// The id of the record behind a look-up, null where the viewer does not see that record.
    pub fn shown_id(&self, field: &Field) -> String {
        let alias = self.alias(field.id);
        Self::shown(field, alias, format!("{alias}.id"))
    }

    /// The name of the record behind a look-up, null where the viewer does not see that record or may not read its name.
    pub fn shown_name(&self, sql: &mut Sql, field: &Field, lookup: &LookupColumn) -> String {
        let alias = self.alias(field.id);
        Self::shown(field, alias, named(sql, alias, lookup))
    }

    fn shown(field: &Field, alias: &str, what: String) -> String {
        match alias {
            OWN => format!("CASE WHEN {} = {OWN}.id THEN {what} END", column("t", field)),
            _ => what,
        }
    }

    /// When the records of a multi-select look-up are seen.
    pub fn visible_links(&self, field: &Field) -> Option<&'a LookupColumn> {
        self.columns.iter().find(|(c, _)| c.field.id == field.id)?.0.lookup.as_ref()
    }

    /// Writes `FROM` and `WHERE` over the linked records the viewer sees; returns their alias.
    pub fn write_links(&self, sql: &mut Sql, field: &Field, lookup: &LookupColumn) -> String {
        let (link, target) = (sql.alias(), sql.alias());
        sql.push(" FROM :db.")
            .push(&field.link_table())
            .push(" ")
            .push(&link)
            .push(" JOIN :db.")
            .push(&table_of(lookup.module));
        sql.push(" ")
            .push(&target)
            .push(" ON ")
            .push(&target)
            .push(".id = ")
            .push(&link)
            .push(".target_id AND ");
        sql.push(&target)
            .push(".deleted_time IS NULL WHERE ")
            .push(&link)
            .push(".record_id = t.id AND ");
        sql.predicate(&target, &lookup.visible);
        target
    }

    /// Writes the joins. The viewer's own record is joined once, whatever points at it: it is the same in every row.
    pub fn write(&self, sql: &mut Sql) {
        let mut own = self.columns.iter().filter(|(col, _)| is_own(col));
        if let Some(lookup) = own.find_map(|(col, _)| col.lookup.as_ref()) {
            join(sql, &table_of(lookup.module), OWN, None, &lookup.visible);
        }
        for (col, alias) in self.columns.iter().filter(|(col, _)| !is_own(col)) {
            let field = &col.field;
            match (&col.lookup, &field.kind) {
                (Some(lookup), kind) if kind.storage() != Storage::Links => {
                    join(sql, &table_of(lookup.module), alias, Some(field), &lookup.visible);
                }
                (None, FieldKind::CreatedBy | FieldKind::ModifiedBy) => {
                    sql.push(" LEFT JOIN :db.actors ")
                        .push(alias)
                        .push(" ON ")
                        .push(alias)
                        .push(".id = ")
                        .push(&column("t", field));
                }
                _ => {}
            }
        }
    }
}

/// Whether a look-up shows the viewer's own record and no other.
fn is_own(column: &Column) -> bool {
    let own = |lookup: &LookupColumn| lookup.visible == Predicate::IsAnchor;
    column.field.kind.storage() != Storage::Links && column.lookup.as_ref().is_some_and(own)
}

/// Joins the live records of a table that are visible, and that the look-up points at if there is one.
fn join(sql: &mut Sql, table: &str, alias: &str, through: Option<&Field>, visible: &Predicate) {
    sql.push(" LEFT JOIN :db.")
        .push(table)
        .push(" ")
        .push(alias)
        .push(" ON ")
        .push(alias)
        .push(".deleted_time IS NULL");
    if let Some(field) = through {
        sql.push(" AND ").push(alias).push(".id = ").push(&column("t", field));
    }
    if *visible != Predicate::Always {
        sql.push(" AND ");
        sql.predicate(alias, visible);
    }
}
