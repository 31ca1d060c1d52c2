//! The administration as a site of record pages.

use std::fmt::Display;

use app::{Ctx, Error};
use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::access::{Access, Predicate};
use domain::ids::RecordId;

use crate::caller::Employee;
use crate::pages::records::Site;
use crate::pages::shell::Shell;
use crate::pages::with_status;

#[derive(Template)]
#[template(path = "admin/records/content.html")]
struct Content<'a> {
    shell: Shell,
    content: &'a dyn Display,
    module: String,
    api_name: &'a str,
    may_change: bool,
    may_import: bool,
    has_bin: bool,
}

/// Whether the one who asks may take records out of the module's recycle bin.
pub fn has_bin(ctx: &Ctx, api_name: &str) -> bool {
    let access = ctx.snapshot.access_named(ctx.viewer, api_name);
    access.is_some_and(|a| *a.plan().view() == Predicate::Always && *a.plan().delete() == Predicate::Always)
}

impl Site for Employee {
    fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    fn base(&self) -> String {
        "/admin/records".into()
    }

    fn page(&self, headers: &HeaderMap, status: StatusCode, title: &str, current: &str, content: &dyn Display) -> Response {
        let access = self.ctx.snapshot.access_named(self.ctx.viewer, current);
        let page = Content {
            shell: Shell::admin(self, headers, title, "modules"),
            content,
            module: access.as_ref().map(|a| a.plan().module().plural.clone()).unwrap_or_default(),
            may_import: access.is_some_and(|a| a.plan().may_create()),
            api_name: current,
            may_change: self.ctx.rights.manage_modules,
            has_bin: has_bin(&self.ctx, current),
        };
        with_status(status, &page)
    }

    async fn about(&self, access: &Access, id: RecordId) -> Result<String, Error> {
        super::about::html(&self.ctx, access, id).await
    }
}
