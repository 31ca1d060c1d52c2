//! A first look at an uploaded file.

use app::imports::{ImportError, Preview, preview, uploads};
use app::{Ctx, Error};

use super::reading::Reading;

/// How many rows are shown.
pub const ROWS: usize = 5;

/// A file that waits, and what its beginning looks like.
pub struct Looked {
    pub name: String,
    pub preview: Preview,
}

/// Looks at a file that waits.
pub async fn at(ctx: &Ctx, id: i64, reading: &Reading) -> Result<Looked, ImportError> {
    let (name, file) = uploads::open(ctx, id)?;
    let (mapping, module) = (reading.mapping(), reading.there(ctx));
    let look = tokio::task::spawn_blocking(move || preview(file, ROWS, &mapping, module.as_deref()));
    let preview = look.await.map_err(|_| Error::Busy)??;
    Ok(Looked { name, preview })
}
