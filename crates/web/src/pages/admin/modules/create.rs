//! A new module.

use app::Error;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use domain::modules::standard::{FieldBlueprint, KindBlueprint, ModuleBlueprint};
use domain::modules::{ModuleSource, naming};

use super::super::posted::Posted;
use super::super::visit::Visit;
use super::need;
use crate::failure::{PageError, sentence};
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

#[derive(Template)]
#[template(path = "admin/modules/create.html")]
struct Form {
    shell: Shell,
    sent: Posted,
    names_error: Option<&'static str>,
    api_error: Option<String>,
}

fn page(visit: &Visit, sent: Posted) -> Form {
    Form {
        shell: visit.shell("New module", "modules"),
        sent,
        names_error: None,
        api_error: None,
    }
}

pub async fn form(visit: Visit) -> Result<Response, PageError> {
    need(visit.ctx())?;
    Ok(show_page(&page(&visit, Posted::default())))
}

/// A module whose records have a name, and an address if they can be people.
fn blueprint(posted: &Posted) -> Option<ModuleBlueprint> {
    let (singular, plural, given) = (posted.trimmed("singular"), posted.trimmed("plural"), posted.trimmed("api_name"));
    let fits = |name: &str| (1..=100).contains(&name.chars().count());
    let mut fields = vec![FieldBlueprint::new("Name", KindBlueprint::Text(255)).required()];
    if posted.has("people") {
        fields.push(FieldBlueprint::new("Email", KindBlueprint::Email));
    }
    (fits(&singular) && fits(&plural)).then(|| ModuleBlueprint {
        api_name: if given.is_empty() { naming::from_label(&plural) } else { given },
        singular,
        plural,
        source: ModuleSource::Custom,
        name_fields: vec!["Name".into()],
        fields,
    })
}

pub async fn save(visit: Visit, posted: Posted) -> Result<Response, PageError> {
    need(visit.ctx())?;
    let mut page = page(&visit, posted);
    let Some(blueprint) = blueprint(&page.sent) else {
        page.names_error = Some("Both names are needed, with at most 100 characters each.");
        return Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &page));
    };
    let place = format!("/admin/modules/{}", blueprint.api_name);
    match app::modules::create(visit.ctx(), blueprint).await {
        Ok(_) => return Ok(lead_to(&place, Done::Created)),
        Err(error @ (Error::ApiName(_) | Error::Exists(_))) => page.api_error = Some(sentence(&error.to_string())),
        Err(other) => return Err(other.into()),
    }
    Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &page))
}
