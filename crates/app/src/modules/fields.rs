//! Fields: adding, changing and deleting them while the product runs.

use std::collections::HashMap;

use domain::ids::{FieldId, ModuleId};
use domain::modules::changing::{FieldChange, options_gone, without};
use domain::modules::standard::FieldBlueprint;
use domain::modules::{LayoutField, Module, naming};
use store::engine::{self, Conn};

use super::arrange::arrange;
use super::field;
use crate::audit::{self, Object};
use crate::policies::Present;
use crate::{App, Ctx, Error};

/// How long the column of a deleted field stays, in seconds: longer than any statement that was written before runs.
const COLUMN_STAYS: i64 = 600;

/// Adds a field to a module, at the end of its first layout.
pub async fn add_field(ctx: &Ctx, module: ModuleId, blueprint: FieldBlueprint) -> Result<FieldId, Error> {
    ctx.need_manage_modules()?;
    let ctx = ctx.clone();
    let db = ctx.tenant.db.clone();
    db.write(move |conn| {
        let id = add_field_in(conn, &ctx.app, module, &blueprint)?;
        let about = Object {
            module: Some(module),
            record: None,
        };
        audit::note(conn, &ctx.app, ctx.viewer.actor, "field_created", about, &blueprint.api_name)?;
        Ok(id)
    })
    .await
}

/// [`add_field`] in the caller's transaction, for those whose right to do so was looked at.
pub(crate) fn add_field_in(conn: &mut Conn, app: &App, module: ModuleId, blueprint: &FieldBlueprint) -> Result<FieldId, Error> {
    naming::check(&blueprint.api_name)?;
    let catalogue = store::modules::load(conn)?;
    let module = catalogue.module(module).ok_or(Error::NotFound("module"))?;
    if module.field_named(&blueprint.api_name).is_some() {
        return Err(Error::Exists("field"));
    }
    let ids: HashMap<String, ModuleId> = catalogue.modules().map(|m| (m.api_name.clone(), m.id)).collect();
    let field = field(app, module.id, blueprint, true, &ids)?;
    let position = store::modules::next_position(conn, Some(module.id))?;
    store::modules::add_field(conn, &field, position)?;
    add_to_layout(conn, module, field.id)?;
    store::state::raise(conn)?;
    Ok(field.id)
}

fn add_to_layout(conn: &mut Conn, module: &Module, field: FieldId) -> Result<(), Error> {
    let Some(mut layout) = module.layouts.first().cloned() else {
        return Ok(());
    };
    if let Some(section) = layout.sections.first_mut() {
        section.fields.push(LayoutField {
            id: field,
            required: false,
        });
    }
    Ok(store::modules::save_layout(conn, module.id, &layout)?)
}

/// Changes a field: what [`FieldChange`] names.
///
/// Errors: what [`domain::modules::changing::BadChange`] tells, [`Error::OptionHeld`], [`Error::SameValues`], and
/// [`Error::Policies`] or [`Error::Policy`] where a policy in force would not fit the module any more.
pub async fn change_field(ctx: &Ctx, module: ModuleId, id: FieldId, change: FieldChange) -> Result<(), Error> {
    arrange(ctx, module, "field_changed", move |conn, module| {
        let old = module.field(id).ok_or(Error::NotFound("field"))?;
        let new = change.apply(old)?;
        let held = Present::lock_anyway(conn)?;
        for option in options_gone(old, &new) {
            if store::modules::holds(conn, old, option)? {
                return Err(Error::OptionHeld(option.clone()));
            }
        }
        let before = held.alerts(conn)?;
        store::modules::change_field(conn, old, &new).map_err(same_values)?;
        held.alerts(conn)?.beyond(&before).refuse()?;
        Ok(old.api_name.clone())
    })
    .await
}

fn same_values(error: engine::Error) -> Error {
    if error.is_unique() { Error::SameValues } else { error.into() }
}

/// Deletes a field with all that records hold in it, at once for everybody.
///
/// Errors: as [`domain::modules::changing::without`], and [`Error::FieldNeeded`] where a policy in force needs it.
pub async fn delete_field(ctx: &Ctx, module: ModuleId, id: FieldId) -> Result<(), Error> {
    let now = ctx.now;
    arrange(ctx, module, "field_deleted", move |conn, module| {
        let field = module.field(id).ok_or(Error::NotFound("field"))?;
        let left = without(module, field)?;
        let held = Present::lock_anyway(conn)?;
        let before = held.alerts(conn)?;
        store::modules::delete_field(conn, field, &left, now)?;
        let mut needed = held.alerts(conn)?.beyond(&before).places();
        if held.writes_to(module) && module.email_field() == Some(field) {
            needed.push("portal users, to whose address letters go".into());
        }
        if needed.is_empty() {
            Ok(field.api_name.clone())
        } else {
            Err(Error::FieldNeeded(needed))
        }
    })
    .await
}

/// Drops the columns of the fields that were deleted a while ago.
pub(crate) async fn drop_deleted(app: &App) -> Result<(), Error> {
    let before = app.now().plus_seconds(-COLUMN_STAYS);
    for org in crate::orgs::list(app).await? {
        let db = app.tenant(org.id).await?.db.clone();
        let due = db
            .read(move |conn| Ok::<_, Error>(store::modules::deleted_before(conn, before)?))
            .await?;
        for (id, module, kind) in due {
            let drop = move |conn: &mut Conn| Ok::<_, Error>(store::modules::drop_field(conn, (id, module, &kind))?);
            if let Err(error) = db.write(drop).await {
                tracing::warn!(error = error.in_full(), field = id.0, "what a deleted field holds was not dropped");
            }
        }
    }
    Ok(())
}
