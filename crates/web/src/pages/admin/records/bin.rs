//! The recycle bin of a module.

use app::Error;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::ids::RecordId;
use store::records::{Binned, Deleted};

use super::super::moments::When;
use super::super::visit::{Visit, id};
use super::site::has_bin;
use crate::failure::PageError;
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::show as show_page;

#[derive(Template)]
#[template(path = "admin/records/bin.html")]
struct Bin {
    shell: Shell,
    module: String,
    api_name: String,
    rows: Vec<Row>,
}

struct Row {
    id: RecordId,
    name: String,
    when: When,
    by: String,
}

/// As many as stand on the page.
const LATEST: Binned = Binned {
    since: None,
    skip: 0,
    limit: 200,
};

pub async fn show(visit: Visit, Path(module): Path<String>) -> Result<Response, PageError> {
    let ctx = visit.ctx();
    let access = app::records::access(ctx, &module)?;
    if !has_bin(ctx, &module) {
        return Err(Error::Forbidden.into());
    }
    let row = |deleted: Deleted| Row {
        id: deleted.id,
        name: deleted.name,
        when: When::new(ctx.now, deleted.deleted),
        by: deleted.deleted_by.map(|(_, name)| name).unwrap_or_default(),
    };
    let rows = app::records::bin(ctx, &access, LATEST).await?.into_iter().map(row).collect();
    let module = access.plan().module();
    Ok(show_page(&Bin {
        shell: visit.shell("Recycle bin", "modules"),
        module: module.plural.clone(),
        api_name: module.api_name.clone(),
        rows,
    }))
}

pub async fn restore(visit: Visit, Path((module, record)): Path<(String, String)>) -> Result<Response, PageError> {
    let access = app::records::access(visit.ctx(), &module)?;
    let record: RecordId = id(&record, "record")?;
    app::records::restore(visit.ctx(), &access, record).await?;
    Ok(lead_to(&format!("/admin/records/{module}/{record}"), Done::Restored))
}
