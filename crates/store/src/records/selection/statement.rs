//! The statement of a query.

use domain::access::Predicate;
use domain::modules::FieldKind;
use domain::records::QueryError;
use domain::records::coql::{Condition, Function, Key, Output, Selection, What};

use super::columns::Columns;
use super::conditions;
use super::rows::Written;
use crate::engine::Dialect;
use crate::records::gate;
use crate::records::json;
use crate::records::select::{Place, Slot, Statement};
use crate::records::sql::Sql;

/// Where the first column of an output stands: behind the one that says whether the access holds.
const FIRST: usize = 1;

/// The statement, and how its rows are written.
pub(super) fn write(dialect: Dialect, selection: &Selection) -> Result<(Statement, Vec<Written>), QueryError> {
    let asked = selection.sources.first().ok_or(QueryError::TooComplex)?;
    let mut sql = Sql::new(dialect, &asked.access);
    let mut columns = Columns::new(selection);
    sql.push("SELECT CASE WHEN ");
    gate::write(&mut sql, &asked.access);
    sql.push(" THEN 1 ELSE 0 END");
    let outputs = write_outputs(&mut sql, &mut columns)?;
    let order = order(&mut sql, &mut columns)?;
    let groups = groups(&mut sql, &mut columns)?;
    let condition = selection
        .condition
        .as_ref()
        .map(|all| condition(&mut sql, &columns, all))
        .transpose()?;
    sql.push(" FROM :db.").push(&asked.access.plan().module().table()).push(" t");
    columns.write_joins(&mut sql)?;
    sql.push(" WHERE t.deleted_time IS NULL");
    if *asked.access.plan().view() != Predicate::Always {
        sql.push(" AND ");
        sql.predicate("t", asked.access.plan().view());
    }
    if let Some(condition) = condition {
        sql.push(" AND ").push(&condition);
    }
    if !groups.is_empty() {
        sql.push(" GROUP BY ").push(&groups.join(", "));
    }
    if !order.is_empty() {
        sql.push(" ORDER BY ").push(&order.join(", "));
    }
    sql.push(" LIMIT ")
        .push(&selection.limit.saturating_add(1).to_string())
        .push(" OFFSET ");
    sql.bind(selection.offset);
    Ok((sql.finish(), outputs))
}

fn condition(sql: &mut Sql, columns: &Columns, all: &Condition) -> Result<String, QueryError> {
    let mut written = Ok(());
    let text = sql.piece(|sql| written = conditions::write(sql, columns, all));
    written.map(|()| text)
}

/// Writes the columns of the answer. Records have their id before all others.
fn write_outputs(sql: &mut Sql, columns: &mut Columns) -> Result<Vec<Written>, QueryError> {
    let selection = columns.selection();
    let mut at = FIRST;
    let mut written = Vec::new();
    let id = Output {
        name: "id".into(),
        function: None,
        of: Some(domain::records::coql::Reference { source: 0, what: What::Id }),
    };
    let asks_for_id = |output: &Output| output.function.is_none() && output.of == id.of;
    if !selection.is_summary() && !selection.outputs.iter().any(asks_for_id) {
        written.push(write_output(sql, columns, &id, &mut at)?);
    }
    for output in &selection.outputs {
        written.push(write_output(sql, columns, output, &mut at)?);
    }
    Ok(written)
}

fn write_output(sql: &mut Sql, columns: &mut Columns, output: &Output, at: &mut usize) -> Result<Written, QueryError> {
    let begin = *at;
    let key = json::key(&output.name);
    let mut push = |sql: &mut Sql, texts: &[String]| {
        for text in texts {
            sql.push(", ").push(text);
            *at += 1;
        }
    };
    let Some(of) = output.of else {
        push(sql, &["count(*)".to_owned()]);
        return Ok(Written::Count { key, at: begin });
    };
    let Some(function) = output.function else {
        let shown = columns.shown(sql, of)?;
        push(sql, &shown.texts);
        let guard = shown.guard.as_ref().map(|_| begin + shown.texts.len());
        push(sql, shown.guard.as_slice());
        let place = Place {
            slot: shown.slot(begin),
            guard,
        };
        return Ok(Written::Value(value_of(columns.selection(), key, shown.kind, place)));
    };
    let value = columns.value(sql, of)?;
    let kind = columns.kind(of);
    let scale = kind.scale();
    Ok(match function {
        Function::Count => {
            push(sql, &[format!("count({value})")]);
            Written::Count { key, at: begin }
        }
        Function::Sum => {
            push(sql, &halves(&value));
            Written::Sum { key, scale, at: begin }
        }
        Function::Avg => {
            let [high, low] = halves(&value);
            push(sql, &[high, low, format!("count({value})")]);
            Written::Avg { key, scale, at: begin }
        }
        Function::Min | Function::Max => {
            push(sql, &[format!("{}({value})", function.name())]);
            let slot = Slot::Plain { at: begin };
            Written::Value(value_of(columns.selection(), key, kind, Place { slot, guard: None }))
        }
    })
}

fn value_of(selection: &Selection, key: Vec<u8>, kind: FieldKind, place: Place) -> json::Output {
    let modules = selection.sources.first().map(|source| json::modules(&source.access, &kind));
    json::Output {
        key,
        kind,
        place,
        modules: modules.unwrap_or_default(),
    }
}

/// The sum as its upper and lower half: neither can be too large for a whole number of 64 bits, as the sum itself can.
fn halves(value: &str) -> [String; 2] {
    [
        format!("CAST(sum({value} >> 32) AS BIGINT)"),
        format!("CAST(sum({value} & 4294967295) AS BIGINT)"),
    ]
}

/// What is ordered by: nothing comes last, and what is equal keeps one order.
fn order(sql: &mut Sql, columns: &mut Columns) -> Result<Vec<String>, QueryError> {
    let selection = columns.selection();
    let mut order = Vec::new();
    for Key { by, descending } in &selection.order {
        let expression = rank(sql, columns, by)?;
        order.push(format!("{expression} {} NULLS LAST", if *descending { "DESC" } else { "ASC" }));
    }
    if selection.is_summary() {
        for of in &selection.groups {
            order.push(format!("{} ASC NULLS LAST", columns.value(sql, *of)?));
        }
    } else {
        order.push("t.id".to_owned());
    }
    Ok(order)
}

fn rank(sql: &mut Sql, columns: &mut Columns, by: &Output) -> Result<String, QueryError> {
    let Some(of) = by.of else { return Ok("count(*)".to_owned()) };
    let value = columns.value(sql, of)?;
    // Only the order is worked out in floating point, from exact halves.
    let sum = || format!("(sum({value} >> 32) * 4294967296.0 + sum({value} & 4294967295))");
    Ok(match by.function {
        None => columns.sortable(&value, of),
        Some(Function::Sum) => sum(),
        Some(Function::Avg) => format!("({} / count({value}))", sum()),
        Some(function) => format!("{}({value})", function.name()),
    })
}

fn groups(sql: &mut Sql, columns: &mut Columns) -> Result<Vec<String>, QueryError> {
    let mut groups = Vec::new();
    for of in &columns.selection().groups {
        groups.extend(columns.shown(sql, *of)?.texts);
        groups.push(columns.value(sql, *of)?);
    }
    groups.dedup();
    Ok(groups)
}
