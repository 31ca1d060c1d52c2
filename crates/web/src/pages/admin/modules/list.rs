//! All modules that the employee may see.

use askama::Template;
use axum::response::Response;
use domain::access::Access;
use domain::modules::ModuleSource;

use super::super::visit::Visit;
use crate::pages::shell::{Shell, module_icon};
use crate::pages::show as show_page;

#[derive(Template)]
#[template(path = "admin/modules/list.html")]
struct List {
    shell: Shell,
    may_change: bool,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    api_name: String,
    icon: &'static str,
    fields: usize,
    custom_fields: usize,
    custom: bool,
}

pub async fn show(visit: Visit) -> Response {
    let ctx = visit.ctx();
    let row = |access: &Access| {
        let module = access.plan().module();
        Row {
            name: module.plural.clone(),
            icon: module_icon(&module.api_name),
            fields: module.fields.len(),
            custom_fields: module.fields.iter().filter(|f| f.custom).count(),
            custom: module.source == ModuleSource::Custom,
            api_name: module.api_name.clone(),
        }
    };
    show_page(&List {
        rows: ctx.snapshot.accesses(ctx.viewer).iter().map(row).collect(),
        may_change: ctx.rights.manage_modules,
        shell: visit.shell("Modules", "modules"),
    })
}
