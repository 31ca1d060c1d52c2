//! A visit of an employee to a page of the administration.

use std::str::FromStr;

use app::{App, Ctx, Error};
use axum::extract::{FromRequestParts, Query};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::caller::Employee;
use crate::failure::PageError;
use crate::pages::shell::Shell;

/// Who visits, with what the page's frame needs to know.
pub struct Visit {
    pub user: Employee,
    headers: HeaderMap,
    done: Option<&'static str>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    done: String,
}

impl FromRequestParts<App> for Visit {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let user = Employee::from_request_parts(parts, app).await?;
        let asked = Query::<Asked>::try_from_uri(&parts.uri)
            .map(|Query(asked)| asked)
            .unwrap_or_default();
        Ok(Self {
            user,
            headers: parts.headers.clone(),
            done: done(&asked.done),
        })
    }
}

impl Visit {
    pub fn ctx(&self) -> &Ctx {
        &self.user.ctx
    }

    /// The frame of a page. `current` is the first part of its address below `/admin`.
    pub fn shell(&self, title: &str, current: &str) -> Shell {
        Shell {
            done: self.done,
            ..Shell::admin(&self.user, &self.headers, title, current)
        }
    }
}

/// What was just done, in words. The address holds only the key, so that no link can put words into our mouth.
fn done(key: &str) -> Option<&'static str> {
    Some(match key {
        "saved" => "Saved.",
        "created" => "Created.",
        "deleted" => "Deleted.",
        "restored" => "Restored.",
        "activated" => "Activated. Its people can sign in.",
        "deactivated" => "Deactivated. Nobody of this type can sign in any more.",
        "password" => "Your password is changed. You were signed out everywhere else.",
        "invited" => "Invited. The letter is in the outbox.",
        "granted" => "Saved. Now choose the fields of the modules you have just added: so far they show only names.",
        "field" => "The field is there, at the end of the first section of the layout.",
        _ => return None,
    })
}

/// Leads to a page that says what was done.
pub fn go(place: &str, done: &str) -> Response {
    let sign = if place.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{place}{sign}done={done}")).into_response()
}

/// An id from an address. What is not one leads nowhere.
pub fn id<T: FromStr>(text: &str, what: &'static str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::NotFound(what))
}
