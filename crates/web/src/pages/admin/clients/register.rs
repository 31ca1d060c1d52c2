//! A new client.

use app::Error;
use app::clients::{Registered, register};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::posted::Posted;
use super::super::visit::Visit;
use crate::failure::{PageError, sentence};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

#[derive(Template)]
#[template(path = "admin/clients/new.html")]
struct New {
    shell: Shell,
    name: String,
    /// One address in each line.
    redirects: String,
    is_public: bool,
    name_error: Option<String>,
    redirects_error: Option<String>,
    problem: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/clients/made.html")]
struct Made {
    shell: Shell,
    made: Registered,
}

fn page(visit: &Visit, posted: &Posted) -> New {
    New {
        shell: visit.shell("New API client", "clients"),
        name: posted.one("name").to_owned(),
        redirects: posted.one("redirects").to_owned(),
        is_public: posted.one("kind") == "public",
        name_error: None,
        redirects_error: None,
        problem: None,
    }
}

pub async fn form(visit: Visit) -> Result<Response, PageError> {
    // Whoever may not make one is not shown the form.
    app::clients::list(visit.ctx()).await?;
    Ok(show_page(&page(&visit, &Posted::default())))
}

/// The secret is in the answer and nowhere else: there is no page to come back to.
pub async fn save(visit: Visit, posted: Posted) -> Result<Response, PageError> {
    let mut page = page(&visit, &posted);
    let lines = page.redirects.lines().map(str::trim).filter(|line| !line.is_empty());
    let redirects: Vec<String> = lines.map(str::to_owned).collect();
    let (field, expected) = match register(visit.ctx(), &page.name, &redirects, page.is_public).await {
        Ok(made) => {
            let shell = visit.shell(&page.name, "clients");
            return Ok(show_page(&Made { shell, made }));
        }
        Err(Error::Input(field, expected)) => (field, sentence(&format!("expected {expected}"))),
        Err(other) => return Err(other.into()),
    };
    match field {
        "name" => page.name_error = Some(expected),
        "redirect_uris" => page.redirects_error = Some(expected),
        _ => page.problem = Some(expected),
    }
    Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &page))
}
