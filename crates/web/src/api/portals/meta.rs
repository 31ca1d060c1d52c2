//! What can be offered to people of a module, for whoever makes a user type.

use app::Error;
use app::portals::Offer;
use axum::response::Response;
use domain::modules::{Field, Layout, View};
use serde_json::{Value, json};

use crate::api::request::Params;
use crate::api::{ApiError, answer, modules};
use crate::caller::StaffCaller;

pub(super) async fn show(StaffCaller(ctx): StaffCaller, params: Params) -> Result<Response, ApiError> {
    if !ctx.rights.manage_portals {
        return Err(Error::NoPermission("Manage Portals").into());
    }
    let access = modules::find_asked(&ctx, params.needed("module")?)?;
    let offers = app::portals::offers(&ctx, access.plan().module().id)?;
    Ok(answer::list("related_lists", offers.iter().map(offered).collect()))
}

fn offered(offer: &Offer) -> Value {
    let module = &offer.module;
    let private = offer.own || !offer.filters.is_empty();
    let filter = |field: &Field| json!({"display_label": field.label, "api_name": field.api_name, "id": field.id});
    let layout = |layout: &Layout| json!({"display_label": layout.name, "name": layout.name, "id": layout.id});
    let view = |view: &View| json!({"display_label": view.name, "name": view.name, "id": view.id, "type": "public"});
    json!({"module": {
        "plural_label": module.plural,
        "api_name": module.api_name,
        "id": module.id,
        "shared_type": if private { "private" } else { "public" },
        "filters": offer.filters.iter().map(filter).collect::<Vec<_>>(),
        "layouts": module.layouts.iter().map(layout).collect::<Vec<_>>(),
        "views": module.views.iter().map(view).collect::<Vec<_>>(),
    }})
}
