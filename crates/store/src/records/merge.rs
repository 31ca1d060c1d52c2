//! The page of a plan that is an OR of scopes: a merge of branches that each follow their own index.
//!
//! A scope alone is such a branch too, where its records are found in no order: they are many, and but for those of the
//! page nothing should be read of them than what decides which ones these are.

use std::slice;

use domain::access::{Access, Column, Predicate, Target};
use domain::ids::{FieldId, ModuleId};
use domain::modules::{FieldKind, Storage};
use domain::records::{Query, QueryError, SortKey};

use super::select::write_order;
use super::sql::{Sql, column};
use super::{filter, parents};
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
    /// The merge, where it is the better way: nothing but scopes and the order decide which records come first.
    pub fn of(access: &'a Access, query: &'a Query, expression: Option<&'a str>) -> Option<Self> {
        let plain = query.filter.is_none() && query.search.is_none() && query.ids.is_empty();
        // What a list is sorted by must be there on every record, or no index has the order.
        let sorted = match query.order.key {
            SortKey::Field(id) => access.plan().column(id).is_none_or(|c| c.readable == Predicate::Always),
            SortKey::Id => true,
        };
        let scopes = match access.plan().view() {
            Predicate::Any(scopes) => scopes.as_slice(),
            one if one.is_scattered() => slice::from_ref(one),
            _ => return None,
        };
        (plain && sorted).then_some(Self {
            access,
            query,
            expression,
            scopes,
        })
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
                    self.write_rows(sql, "t.id", |sql| sql.predicate("t", scope))?;
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
                    let (earlier, _) = self.scopes.split_at(i);
                    match Fan::of(scope) {
                        Some(fan) => self.write_fan(sql, &columns, &fan, earlier)?,
                        None => self.write_branch(sql, &columns, earlier, |sql| sql.predicate("t", scope))?,
                    }
                    sql.push(") b").push(&i.to_string());
                }
                self.write_page(sql);
                sql.push(") t");
            }
        }
        Ok(())
    }

    /// Writes the branch of a scope that leads over several records: of each of them as many as the page may need.
    fn write_fan(&self, sql: &mut Sql, columns: &str, fan: &Fan, earlier: &[Predicate]) -> Result<(), QueryError> {
        sql.push("SELECT e.* FROM (");
        sql.ids(fan.module, fan.over);
        sql.push(") s CROSS JOIN LATERAL (");
        self.write_branch(sql, columns, earlier, |sql| {
            sql.push("t.c_").push(&fan.field.to_string()).push(" = s.id");
            for part in &fan.rest {
                sql.push(" AND ");
                sql.predicate("t", part);
            }
        })?;
        sql.push(") e");
        self.write_page(sql);
        Ok(())
    }

    /// Writes a branch that ends where the page does. A record is in the first of its scopes.
    fn write_branch(&self, sql: &mut Sql, columns: &str, earlier: &[Predicate], scope: impl FnOnce(&mut Sql)) -> Result<(), QueryError> {
        self.write_rows(sql, columns, scope)?;
        for earlier in earlier {
            sql.push(" AND (");
            sql.predicate("t", earlier);
            sql.push(") IS NOT TRUE");
        }
        write_order(sql, self.query, self.expression, "t.id");
        Ok(())
    }

    fn write_rows(&self, sql: &mut Sql, columns: &str, scope: impl FnOnce(&mut Sql)) -> Result<(), QueryError> {
        sql.push("SELECT ").push(columns);
        if let Some(expression) = self.expression {
            sql.push(", ").push(expression).push(" AS sort_key");
        }
        sql.push(" FROM :db.")
            .push(&self.access.plan().module().table())
            .push(" t WHERE t.deleted_time IS NULL AND ");
        scope(sql);
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
            if field.kind == FieldKind::Parent {
                columns.push(parents::module_column("t", field));
            }
        }
        Ok(columns)
    }
}

/// A scope whose records point at several others, each by one look-up.
struct Fan<'a> {
    field: FieldId,
    module: ModuleId,
    /// What the records that are pointed at satisfy.
    over: &'a Predicate,
    /// What else must hold of those that point.
    rest: Vec<&'a Predicate>,
}

impl<'a> Fan<'a> {
    fn of(scope: &'a Predicate) -> Option<Self> {
        let parts = match scope {
            Predicate::All(parts) => parts.as_slice(),
            one => slice::from_ref(one),
        };
        let at = parts
            .iter()
            .position(|part| matches!(part, Predicate::Refers { .. }) && part.is_scattered())?;
        let Some(Predicate::Refers {
            field,
            target: Target::Within { module, predicate },
        }) = parts.get(at)
        else {
            return None;
        };
        Some(Self {
            field: *field,
            module: *module,
            over: predicate,
            rest: parts.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, part)| part).collect(),
        })
    }
}

/// Whether something of the column depends on the record.
fn is_conditional(column: &Column) -> bool {
    let sure = |p: &Predicate| matches!(p, Predicate::Always | Predicate::Never);
    !sure(&column.readable) || column.lookup.as_ref().is_some_and(|l| !sure(&l.names_only))
}
