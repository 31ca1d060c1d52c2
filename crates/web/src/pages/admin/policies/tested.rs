//! What the kept tests say of something that is to come into force.

use app::policies::{self, Failed, Failing, Which};
use app::{Ctx, Error};

use super::super::posted::Posted;

/// What the kept tests say.
pub struct Tested {
    /// How many there are.
    pub tests: usize,
    pub failed: Vec<Failed>,
    /// Whoever publishes may pass over the failing ones here.
    pub may_agree: bool,
    /// What the button does, as it stands before "although".
    pub deed: &'static str,
    /// Why the tests could not be run.
    pub problem: Option<String>,
}

impl Tested {
    /// Tests that have stopped somebody who wanted to do this.
    pub fn stopped(failing: Failing, deed: &'static str) -> Self {
        Self {
            tests: failing.of,
            failed: failing.failed,
            may_agree: true,
            deed,
            problem: None,
        }
    }

    /// Whether whoever publishes has to look at tests.
    pub fn stands_in_the_way(&self) -> bool {
        !self.failed.is_empty() || self.problem.is_some()
    }
}

/// Runs the kept tests. None where there is nothing to say: what they would be run against cannot be read.
pub async fn tested(ctx: &Ctx, against: Which, deed: &'static str, may_agree: bool) -> Result<Option<Tested>, Error> {
    let (tests, failed, problem) = match policies::run_kept(ctx, against).await {
        Ok(report) => (report.tests(), report.failed, None),
        Err(error @ Error::PolicyText(_)) => (0, Vec::new(), Some(error.to_string())),
        Err(Error::UnreadablePolicies) => return Ok(None),
        Err(other) => return Err(other),
    };
    Ok(Some(Tested {
        tests,
        failed,
        may_agree,
        deed,
        problem,
    }))
}

/// How many failing tests whoever publishes has been shown, and passes over.
pub fn agreed(posted: &Posted) -> Option<usize> {
    posted.one("despite").parse().ok()
}

/// What is said first where tests have stopped somebody; the tests themselves stand below.
pub fn failing(failing: &Failing) -> String {
    let (found, of) = (failing.failed.len(), failing.of);
    let (does, them) = if found == 1 { ("does", "It is") } else { ("do", "They are") };
    let agreed = match failing.agreed {
        None => String::new(),
        Some(agreed) => format!(" You agreed to {agreed}."),
    };
    format!("Nothing is changed: {found} of {of} tests {does} not hold for it.{agreed} {them} listed below.")
}
