//! A field that is there: changing and deleting it.

use app::Error;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::FieldId;
use domain::modules::changing::{BadChange, FieldChange, Options, without};
use domain::modules::making::BadField;
use domain::modules::{Field, FieldKind, Module};

use super::super::posted::Posted;
use super::super::visit::Visit;
use super::field_kinds::{self, Missing};
use super::{kind_words, worked_on};
use crate::failure::{PageError, sentence};
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

#[derive(Template)]
#[template(path = "admin/modules/change.html")]
struct Form {
    shell: Shell,
    module: String,
    api_name: String,
    field: Field,
    kind: &'static str,
    /// What stands in the controls.
    shown: Shown,
    wrong: Option<Missing>,
    /// Why the field cannot be deleted.
    stays: Option<String>,
}

struct Shown {
    label: String,
    max: Option<String>,
    options: Option<String>,
    prefix: Option<String>,
    required: bool,
    unique: bool,
}

impl Shown {
    fn of(field: &Field) -> Self {
        let kind = &field.kind;
        let is_list = matches!(kind, FieldKind::Picklist { .. } | FieldKind::MultiPicklist { .. });
        Self {
            label: field.label.clone(),
            max: match kind {
                FieldKind::Text { max } | FieldKind::TextArea { max } | FieldKind::RichText { max } if field.custom => {
                    Some(max.to_string())
                }
                _ => None,
            },
            options: is_list.then(|| kind.options().join("\n")),
            prefix: match kind {
                FieldKind::AutoNumber { prefix } => Some(prefix.clone()),
                _ => None,
            },
            required: field.required,
            unique: field.unique,
        }
    }

    /// The same as somebody has filled it in.
    fn sent(self, posted: &Posted) -> Self {
        let given = |key: &str, shown: Option<String>| shown.map(|_| posted.one(key).to_owned());
        Self {
            label: posted.one("label").to_owned(),
            max: given("max", self.max),
            options: given("options", self.options),
            prefix: given("prefix", self.prefix),
            required: posted.has("required"),
            unique: posted.has("unique"),
        }
    }
}

impl Form {
    fn new(visit: &Visit, module: &Module, field: &Field) -> Self {
        Self {
            shell: visit.shell(&format!("{} of {}", field.label, module.plural), "modules"),
            module: module.plural.clone(),
            api_name: module.api_name.clone(),
            kind: kind_words(&field.kind),
            shown: Shown::of(field),
            wrong: None,
            stays: without(module, field).err().map(|why| sentence(&why.to_string())),
            field: field.clone(),
        }
    }

    /// What is wrong at a control.
    fn error(&self, control: &str) -> Option<&str> {
        self.wrong.as_ref().filter(|m| m.control == control).map(|m| m.text.as_str())
    }

    /// Whether it can be mandatory: the organisation made it, and people fill it in.
    fn may_be_mandatory(&self) -> bool {
        self.field.custom && !self.field.kind.is_given()
    }

    fn may_be_unique(&self) -> bool {
        self.field.custom && self.field.kind.may_be_unique()
    }
}

fn found(module: &Module, id: FieldId) -> Result<&Field, Error> {
    module.field(id).ok_or(Error::NotFound("field"))
}

pub async fn form(visit: Visit, Path((module, id)): Path<(String, FieldId)>) -> Result<Response, PageError> {
    let module = worked_on(visit.ctx(), &module)?;
    Ok(show_page(&Form::new(&visit, &module, found(&module, id)?)))
}

fn change(form: &Form, posted: &Posted) -> Result<FieldChange, Missing> {
    let shown = &form.shown;
    Ok(FieldChange {
        label: Some(posted.trimmed("label")),
        required: form.may_be_mandatory().then(|| posted.has("required")),
        unique: form.may_be_unique().then(|| posted.has("unique")),
        length: shown.max.as_ref().map(|_| field_kinds::length(posted)).transpose()?,
        options: shown.options.as_ref().map(|_| Options::All(field_kinds::options(posted))),
        prefix: shown.prefix.as_ref().map(|_| posted.trimmed("prefix")),
    })
}

/// Where a refusal is shown.
fn control(error: &Error) -> Option<&'static str> {
    use BadChange as B;
    Some(match error {
        Error::FieldChange(B::Field(BadField::Label)) => "label",
        Error::FieldChange(B::Shorter(_) | B::Field(BadField::Length(_))) => "max",
        Error::OptionHeld(_) | Error::FieldChange(B::Field(BadField::Options | BadField::Option(_))) => "options",
        Error::FieldChange(B::Field(BadField::Prefix)) => "prefix",
        Error::SameValues | Error::FieldChange(B::Field(BadField::Unique | BadField::LongUnique)) => "unique",
        Error::FieldChange(_) | Error::Policies(_) | Error::Policy(_) => "rules",
        Error::FieldNeeded(_) => "delete",
        _ => return None,
    })
}

/// The form again, with what was refused at its place.
fn again(form: Form, shown: Shown, wrong: Missing) -> Response {
    let form = Form {
        shown,
        wrong: Some(wrong),
        ..form
    };
    with_status(StatusCode::UNPROCESSABLE_ENTITY, &form)
}

fn refused(error: Error) -> Result<Missing, Error> {
    match control(&error) {
        Some(control) => Ok(Missing {
            control,
            text: sentence(&error.to_string()),
        }),
        None => Err(error),
    }
}

pub async fn save(visit: Visit, Path((module, id)): Path<(String, FieldId)>, posted: Posted) -> Result<Response, PageError> {
    let module = worked_on(visit.ctx(), &module)?;
    let field = found(&module, id)?;
    let form = Form::new(&visit, &module, field);
    let wrong = match change(&form, &posted) {
        Err(missing) => missing,
        Ok(change) => match app::modules::change_field(visit.ctx(), module.id, id, change).await {
            Ok(()) => return Ok(lead_to(&format!("/admin/modules/{}", module.api_name), Done::FieldChanged)),
            Err(error) => refused(error)?,
        },
    };
    let shown = Shown::of(field).sent(&posted);
    Ok(again(form, shown, wrong))
}

pub async fn delete(visit: Visit, Path((module, id)): Path<(String, FieldId)>) -> Result<Response, PageError> {
    let module = worked_on(visit.ctx(), &module)?;
    let field = found(&module, id)?;
    match app::modules::delete_field(visit.ctx(), module.id, id).await {
        Ok(()) => Ok(lead_to(&format!("/admin/modules/{}", module.api_name), Done::FieldDeleted)),
        Err(error) => {
            let wrong = refused(error)?;
            Ok(again(Form::new(&visit, &module, field), Shown::of(field), wrong))
        }
    }
}
