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

/// The inside of a portal, as one of its people sees it.
pub trait Inside: Site {
    /// Whose portal it is.
    fn user(&self) -> &PortalUser;
}

impl Inside for PortalUser {
    fn user(&self) -> &PortalUser {
        self
    }
}

/// A page of a portal around `content`.
pub fn page(shell: Shell, status: StatusCode, content: &dyn Display) -> Response {
    with_status(status, &Content { shell, content })
}

impl Site for PortalUser {
    fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    fn base(&self) -> String {
        format!("/portal/{}", self.portal.name)
    }

    fn page(&self, headers: &HeaderMap, status: StatusCode, title: &str, current: &str, content: &dyn Display) -> Response {
        page(Shell::portal(self, self.base(), headers, title, current), status, content)
    }
}
