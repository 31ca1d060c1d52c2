//! Questions in COQL.

use domain::modules::Module;
use domain::records::coql::{CoqlError, Selection, parse};
use std::sync::Arc;
use store::records::Answer;

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
    /// The module does not exist for the one who asks.
    #[error(transparent)]
    Other(#[from] Error),
}

/// Reads a query. Hidden modules and fields are unknown.
pub fn question(ctx: &Ctx, text: &str) -> Result<Question, Refused> {
    let parsed = parse(text)?;
    let access = access(ctx, &parsed.module)?;
    let reach = |module| ctx.snapshot.access(ctx.viewer, module);
    Ok(Question(parsed.bind(access, reach)?))
}

/// What a query finds.
pub async fn answer(ctx: &Ctx, question: &Question) -> Result<Answer, Error> {
    Ok(store::records::answer(&ctx.tenant.db, &question.0).await?)
}

impl Question {
    /// The modules whose fields are named.
    pub fn modules(&self) -> impl Iterator<Item = &Arc<Module>> {
        self.0.named_sources().map(|source| source.access.plan().module())
    }
}
