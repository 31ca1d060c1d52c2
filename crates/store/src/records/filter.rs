//! Filters, search and keyset conditions on the columns a plan issued.

use domain::access::{Access, Column, Predicate};
use domain::ids::FieldId;
use domain::modules::{FieldKind, Storage};
use domain::records::{Cursor, Filter, Operator, Order, QueryError, SortKey, Value};

use super::joins::Joins;
use super::parents;
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
        return links(sql, joins, col, operator, value).ok_or_else(bad);
    }
    let seen = match field.kind {
        FieldKind::Parent => parents::shown_id(sql, "t", col),
        _ => joins.comparable(field),
    };
    let place = guarded(sql, col, &seen);
    if operator == Operator::Equals && place != column("t", field) && super::write::stored(value) != Param::Null {
        // The raw column has the index; the other one says whether the viewer sees what is there.
        comparison(sql, &field.kind, &column("t", field), operator, value).ok_or_else(bad)?;
        sql.push(" AND ");
    }
    comparison(sql, &field.kind, &place, operator, value).ok_or_else(bad)
}

/// A value of the row `t` that is there only on the records on which the viewer may read the field; on others it is null.
pub(super) fn guarded(sql: &mut Sql, col: &Column, place: &str) -> String {
    guarded_on(sql, "t", col, place)
}

/// The same of the row `alias`.
pub(super) fn guarded_on(sql: &mut Sql, alias: &str, col: &Column, place: &str) -> String {
    match col.readable {
        Predicate::Always => place.to_owned(),
        ref readable => {
            let condition = sql.piece(|sql| sql.predicate(alias, readable));
            format!("CASE WHEN {condition} THEN {place} END")
        }
    }
}

/// Writes the comparison of what stands at `place`, a value of this kind, with another. None if they do not compare.
pub(super) fn comparison(sql: &mut Sql, kind: &FieldKind, place: &str, operator: Operator, value: &Value) -> Option<()> {
    let param = super::write::stored(value);
    if matches!(&param, Param::Text(text) if !is_storable(text)) {
        return None;
    }
    match operator {
        Operator::Empty => drop(sql.push(place).push(" IS NULL")),
        Operator::NotEmpty => drop(sql.push(place).push(" IS NOT NULL")),
        Operator::Equals if param == Param::Null => drop(sql.push(place).push(" IS NULL")),
        Operator::NotEquals if param == Param::Null => drop(sql.push(place).push(" IS NOT NULL")),
        Operator::Contains | Operator::StartsWith => text_match(sql, kind, place, operator, value)?,
        Operator::NotEquals => {
            sql.push("(").push(place).push(" IS NULL OR ");
            binary(sql, kind, place, "<>", param)?;
            sql.push(")");
        }
        _ => binary(sql, kind, place, sign(operator), param)?,
    }
    Some(())
}

pub(super) fn sign(operator: Operator) -> &'static str {
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
pub(super) fn folded(text: &str) -> String {
    text.to_ascii_lowercase()
}

/// Whether a database can hold the text; PostgreSQL refuses the character NUL.
pub(super) fn is_storable(text: &str) -> bool {
    !text.contains('\0')
}

/// Text is compared without regard to case. None if the value is of another type than the column.
fn binary(sql: &mut Sql, kind: &FieldKind, place: &str, sign: &str, param: Param) -> Option<()> {
    match (kind.storage(), &param) {
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

fn text_match(sql: &mut Sql, kind: &FieldKind, place: &str, operator: Operator, value: &Value) -> Option<()> {
    let text = match (value, kind) {
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
fn links(sql: &mut Sql, joins: &Joins, col: &Column, operator: Operator, value: &Value) -> Option<()> {
    let (negated, wanted) = match (operator, value) {
        (Operator::Empty, _) => (true, None),
        (Operator::NotEmpty, _) => (false, None),
        (Operator::Equals | Operator::Contains, Value::Ref(id)) => (false, Some(*id)),
        (Operator::NotEquals, Value::Ref(id)) => (true, Some(*id)),
        (Operator::Equals | Operator::Contains, Value::Refs(ids)) => (false, Some(*ids.first()?)),
        _ => return None,
    };
    let visible = joins.visible_links(&col.field)?;
    sql.push(if negated { "NOT (" } else { "(" });
    if col.readable != Predicate::Always {
        sql.push("(");
        sql.predicate("t", &col.readable);
        sql.push(") IS TRUE AND ");
    }
    sql.push("EXISTS (SELECT 1");
    let alias = joins.write_links(sql, &col.field, visible);
    if let Some(id) = wanted {
        sql.push(" AND ").push(&alias).push(".id = ").bind(id.0);
    }
    sql.push("))");
    Some(())
}

/// Writes the search: some readable line of text holds the word.
pub(super) fn search(sql: &mut Sql, access: &Access, word: &str) {
    let lines: Vec<&Column> = access.plan().columns().iter().filter(|c| is_searched(c)).collect();
    if lines.is_empty() || !is_storable(word) {
        sql.push("1 = 0");
        return;
    }
    sql.params.push(word.into());
    let needle = format!("${}", sql.params.len());
    for (i, line) in lines.into_iter().enumerate() {
        let place = guarded(sql, line, &column("t", &line.field));
        let condition = sql.dialect.contains(&place, &needle);
        sql.push(if i > 0 { " OR " } else { "(" }).push(&condition);
    }
    sql.push(")");
}

fn is_searched(column: &Column) -> bool {
    column.field.kind.is_line() || matches!(column.field.kind, FieldKind::TextArea { .. })
}

/// The expression a list is sorted by; none for the id alone.
pub(super) fn sort_expression(sql: &mut Sql, access: &Access, order: Order) -> Result<Option<String>, QueryError> {
    let SortKey::Field(id) = order.key else { return Ok(None) };
    let column_of_plan = readable(access, id)?;
    let field = &column_of_plan.field;
    if !field.kind.is_sortable() {
        return Err(QueryError::NoSuchField(field.api_name.clone()));
    }
    let place = match (field.kind.storage(), column("t", field)) {
        (Storage::Text, place) => format!("lower({place})"),
        (_, place) => place,
    };
    Ok(Some(guarded(sql, column_of_plan, &place)))
}

/// Whether what a list is sorted by lies as text.
fn sorts_text(access: &Access, order: Order) -> bool {
    let SortKey::Field(id) = order.key else { return false };
    access.plan().column(id).is_some_and(|c| c.field.kind.storage() == Storage::Text)
}

/// Writes the condition that a record comes after the cursor. Records without a value come last.
pub(super) fn after(sql: &mut Sql, access: &Access, order: Order, expression: Option<&str>, cursor: &Cursor) -> Result<(), QueryError> {
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
                Param::Text(text) if sorts_text(access, order) && is_storable(&text) => folded(&text).into(),
                Param::Int(n) if !sorts_text(access, order) => Param::Int(n),
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
