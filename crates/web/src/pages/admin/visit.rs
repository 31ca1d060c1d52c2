//! A visit of an employee to a page of the administration.

use std::str::FromStr;

use app::{App, Ctx, Error};
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::caller::Employee;
use crate::failure::PageError;
use crate::pages::shell::Shell;

/// Who visits, with what the page's frame needs to know.
pub struct Visit {
    pub user: Employee,
    headers: HeaderMap,
}

impl FromRequestParts<App> for Visit {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        Ok(Self {
            user: Employee::from_request_parts(parts, app).await?,
            headers: parts.headers.clone(),
        })
    }
}

impl Visit {
    pub fn ctx(&self) -> &Ctx {
        &self.user.ctx
    }

    /// The frame of a page. `current` is the first part of its address below `/admin`.
    pub fn shell(&self, title: &str, current: &str) -> Shell {
        Shell::admin(&self.user, &self.headers, title, current)
    }
}

/// An id from an address. What is not one leads nowhere.
pub fn id<T: FromStr>(text: &str, what: &'static str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::NotFound(what))
}
