//! Filters, search and keyset conditions on the columns a plan issued.

use domain::access::{Access, Column};
use domain::ids::FieldId;
use domain::modules::{Field, FieldKind, Storage};
use domain::records::{Cursor, Filter, Operator, Order, QueryError, SortKey, Value};

use super::joins::Joins;
use super::sql::{Sql, column};
use crate::engine::Param;

fn readable(access: &Access, id: FieldId) -> Result<&Column, QueryError> {
    access.plan().column(id).ok_or_else(|| QueryError::NoSuchField(id.to_string()))
}

/// Writes a filter on the row `t`.
pub(super) fn filter(sql: &mut Sql, access: &Access, joins: &Joins, filter: &Filter) -> Result<(), QueryError> {
    let (parts, word, none) = match filter {
        Filter::Compare { field, operator, value } => {
            return compare(sql, joins, readable(access, *field)?, *operator, value);
        }
        Filter::All(parts) => (parts, " AND ", "1 = 1"),
        Filter::Any(parts) => (parts, " OR ", "1 = 0"),
    };
    if parts.is_empty() {
        sql.push(none);
        return Ok(());
    }
    sql.push("(");
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            sql.push(word);
        }
        self::filter(sql, access, joins, part)?;
    }
    sql.push(")");
    Ok(())
}

fn compare(sql: &mut Sql, joins: &Joins, col: &Column, operator: Operator, value: &Value) -> Result<(), QueryError> {
    let field = &*col.field;
    let bad = || QueryError::BadValue(field.api_name.clone());
    if field.kind.storage() == Storage::Links {
        return links(sql, joins, field, operator, value).ok_or_else(bad);
    }
    let place = joins.comparable(field);
    let param = super::write::stored(value);
    if matches!(&param, Param::Text(text) if !is_storable(text)) {
        return Err(bad());
    }
    match operator {
        Operator::Empty => drop(sql.push(&place).push(" IS NULL")),
        Operator::NotEmpty => drop(sql.push(&place).push(" IS NOT NULL")),
        Operator::Equals if param == Param::Null => drop(sql.push(&place).push(" IS NULL")),
        Operator::NotEquals if param == Param::Null => drop(sql.push(&place).push(" IS NOT NULL")),
        Operator::Contains | Operator::StartsWith => text_match(sql, field, &place, operator, value).ok_or_else(bad)?,
        Operator::NotEquals => {
            sql.push("(").push(&place).push(" IS NULL OR ");
            binary(sql, field, &place, "<>", param).ok_or_else(bad)?;
            sql.push(")");
        }
        Operator::Equals if place != column("t", field) => {
            // The raw column has the index; the joined one says whether the viewer sees the record behind it.
            binary(sql, field, &column("t", field), "=", param.clone()).ok_or_else(bad)?;
            sql.push(" AND ");
            binary(sql, field, &place, "=", param).ok_or_else(bad)?;
        }
        _ => binary(sql, field, &place, sign(operator), param).ok_or_else(bad)?,
    }
    Ok(())
}

fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
        _ => "=",
    }
}

/// Text as `lower` leaves that of a column: on both databases it folds ASCII and nothing else.
///
/// It is done here and not in the statement, where a parameter has no collation of its own and PostgreSQL would fold it
/// by the server's.
fn folded(text: &str) -> String {
    text.to_ascii_lowercase()
}

/// Whether a database can hold the text; PostgreSQL refuses the character NUL.
pub(super) fn is_storable(text: &str) -> bool {
    !text.contains('\0')
}

/// Text is compared without regard to case. None if the value is of another type than the column.
fn binary(sql: &mut Sql, field: &Field, place: &str, sign: &str, param: Param) -> Option<()> {
    match (field.kind.storage(), &param) {
        (Storage::Text, Param::Text(text)) => {
            sql.push("lower(").push(place).push(") ").push(sign).push(" ").bind(folded(text));
        }
        (Storage::Int, Param::Int(_)) => {
            sql.push(place).push(" ").push(sign).push(" ").bind(param);
        }
        _ => return None,
    }
    Some(())
}

