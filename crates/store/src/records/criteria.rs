//! Conditions on a record's own values, as a policy's criteria state them.

use domain::modules::FieldKind;
use domain::records::{Condition, Operand, Operator};

use super::filter;
use super::sql::{Hole, Sql, column};

/// Writes a condition on the row `alias`. Text is compared as in filters.
pub(super) fn write(sql: &mut Sql, alias: &str, condition: &Condition) {
    let field = &condition.field;
    let place = column(alias, field);
    match (condition.operator, &condition.operand) {
        (Operator::Empty, _) => drop(sql.push(&place).push(" IS NULL")),
        (Operator::NotEmpty, _) => drop(sql.push(&place).push(" IS NOT NULL")),
        (operator, Operand::Value(value)) => {
            let known = filter::comparison(sql, &field.kind, &place, operator, value);
            debug_assert!(known.is_some(), "{condition:?} was compiled");
            if known.is_none() {
                sql.push("1 = 0");
            }
        }
        (operator, Operand::Me) => match field.kind {
            FieldKind::CreatedBy | FieldKind::ModifiedBy => hole(sql, &place, operator, Hole::Actor),
            _ if sql.has_anchor() => hole(sql, &place, operator, Hole::Anchor),
            // Nothing points at nobody.
            _ => drop(sql.push(if operator == Operator::NotEquals { "1 = 1" } else { "1 = 0" })),
        },
        (operator, Operand::Today(days)) => match field.kind {
            FieldKind::Date => hole(sql, &place, operator, Hole::Day(*days)),
            _ => hole(sql, &place, operator, Hole::Midnight(*days)),
        },
    }
}

fn hole(sql: &mut Sql, place: &str, operator: Operator, hole: Hole) {
    if operator == Operator::NotEquals {
        sql.push("(").push(place).push(" IS NULL OR ").push(place).push(" <> ").hole(hole);
        sql.push(")");
    } else {
        sql.push(place).push(" ").push(filter::sign(operator)).push(" ").hole(hole);
    }
}
