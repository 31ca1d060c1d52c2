//! A new portal: its title, its address, and what the kept tests say.

use app::Error;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::policies::{Tested, agreed, failing};
use super::super::posted::Posted;
use super::super::visit::Visit;
use super::{errors, root};
use crate::failure::{PageError, sentence};
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

#[derive(Template)]
#[template(path = "admin/portals/create.html")]
struct Form {
    shell: Shell,
    title: String,
    name: String,
    root: String,
    /// It has no address yet that could be lost.
    renaming: bool,
    name_error: Option<String>,
    title_error: Option<String>,
    tested: Option<Tested>,
    problem: Option<String>,
}

fn page(visit: &Visit, posted: &Posted) -> Result<Form, Error> {
    let ctx = visit.ctx();
    if !ctx.rights.manage_portals {
        return Err(Error::NoPermission("Manage Portals"));
    }
    Ok(Form {
        shell: visit.shell("New portal", "portals"),
        title: posted.trimmed("title"),
        name: posted.trimmed("name"),
        root: root(ctx),
        renaming: false,
        name_error: None,
        title_error: None,
        tested: None,
        problem: None,
    })
}

pub async fn form(visit: Visit) -> Result<Response, PageError> {
    Ok(show_page(&page(&visit, &Posted::default())?))
}

pub async fn save(visit: Visit, posted: Posted) -> Result<Response, PageError> {
    let mut form = page(&visit, &posted)?;
    match app::portals::create(visit.ctx(), &form.name, &form.title, agreed(&posted)).await {
        Ok(id) => return Ok(lead_to(&format!("/admin/portals/{id}"), Done::PortalMade)),
        Err(Error::TestsFail(found)) => {
            form.problem = Some(failing(&found));
            form.tested = Some(Tested::stopped(found, "Create"));
        }
        Err(error @ (Error::TooManyPortals(_) | Error::Edition(_))) => form.problem = Some(sentence(&error.to_string())),
        Err(error) => (form.name_error, form.title_error) = errors(error)?,
    }
    Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &form))
}
