//! Portals: their address, their title, and whether they are open.

use app::{Ctx, Error};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::PortalId;
use domain::portals::Portal;

use super::moments::When;
use super::posted::Posted;
use super::profile::sentence;
use super::visit::{Visit, id};
use crate::failure::PageError;
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};
use crate::routes::{Routes, get};

pub fn routes() -> Routes {
    Routes::new()
        .route("/admin/portals", get(list))
        .route("/admin/portals/{id}", get(form).post(save))
}

struct Row {
    portal: Portal,
    address: String,
    types: usize,
    modified: When,
    by: String,
}

#[derive(Template)]
#[template(path = "admin/portals/list.html")]
struct List {
    shell: Shell,
    edition: &'static str,
    portals: Vec<Row>,
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
}

/// Where people reach a portal.
pub fn address(ctx: &Ctx, portal: &Portal) -> String {
    format!("{}/portal/{}", ctx.app.settings().public_url, portal.name)
}

async fn list(visit: Visit) -> Result<Response, PageError> {
    let ctx = visit.ctx();
    let row = |(portal, stamps): (Portal, store::portals::Stamps)| Row {
        address: address(ctx, &portal),
        types: ctx.snapshot.user_types.iter().filter(|t| t.portal == portal.id).count(),
        modified: When::new(ctx.now, stamps.modified),
        by: stamps.modified_by.name,
        portal,
    };
    let portals = app::portals::list(ctx).await?.into_iter().map(row).collect();
    Ok(show_page(&List {
        shell: visit.shell("Portals", "portals"),
        edition: ctx.tenant.org.edition.name(),
        portals,
    }))
}

async fn wanted(visit: &Visit, text: &str) -> Result<Form, Error> {
    let wanted: PortalId = id(text, "portal")?;
    let all = app::portals::list(visit.ctx()).await?;
    let (portal, _) = all.into_iter().find(|(p, _)| p.id == wanted).ok_or(Error::NotFound("portal"))?;
    Ok(Form {
        shell: visit.shell(&portal.title, "portals"),
        root: format!("{}/portal/", visit.ctx().app.settings().public_url),
        portal,
        name_error: None,
        title_error: None,
    })
}

async fn form(visit: Visit, Path(portal): Path<String>) -> Result<Response, PageError> {
    Ok(show_page(&wanted(&visit, &portal).await?))
}

async fn save(visit: Visit, Path(portal): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let mut form = wanted(&visit, &portal).await?;
    form.portal.name = posted.trimmed("name");
    form.portal.title = posted.trimmed("title");
    form.portal.active = posted.has("active");
    let portal = &form.portal;
    match app::portals::update(visit.ctx(), portal.id, &portal.name, &portal.title, portal.active).await {
        Ok(()) => return Ok(lead_to("/admin/portals", Done::Saved)),
        Err(Error::Name { why, .. }) => form.name_error = Some(sentence(&why.to_string())),
        Err(Error::Exists(_)) => form.name_error = Some("This address is taken. Please choose another.".into()),
        Err(Error::Input(_, expected)) => form.title_error = Some(format!("Expected {expected}.")),
        Err(other) => return Err(other.into()),
    }
    Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &form))
}
