//! Arranging a module: its layouts and views.

use domain::ids::ModuleId;
use domain::modules::making::{check_layout, check_view};
use domain::modules::{Layout, Module, View};
use store::engine::Conn;

use crate::audit::{self, Object};
use crate::{Ctx, Error};

/// Puts a layout of a module in the place of the one with its id.
pub async fn save_layout(ctx: &Ctx, module: ModuleId, layout: Layout) -> Result<(), Error> {
    arrange(ctx, module, "layout_saved", move |conn, module| {
        if !module.layouts.iter().any(|l| l.id == layout.id) {
            return Err(Error::NotFound("layout"));
        }
        check_layout(module, &layout)?;
        store::modules::save_layout(conn, module.id, &layout)?;
        Ok(module.api_name.clone())
    })
    .await
}

/// Puts a view of a module in the place of the one with its id.
pub async fn save_view(ctx: &Ctx, module: ModuleId, view: View) -> Result<(), Error> {
    arrange(ctx, module, "view_saved", move |conn, module| {
        if !module.views.iter().any(|v| v.id == view.id) {
            return Err(Error::NotFound("view"));
        }
        check_view(module, &view)?;
        store::modules::save_view(conn, module.id, &view)?;
        Ok(module.api_name.clone())
    })
    .await
}

/// Changes a module as it stands in the database now, not as it stood when the page was opened, while nobody else changes it. What
/// `change` says was changed is noted.
pub(super) async fn arrange(
    ctx: &Ctx,
    module: ModuleId,
    action: &'static str,
    change: impl FnOnce(&mut Conn, &Module) -> Result<String, Error> + Send + 'static,
) -> Result<(), Error> {
    ctx.need_manage_modules()?;
    let (app, actor) = (ctx.app.clone(), ctx.viewer.actor);
    ctx.tenant
        .db
        .write(move |conn| {
            store::modules::lock(conn, module)?;
            let catalogue = store::modules::load(conn)?;
            let module = catalogue.module(module).ok_or(Error::NotFound("module"))?;
            let changed = change(conn, module)?;
            let object = Object {
                module: Some(module.id),
                record: None,
            };
            audit::note(conn, &app, actor, action, object, &changed)?;
            Ok(store::state::raise(conn)?)
        })
        .await
}
