//! Importing a CSV file: upload it, say which column becomes which field, watch it run.

mod columns;
mod look;
mod mapping;
mod progress;
mod reading;
mod upload;

use app::imports::ImportError;
use app::{App, Error};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;

/// The largest file.
const FILE_BYTES: usize = 50 * 1024 * 1024;

pub fn routes() -> Router<App> {
    let upload = get(upload::form)
        .post(upload::take)
        .layer(DefaultBodyLimit::max(FILE_BYTES + 64 * 1024));
    Router::new()
        .route("/admin/import", upload)
        .route("/admin/import/{upload}", get(mapping::show).post(mapping::save))
        .route("/admin/import/jobs/{job}", get(progress::show))
        .route("/admin/import/jobs/{job}/progress", get(progress::part))
}

/// What is wrong with a file or a mapping, in words for its page; other failures are for the page of failures.
fn words(error: ImportError) -> Result<String, Error> {
    match error {
        ImportError::App(error) => Err(error),
        other => Ok(super::profile::sentence(&other.to_string())),
    }
}
