//! The reference of the API for employees.

use std::fmt::Display;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::visit::Visit;
use crate::failure::PageError;
use crate::pages::reference::{self, Index, OneHeading};
use crate::pages::shell::Shell;
use crate::pages::show as show_page;
use crate::routes::{Routes, get};

const HERE: &str = "/admin/developers";

pub fn routes() -> Routes {
    Routes::new()
        .route("/admin/developers", get(index))
        .route("/admin/developers/openapi.json", get(download))
        .route("/admin/developers/{heading}", get(heading))
}

#[derive(Template)]
#[template(path = "admin/developers.html")]
struct Page<'a> {
    shell: Shell,
    content: &'a dyn Display,
}

async fn index(visit: Visit) -> Response {
    let index = Index::new(visit.ctx(), HERE.to_owned(), None);
    show_page(&Page {
        shell: visit.shell("API reference", "developers"),
        content: &index,
    })
}

async fn heading(visit: Visit, Path(slug): Path<String>) -> Result<Response, PageError> {
    let found = OneHeading::find(visit.ctx(), HERE.to_owned(), &slug)?;
    Ok(show_page(&Page {
        shell: visit.shell(&found.heading.name, "developers"),
        content: &found,
    }))
}

async fn download(visit: Visit) -> Response {
    reference::file(visit.ctx())
}
