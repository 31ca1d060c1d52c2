//! How long publishing takes, until the new version is in force.

use std::time::{Duration, Instant};

use app::policies::{self, Asked};

use super::company::Company;
use crate::Done;

/// How often it is published.
const TIMES: u32 = 20;

/// The longest of several publishings, each of a draft that changes every user type.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
pub(super) async fn time(company: &Company) -> Done<Duration> {
    let mut longest = Duration::ZERO;
    for round in 0..TIMES {
        let ctx = company.ctx.refreshed().await?;
        let id = policies::start(&ctx, &format!("Round {round}"), None).await?;
        let mut revision = policies::draft(&ctx, id).await?.revision;
        for user_type in &ctx.snapshot.user_types {
            let set = policies::draft(&ctx, id).await?.set;
            let policy = set.as_ref().and_then(|set| set.get(user_type.id));
            let mut policy = policy.ok_or("a user type without a policy")?.clone();
            for grant in &mut policy.grants {
                grant.fields.rotate_left(1);
            }
            policies::change_type(&ctx, id, revision, user_type.id, policy).await?;
            revision = policies::draft(&ctx, id).await?.revision;
        }
        let begun = Instant::now();
        policies::publish(
            &ctx,
            id,
            Asked {
                revision,
                ..Asked::default()
            },
        )
        .await?;
        ctx.tenant.fresh().await?;
        longest = longest.max(begun.elapsed());
    }
    Ok(longest)
}
