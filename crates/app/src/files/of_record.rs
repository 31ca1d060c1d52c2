//! The files of records: uploaded first, then named in a record, then read through it.

use std::sync::Arc;

use domain::access::Access;
use domain::files::Purpose;
use domain::ids::{FieldId, RecordId};
use domain::modules::Module;
use domain::records::Value;
use store::engine::Conn;
use store::files::FilePlace;
use store::records::Shown;

use super::{Reader, Writer, open};
use crate::{Ctx, Error, records};

/// How many uploads of one person may wait to be named in a record.
const MOST_UPLOADS: i64 = 100;
/// An upload that was begun so many seconds ago and is not there has broken off.
const ARRIVES: i64 = 600;

/// Begins to take in a file for a record. For a day its id can be written into a field by the same person; then it is forgotten.
///
/// Errors: [`Error::Input`] where too many of theirs wait.
pub async fn upload(ctx: &Ctx, name: &str, content_type: &str) -> Result<Writer, Error> {
    let (actor, now) = (ctx.viewer.actor, ctx.now);
    let fresh = now.plus_seconds(-ARRIVES);
    let waiting = ctx
        .tenant
        .db
        .read::<_, Error>(move |conn| Ok(store::files::count(conn, Purpose::ForRecord, actor, fresh, now)?));
    if waiting.await? >= MOST_UPLOADS {
        let expected = format!("at most {MOST_UPLOADS} files that wait to be named in a record");
        return Err(Error::Input("file", expected));
    }
    Writer::begin(ctx, Purpose::ForRecord, name, content_type).await
}

/// Forgets a file that the one who asks has uploaded, if no record names it.
pub async fn forget(ctx: &Ctx, id: i64) -> Result<(), Error> {
    let actor = ctx.viewer.actor;
    ctx.tenant
        .db
        .write::<_, Error>(move |conn| Ok(store::files::forget_upload(conn, id, actor)?))
        .await
}

/// The file in a field of a record, if the one who asks may read it there.
pub async fn of_record(ctx: &Ctx, access: &Access, record: RecordId, field: FieldId) -> Result<Reader, Error> {
    if access.plan().column(field).is_none() {
        return Err(Error::NotFound("file"));
    }
    let names = names(access, field);
    let columns = std::iter::once(field).chain(names).collect();
    let mut shown = records::get(ctx, access, record, columns).await?.values.into_iter();
    let Some(Shown::File(stored)) = shown.next() else {
        return Err(Error::NotFound("file"));
    };
    let place = FilePlace { record, field };
    let read = move |conn: &mut Conn| Ok(store::files::of_record(conn, stored.id, place)?);
    let file = ctx.tenant.db.read::<_, Error>(read).await?.ok_or(Error::NotFound("file"))?;
    let reader = Reader::new(ctx.tenant.db.clone(), file);
    match is_attachment(access, field) {
        true => Ok(reader.called(&called(shown))),
        false => Ok(reader),
    }
}

fn is_attachment(access: &Access, field: FieldId) -> bool {
    access.plan().module().attachment_field().is_some_and(|of| of.id == field)
}

/// The fields by which a file is called as its record is, as far as they may be read.
fn names(access: &Access, field: FieldId) -> Vec<FieldId> {
    let names = access.plan().module().name_fields.iter().copied();
    let readable = |id: &FieldId| access.plan().column(*id).is_some();
    names.filter(|_| is_attachment(access, field)).filter(readable).collect()
}

/// An attachment is called as its record is now, and has no name for those who may not read that.
fn called(shown: impl Iterator<Item = Shown>) -> String {
    let text = |shown| match shown {
        Shown::Value(Value::Text(text)) => Some(text),
        _ => None,
    };
    shown.filter_map(text).collect::<Vec<_>>().join(" ")
}

/// A file that was found by its id.
#[derive(Debug)]
pub struct Found {
    pub reader: Reader,
    /// The module of the record that it is of, if it is of one.
    pub module: Option<Arc<Module>>,
}

/// A file by its id: one that the person who asks has uploaded and not named yet, or that of a record in a field that they may read.
pub async fn by_id(ctx: &Ctx, id: i64) -> Result<Found, Error> {
    let place = ctx
        .tenant
        .db
        .read::<_, Error>(move |conn| Ok(store::files::place(conn, id)?))
        .await?;
    let Some(place) = place else {
        let reader = open(ctx, id, Purpose::ForRecord).await?;
        return Ok(Found { reader, module: None });
    };
    let module = ctx.snapshot.catalogue.modules().find(|m| m.field(place.field).is_some());
    let access = module.and_then(|module| ctx.snapshot.access(ctx.viewer, module.id));
    let access = access.ok_or(Error::NotFound("file"))?;
    let found = of_record(ctx, &access, place.record, place.field).await;
    match found {
        // One that stood there before is nobody's any more; and that there is such a record is not said.
        Ok(reader) if reader.file().id == id => Ok(Found {
            reader,
            module: module.map(Arc::clone),
        }),
        Ok(_) | Err(Error::NotFound(_)) => Err(Error::NotFound("file")),
        Err(error) => Err(error),
    }
}
