//! One user type: what its people may see and do.

use app::Error;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::{Fault, Policy};

use super::super::posted::Posted;
use super::super::profile::sentence;
use super::super::visit::Visit;
use super::matrix::{self, ACTIONS, Group};
use super::{Worked, faults, people};
use crate::failure::PageError;
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

#[derive(Template)]
#[template(path = "admin/user_types/permissions.html")]
struct Permissions {
    shell: Shell,
    id: String,
    name: String,
    shown_name: String,
    active: bool,
    default: bool,
    people_module: String,
    seen: i64,
    columns: [(&'static str, &'static str); 5],
    groups: Vec<Group>,
    name_error: Option<String>,
    problems: Vec<String>,
    faulty: bool,
}

/// What the page shows beside what is saved.
#[derive(Default)]
struct Wrong {
    name: Option<String>,
    faults: Vec<Fault>,
    problems: Vec<String>,
}

fn page(visit: &Visit, worked: &Worked, name: &str, policy: &Policy, seen: i64, wrong: Wrong) -> Permissions {
    let ctx = visit.ctx();
    let people_module = ctx.snapshot.catalogue.module(worked.user_type.personality);
    let mut problems = wrong.problems;
    problems.extend(faults::general(&wrong.faults));
    Permissions {
        shell: visit.shell(&worked.user_type.name, "user-types"),
        id: worked.user_type.id.to_string(),
        shown_name: worked.user_type.name.clone(),
        name: name.to_owned(),
        active: worked.user_type.active,
        default: worked.user_type.default,
        people_module: people_module.map(|m| m.plural.clone()).unwrap_or_default(),
        seen,
        columns: ACTIONS,
        groups: matrix::groups(ctx, policy, &worked.policy, &people(name), &wrong.faults),
        name_error: wrong.name,
        problems,
        faulty: !wrong.faults.is_empty(),
    }
}

pub async fn show(visit: Visit, Path(user_type): Path<String>) -> Result<Response, PageError> {
    let worked = Worked::on(&visit, &user_type).await?;
    let seen = worked.modified.0;
    Ok(show_page(&page(
        &visit,
        &worked,
        &worked.user_type.name,
        &worked.policy,
        seen,
        Wrong::default(),
    )))
}

pub async fn save(visit: Visit, Path(user_type): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let worked = Worked::on(&visit, &user_type).await?;
    let (name, policy) = (posted.trimmed("name"), matrix::read(visit.ctx(), &worked.policy, &posted));
    let place = format!("/admin/user-types/{}", worked.user_type.id);
    let mut wrong = Wrong::default();
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    let active = worked.user_type.active;
    match worked
        .save(visit.ctx(), posted.one("seen"), name.clone(), active, policy.clone())
        .await
    {
        Ok(()) if matrix::has_new(&worked.policy, &policy) => return Ok(lead_to(&place, Done::ModulesGranted)),
        Ok(()) => return Ok(lead_to(&place, Done::Saved)),
        Err(Error::Policy(faults)) => wrong.faults = faults,
        Err(Error::Name { why, .. }) => wrong.name = Some(sentence(&why.to_string())),
        Err(Error::Exists(_)) => wrong.name = Some("There is a user type of this name already.".into()),
        Err(Error::TypeChanged) => {
            status = StatusCode::CONFLICT;
            wrong.problems.push(CHANGED.into());
        }
        Err(other) => return Err(other.into()),
    }
    let seen = posted.one("seen").parse().unwrap_or(worked.modified.0);
    Ok(with_status(status, &page(&visit, &worked, &name, &policy, seen, wrong)))
}

/// What is said when two work on the same user type.
pub const CHANGED: &str =
    "Somebody else changed this user type while you worked on it. Nothing was saved: open it again to see how it is now.";
