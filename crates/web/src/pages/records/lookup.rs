//! The records a look-up can point at, for choosing one.

use app::{Ctx, Error};
use domain::ids::{ModuleId, RecordId};
use serde::Serialize;

use super::text;

/// How many choices are offered at once; typing finds the others.
pub const CHOICES: u32 = 100;

/// A record one can choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choosable {
    pub id: RecordId,
    pub name: String,
}

/// The records whose name holds the word. A module that does not exist for the viewer has none.
pub async fn choosable(ctx: &Ctx, module: ModuleId, word: &str) -> Result<Vec<Choosable>, Error> {
    let Some(access) = ctx.snapshot.access(ctx.viewer, module) else {
        return Ok(Vec::new());
    };
    let found = app::records::choices(ctx, &access, &text::clean(word), CHOICES).await?;
    let named = |(id, name): (RecordId, String)| Choosable {
        id,
        name: if name.is_empty() { "Unnamed".into() } else { name },
    };
    Ok(found.into_iter().map(named).collect())
}
