//! One module: its fields.

use app::Ctx;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::ids::FieldId;
use domain::modules::{Field, FieldKind};

use super::super::visit::Visit;
use super::{kind_words, worked_on};
use crate::failure::PageError;
use crate::pages::shell::Shell;
use crate::pages::show as show_page;

#[derive(Template)]
#[template(path = "admin/modules/fields.html")]
struct Fields {
    shell: Shell,
    module: String,
    api_name: String,
    tab: &'static str,
    rows: Vec<Row>,
}

struct Row {
    id: FieldId,
    label: String,
    api_name: String,
    kind: &'static str,
    detail: String,
    required: bool,
    unique: bool,
    custom: bool,
    given: bool,
    names: bool,
}

fn detail(ctx: &Ctx, kind: &FieldKind) -> String {
    if let Some(target) = kind.target().and_then(|id| ctx.snapshot.catalogue.module(id)) {
        return format!("to {}", target.plural);
    }
    match kind {
        FieldKind::Picklist { options } | FieldKind::MultiPicklist { options } => options.join(", "),
        FieldKind::Decimal { scale } | FieldKind::Currency { scale } | FieldKind::Percent { scale } if *scale > 0 => {
            format!("{scale} digits behind the point")
        }
        FieldKind::Text { max } | FieldKind::TextArea { max } | FieldKind::RichText { max } => format!("at most {max} characters"),
        FieldKind::AutoNumber { prefix } if !prefix.is_empty() => format!("begins with {prefix}"),
        _ => String::new(),
    }
}

pub async fn show(visit: Visit, Path(module): Path<String>) -> Result<Response, PageError> {
    let ctx = visit.ctx();
    let module = worked_on(ctx, &module)?;
    let row = |field: &Field| Row {
        id: field.id,
        label: field.label.clone(),
        api_name: field.api_name.clone(),
        kind: kind_words(&field.kind),
        detail: detail(ctx, &field.kind),
        required: field.required,
        unique: field.unique,
        custom: field.custom,
        given: field.kind.is_given(),
        names: module.name_fields.contains(&field.id),
    };
    Ok(show_page(&Fields {
        shell: visit.shell(&module.plural, "modules"),
        module: module.plural.clone(),
        api_name: module.api_name.clone(),
        tab: "fields",
        rows: module.fields.iter().map(row).collect(),
    }))
}
