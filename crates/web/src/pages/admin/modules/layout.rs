//! How a record's page and form are arranged.

use app::Error;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::FieldId;
use domain::modules::{Layout, LayoutField, Module};

use super::super::posted::Posted;
use super::super::visit::Visit;
use super::layout_draft::Draft;
use super::{kind_words, worked_on};
use crate::failure::{PageError, sentence};
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

#[derive(Template)]
#[template(path = "admin/modules/layout.html")]
struct Page {
    shell: Shell,
    module: String,
    api_name: String,
    tab: &'static str,
    sections: Vec<Section>,
    titles: Vec<String>,
    left_out: Vec<Row>,
    problem: Option<String>,
    unsaved: bool,
}

struct Section {
    at: usize,
    title: String,
    rows: Vec<Row>,
}

struct Row {
    id: FieldId,
    label: String,
    kind: &'static str,
    /// Mandatory on this layout.
    required: bool,
    /// Mandatory everywhere.
    always: bool,
    given: bool,
}

fn row(module: &Module, placed: LayoutField) -> Option<Row> {
    let field = module.field(placed.id)?;
    Some(Row {
        id: field.id,
        label: field.label.clone(),
        kind: kind_words(&field.kind),
        required: placed.required || field.required,
        always: field.required,
        given: field.kind.is_given(),
    })
}

fn page(visit: &Visit, module: &Module, saved: &Layout, draft: &Draft, problem: Option<String>) -> Page {
    let section = |(at, s): (usize, &domain::modules::Section)| Section {
        at,
        title: s.title.clone(),
        rows: s.fields.iter().filter_map(|f| row(module, *f)).collect(),
    };
    let left_out = draft.left_out(module).into_iter();
    Page {
        shell: visit.shell(&format!("{}: layout", module.plural), "modules"),
        module: module.plural.clone(),
        api_name: module.api_name.clone(),
        tab: "layout",
        sections: draft.0.iter().enumerate().map(section).collect(),
        titles: draft.0.iter().map(|s| s.title.clone()).collect(),
        left_out: left_out.filter_map(|id| row(module, LayoutField { id, required: false })).collect(),
        unsaved: problem.is_none() && *draft != Draft::of(saved),
        problem,
    }
}

fn first(module: &Module) -> Result<&Layout, Error> {
    module.layouts.first().ok_or(Error::NotFound("layout"))
}

pub async fn show(visit: Visit, Path(module): Path<String>) -> Result<Response, PageError> {
    let module = worked_on(visit.ctx(), &module)?;
    let layout = first(&module)?;
    Ok(show_page(&page(&visit, &module, layout, &Draft::of(layout), None)))
}

pub async fn save(visit: Visit, Path(module): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let module = worked_on(visit.ctx(), &module)?;
    let layout = first(&module)?;
    let mut draft = Draft::read(&posted);
    // Every button but Save only moves things about: the form comes back with them moved.
    if !posted.has("save") {
        draft.press(posted.one("press"));
        return Ok(show_page(&page(&visit, &module, layout, &draft, None)));
    }
    match app::modules::save_layout(visit.ctx(), module.id, draft.to_layout(layout)).await {
        Ok(()) => Ok(lead_to(&format!("/admin/modules/{}/layout", module.api_name), Done::Saved)),
        Err(Error::Arrangement(why)) => {
            let page = page(&visit, &module, layout, &draft, Some(sentence(&why.to_string())));
            Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(other) => Err(other.into()),
    }
}
