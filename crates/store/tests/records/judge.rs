//! Criteria as the model describes them, decided for a record in memory.

use domain::access::{Criteria, Hop, Scope, Wanted};
use domain::ids::{FieldId, RecordId};
use domain::modules::{Field, FieldKind};
use domain::records::{Operator, Value, from_text};
use domain::time::{Day, Moment};

use crate::answers::compare;
use crate::oracle::Oracle;
use crate::world::Entry;

/// Whether a record, or the viewer's own, is as the criteria say.
pub fn fits(oracle: &Oracle<'_>, criteria: &Criteria, entry: &Entry) -> bool {
    match criteria {
        Criteria::All(parts) => parts.iter().all(|p| fits(oracle, p, entry)),
        Criteria::Any(parts) => parts.iter().any(|p| fits(oracle, p, entry)),
        Criteria::Is { field, operator, value } => {
            let mut fields = oracle.world.catalogue.modules().flat_map(|m| &m.fields);
            let field = fields.find(|f| f.id == *field).unwrap();
            match wanted(oracle, field, *operator, value) {
                Some(wanted) => compare(*operator, &entry.value(field), &wanted),
                None => *operator == Operator::NotEquals,
            }
        }
    }
}

fn wanted(oracle: &Oracle<'_>, field: &Field, operator: Operator, value: &Wanted) -> Option<Value> {
    let maker = matches!(field.kind, FieldKind::CreatedBy | FieldKind::ModifiedBy);
    Some(match value {
        Wanted::Nothing => Value::Null,
        Wanted::Me if maker => Value::Ref(RecordId(oracle.viewer.actor)),
        Wanted::Me => Value::Ref(oracle.viewer.anchor?),
        Wanted::Today(days) => {
            let day = oracle.viewer.today.0 + i64::from(*days);
            match field.kind {
                FieldKind::Date => Value::Day(Day(day)),
                _ => Value::Moment(Moment(day * 24 * 60 * 60 * 1_000_000)),
            }
        }
        Wanted::Text(text) => {
            let choices = matches!(field.kind, FieldKind::MultiPicklist { .. });
            match operator {
                Operator::Contains | Operator::StartsWith if !choices => Value::Text(text.clone()),
                _ => from_text(field, text).unwrap(),
            }
        }
    })
}

/// Whether criteria compare the field.
pub fn asks(criteria: Option<&Criteria>, field: FieldId) -> bool {
    match criteria {
        None => false,
        Some(Criteria::All(parts) | Criteria::Any(parts)) => parts.iter().any(|p| asks(Some(p), field)),
        Some(Criteria::Is { field: asked, .. }) => *asked == field,
    }
}

/// Whether a scope of a field's module, or of another, runs over the field.
pub fn runs_over(scope: &Scope, field: &Field) -> bool {
    let kind = &field.kind;
    let field = field.id;
    let in_hops = |hops: &[Hop]| hops.contains(&Hop::To(field)) || hops.contains(&Hop::From(field));
    match scope {
        Scope::Attached => *kind == FieldKind::Parent,
        Scope::Own | Scope::Created | Scope::Shared | Scope::Public => false,
        Scope::Related { via } => via.contains(&field),
        Scope::ChildrenOf { via } => *via == field,
        Scope::Path { hops } => in_hops(hops),
        Scope::Account { account, parent, hops } => *account == field || *parent == Some(field) || in_hops(hops),
    }
}
