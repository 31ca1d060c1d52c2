//! Importing a CSV file: upload it, say which column becomes which field, watch it run.

mod columns;
mod look;
mod mapping;
mod progress;
mod reading;
mod upload;

use app::Error;
use app::imports::ImportError;

use crate::failure::sentence;
use crate::routes::{Routes, get};

/// The largest file.
const FILE_BYTES: usize = 50 * 1024 * 1024;

pub fn routes() -> Routes {
    let upload = get(upload::form).post(upload::take).with_bodies_up_to(FILE_BYTES + 64 * 1024);
    Routes::new()
        .route("/admin/import", upload)
        .route("/admin/import/{upload}", get(mapping::show).post(mapping::save))
        .route("/admin/import/jobs/{job}", get(progress::show))
        .route("/admin/import/jobs/{job}/progress", get(progress::part))
}

/// What is wrong with a file or a mapping, in words for its page; other failures are for the page of failures.
fn words(error: ImportError) -> Result<String, Error> {
    match error {
        ImportError::App(error) => Err(error),
        other => Ok(sentence(&other.to_string())),
    }
}
