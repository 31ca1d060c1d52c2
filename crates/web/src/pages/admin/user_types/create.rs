//! A new user type: its name, and where its people come from.

use app::portals::TypeDraft;
use app::{Ctx, Error};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::{beginning, may_be_personality};
use domain::ids::{ModuleId, PortalId};

use super::super::policies::{Tested, agreed, failing};
use super::super::posted::Posted;
use super::super::profile::sentence;
use super::super::visit::Visit;
use crate::failure::PageError;
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

pub async fn form(visit: Visit) -> Result<Response, PageError> {
    Ok(show_page(&page(&visit, &Posted::default())?))
}

fn draft(ctx: &Ctx, posted: &Posted) -> Option<(PortalId, TypeDraft)> {
    let module: ModuleId = posted.one("module").parse().ok()?;
    let first = ctx.snapshot.portals.first().map(|p| p.id);
    let portal = posted.one("portal").parse().ok().or(first)?;
    let draft = TypeDraft {
        name: posted.trimmed("name"),
        active: true,
        policy: beginning(ctx.snapshot.catalogue.module(module)?),
    };
    Some((portal, draft))
}

pub async fn save(visit: Visit, posted: Posted) -> Result<Response, PageError> {
    let mut page = page(&visit, &posted)?;
    let Some((portal, draft)) = draft(visit.ctx(), &posted) else {
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
        Err(error @ Error::TooManyTypes(_)) => page.name_error = Some(sentence(&error.to_string())),
        Err(Error::Policy(_)) => page.module_error = Some("People cannot come from this module: it needs an e-mail field."),
        Err(other) => return Err(other.into()),
    }
    Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &page))
}
