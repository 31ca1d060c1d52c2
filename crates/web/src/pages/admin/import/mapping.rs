//! Which column becomes which field, with the first rows as they would arrive.

use app::Error;
use app::imports::{Mapping, OnError, uploads};
use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::super::moments::thousands;
use super::super::posted::Posted;
use super::super::visit::{Visit, id};
use super::columns::{self, Column, Sample};
use super::look::{self, Looked};
use super::reading::Reading;
use super::words;
use crate::failure::PageError;
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

#[derive(Template)]
#[template(path = "admin/import/mapping.html")]
struct Page {
    shell: Shell,
    id: i64,
    file: String,
    module: String,
    is_new: bool,
    total: String,
    reading: Reading,
    columns: Vec<Column>,
    heads: Vec<String>,
    rows: Vec<Vec<Sample>>,
    problems: usize,
    skip: bool,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/import/unreadable.html")]
struct Unreadable {
    shell: Shell,
    problem: String,
    again: String,
}

fn unreadable(visit: &Visit, reading: &Reading, problem: String) -> Response {
    let page = Unreadable {
        shell: visit.shell("Import", "import"),
        problem,
        again: format!("/admin/import?{}", reading.query()),
    };
    with_status(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn page(visit: &Visit, id: i64, reading: Reading, looked: Looked, mapping: &Mapping, problem: Option<String>) -> Page {
    let (ctx, preview) = (visit.ctx(), &looked.preview);
    let module = reading.there(ctx);
    let (heads, rows) = columns::samples(ctx, &reading, preview, mapping);
    Page {
        shell: visit.shell("Import", "import"),
        id,
        file: looked.name,
        is_new: module.is_none(),
        module: module.map_or_else(|| reading.plural.clone(), |m| m.plural.clone()),
        total: thousands(preview.total),
        columns: columns::columns(ctx, &reading, preview, mapping),
        problems: rows.iter().flatten().filter(|s| s.problem.is_some()).count(),
        heads,
        rows,
        skip: false,
        reading,
        problem,
    }
}

pub async fn show(visit: Visit, Path(upload): Path<String>, Query(pairs): Query<Vec<(String, String)>>) -> Result<Response, PageError> {
    let upload: i64 = id(&upload, "upload")?;
    let reading = Reading::of(&Posted::from(pairs));
    let looked = match look::at(visit.ctx(), upload, &reading).await {
        Ok(looked) => looked,
        Err(error) => return Ok(unreadable(&visit, &reading, words(error)?)),
    };
    let mapping = columns::guessed(visit.ctx(), &reading, &looked.preview);
    Ok(show_page(&page(&visit, upload, reading, looked, &mapping, None)))
}

pub async fn save(visit: Visit, Path(upload): Path<String>, sent: Posted) -> Result<Response, PageError> {
    let (ctx, upload) = (visit.ctx(), id(&upload, "upload")?);
    let reading = Reading::of(&sent);
    let looked = match look::at(ctx, upload, &reading).await {
        Ok(looked) => looked,
        Err(error) => return Ok(unreadable(&visit, &reading, words(error)?)),
    };
    let mapping = columns::read(ctx, &reading, &looked.preview, &sent);
    let skip = sent.one("on_error") == "skip";
    let mut status = StatusCode::OK;
    let mut problem = None;
    if sent.has("start") {
        match start(&visit, upload, &reading, &mapping, skip).await? {
            Ok(job) => return Ok(Redirect::to(&format!("/admin/import/jobs/{job}")).into_response()),
            Err(text) => (status, problem) = (StatusCode::UNPROCESSABLE_ENTITY, Some(text)),
        }
    }
    let page = Page {
        skip,
        ..page(&visit, upload, reading, looked, &mapping, problem)
    };
    Ok(with_status(status, &page))
}

/// Starts the import; a mapping that cannot be used is said on the page.
async fn start(visit: &Visit, upload: i64, reading: &Reading, mapping: &Mapping, skip: bool) -> Result<Result<i64, String>, Error> {
    let ctx = visit.ctx();
    let allowed = match reading.there(ctx) {
        Some(module) => ctx.snapshot.access(ctx.viewer, module.id).is_some_and(|a| a.plan().may_create()),
        None => ctx.rights.manage_modules,
    };
    if !allowed {
        return Err(Error::Forbidden);
    }
    let (_, file) = uploads::open(ctx, upload)?;
    let on_error = if skip { OnError::Skip } else { OnError::Stop };
    match app::imports::start(ctx, &reading.module, mapping, file, on_error).await {
        Ok(job) => Ok(Ok(job)),
        Err(error) => words(error).map(Err),
    }
}
