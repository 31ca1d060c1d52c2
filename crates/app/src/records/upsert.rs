//! Changing the records that are there, making the others.

use domain::access::Access;
use domain::ids::{FieldId, RecordId};
use domain::records::{Draft, FieldError, Value, prepare_change, prepare_new};
use store::engine::Conn;
use store::records::ByKey;

use super::batch::one;
use super::{change, insert};
use crate::{Ctx, Error};

/// A record that shall be there.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Which one it is, if that is known.
    pub id: Option<RecordId>,
    /// Its values, should it have to be made, and should it be there: not everything can be written both times.
    pub make: Result<Draft, Vec<FieldError>>,
    pub change: Result<Draft, Vec<FieldError>>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upserted {
    pub id: RecordId,
    pub made: bool,
    /// The field by which it was found.
    pub by: Option<FieldId>,
}

/// Changes the record that has the same value in one of some fields, the first that finds one; else makes it. Only records that the
/// caller sees are found. Each is carried out or refused on its own: [`Error::Ambiguous`] where several are found by a field.
pub async fn upsert_many(
    ctx: &Ctx,
    access: &Access,
    wanted: Vec<Wanted>,
    checks: Vec<FieldId>,
) -> Result<Vec<Result<Upserted, Error>>, Error> {
    let (ctx, access) = (ctx.clone(), access.clone());
    let db = ctx.tenant.db.clone();
    db.write(move |conn| {
        // Two that look for the same value at the same time would both find nothing.
        store::modules::lock(conn, access.plan().module().id)?;
        let upsert = |wanted: Wanted| one(conn, |conn| upsert(conn, &ctx, &access, wanted, &checks));
        wanted.into_iter().map(upsert).collect()
    })
    .await
}

fn upsert(conn: &mut Conn, ctx: &Ctx, access: &Access, wanted: Wanted, checks: &[FieldId]) -> Result<Upserted, Error> {
    let found = match wanted.id {
        Some(id) => Some((id, None)),
        None => find(conn, access, &wanted, checks)?,
    };
    if let Some((id, by)) = found {
        let prepared = wanted.change.and_then(|draft| prepare_change(access, draft)).map_err(Error::Fields);
        change(conn, ctx, access, id, None, prepared)?;
        return Ok(Upserted { id, made: false, by });
    }
    if !access.plan().may_create() {
        return Err(Error::Forbidden);
    }
    let prepared = wanted.make.and_then(|draft| prepare_new(access, draft)).map_err(Error::Fields)?;
    let id = RecordId(ctx.app.id());
    insert(conn, ctx, access, id, &prepared)?;
    Ok(Upserted { id, made: true, by: None })
}

/// The record that is there already, and the field by which it was found.
fn find(conn: &mut Conn, access: &Access, wanted: &Wanted, checks: &[FieldId]) -> Result<Option<(RecordId, Option<FieldId>)>, Error> {
    for id in checks {
        let Some(column) = access.plan().column(*id) else { continue };
        let value = [&wanted.make, &wanted.change]
            .into_iter()
            .flatten()
            .find_map(|draft| draft.value(*id));
        let Some(key) = value.and_then(key) else { continue };
        let found = store::records::by_key(conn, access, &column.field, &[key])?;
        match found.into_values().next() {
            None => {}
            Some(ByKey::One(record)) => return Ok(Some((record, Some(*id)))),
            Some(ByKey::Several) => return Err(Error::Ambiguous(column.field.api_name.clone())),
        }
    }
    Ok(None)
}

/// The value as it is looked for. Nothing is not looked for.
fn key(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) if !text.is_empty() => Some(text.clone()),
        Value::Int(number) => Some(number.to_string()),
        _ => None,
    }
}
