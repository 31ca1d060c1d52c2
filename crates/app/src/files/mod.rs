//! Files: written and read piece by piece, whatever their size, in the organisation's own database.
//!
//! A file belongs to who made it and to what it is for: nobody else gets it, and nobody gets it for something else.

mod of_record;
mod reader;
mod writer;

pub use of_record::{Found, by_id, forget, of_record, upload};
pub use reader::Reader;
pub(crate) use writer::Pieces;
pub use writer::Writer;

use domain::files::Purpose;

use crate::{App, Ctx, Error};

/// A file of the one who asks, to be read.
pub async fn open(ctx: &Ctx, id: i64, purpose: Purpose) -> Result<Reader, Error> {
    let (actor, now) = (ctx.viewer.actor, ctx.now);
    let found = ctx
        .tenant
        .db
        .read::<_, Error>(move |conn| Ok(store::files::of(conn, id, purpose, actor, now)?));
    let file = found.await?.ok_or(Error::NotFound("file"))?;
    Ok(Reader::new(ctx.tenant.db.clone(), file))
}

/// Forgets what has expired, in all organisations, a file at a time: nobody waits long for it.
pub(crate) async fn forget_expired(app: &App) -> Result<(), Error> {
    for org in crate::orgs::list(app).await? {
        let tenant = app.tenant(org.id).await?;
        let now = app.now();
        loop {
            let forgotten = tenant.db.write::<_, Error>(move |conn| {
                let expired = store::files::expired(conn, now)?;
                if let Some(id) = expired {
                    store::files::forget_expired(conn, id, now)?;
                }
                Ok(expired.is_some())
            });
            if !forgotten.await? {
                break;
            }
        }
    }
    Ok(())
}
