//! Lists that would cost much, in sentences.

use app::policies::{self, Costly, Source, Which};
use app::{Ctx, Error};

use super::super::moments::thousands;

/// The lists that would take long if this came into force. Empty where what it says cannot be read.
pub async fn sentences(ctx: &Ctx, which: Which) -> Result<Vec<String>, Error> {
    match policies::costly(ctx, Source::Which(which)).await {
        Ok(found) => Ok(found.iter().map(sentence).collect()),
        Err(Error::UnreadablePolicies) => Ok(Vec::new()),
        Err(other) => Err(other),
    }
}

fn sentence(costly: &Costly) -> String {
    let Costly { whose, module, times } = costly;
    match times {
        Some(times) => format!(
            "{module} of {whose}: about {} times what an administrator’s list costs.",
            thousands(*times)
        ),
        None => format!("{module} of {whose}: longer than anybody waits."),
    }
}
