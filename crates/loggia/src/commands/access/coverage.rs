//! `loggia access test --coverage`: the grants of which the kept tests say nothing.

use app::policies::{Coverage, GrantCoverage};

use crate::output;

pub(super) fn readable(coverage: &Coverage) -> String {
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
