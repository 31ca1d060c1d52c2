//! One user type: what its people may see and do.

use app::Error;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::{Fault, Policy};

use super::super::policies::{Tested, failing};
use super::super::posted::Posted;
use super::super::visit::Visit;
use super::matrix::{self, ACTIONS, Group};
use super::worked::changed_meanwhile;
use super::{At, Source, Worked, faults, people};
use crate::failure::{PageError, sentence};
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

#[derive(Template)]
#[template(path = "admin/user_types/permissions.html")]
struct Permissions {
    shell: Shell,
    id: String,
    source: Source,
    name: String,
    shown_name: String,
    active: bool,
    default: bool,
    people_module: String,
    seen: i64,
    columns: [(&'static str, &'static str); 5],
    groups: Vec<Group>,
    name_error: Option<String>,
    tested: Option<Tested>,
    problems: Vec<String>,
    faulty: bool,
}

/// What the page shows beside what is saved.
#[derive(Default)]
struct Wrong {
    name: Option<String>,
    faults: Vec<Fault>,
    problems: Vec<String>,
    tested: Option<Tested>,
}

fn page(visit: &Visit, worked: &Worked, name: &str, policy: &Policy, seen: i64, wrong: Wrong) -> Permissions {
    let ctx = visit.ctx();
    let people_module = ctx.snapshot.catalogue.module(worked.user_type.personality);
    let mut problems = wrong.problems;
    problems.extend(faults::general(&wrong.faults));
    Permissions {
        shell: visit.shell(&worked.user_type.name, worked.current()),
        source: worked.source.clone(),
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
        tested: wrong.tested,
        problems,
        faulty: !wrong.faults.is_empty(),
    }
}

pub async fn show(visit: Visit, Path(at): Path<At>) -> Result<Response, PageError> {
    let worked = Worked::on(&visit, &at).await?;
    let seen = worked.seen;
    Ok(show_page(&page(
        &visit,
        &worked,
        &worked.user_type.name,
        &worked.policy,
        seen,
        Wrong::default(),
    )))
}

pub async fn save(visit: Visit, Path(at): Path<At>, posted: Posted) -> Result<Response, PageError> {
    let worked = Worked::on(&visit, &at).await?;
    let policy = matrix::read(visit.ctx(), &worked.policy, &posted);
    // A draft holds no names.
    let name = match &worked.source.draft {
        None => posted.trimmed("name"),
        Some(_) => worked.user_type.name.clone(),
    };
    let mut wrong = Wrong::default();
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    let active = worked.user_type.active;
    match worked.save(visit.ctx(), &posted, name.clone(), active, policy.clone()).await {
        Ok(saved) => {
            let new = matrix::has_new(&worked.policy, &policy);
            let (place, done) = worked.after(&saved, if new { Done::ModulesGranted } else { Done::Saved });
            return Ok(lead_to(&place, done));
        }
        Err(Error::Policy(faults)) => wrong.faults = faults,
        Err(Error::TestsFail(found)) => {
            wrong.problems.push(failing(&found));
            wrong.tested = Some(Tested::stopped(found, "Save"));
        }
        Err(Error::Name { why, .. }) => wrong.name = Some(sentence(&why.to_string())),
        Err(Error::Exists(_)) => wrong.name = Some("There is a user type of this name already.".into()),
        Err(other) => {
            let (conflict, words) = changed_meanwhile(&other).ok_or(other)?;
            status = conflict;
            wrong.problems.push(words.into());
        }
    }
    let seen = posted.one("seen").parse().unwrap_or(worked.seen);
    Ok(with_status(status, &page(&visit, &worked, &name, &policy, seen, wrong)))
}
