//! The programs that act for whoever looks at their profile.

use app::clients::{Program, mine};
use app::{Ctx, Error};
use domain::accounts::Scope;
use serde::Deserialize;

use super::admin::moments::When;

/// A program, for people to read.
pub struct Acting {
    pub id: String,
    pub name: String,
    pub may: Vec<String>,
    pub since: When,
}

/// What the button sends that ends one.
#[derive(Debug, Deserialize)]
pub struct Ending {
    #[serde(default)]
    pub program: String,
}

impl Ending {
    /// Which one. Errors: [`Error::NotFound`] if that is no number.
    pub fn id(&self) -> Result<i64, Error> {
        self.program.parse().map_err(|_| Error::NotFound("program"))
    }
}

/// All of them.
pub async fn acting(ctx: &Ctx) -> Result<Vec<Acting>, Error> {
    let shown = |program: Program| Acting {
        id: program.id.to_string(),
        may: program.scopes.iter().map(Scope::words).collect(),
        since: When::new(ctx.now, program.since),
        name: program.name,
    };
    Ok(mine(ctx).await?.into_iter().map(shown).collect())
}
