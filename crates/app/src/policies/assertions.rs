//! Tests of policies: what some person may and may not do, written down and asked again.
//!
//! The questions are asked of the same plans and by the same statements as everywhere; there is no second opinion.

mod bench;
mod coverage;
mod reading;

use std::collections::BTreeSet;
use std::fmt;

use domain::access::{NamedPolicy, PolicySet};
use domain::ids::{ModuleId, UserTypeId};
use domain::modules::Catalogue;
use domain::orgs::Rights;
use domain::portals::{UserType, user_type_named};
use domain::time::Day;
use serde::Serialize;
use store::engine::Conn;

use super::text::wanted_set;
use crate::{Ctx, Error};
use bench::Bench;
use reading::Who;

pub use coverage::{Coverage, GrantCoverage};
pub use reading::{Key, MAX_TESTS, MAX_TEXT, Test, Tests, Word, read_tests};

pub(super) use coverage::coverage;
pub(super) use reading::check;

/// What came of the tests.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    pub passed: usize,
    pub failed: Vec<Failed>,
    /// Modules granted to a user type of which no test shows that something is allowed.
    pub without_allow: Vec<String>,
    /// Modules granted to a user type of which no test shows that something is denied.
    pub without_deny: Vec<String>,
}

impl Report {
    /// How many tests there are.
    #[must_use]
    pub fn tests(&self) -> usize {
        self.passed + self.failed.len()
    }
}

/// A test that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failed {
    pub test: String,
    /// Where it begins in the text.
    pub line: u64,
    pub why: Vec<String>,
    /// It could not be asked: a person, a record or something else that it names is not there.
    pub unanswered: bool,
    /// The modules that what was found speaks of.
    #[serde(skip)]
    modules: Vec<ModuleId>,
}

impl Failed {
    /// The same for one who has these rights: of modules that they do not see they are not told what was found.
    fn told(mut self, rights: &Rights) -> Self {
        if self.modules.iter().any(|m| !rights.of(*m).view) {
            self.why = vec!["what was found is not told, since it is about records that you do not see".to_owned()];
        }
        self
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.test, self.why.join(", "))
    }
}

/// Kept tests that do not hold for what was to come into force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    pub failed: Vec<Failed>,
    /// How many tests there are.
    pub of: usize,
    /// How many failing ones the one who asks has agreed to, if that is another number.
    pub agreed: Option<usize>,
}

impl fmt::Display for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (found, of) = (self.failed.len(), self.of);
        let do_not = if found == 1 { "does not" } else { "do not" };
        write!(f, "{found} of {of} kept tests {do_not} hold, so nothing is put into force")?;
        if let Some(agreed) = self.agreed {
            write!(f, ", and you have agreed to {agreed}")?;
        }
        let all: Vec<String> = self.failed.iter().map(ToString::to_string).collect();
        write!(f, ": {}", all.join("; "))
    }
}

/// Runs tests: against what is in force, or against what a text of policies would put into force.
pub async fn run_tests(ctx: &Ctx, tests: Tests, policies: Option<&str>) -> Result<Report, Error> {
    ctx.need_manage_portals()?;
    let (ctx, policies) = (ctx.clone(), policies.map(str::to_owned));
    let db = ctx.tenant.db.clone();
    db.snapshot(move |conn| {
        let (set, types) = wanted_set(conn, &ctx, policies.as_deref())?;
        run(conn, &tests, set, types, &Asking::by(&ctx))
    })
    .await
}

/// Who is told what came of tests, and which day it is.
pub(super) struct Asking<'a> {
    pub rights: &'a Rights,
    pub today: Day,
}

impl<'a> Asking<'a> {
    pub fn by(ctx: &'a Ctx) -> Self {
        Self {
            rights: &ctx.rights,
            today: ctx.now.day(),
        }
    }
}

/// Runs tests against these policies, as they would be in force over these user types.
pub(super) fn run(conn: &mut Conn, tests: &Tests, set: PolicySet, types: Vec<UserType>, asking: &Asking<'_>) -> Result<Report, Error> {
    let bench = Bench::of(conn, set, types, tests, asking.today)?;
    let mut report = Report::default();
    let (mut allowed, mut denied) = (BTreeSet::new(), BTreeSet::new());
    for test in &tests.tests {
        let judged = judge(conn, &bench, test)?;
        if let Some(failed) = judged.failed {
            report.failed.push(failed.told(asking.rights));
            continue;
        }
        report.passed += 1;
        allowed.extend(judged.place.filter(|_| !test.allow.is_empty()));
        denied.extend(judged.place.filter(|_| !test.deny.is_empty()));
    }
    report.without_allow = bench.missing(&allowed);
    report.without_deny = bench.missing(&denied);
    Ok(report)
}

/// Whom a test is about, visitors being of no user type, and which module.
type Place = (Option<UserTypeId>, ModuleId);

struct Judged {
    place: Option<Place>,
    failed: Option<Failed>,
}

/// Asks one test. That something it names is not there is an answer; that the database does not answer is none.
fn judge(conn: &mut Conn, bench: &Bench, test: &Test) -> Result<Judged, Error> {
    let (place, why, unanswered) = match bench.ask(conn, test) {
        Ok(answer) => (Some((answer.user_type, answer.module)), answer.wrong, false),
        Err(error @ (Error::PolicyText(_) | Error::NotFound(_))) => (None, vec![error.to_string()], true),
        Err(error) => return Err(error),
    };
    let failed = (!why.is_empty()).then(|| Failed {
        test: test.test.value.clone(),
        line: test.test.referenced.line(),
        why,
        unanswered,
        modules: bench.spoken_of(test),
    });
    Ok(Judged { place, failed })
}

impl Bench {
    /// The modules granted to user types, or shown to visitors, that are in none of these places.
    fn missing(&self, there: &BTreeSet<Place>) -> Vec<String> {
        let mut missing = Vec::new();
        for UserType { id, name, .. } in &self.types {
            let Some(policy) = self.policy(*id) else { continue };
            let mut modules = modules(&self.catalogue, policy);
            modules.dedup();
            let id_of = |module: &String| self.catalogue.named(module).map(|m| m.id);
            let lacks = |module: &String| id_of(module).is_some_and(|module| !there.contains(&(Some(*id), module)));
            missing.extend(modules.into_iter().filter(lacks).map(|module| format!("{name}: {module}")));
        }
        let visited = self.set.anonymous.iter().filter(|g| !there.contains(&(None, g.module)));
        let names = visited.filter_map(|g| self.catalogue.module(g.module));
        missing.extend(names.map(|module| format!("anonymous: {}", module.api_name)));
        missing
    }

    /// The modules of which an answer to a test tells something: the one it is about, and that of the people.
    fn spoken_of(&self, test: &Test) -> Vec<ModuleId> {
        let named = match test.who() {
            Who::Person { user_type, .. } => user_type_named(&self.types, &self.portals, &user_type.value).ok(),
            Who::Visitor => None,
        };
        let people = named.map(|t| self.policy(t.id).map_or(t.personality, |p| p.personality));
        let module = self.catalogue.named(&test.module.value).map(|m| m.id);
        people.into_iter().chain(module).collect()
    }
}

fn modules(catalogue: &Catalogue, policy: &domain::access::Policy) -> Vec<String> {
    let named = NamedPolicy::of(catalogue, policy).grants;
    named.into_iter().map(|g| g.module).collect()
}
