//! An import that runs, and what came of it.

use app::Error;
use app::imports::{Job, RowError};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::super::moments::{counted, thousands};
use super::super::visit::{Visit, id};
use crate::failure::{PageError, sentence};
use crate::pages::shell::Shell;
use crate::pages::show as show_page;

#[derive(Template)]
#[template(path = "admin/import/job.html")]
struct Page {
    shell: Shell,
    part: Part,
}

#[derive(Template)]
#[template(path = "admin/import/progress.html")]
struct Part {
    id: i64,
    state: String,
    module: String,
    api_name: String,
    done: String,
    total: String,
    percent: u64,
    created: String,
    skipped: Option<String>,
    error: Option<String>,
    errors: Vec<RowError>,
    more_errors: u64,
}

fn part_of(visit: &Visit, job: Job) -> Part {
    let module = visit.ctx().snapshot.catalogue.named(&job.module).map(|m| m.plural.clone());
    let outcome = job.outcome.unwrap_or_default();
    let listed = u64::try_from(outcome.errors.len()).unwrap_or(0);
    Part {
        id: job.id,
        module: module.unwrap_or_else(|| job.module.clone()),
        done: thousands(job.done),
        total: thousands(job.total),
        percent: (job.done * 100).checked_div(job.total).unwrap_or(0).min(100),
        created: counted(outcome.created, "record", "records"),
        skipped: (outcome.skipped > 0).then(|| counted(outcome.skipped, "row", "rows")),
        // Each bad value stands below with its line: its first is not repeated above.
        error: job.error.filter(|_| outcome.errors.is_empty()).map(|text| sentence(&text)),
        more_errors: outcome.errors_total.saturating_sub(listed),
        errors: outcome.errors,
        state: job.state,
        api_name: job.module,
    }
}

/// Who may see how an import went: those who may see the module it went into.
async fn wanted(visit: &Visit, text: &str) -> Result<Part, Error> {
    let ctx = visit.ctx();
    let job = app::imports::status(ctx, id(text, "import")?).await?;
    let module = ctx.snapshot.catalogue.named(&job.module);
    if module.is_some_and(|m| ctx.snapshot.access(ctx.viewer, m.id).is_none()) {
        return Err(Error::NotFound("import"));
    }
    Ok(part_of(visit, job))
}

pub async fn show(visit: Visit, Path(job): Path<String>) -> Result<Response, PageError> {
    let part = wanted(&visit, &job).await?;
    Ok(show_page(&Page {
        shell: visit.shell("Import", "import"),
        part,
    }))
}

pub async fn part(visit: Visit, Path(job): Path<String>) -> Result<Response, PageError> {
    Ok(show_page(&wanted(&visit, &job).await?))
}
