//! How a module's list looks: its columns, and what it is sorted by.

use app::Error;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::FieldId;
use domain::modules::{Field, Module, View};

use super::super::posted::Posted;
use super::super::visit::Visit;
use super::{kind_words, worked_on};
use crate::failure::{PageError, sentence};
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

/// How many places the form offers.
const PLACES: usize = 12;

#[derive(Template)]
#[template(path = "admin/modules/view.html")]
struct Page {
    shell: Shell,
    module: String,
    api_name: String,
    tab: &'static str,
    rows: Vec<Row>,
    places: Vec<usize>,
    sortable: Vec<(FieldId, String, bool)>,
    descending: bool,
    problem: Option<String>,
}

struct Row {
    id: FieldId,
    label: String,
    kind: &'static str,
    place: usize,
}

fn page(visit: &Visit, module: &Module, view: &View, problem: Option<String>) -> Page {
    let row = |field: &Field| Row {
        id: field.id,
        label: field.label.clone(),
        kind: kind_words(&field.kind),
        place: view.columns.iter().position(|c| *c == field.id).map_or(0, |i| i + 1),
    };
    let sorted = view.sort.map(|(id, _)| id);
    let sortable = module.fields.iter().filter(|f| f.kind.is_sortable());
    Page {
        shell: visit.shell(&format!("{}: list", module.plural), "modules"),
        module: module.plural.clone(),
        api_name: module.api_name.clone(),
        tab: "view",
        rows: module.fields.iter().map(row).collect(),
        places: (1..=PLACES.max(view.columns.len())).collect(),
        sortable: sortable.map(|f| (f.id, f.label.clone(), Some(f.id) == sorted)).collect(),
        descending: view.sort.is_some_and(|(_, descending)| descending),
        problem,
    }
}

fn first(module: &Module) -> Result<&View, Error> {
    module.views.first().ok_or(Error::NotFound("view"))
}

fn read(module: &Module, old: &View, posted: &Posted) -> View {
    View {
        columns: posted.columns(module),
        sort: posted.one("sort").parse().ok().map(|id| (id, posted.one("order") == "down")),
        ..old.clone()
    }
}

pub async fn show(visit: Visit, Path(module): Path<String>) -> Result<Response, PageError> {
    let module = worked_on(visit.ctx(), &module)?;
    Ok(show_page(&page(&visit, &module, first(&module)?, None)))
}

pub async fn save(visit: Visit, Path(module): Path<String>, posted: Posted) -> Result<Response, PageError> {
    let module = worked_on(visit.ctx(), &module)?;
    let view = read(&module, first(&module)?, &posted);
    match app::modules::save_view(visit.ctx(), module.id, view.clone()).await {
        Ok(()) => Ok(lead_to(&format!("/admin/modules/{}/view", module.api_name), Done::Saved)),
        Err(Error::Arrangement(why)) => {
            let page = page(&visit, &module, &view, Some(sentence(&why.to_string())));
            Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(other) => Err(other.into()),
    }
}
