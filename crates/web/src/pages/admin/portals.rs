//! Portals: their address, their title, whether they are open, and the user types that each has.

mod create;
mod single_sign_on;

use app::licences::Report;
use app::portals::Change;
use app::{Ctx, Error};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::PortalId;
use domain::portals::Portal;

use super::moments::{When, thousands};
use super::policies::{Tested, agreed, failing};
use super::posted::Posted;
use super::tenure::notice;
use super::visit::{Visit, id};
use crate::failure::{PageError, sentence};
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};
use crate::routes::{Routes, get};

pub fn routes() -> Routes {
    Routes::new()
        .route("/admin/portals", get(list))
        .route("/admin/portals/new", get(create::form).post(create::save))
        .route("/admin/portals/{id}", get(form).post(save))
        .route(
            "/admin/portals/{id}/single-sign-on",
            get(single_sign_on::form).post(single_sign_on::save),
        )
}

struct Row {
    portal: Portal,
    address: String,
    types: Vec<String>,
    modified: When,
    by: String,
}

#[derive(Template)]
#[template(path = "admin/portals/list.html")]
struct List {
    shell: Shell,
    /// Whether portals can be made and changed, and what is to be said of it.
    may_change: bool,
    notice: Option<String>,
    portals: Vec<Row>,
}

/// A user type of a portal.
struct Type {
    id: String,
    name: String,
    people: String,
    /// How many people hold a seat in it.
    seats: String,
    active: bool,
}

#[derive(Template)]
#[template(path = "admin/portals/form.html")]
struct Form {
    shell: Shell,
    portal: Portal,
    /// What the address begins with.
    root: String,
    name_error: Option<String>,
    title_error: Option<String>,
    tested: Option<Tested>,
    problem: Option<String>,
    types: Vec<Type>,
}

/// What an administrator can do by themselves where others have to agree to what lets people see more.
const NEEDS_SECOND: &str = "Opening this portal lets people see or do more, and here that needs a second administrator. \
    Deactivate its user types, open the portal, then activate each of them: another administrator is asked to agree.";

/// Where people reach a portal.
pub fn address(ctx: &Ctx, portal: &Portal) -> String {
    format!("{}/portal/{}", ctx.app.settings().public_url, portal.name)
}

async fn list(visit: Visit) -> Result<Response, PageError> {
    let ctx = visit.ctx();
    let row = |(portal, stamps): (Portal, store::portals::Stamps)| Row {
        address: address(ctx, &portal),
        types: ctx
            .snapshot
            .user_types
            .iter()
            .filter(|t| t.portal == portal.id)
            .map(|t| t.name.clone())
            .collect(),
        modified: When::new(ctx.now, stamps.modified),
        by: stamps.modified_by.name,
        portal,
    };
    let portals = app::portals::list(ctx).await?.into_iter().map(row).collect();
    let standing = app::orgs::standing(ctx).await?;
    Ok(show_page(&List {
        shell: visit.shell("Portals", "portals"),
        may_change: standing.availability.may_change(),
        notice: notice(ctx, &standing),
        portals,
    }))
}

async fn wanted(visit: &Visit, text: &str) -> Result<Form, Error> {
    let wanted: PortalId = id(text, "portal")?;
    let all = app::portals::list(visit.ctx()).await?;
    let (portal, _) = all.into_iter().find(|(p, _)| p.id == wanted).ok_or(Error::NotFound("portal"))?;
    let report = app::licences::show(visit.ctx()).await?;
    Ok(Form {
        shell: visit.shell(&portal.title, "portals"),
        root: root(visit.ctx()),
        types: types(visit.ctx(), &portal, &report),
        portal,
        name_error: None,
        title_error: None,
        tested: None,
        problem: None,
    })
}

/// What every portal's address begins with.
fn root(ctx: &Ctx) -> String {
    format!("{}/portal/", ctx.app.settings().public_url)
}

fn types(ctx: &Ctx, portal: &Portal, report: &Report) -> Vec<Type> {
    let of_portal = ctx.snapshot.user_types.iter().filter(|t| t.portal == portal.id);
    let shown = of_portal.map(|t| {
        let held = report
            .by_user_type
            .iter()
            .find(|r| r.id == t.id)
            .map_or(0, |r| r.invited + r.active);
        let people = ctx.snapshot.catalogue.module(t.personality);
        Type {
            id: t.id.to_string(),
            name: t.name.clone(),
            people: people.map(|m| m.plural.clone()).unwrap_or_default(),
            seats: thousands(held),
            active: t.active,
        }
    });
    shown.collect()
}

async fn form(visit: Visit, Path(portal): Path<String>) -> Result<Response, PageError> {
    Ok(show_page(&wanted(&visit, &portal).await?))
}

async fn save(visit: Visit, Path(portal): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let mut form = wanted(&visit, &portal).await?;
    let was_open = form.portal.active;
    form.portal.name = posted.trimmed("name");
    form.portal.title = posted.trimmed("title");
    form.portal.active = posted.has("active");
    let portal = &form.portal;
    let done = match (was_open, portal.active) {
        (true, false) => Done::PortalClosed,
        (false, true) => Done::PortalOpened,
        _ => Done::Saved,
    };
    let agreed = agreed(&posted);
    let wanted = Change {
        name: portal.name.clone(),
        title: portal.title.clone(),
        active: portal.active,
        single_sign_on: None,
    };
    match app::portals::change(visit.ctx(), portal.id, wanted, agreed).await {
        Ok(()) => return Ok(lead_to("/admin/portals", done)),
        Err(Error::TestsFail(found)) => {
            form.problem = Some(failing(&found));
            form.tested = Some(Tested::stopped(found, "Save"));
        }
        Err(Error::NeedsSecond) => form.problem = Some(NEEDS_SECOND.into()),
        Err(error) => (form.name_error, form.title_error) = errors(error)?,
    }
    Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &form))
}

/// What is wrong with the name and with the title; whatever else is wrong.
fn errors(error: Error) -> Result<(Option<String>, Option<String>), Error> {
    match error {
        Error::Name { why, .. } => Ok((Some(sentence(&why.to_string())), None)),
        Error::Exists(_) => Ok((Some("This address is taken. Please choose another.".into()), None)),
        Error::Input(_, expected) => Ok((None, Some(format!("Expected {expected}.")))),
        other => Err(other),
    }
}
