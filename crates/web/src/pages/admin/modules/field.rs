//! A new field.

use app::Error;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::modules::making::BadField;
use domain::modules::standard::FieldBlueprint;
use domain::modules::{Module, naming};

use super::super::posted::Posted;
use super::super::visit::Visit;
use super::field_kinds::{self, KINDS, Missing};
use super::worked_on;
use crate::failure::{PageError, sentence};
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

#[derive(Template)]
#[template(path = "admin/modules/field.html")]
struct Form {
    shell: Shell,
    module: String,
    api_name: String,
    kinds: [(&'static str, &'static str); 22],
    targets: Vec<(String, String)>,
    sent: Posted,
    wrong: Option<Missing>,
}

impl Form {
    /// What is wrong at a control.
    fn error(&self, control: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|m| m.control == control).map(|m| m.text.as_str())
    }
}

fn page(visit: &Visit, module: &Module, sent: Posted, wrong: Option<Missing>) -> Form {
    let targets = visit.ctx().snapshot.catalogue.modules();
    Form {
        shell: visit.shell(&format!("New field of {}", module.plural), "modules"),
        module: module.plural.clone(),
        api_name: module.api_name.clone(),
        kinds: KINDS,
        targets: targets.map(|m| (m.api_name.clone(), m.plural.clone())).collect(),
        sent,
        wrong,
    }
}

pub async fn form(visit: Visit, Path(module): Path<String>) -> Result<Response, PageError> {
    let module = worked_on(visit.ctx(), &module)?;
    Ok(show_page(&page(&visit, &module, Posted::default(), None)))
}

fn blueprint(posted: &Posted) -> Result<FieldBlueprint, Missing> {
    let label = posted.trimmed("label");
    let given = posted.trimmed("api_name");
    Ok(FieldBlueprint {
        api_name: if given.is_empty() { naming::from_label(&label) } else { given },
        label,
        kind: field_kinds::read(posted)?,
        required: posted.has("required"),
        unique: posted.has("unique"),
    })
}

/// Where a refusal is shown.
fn control(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::ApiName(_) | Error::Exists(_) => "api_name",
        Error::Input("look-up", _) => "target",
        Error::Field(BadField::Label) => "label",
        Error::Field(BadField::Length(_)) => "max",
        Error::Field(BadField::Options | BadField::Option(_)) => "options",
        Error::Field(BadField::Scale) => "scale",
        Error::Field(BadField::Prefix) => "prefix",
        Error::Field(BadField::Unique | BadField::LongUnique) => "unique",
        _ => return None,
    })
}

pub async fn save(visit: Visit, Path(module): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let module = worked_on(visit.ctx(), &module)?;
    let wrong = match blueprint(&posted) {
        Err(missing) => missing,
        Ok(blueprint) => match app::modules::add_field(visit.ctx(), module.id, blueprint).await {
            Ok(_) => return Ok(lead_to(&format!("/admin/modules/{}", module.api_name), Done::FieldMade)),
            Err(error) => match control(&error) {
                Some(control) => Missing {
                    control,
                    text: sentence(&error.to_string()),
                },
                None => return Err(error.into()),
            },
        },
    };
    Ok(with_status(
        StatusCode::UNPROCESSABLE_ENTITY,
        &page(&visit, &module, posted, Some(wrong)),
    ))
}
