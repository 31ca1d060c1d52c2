//! The file in a field of a record: put there, or taken out.

use domain::access::Access;
use domain::ids::{FieldId, RecordId};
use domain::records::{Draft, Value};

use super::update;
use crate::{Ctx, Error, Kind, files};

/// Puts a file that the same person has uploaded into a field of a record, in place of the one that stood there; `None` takes that out.
///
/// Errors: [`Error::Fields`] where the field may not be written, or takes only images and this is none. A file that cannot be put there
/// is forgotten, unless it may be tried again.
pub async fn put_file(ctx: &Ctx, access: &Access, record: RecordId, field: FieldId, file: Option<i64>) -> Result<(), Error> {
    let value = file.map_or(Value::Null, Value::Int);
    let draft = std::iter::once((field, value)).collect::<Draft>();
    let written = update(ctx, access, record, None, draft).await.map(drop);
    forget_refused(ctx, file, &written).await?;
    written
}

/// Forgets an upload that was refused for good.
pub(super) async fn forget_refused<T>(ctx: &Ctx, file: Option<i64>, written: &Result<T, Error>) -> Result<(), Error> {
    let is_final = |error: &Error| !matches!(error.kind(), Kind::SignedOut | Kind::Busy | Kind::Internal) && !matches!(error, Error::Stale);
    match (written, file) {
        (Err(error), Some(file)) if is_final(error) => files::forget(ctx, file).await,
        _ => Ok(()),
    }
}
