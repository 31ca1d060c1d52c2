//! A copy of a record.

use domain::access::Access;
use domain::ids::{FieldId, RecordId};
use domain::records::{Draft, Value};
use store::records::Shown;

use super::{create, get};
use crate::{Ctx, Error};

/// Makes a record with the values of another one, as far as the caller sees these and may set them. What no two records can have alike
/// is left empty, and so is what holds files. Errors as for making a record, and [`Error::NotFound`].
pub async fn copy(ctx: &Ctx, access: &Access, id: RecordId) -> Result<RecordId, Error> {
    let plan = access.plan();
    let copied = plan
        .columns()
        .iter()
        .filter(|column| !column.field.unique && !column.field.kind.holds_file() && plan.may_set(column.field.id));
    let columns: Vec<FieldId> = copied.map(|column| column.field.id).collect();
    let original = get(ctx, access, id, columns.clone()).await?;
    if !plan.may_create() {
        return Err(Error::Forbidden);
    }
    let mut draft = Draft::default();
    for (field, shown) in columns.into_iter().zip(original.values) {
        if let Some(value) = value(shown) {
            draft.set(field, value);
        }
    }
    create(ctx, access, draft).await
}

/// What can be written again. A look-up of which the name alone may be known cannot.
fn value(shown: Shown) -> Option<Value> {
    match shown {
        Shown::Value(value) => Some(value).filter(|value| !value.is_empty()),
        Shown::Link(linked) => linked.id.map(Value::Ref),
        Shown::Links(all) => Some(Value::Refs(all.into_iter().filter_map(|linked| linked.id).collect())),
        Shown::File(_) | Shown::Absent => None,
    }
}
