//! What everybody sees of a portal, as a site of record pages.

use std::fmt::Display;

use app::Ctx;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::caller::Visitor;
use crate::pages::portal;
use crate::pages::records::Site;
use crate::pages::shell::Shell;

impl Site for Visitor {
    fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    fn base(&self) -> String {
        Visitor::base(self)
    }

    fn page(&self, headers: &HeaderMap, status: StatusCode, title: &str, current: &str, content: &dyn Display) -> Response {
        portal::page(Shell::public(self, headers, title, current), status, content)
    }
}
