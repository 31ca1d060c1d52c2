//! The page of a plan that is an OR of scopes: a merge of branches that each follow their own index.

use domain::access::{Access, Column, Predicate};
use domain::ids::FieldId;
use domain::modules::Storage;
use domain::records::{Query, QueryError, SortKey};

use super::filter;
use super::select::write_order;
use super::sql::{Sql, column};
use crate::engine::Dialect;

/// A list whose first records are found scope by scope.
pub(super) struct Merge<'a> {
    access: &'a Access,
    query: &'a Query,
    /// What the list is sorted by before the id.
    expression: Option<&'a str>,
    scopes: &'a [Predicate],
}

impl<'a> Merge<'a> {
    /// The merge, where it is the better way: nothing but an OR of scopes and the order decide which records come first.
    pub fn of(access: &'a Access, query: &'a Query, expression: Option<&'a str>) -> Option<Self> {
        let plain = query.filter.is_none() && query.search.is_none() && query.ids.is_empty();
        // What a list is sorted by must be there on every record, or no index has the order.
        let sorted = match query.order.key {
            SortKey::Field(id) => access.plan().column(id).is_none_or(|c| c.readable == Predicate::Always),
            SortKey::Id => true,
        };
        match access.plan().view() {
            Predicate::Any(scopes) if plain && sorted => Some(Self {
                access,
                query,
                expression,
                scopes,
            }),
            _ => None,
        }
    }

    /// Writes `FROM` with the rows of the page as `t`. What follows may join, but need not ask again who sees them.
    ///
    /// SQLite merges the branches of a compound as they come and stops them all at its limit, so they bring ids only,
    /// and rows are looked up for the page alone. PostgreSQL walks an index in order only if the branch itself has a
    /// limit; then the row is at hand, and to look it up again would cost more than what is thrown away.
    pub fn write_from(&self, sql: &mut Sql) -> Result<(), QueryError> {
        sql.push(" FROM (");
        match sql.dialect {
            Dialect::Sqlite => {
                for (i, scope) in self.scopes.iter().enumerate() {
                    sql.push(if i > 0 { " UNION " } else { "" });
                    self.write_branch(sql, "t.id", scope)?;
                }
                self.write_page(sql);
                sql.push(") p CROSS JOIN :db.")
                    .push(&self.access.plan().module().table())
                    .push(" t ON t.id = p.id");
            }
            Dialect::Postgres => {
                let columns = self.columns()?.join(", ");
                for (i, scope) in self.scopes.iter().enumerate() {
                    sql.push(if i > 0 { " UNION ALL SELECT * FROM (" } else { "SELECT * FROM (" });
                    self.write_branch(sql, &columns, scope)?;
                    // A record is in the first of its scopes.
                    for earlier in self.scopes.iter().take(i) {
                        sql.push(" AND (");
                        sql.predicate("t", earlier);
                        sql.push(") IS NOT TRUE");
                    }
                    write_order(sql, self.query, self.expression, "t.id");
                    sql.push(") b").push(&i.to_string());
                }
                self.write_page(sql);
                sql.push(") t");
            }
        }
        Ok(())
    }

    fn write_branch(&self, sql: &mut Sql, columns: &str, scope: &Predicate) -> Result<(), QueryError> {
        sql.push("SELECT ").push(columns);
        if let Some(expression) = self.expression {
            sql.push(", ").push(expression).push(" AS sort_key");
        }
        sql.push(" FROM :db.")
            .push(&self.access.plan().module().table())
            .push(" t WHERE t.deleted_time IS NULL AND ");
        sql.predicate("t", scope);
        if let Some(cursor) = &self.query.after {
            sql.push(" AND ");
            filter::after(sql, self.access, self.query.order, self.expression, cursor)?;
        }
        Ok(())
    }

    /// Writes the order of the branches together, and where the page ends.
    fn write_page(&self, sql: &mut Sql) {
        write_order(sql, self.query, self.expression.map(|_| "sort_key"), "id");
    }

    /// Writes the order of the whole statement. It is that of the merge, and said in its words: SQLite would not know it
    /// again, and sort once more.
    pub fn write_order(&self, sql: &mut Sql) {
        let (key, id) = match sql.dialect {
            Dialect::Sqlite => ("p.sort_key", "p.id"),
            Dialect::Postgres => ("t.sort_key", "t.id"),
        };
        write_order(sql, self.query, self.expression.map(|_| key), id);
    }

    /// The columns of `t` that the statement reads.
    fn columns(&self) -> Result<Vec<String>, QueryError> {
        // Conditions on which a field is there may ask for any column.
        let asks = |id: &FieldId| self.access.plan().column(*id).is_some_and(is_conditional);
        if self.query.columns.iter().any(asks) {
            return Ok(vec!["t.*".to_owned()]);
        }
        let mut columns = vec!["t.id".to_owned(), "t.modified_time".to_owned()];
        let sorted = match self.query.order.key {
            SortKey::Field(id) => Some(id),
            SortKey::Id => None,
        };
        for id in self.query.columns.iter().copied().chain(sorted) {
            let found = self.access.plan().column(id);
            let field = &found.ok_or_else(|| QueryError::NoSuchField(id.to_string()))?.field;
            let column = column("t", field);
            if field.kind.storage() != Storage::Links && !columns.contains(&column) {
                columns.push(column);
            }
        }
        Ok(columns)
    }
}

/// Whether something of the column depends on the record.
fn is_conditional(column: &Column) -> bool {
    let sure = |p: &Predicate| matches!(p, Predicate::Always | Predicate::Never);
    !sure(&column.readable) || column.lookup.as_ref().is_some_and(|l| !sure(&l.names_only))
}
