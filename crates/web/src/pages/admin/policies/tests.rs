//! The tests that are kept: whether they hold, which grants they say nothing of, and their text.

use app::policies::{self, Coverage, GrantCoverage};
use app::{Ctx, Error};
use askama::Template;
use axum::response::Response;
use store::policies::KeptTests;

use super::super::moments::When;
use super::super::posted::Posted;
use super::super::user_types::{people, sentences};
use super::super::visit::Visit;
use super::list::who;
use super::tested::{Tested, tested};
use crate::failure::{PageError, status};
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

/// What a text of tests begins with, so that nobody has to look it up.
const EXAMPLE: &str = include_str!("example.yaml");

#[derive(Template)]
#[template(path = "admin/policies/tests.html")]
struct Page {
    shell: Shell,
    kept: Option<(When, String)>,
    tested: Option<Tested>,
    coverage: Option<Covered>,
    /// Why the policies that are in force cannot be tested.
    problem: Option<String>,
    text: String,
    seen: i64,
    error: Option<String>,
    example: &'static str,
}

/// The grants that lack a test.
struct Covered {
    grants: usize,
    lacking: Vec<Lacking>,
}

struct Lacking {
    user_type: String,
    meaning: String,
    allow: bool,
    deny: bool,
    /// There is nothing that a test could show it to keep out.
    keeps_nothing_out: bool,
}

fn covered(ctx: &Ctx, coverage: &Coverage) -> Covered {
    Covered {
        grants: coverage.grants.len(),
        lacking: coverage.uncovered().map(|grant| lacking(ctx, grant)).collect(),
    }
}

fn lacking(ctx: &Ctx, found: &GrantCoverage) -> Lacking {
    let policy = ctx.snapshot.policies.get(&found.type_id);
    let meaning = policy.and_then(|policy| {
        let grant = policy.grants.get(found.at)?;
        sentences::meaning(&ctx.snapshot.catalogue, policy, grant, &people(&found.user_type))
    });
    Lacking {
        user_type: found.user_type.clone(),
        meaning: meaning.unwrap_or_else(|| format!("{}, {}", found.module, found.records)),
        allow: found.allow.is_empty(),
        deny: found.deny.is_empty() && !found.keeps_nothing_out,
        keeps_nothing_out: found.keeps_nothing_out,
    }
}

async fn page(visit: &Visit, kept: KeptTests) -> Result<Page, Error> {
    let ctx = visit.ctx();
    let (mut coverage, mut problem) = (None, None);
    let tested = tested(ctx, policies::Which::InForce, "", false).await?;
    match policies::kept_coverage(ctx).await {
        Ok(found) => coverage = Some(covered(ctx, &found)),
        // The tests that cannot be read are told of already.
        Err(Error::PolicyText(_)) => {}
        Err(error @ Error::UnreadablePolicies) => problem = Some(error.to_string()),
        Err(other) => return Err(other),
    }
    Ok(Page {
        shell: visit.shell("Tests", "policies"),
        kept: (kept.revision > 0).then(|| (When::new(ctx.now, kept.modified), who(&kept.modified_by.name))),
        tested,
        coverage,
        problem,
        text: kept.text,
        seen: kept.revision,
        error: None,
        example: EXAMPLE,
    })
}

pub async fn show(visit: Visit) -> Result<Response, PageError> {
    super::need_manage_portals(&visit)?;
    let kept = policies::kept_tests(visit.ctx()).await?;
    Ok(show_page(&page(&visit, kept).await?))
}

pub async fn keep(visit: Visit, posted: Posted) -> Result<Response, PageError> {
    super::need_manage_portals(&visit)?;
    let seen = posted.one("seen").parse().unwrap_or(-1);
    let error = match policies::keep_tests(visit.ctx(), posted.one("text"), seen).await {
        Ok(_) => return Ok(lead_to("/admin/policies/tests", Done::TestsKept)),
        Err(error @ (Error::PolicyText(_) | Error::TestsChanged)) => error,
        Err(other) => return Err(other.into()),
    };
    let kept = policies::kept_tests(visit.ctx()).await?;
    let page = Page {
        text: posted.one("text").to_owned(),
        seen,
        error: Some(error.to_string()),
        ..page(&visit, kept).await?
    };
    Ok(with_status(status(error.kind()), &page))
}
