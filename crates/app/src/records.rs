//! Records: every door reads and writes them through these.

mod arrangement;
mod attachments;
mod batch;
mod copy;
mod files;
mod question;
mod sharing;
mod tie;
mod upsert;

pub use arrangement::{Arrangement, arrangement};
pub use attachments::{Content, attach};
pub use batch::{Change, create_many, delete_many, update_many};
pub use copy::copy;
pub use files::put_file;
pub use question::{Question, Refused, answer, question};
pub use sharing::{Audience, MAX_SHARES, SharedWith, audiences, share, shares, unshare};
pub use tie::{Tie, tie_many};
pub use upsert::{Upserted, Wanted, upsert_many};

use domain::access::Access;
use domain::ids::{FieldId, RecordId};
use domain::notifications::Event;
use domain::records::{Cursor, Draft, Prepared, Query, prepare_change, prepare_new};
use domain::time::Moment;
use store::accounts::Ending;
use store::audit::{Deed, Entry, Slice};
use store::engine::Conn;
use store::records::{Binned, Deleted, JsonList, Page, Record, WriteError, Writing};

use crate::notifications::tell;
use crate::{Ctx, Error};

/// The access of the one who asks to a module. A module that is not granted does not exist.
pub fn access(ctx: &Ctx, module: &str) -> Result<Access, Error> {
    ctx.snapshot.access_named(ctx.viewer, module).ok_or(Error::NotFound("module"))
}

/// A page of records.
pub async fn list(ctx: &Ctx, access: &Access, query: Query) -> Result<Page, Error> {
    let access = access.clone();
    ctx.tenant
        .db
        .read(move |conn| Ok(store::records::list(conn, &access, &query)?))
        .await
}

/// A page of records as the JSON of the CRM API: the hot path.
pub async fn json_list(ctx: &Ctx, access: &Access, query: &Query) -> Result<JsonList, Error> {
    Ok(store::records::json_list(&ctx.tenant.db, &ctx.snapshot.lists, access, query).await?)
}

/// Where a list stands after its first `skip` records; none if it has no more than those.
pub async fn skip(ctx: &Ctx, access: &Access, query: &Query, skip: u32) -> Result<Option<Cursor>, Error> {
    let (access, query) = (access.clone(), query.clone());
    ctx.tenant
        .db
        .read(move |conn| Ok(store::records::skip(conn, &access, &query, skip)?))
        .await
}

/// How many records a query finds.
pub async fn count(ctx: &Ctx, access: &Access, query: Query) -> Result<u64, Error> {
    let access = access.clone();
    ctx.tenant
        .db
        .read(move |conn| Ok(store::records::count(conn, &access, &query)?))
        .await
}

/// One record.
pub async fn get(ctx: &Ctx, access: &Access, id: RecordId, columns: Vec<FieldId>) -> Result<Record, Error> {
    let access = access.clone();
    let found = ctx
        .tenant
        .db
        .read::<_, Error>(move |conn| Ok(store::records::one(conn, &access, id, columns)?));
    found.await?.ok_or(Error::NotFound("record"))
}

/// The names of visible records, for choosing one in a form.
pub async fn choices(ctx: &Ctx, access: &Access, word: &str, limit: u32) -> Result<Vec<(RecordId, String)>, Error> {
    let (access, word) = (access.clone(), word.to_owned());
    ctx.tenant
        .db
        .read(move |conn| Ok(store::records::choices(conn, &access, &word, limit)?))
        .await
}

/// What the one who asks may do with a record they see: edit it, delete it.
pub async fn rights(ctx: &Ctx, access: &Access, id: RecordId) -> Result<store::records::RecordRights, Error> {
    let access = access.clone();
    let found = ctx
        .tenant
        .db
        .read::<_, Error>(move |conn| Ok(store::records::rights(conn, &access, id)?));
    found.await?.ok_or(Error::NotFound("record"))
}

/// Makes a record.
pub async fn create(ctx: &Ctx, access: &Access, draft: Draft) -> Result<RecordId, Error> {
    let prepared = prepare_new(access, draft).map_err(Error::Fields)?;
    let (ctx, access, id) = (ctx.clone(), access.clone(), RecordId(ctx.app.id()));
    let db = ctx.tenant.db.clone();
    db.write(move |conn| {
        insert(conn, &ctx, &access, id, &prepared)?;
        Ok(id)
    })
    .await
}

