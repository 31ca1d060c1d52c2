//! A new user type: its name, and where its people come from.

use app::portals::TypeDraft;
use app::{Ctx, Error};
use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::{beginning, may_be_personality};
use domain::ids::{ModuleId, PortalId};
use serde::Deserialize;

use super::super::policies::{Tested, agreed, failing};
use super::super::posted::Posted;
use super::super::visit::Visit;
use crate::failure::{PageError, sentence};
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::{Shell, module_icon};
use crate::pages::{show as show_page, with_status};

#[derive(Template)]
#[template(path = "admin/user_types/create.html")]
struct Form {
    shell: Shell,
    name: String,
    portals: Vec<Choice>,
    modules: Vec<Choice>,
    name_error: Option<String>,
    portal_error: Option<&'static str>,
    module_error: Option<&'static str>,
    tested: Option<Tested>,
    problem: Option<String>,
}

struct Choice {
    id: String,
    label: String,
    note: &'static str,
    icon: &'static str,
    chosen: bool,
}

fn page(visit: &Visit, posted: &Posted) -> Result<Form, Error> {
    let ctx = visit.ctx();
    if !ctx.rights.manage_portals {
        return Err(Error::NoPermission("Manage Portals"));
    }
    let chosen = |key: &str, id: &str| posted.one(key) == id;
    let module = |m: &std::sync::Arc<domain::modules::Module>| Choice {
        id: m.id.to_string(),
        label: m.plural.clone(),
        note: note(&m.api_name),
        icon: module_icon(&m.api_name),
        chosen: chosen("module", &m.id.to_string()),
    };
    let portal = |p: &domain::portals::Portal| Choice {
        id: p.id.to_string(),
        label: p.title.clone(),
        note: "",
        icon: "world",
        chosen: chosen("portal", &p.id.to_string()),
    };
    Ok(Form {
        shell: visit.shell("New user type", "user-types"),
        name: posted.trimmed("name"),
        portals: ctx.snapshot.portals.iter().map(portal).collect(),
        modules: ctx
            .snapshot
            .catalogue
            .modules()
            .filter(|m| may_be_personality(m))
            .map(module)
            .collect(),
        name_error: None,
        portal_error: None,
        module_error: None,
        tested: None,
        problem: None,
    })
}

fn note(api_name: &str) -> &'static str {
    match api_name {
        "Contacts" => "customers and other people at companies",
        "Leads" => "people you do not do business with yet",
        "Vendors" => "suppliers",
        "Employees" => "your own staff, in the portal instead of the CRM",
        _ => "a module of your own, with an e-mail field",
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The portal that is chosen at first: its own page leads here.
    portal: String,
}

pub async fn form(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let chosen = Posted::from(vec![("portal".to_owned(), asked.portal)]);
    Ok(show_page(&page(&visit, &chosen)?))
}

/// The portal that was chosen. Where there is one only, it need not be.
fn portal(ctx: &Ctx, posted: &Posted) -> Option<PortalId> {
    match (ctx.snapshot.portals.as_slice(), posted.one("portal")) {
        ([only], "") => Some(only.id),
        (all, text) => all.iter().map(|p| p.id).find(|id| id.to_string() == text),
    }
}

fn draft(ctx: &Ctx, posted: &Posted) -> Option<TypeDraft> {
    let module: ModuleId = posted.one("module").parse().ok()?;
    Some(TypeDraft {
        name: posted.trimmed("name"),
        active: true,
        policy: beginning(ctx.snapshot.catalogue.module(module)?),
    })
}

pub async fn save(visit: Visit, posted: Posted) -> Result<Response, PageError> {
    let mut page = page(&visit, &posted)?;
    let Some(portal) = portal(visit.ctx(), &posted) else {
        page.portal_error = Some("Choose the portal that these people sign in to.");
        return Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let Some(draft) = draft(visit.ctx(), &posted) else {
        page.module_error = Some("Choose the module whose records are these people.");
        return Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let despite = agreed(&posted);
    let mut made = app::portals::create_user_type_despite(visit.ctx(), portal, draft.clone(), despite).await;
    if matches!(made, Err(Error::NeedsSecond)) {
        // It is built closed; a second administrator is asked when it is activated.
        made = app::portals::create_user_type_despite(visit.ctx(), portal, TypeDraft { active: false, ..draft }, despite).await;
    }
    match made {
        Ok(id) => return Ok(lead_to(&format!("/admin/user-types/{id}"), Done::Created)),
        Err(Error::Name { why, .. }) => page.name_error = Some(sentence(&why.to_string())),
        Err(Error::TestsFail(found)) => {
            page.problem = Some(failing(&found));
            page.tested = Some(Tested::stopped(found, "Create"));
        }
        Err(Error::Exists(_)) => page.name_error = Some("There is a user type of this name already.".into()),
        Err(error @ (Error::TooManyTypes(_) | Error::NotInPolicy { .. })) => page.name_error = Some(sentence(&error.to_string())),
        Err(Error::Policy(_)) => page.module_error = Some("People cannot come from this module: it needs an e-mail field."),
        Err(other) => return Err(other.into()),
    }
    Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &page))
}
