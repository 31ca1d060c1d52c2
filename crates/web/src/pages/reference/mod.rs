//! The reference of the API: the document that programs get, for people to read. Employees and portal users each have theirs.

mod operation;
mod rows;

use app::{Ctx, Error};
use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use self::operation::Described;
use crate::api::openapi::document;

/// A heading with the operations below it.
pub struct Heading {
    pub name: String,
    pub slug: String,
    operations: Vec<Described>,
}

/// All headings, and how one begins.
#[derive(Template)]
#[template(path = "reference/index.html")]
pub struct Index {
    /// Where the reference stands.
    here: String,
    /// Where the server is reached.
    base: String,
    /// Where programs lead people who shall agree.
    asking: String,
    /// Where programs are registered, for those who register them.
    clients: Option<&'static str>,
    headings: Vec<Heading>,
}

impl Index {
    /// For employees; for portal users if the name of their portal is given.
    #[must_use]
    pub fn new(ctx: &Ctx, here: String, portal: Option<&str>) -> Self {
        let base = ctx.app.settings().public_url.clone();
        let portal = portal.map(|name| format!("?portal={name}"));
        Self {
            here,
            clients: portal.is_none().then_some("/admin/clients"),
            asking: format!("{base}/oauth/v2/auth{}", portal.unwrap_or_default()),
            base,
            headings: headings(&document(ctx)),
        }
    }
}

/// One heading with everything that is said of its operations.
#[derive(Template)]
#[template(path = "reference/heading.html")]
pub struct OneHeading {
    here: String,
    pub heading: Heading,
}

impl OneHeading {
    /// The heading of this name in addresses. Errors: [`Error::NotFound`].
    pub fn find(ctx: &Ctx, here: String, slug: &str) -> Result<Self, Error> {
        let found = headings(&document(ctx)).into_iter().find(|heading| heading.slug == slug);
        let heading = found.ok_or(Error::NotFound("page"))?;
        Ok(Self { here, heading })
    }
}

/// The document itself, to be kept as a file.
#[must_use]
pub fn file(ctx: &Ctx) -> Response {
    let mut answer = axum::Json(document(ctx)).into_response();
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
