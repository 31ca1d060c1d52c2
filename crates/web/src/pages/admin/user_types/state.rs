//! Opening, closing and deleting a user type.

use app::Error;
use app::policies::Failing;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::policies::{Sure, Tested, failing};
use super::super::posted::Posted;
use super::super::visit::Visit;
use super::{At, Worked};
use crate::failure::{PageError, sentence, status};
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

#[derive(Template)]
#[template(path = "admin/user_types/delete.html")]
struct Ask {
    shell: Shell,
    id: String,
    name: String,
    refused: Option<String>,
}

pub async fn change(visit: Visit, Path(user_type): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let worked = Worked::on(&visit, &At::in_force(user_type)).await?;
    let active = posted.one("active") == "yes";
    let (name, policy) = (worked.user_type.name.clone(), worked.policy.clone());
    let saved = match worked.save(visit.ctx(), &posted, name, active, policy).await {
        Err(Error::TestsFail(found)) => {
            let (problem, code) = (failing(&found), status(Error::TestsFail(found.clone()).kind()));
            return Ok(with_status(code, &sure(&visit, &worked, found, problem)));
        }
        saved => saved?,
    };
    let (place, done) = worked.after(&saved, if active { Done::TypeOpened } else { Done::TypeClosed });
    Ok(lead_to(&place, done))
}

/// Asks whether people are to be let in although tests fail.
fn sure(visit: &Visit, worked: &Worked, found: Failing, problem: String) -> Sure {
    Sure {
        home: ("/admin/user-types", "User types"),
        shell: visit.shell(&worked.user_type.name, "user-types"),
        title: format!("Activate “{}”?", worked.user_type.name),
        text: "Its people can sign in then, and see and do what is granted to them.",
        problem: Some(problem),
        changes: None,
        tested: Some(Tested::stopped(found, "Activate")),
        also: Some(("active", "yes")),
        seen: worked.seen,
        back: worked.source.place.clone(),
        button: "Activate",
        dangerous: false,
    }
}

fn page(visit: &Visit, worked: &Worked, refused: Option<String>) -> Ask {
    Ask {
        shell: visit.shell(&worked.user_type.name, "user-types"),
        id: worked.user_type.id.to_string(),
        name: worked.user_type.name.clone(),
        refused,
    }
}

pub async fn ask(visit: Visit, Path(user_type): Path<String>) -> Result<Response, PageError> {
    let worked = Worked::on(&visit, &At::in_force(user_type)).await?;
    Ok(show_page(&page(&visit, &worked, None)))
}

pub async fn delete(visit: Visit, Path(user_type): Path<String>) -> Result<Response, PageError> {
    let worked = Worked::on(&visit, &At::in_force(user_type)).await?;
    match app::portals::delete_user_type(visit.ctx(), worked.user_type.id).await {
        Ok(()) => Ok(lead_to("/admin/user-types", Done::Deleted)),
        Err(error @ (Error::TypeInUse | Error::DefaultType(_))) => {
            let refused = Some(sentence(&error.to_string()));
            Ok(with_status(StatusCode::CONFLICT, &page(&visit, &worked, refused)))
        }
        Err(other) => Err(other.into()),
    }
}
