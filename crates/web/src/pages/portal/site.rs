//! The portal as a site of record pages.

use std::fmt::Display;

use app::Ctx;
use askama::Template;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::caller::PortalUser;
use crate::pages::records::Site;
use crate::pages::shell::Shell;
use crate::pages::with_status;

#[derive(Template)]
#[template(path = "portal/content.html")]
struct Content<'a> {
    shell: Shell,
    content: &'a dyn Display,
}

impl Site for PortalUser {
    fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    fn base(&self) -> String {
        format!("/portal/{}", self.portal.name)
    }

    fn page(&self, headers: &HeaderMap, status: StatusCode, title: &str, current: &str, content: &dyn Display) -> Response {
        let shell = Shell::portal(self, headers, title, current);
        with_status(status, &Content { shell, content })
    }
}
