//! The reference of the API: the document that programs get, for people to read.

mod operation;
mod rows;

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use self::operation::Described;
use super::visit::Visit;
use crate::api::openapi::document;
use crate::failure::PageError;
use crate::pages::shell::Shell;
use crate::pages::show as show_page;
use crate::routes::{Routes, get};

pub fn routes() -> Routes {
    Routes::new()
        .route("/admin/developers", get(index))
        .route("/admin/developers/openapi.json", get(download))
        .route("/admin/developers/{heading}", get(heading))
}

/// A heading with the operations below it.
struct Heading {
    name: String,
    slug: String,
    operations: Vec<Described>,
}

#[derive(Template)]
#[template(path = "admin/developers/index.html")]
struct Index {
    shell: Shell,
    base: String,
    headings: Vec<Heading>,
}

#[derive(Template)]
#[template(path = "admin/developers/heading.html")]
struct OneHeading {
    shell: Shell,
    heading: Heading,
}

async fn index(visit: Visit) -> Response {
    let document = document(visit.ctx());
    show_page(&Index {
        shell: visit.shell("API reference", "developers"),
        base: visit.ctx().app.settings().public_url.clone(),
        headings: headings(&document),
    })
}

async fn heading(visit: Visit, Path(slug): Path<String>) -> Result<Response, PageError> {
    let document = document(visit.ctx());
    let found = headings(&document).into_iter().find(|heading| heading.slug == slug);
    let heading = found.ok_or(app::Error::NotFound("page"))?;
    Ok(show_page(&OneHeading {
        shell: visit.shell(&heading.name, "developers"),
        heading,
    }))
}

/// The document itself, to be kept as a file.
async fn download(visit: Visit) -> Response {
    let mut answer = axum::Json(document(visit.ctx())).into_response();
    let kept = HeaderValue::from_static("attachment; filename=\"openapi.json\"");
    answer.headers_mut().insert(header::CONTENT_DISPOSITION, kept);
    answer
}

fn headings(document: &Value) -> Vec<Heading> {
    let names = document.get("tags").and_then(Value::as_array).into_iter().flatten();
    let names = names.filter_map(|tag| tag.get("name")?.as_str());
    let mut headings: Vec<Heading> = Vec::new();
    for name in names {
        let slug = slug(name);
        let twins = headings.iter().filter(|heading| heading.slug == slug).count();
        headings.push(Heading {
            name: name.to_owned(),
            slug: if twins == 0 { slug } else { format!("{slug}-{}", headings.len()) },
            operations: Vec::new(),
        });
    }
    for operation in Described::all(document) {
        if let Some(heading) = headings.iter_mut().find(|heading| heading.name == operation.tag) {
            heading.operations.push(operation);
        }
    }
    headings
}

/// `Portals and user types` as a part of an address.
fn slug(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let slug: String = name.chars().map(plain).collect();
    match slug.trim_matches('-') {
        "" => "module".to_owned(),
        trimmed => trimmed.to_owned(),
    }
}
