//! Many records in one transaction: each is carried out or refused on its own.

use domain::access::Access;
use domain::ids::RecordId;
use domain::records::{Draft, FieldError, prepare_change, prepare_new};
use domain::time::Moment;
use store::engine::Conn;

use super::{bin_one, change, insert};
use crate::{Ctx, Error, Kind};

/// A change that somebody wants to a record.
#[derive(Debug, Clone)]
pub struct Change {
    pub id: RecordId,
    /// The last change that the writer knows of: one that is more than this is not written over.
    pub known: Option<Moment>,
    /// The values, or what is wrong with them. A record out of sight is missing all the same.
    pub draft: Result<Draft, Vec<FieldError>>,
}

/// Carries out one item in a savepoint. Who is signed out, and what is our fault, ends the batch.
pub(super) fn one<T>(conn: &mut Conn, f: impl FnOnce(&mut Conn) -> Result<T, Error>) -> Result<Result<T, Error>, Error> {
    match conn.attempt(f) {
        Err(error) if matches!(error.kind(), Kind::SignedOut | Kind::Busy | Kind::Internal) => Err(error),
        result => Ok(result),
    }
}

/// Makes records, in the order given.
pub async fn create_many(
    ctx: &Ctx,
    access: &Access,
    drafts: Vec<Result<Draft, Vec<FieldError>>>,
) -> Result<Vec<Result<RecordId, Error>>, Error> {
    let (ctx, access) = (ctx.clone(), access.clone());
    let db = ctx.tenant.db.clone();
    db.write(move |conn| {
        let create = |draft: Result<Draft, Vec<FieldError>>| {
            one(conn, |conn| {
                if !access.plan().may_create() {
                    return Err(Error::Forbidden);
                }
                let prepared = draft.and_then(|draft| prepare_new(&access, draft)).map_err(Error::Fields)?;
                let id = RecordId(ctx.app.id());
                insert(conn, &ctx, &access, id, &prepared)?;
                Ok(id)
            })
        };
        drafts.into_iter().map(create).collect()
    })
    .await
}

/// Changes records, in the order given.
pub async fn update_many(ctx: &Ctx, access: &Access, changes: Vec<Change>) -> Result<Vec<Result<RecordId, Error>>, Error> {
    let (ctx, access) = (ctx.clone(), access.clone());
    let db = ctx.tenant.db.clone();
    db.write(move |conn| {
        let update = |wanted: Change| {
            one(conn, |conn| {
                let expected = known(conn, &access, &wanted)?;
                let prepared = wanted.draft.and_then(|draft| prepare_change(&access, draft)).map_err(Error::Fields);
                change(conn, &ctx, &access, wanted.id, expected, prepared)?;
                Ok(wanted.id)
            })
        };
        changes.into_iter().map(update).collect()
    })
    .await
}

/// Writers know moments to the second only: what is no later than theirs is the state they saw.
fn known(conn: &mut Conn, access: &Access, wanted: &Change) -> Result<Option<Moment>, Error> {
    let (Some(known), Some(seen)) = (wanted.known, store::records::rights(conn, access, wanted.id)?) else {
        return Ok(None);
    };
    match seen.modified.0.div_euclid(1_000_000) > known.0.div_euclid(1_000_000) {
        true if seen.edit => Err(Error::Changed),
        _ => Ok(Some(seen.modified)),
    }
}

/// Puts records into the recycle bin, in the order given.
pub async fn delete_many(ctx: &Ctx, access: &Access, ids: Vec<RecordId>) -> Result<Vec<Result<RecordId, Error>>, Error> {
    let (ctx, access) = (ctx.clone(), access.clone());
    let db = ctx.tenant.db.clone();
    db.write(move |conn| {
        let delete = |id| {
            one(conn, |conn| {
                bin_one(conn, &ctx, &access, id)?;
                Ok(id)
            })
        };
        ids.into_iter().map(delete).collect()
    })
    .await
}
