//! Modules: what there is, making more of it, and arranging it.

mod change;
mod create;
mod field;
mod field_kinds;
mod fields;
mod kinds;
mod layout;
mod layout_draft;
mod list;
mod view;

pub use kinds::kind_words;

use std::sync::Arc;

use app::{Ctx, Error};
use domain::modules::Module;

use crate::routes::{Routes, get, post};

pub fn routes() -> Routes {
    Routes::new()
        .route("/admin/modules", get(list::show))
        .route("/admin/modules/new", get(create::form).post(create::save))
        .route("/admin/modules/{module}", get(fields::show))
        .route("/admin/modules/{module}/fields/new", get(field::form).post(field::save))
        .route("/admin/modules/{module}/fields/{id}", get(change::form).post(change::save))
        .route("/admin/modules/{module}/fields/{id}/delete", post(change::delete))
        .route("/admin/modules/{module}/layout", get(layout::show).post(layout::save))
        .route("/admin/modules/{module}/view", get(view::show).post(view::save))
}

/// A module to work on, for those who may.
fn worked_on(ctx: &Ctx, api_name: &str) -> Result<Arc<Module>, Error> {
    need(ctx)?;
    ctx.snapshot.catalogue.named(api_name).cloned().ok_or(Error::NotFound("module"))
}

fn need(ctx: &Ctx) -> Result<(), Error> {
    if ctx.rights.manage_modules {
        Ok(())
    } else {
        Err(Error::NoPermission("Manage Modules"))
    }
}
