//! The condition of a query.

use domain::records::coql::{Condition, Reference};
use domain::records::{Operator, QueryError, Value};

use super::columns::Columns;
use crate::engine::Param;
use crate::records::filter::{comparison, folded, is_storable};
use crate::records::sql::Sql;
use crate::records::write::stored;

/// Writes a condition on the records asked for and those behind their look-ups.
pub(super) fn write(sql: &mut Sql, columns: &Columns, condition: &Condition) -> Result<(), QueryError> {
    match condition {
        Condition::All(parts) => joined(sql, columns, parts, " AND ", "1 = 1"),
        Condition::Any(parts) => joined(sql, columns, parts, " OR ", "1 = 0"),
        Condition::Not(part) => {
            sql.push("(");
            write(sql, columns, part)?;
            sql.push(") IS NOT TRUE");
            Ok(())
        }
        Condition::Compare { of, operator, value } => compare(sql, columns, *of, *operator, value),
        Condition::EndsWith { of, text } => ends_with(sql, columns, *of, text),
    }
}

fn joined(sql: &mut Sql, columns: &Columns, parts: &[Condition], word: &str, none: &str) -> Result<(), QueryError> {
    if parts.is_empty() {
        sql.push(none);
        return Ok(());
    }
    for (i, part) in parts.iter().enumerate() {
        sql.push(if i > 0 { word } else { "(" });
        write(sql, columns, part)?;
    }
    sql.push(")");
    Ok(())
}

fn compare(sql: &mut Sql, columns: &Columns, of: Reference, operator: Operator, value: &Value) -> Result<(), QueryError> {
    let kind = columns.kind(of);
    let place = columns.guarded(sql, of)?;
    let bad = || QueryError::BadValue(format!("{:?}", of.what));
    match columns
        .indexed(of)
        .filter(|_| operator == Operator::Equals && stored(value) != Param::Null)
    {
        Some(indexed) => {
            sql.push("(");
            comparison(sql, &kind, &indexed, operator, value).ok_or_else(bad)?;
            sql.push(" AND ");
            comparison(sql, &kind, &place, operator, value).ok_or_else(bad)?;
            sql.push(")");
        }
        None => comparison(sql, &kind, &place, operator, value).ok_or_else(bad)?,
    }
    Ok(())
}

/// `LIKE`, where nothing in the text stands for something else.
fn ends_with(sql: &mut Sql, columns: &Columns, of: Reference, text: &str) -> Result<(), QueryError> {
    if !is_storable(text) {
        return Err(QueryError::BadValue(text.to_owned()));
    }
    let place = columns.guarded(sql, of)?;
    let mut pattern = String::from("%");
    for c in folded(text).chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    sql.push("lower(").push(&place).push(") LIKE ").bind(pattern).push(" ESCAPE '\\'");
    Ok(())
}