fn text_match(sql: &mut Sql, field: &Field, place: &str, operator: Operator, value: &Value) -> Option<()> {
    let text = match (value, &field.kind) {
        (Value::Choices(options), FieldKind::MultiPicklist { .. }) => serde_json::to_string(options.first()?).ok()?,
        (Value::Text(text), kind) if kind.storage() == Storage::Text => text.clone(),
        _ => return None,
    };
    match operator {
        Operator::StartsWith => {
            let length = i64::try_from(text.chars().count()).ok()?;
            sql.push("lower(substr(")
                .push(place)
                .push(", 1, CAST(")
                .bind(length)
                .push(" AS INTEGER))) = ")
                .bind(folded(&text));
        }
        _ => contains(sql, place, &text),
    }
    Some(())
}

fn contains(sql: &mut Sql, place: &str, text: &str) {
    sql.params.push(text.into());
    let needle = format!("${}", sql.params.len());
    let condition = sql.dialect.contains(place, &needle);
    sql.push(&condition);
}

/// A multi-select look-up holds a visible record, or none.
fn links(sql: &mut Sql, joins: &Joins, field: &Field, operator: Operator, value: &Value) -> Option<()> {
    let (negated, wanted) = match (operator, value) {
        (Operator::Empty, _) => (true, None),
        (Operator::NotEmpty, _) => (false, None),
        (Operator::Equals | Operator::Contains, Value::Ref(id)) => (false, Some(*id)),
        (Operator::NotEquals, Value::Ref(id)) => (true, Some(*id)),
        (Operator::Equals | Operator::Contains, Value::Refs(ids)) => (false, Some(*ids.first()?)),
        _ => return None,
    };
    let visible = joins.visible_links(field)?;
    sql.push(if negated { "NOT EXISTS (SELECT 1" } else { "EXISTS (SELECT 1" });
    let alias = joins.write_links(sql, field, visible);
    if let Some(id) = wanted {
        sql.push(" AND ").push(&alias).push(".id = ").bind(id.0);
    }
    sql.push(")");
    Some(())
}

/// Writes the search: some readable line of text holds the word.
pub(super) fn search(sql: &mut Sql, access: &Access, word: &str) {
    let lines: Vec<String> = access
        .plan()
        .columns()
        .iter()
        .filter(|c| is_searched(c))
        .map(|c| column("t", &c.field))
        .collect();
    if lines.is_empty() || !is_storable(word) {
        sql.push("1 = 0");
        return;
    }
    sql.params.push(word.into());
    let needle = format!("${}", sql.params.len());
    let conditions: Vec<String> = lines.iter().map(|line| sql.dialect.contains(line, &needle)).collect();
    sql.push("(").push(&conditions.join(" OR ")).push(")");
}

fn is_searched(column: &Column) -> bool {
    column.field.kind.is_line() || matches!(column.field.kind, FieldKind::TextArea { .. })
}

/// The expression a list is sorted by; none for the id alone.
pub(super) fn sort_expression(access: &Access, order: Order) -> Result<Option<String>, QueryError> {
    let SortKey::Field(id) = order.key else { return Ok(None) };
    let field = &readable(access, id)?.field;
    if !field.kind.is_sortable() {
        return Err(QueryError::NoSuchField(field.api_name.clone()));
    }
    let place = column("t", field);
    Ok(Some(if field.kind.storage() == Storage::Text {
        format!("lower({place})")
    } else {
        place
    }))
}

/// Writes the condition that a record comes after the cursor. Records without a value come last.
pub(super) fn after(sql: &mut Sql, order: Order, expression: Option<&str>, cursor: &Cursor) -> Result<(), QueryError> {
    let sign = if order.descending { " < " } else { " > " };
    let Some(expression) = expression else {
        sql.push("t.id").push(sign).bind(cursor.id.0);
        return Ok(());
    };
    match super::write::stored(&cursor.value) {
        Param::Null => {
            sql.push("(")
                .push(expression)
                .push(" IS NULL AND t.id")
                .push(sign)
                .bind(cursor.id.0)
                .push(")");
        }
        param => {
            let param = match param {
                Param::Text(text) if expression.starts_with("lower(") && is_storable(&text) => folded(&text).into(),
                Param::Int(n) if !expression.starts_with("lower(") => Param::Int(n),
                _ => return Err(QueryError::BadCursor),
            };
            sql.push("(").push(expression).push(sign).bind(param.clone());
            sql.push(" OR ")
                .push(expression)
                .push(" IS NULL OR (")
                .push(expression)
                .push(" = ")
                .bind(param);
            sql.push(" AND t.id").push(sign).bind(cursor.id.0).push("))");
        }
    }
    Ok(())
}