pub(crate) fn insert(conn: &mut Conn, ctx: &Ctx, access: &Access, id: RecordId, prepared: &Prepared) -> Result<(), Error> {
    Writing::begin(conn, access, ctx.now)?.insert(id, prepared)?;
    trail(conn, ctx, access, ("created", Event::Create), id, Some(prepared))
}

/// Changes a record. `expected` is when it was last changed as far as the writer knows; a later
/// change by somebody else is then not written over.
pub async fn update(ctx: &Ctx, access: &Access, id: RecordId, expected: Option<Moment>, draft: Draft) -> Result<Moment, Error> {
    let prepared = prepare_change(access, draft).map_err(Error::Fields);
    let (ctx, access) = (ctx.clone(), access.clone());
    let db = ctx.tenant.db.clone();
    db.write(move |conn| change(conn, &ctx, &access, id, expected, prepared)).await
}

fn change(
    conn: &mut Conn,
    ctx: &Ctx,
    access: &Access,
    id: RecordId,
    expected: Option<Moment>,
    prepared: Result<Prepared, Error>,
) -> Result<Moment, Error> {
    // A record out of sight answers "no such record", whatever is wrong with the draft.
    let seen = store::records::rights(conn, access, id)?.ok_or(WriteError::NotFound)?;
    if !seen.edit {
        return Err(Error::Forbidden);
    }
    let prepared = prepared?;
    let modified = Writing::begin(conn, access, ctx.now)?.update(id, expected, &prepared)?;
    trail(conn, ctx, access, ("updated", Event::Edit), id, Some(&prepared))?;
    Ok(modified)
}

/// Puts a record into the recycle bin. The sessions of portal users who are this record end.
pub async fn delete(ctx: &Ctx, access: &Access, id: RecordId) -> Result<(), Error> {
    let (ctx, access) = (ctx.clone(), access.clone());
    let db = ctx.tenant.db.clone();
    db.write(move |conn| bin_one(conn, &ctx, &access, id)).await
}

fn bin_one(conn: &mut Conn, ctx: &Ctx, access: &Access, id: RecordId) -> Result<(), Error> {
    Writing::begin(conn, access, ctx.now)?.delete(id)?;
    for member in store::members::of_record(conn, id)? {
        store::accounts::end_sessions(conn, Ending::Member(member.id))?;
    }
    trail(conn, ctx, access, ("deleted", Event::Delete), id, None)
}

/// Takes a record out of the recycle bin.
pub async fn restore(ctx: &Ctx, access: &Access, id: RecordId) -> Result<(), Error> {
    let (ctx, access) = (ctx.clone(), access.clone());
    let db = ctx.tenant.db.clone();
    db.write(move |conn| {
        Writing::begin(conn, &access, ctx.now)?.restore(id)?;
        trail(conn, &ctx, &access, ("restored", Event::Create), id, None)
    })
    .await
}

/// Records in a module's recycle bin, latest first. Only for those who see every record with every field and may delete it;
/// others get none.
pub async fn bin(ctx: &Ctx, access: &Access, wanted: Binned) -> Result<Vec<Deleted>, Error> {
    let access = access.clone();
    ctx.tenant
        .db
        .read(move |conn| Ok(store::records::bin(conn, &access, wanted)?))
        .await
}

/// What was done to a record, the latest first: for employees who see it.
pub async fn history(ctx: &Ctx, access: &Access, id: RecordId, slice: Slice) -> Result<Vec<Entry>, Error> {
    if ctx.is_portal_user() {
        return Err(Error::Forbidden);
    }
    let access = access.clone();
    let read = move |conn: &mut Conn| {
        store::records::rights(conn, &access, id)?.ok_or(Error::NotFound("record"))?;
        Ok(store::audit::latest(conn, Some(id), slice)?)
    };
    ctx.tenant.db.read(read).await
}

/// Notes what was done, and tells those who watch: which fields, never their values.
fn trail(
    conn: &mut Conn,
    ctx: &Ctx,
    access: &Access,
    (action, event): (&'static str, Event),
    record: RecordId,
    written: Option<&Prepared>,
) -> Result<(), Error> {
    let module = access.plan().module();
    let fields = written.map(Prepared::fields).unwrap_or_default();
    let names = fields.iter().filter_map(|id| Some(module.field(*id)?.api_name.as_str()));
    let deed = Deed {
        id: ctx.app.id(),
        at: ctx.now,
        actor: ctx.viewer.actor,
        action,
        module: Some(module.id),
        record: Some(record),
        detail: names.collect::<Vec<_>>().join(", "),
    };
    store::audit::append(conn, &deed)?;
    tell(conn, &ctx.app, module.id, event, &[(record, fields)])
}
