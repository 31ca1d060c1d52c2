//! `loggia access coverage`: the grants of which the kept tests say nothing.

use app::policies::{self, Coverage, GrantCoverage};
use clap::Args;

use crate::failure::Failure;
use crate::settings::Settings;
use crate::{opening, output};

#[derive(Debug, Args)]
pub struct Covered {
    /// The organisation, by id or name
    #[arg(long, value_name = "ORG")]
    org: String,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

impl Covered {
    pub async fn run(self, settings: &Settings) -> Result<(), Failure> {
        let (app, ctx) = opening::organisation(settings, &self.org).await?;
        let coverage = policies::kept_coverage(&ctx).await;
        app.close().await;
        let coverage = coverage?;
        output::document(self.json, &coverage, || readable(&coverage))
    }
}

fn readable(coverage: &Coverage) -> String {
    let (all, without) = (coverage.grants.len(), coverage.uncovered().count());
    let tests = output::counted(coverage.tests, "kept test");
    let mut text = format!("{} of {} covered by {tests}.\n", all - without, output::counted(all, "grant"));
    if coverage.failing > 0 {
        text += &format!("{} of them do not hold and count for nothing.\n", coverage.failing);
    }
    for grant in coverage.uncovered() {
        text += &format!(
            "- {}, {}, {}: {}\n",
            grant.user_type,
            grant.module,
            output::plain(&grant.records),
            lacks(grant)
        );
    }
    text
}

fn lacks(grant: &GrantCoverage) -> &'static str {
    match (grant.allow.is_empty(), grant.deny.is_empty() && !grant.keeps_nothing_out) {
        (true, true) => "no test shows that it lets in, and none that it keeps out",
        (true, false) => "no test shows that it lets in",
        _ => "no test shows that it keeps out",
    }
}
