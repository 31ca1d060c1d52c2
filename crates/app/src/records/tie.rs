//! Records that refer to one: tied to it and let go again, from its side.

use domain::access::Access;
use domain::ids::{FieldId, RecordId};
use domain::modules::FieldKind;
use domain::records::{Draft, Value, prepare_change};
use store::engine::Conn;
use store::records::Shown;

use super::batch::one;
use super::change;
use crate::{Ctx, Error};

/// How often it is tried to change a record that others are changing.
const TRIES: usize = 3;

/// What records are to refer to by a field, or to refer to no more.
#[derive(Debug, Clone, Copy)]
pub struct Tie {
    pub field: FieldId,
    pub target: RecordId,
    /// Whether they are to refer to it.
    pub holds: bool,
}

/// Ties records to one, or lets them go, in the order given. A record that refers to several keeps the others.
pub async fn tie_many(ctx: &Ctx, access: &Access, tie: Tie, records: Vec<RecordId>) -> Result<Vec<Result<RecordId, Error>>, Error> {
    let (ctx, access) = (ctx.clone(), access.clone());
    let db = ctx.tenant.db.clone();
    db.write(move |conn| {
        let tied = |record| one(conn, |conn| tie_one(conn, &ctx, &access, tie, record));
        records.into_iter().map(tied).collect()
    })
    .await
}

/// Whoever changes the record meanwhile is not written over: what it refers to is looked up anew.
fn tie_one(conn: &mut Conn, ctx: &Ctx, access: &Access, tie: Tie, record: RecordId) -> Result<RecordId, Error> {
    let mut tries = 0;
    loop {
        let seen = store::records::rights(conn, access, record)?.ok_or(Error::NotFound("record"))?;
        let draft: Draft = std::iter::once((tie.field, value(conn, access, tie, record)?)).collect();
        let prepared = prepare_change(access, draft).map_err(Error::Fields);
        match change(conn, ctx, access, record, Some(seen.modified), prepared) {
            Err(Error::Changed) if tries < TRIES => tries += 1,
            changed => return changed.map(|_| record),
        }
    }
}

fn value(conn: &mut Conn, access: &Access, tie: Tie, record: RecordId) -> Result<Value, Error> {
    let field = access.plan().module().field(tie.field);
    let refers_to_several = field.is_some_and(|field| matches!(field.kind, FieldKind::MultiLookup { .. }));
    if !refers_to_several {
        return Ok(if tie.holds { Value::Ref(tie.target) } else { Value::Null });
    }
    // Those out of sight are not named, and stay.
    let mut all = targets(conn, access, tie.field, record)?;
    all.retain(|id| *id != tie.target);
    all.extend(Some(tie.target).filter(|_| tie.holds));
    Ok(Value::Refs(all))
}

/// The records that one refers to by a field, as far as they are seen.
fn targets(conn: &mut Conn, access: &Access, field: FieldId, record: RecordId) -> Result<Vec<RecordId>, Error> {
    let found = store::records::one(conn, access, record, vec![field])?.ok_or(Error::NotFound("record"))?;
    let links = found.values.into_iter().flat_map(|shown| match shown {
        Shown::Links(links) => links,
        _ => Vec::new(),
    });
    Ok(links.filter_map(|link| link.id).collect())
}
