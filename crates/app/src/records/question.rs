//! Questions in COQL.

use domain::modules::Module;
use domain::records::coql::{CoqlError, Selection, parse};
use std::sync::Arc;
use std::time::Duration;
use store::records::Answer;
use tokio::time::timeout;

use super::access;
use crate::{Ctx, Error};

/// A query that the one who asks may ask: every name in it is one that they know.
#[derive(Debug)]
pub struct Question(Selection);

/// Why there is no question.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error(transparent)]
    Coql(#[from] CoqlError),
    /// The module, by the name that was asked for, does not exist for the one who asks.
    #[error("there is no such module")]
    NoModule(String),
    #[error(transparent)]
    Other(#[from] Error),
}

/// Reads a query. Hidden modules and fields are unknown.
pub fn question(ctx: &Ctx, text: &str) -> Result<Question, Refused> {
    let parsed = parse(text)?;
    let access = access(ctx, &parsed.module).map_err(|_| Refused::NoModule(parsed.module.clone()))?;
    let reach = |module| ctx.snapshot.access(ctx.viewer, module);
    Ok(Question(parsed.bind(access, reach)?))
}

/// What a query finds. Errors: [`Error::Busy`] where others keep it waiting for as long as a query may take, [`Error::TooSlow`] for one
/// that takes longer itself; the database gives it up then. Also busy where the rights change at that moment: what was asked may not be
/// what can be asked now.
pub async fn answer(ctx: &Ctx, question: &Question) -> Result<Answer, Error> {
    let seconds = ctx.app.settings().rates.query_seconds;
    let _turn = within(seconds, Error::Busy, ctx.tenant.questions.acquire()).await?;
    let answer = store::records::answer(&ctx.tenant.db, &question.0);
    match within(seconds, Error::TooSlow(seconds), answer).await?.map_err(Error::from) {
        Err(Error::Stale) => Err(Error::Busy),
        answer => answer,
    }
}

/// What comes of some work within so many seconds.
async fn within<T>(seconds: u32, late: Error, work: impl Future<Output = T>) -> Result<T, Error> {
    match seconds {
        0 => Ok(work.await),
        _ => timeout(Duration::from_secs(seconds.into()), work).await.map_err(|_| late),
    }
}

impl Question {
    /// The modules whose fields are named.
    pub fn modules(&self) -> impl Iterator<Item = &Arc<Module>> {
        self.0.named_sources().map(|source| source.access.plan().module())
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    #[tokio::test]
    async fn what_is_late_is_given_up() {
        assert!(matches!(
            within(1, Error::TooSlow(1), pending::<()>()).await,
            Err(Error::TooSlow(1))
        ));
        assert!(within(1, Error::Busy, ready(())).await.is_ok() && within(0, Error::Busy, ready(())).await.is_ok());
    }
}
