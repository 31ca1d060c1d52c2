//! Portals.

mod meta;
mod single_sign_on;

use app::portals::Change;
use app::{Ctx, Error};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::portals::{BadName, Portal};
use serde_json::{Map, Value, json};
use store::portals::{Actor, Stamps};

use super::request::{JsonBody, text};
use super::{ApiError, answer};
use crate::caller::StaffCaller;
use crate::routes::{Routes, get};

const NAME: &str = "$.portals[0].name";

pub fn routes() -> Routes {
    Routes::new()
        .route("/settings/portals", get(list).post(create))
        .route("/settings/portals/meta", get(meta::show))
        .route("/settings/portals/{portal}", get(one).put(update).delete(delete))
}

/// The portal with this name in an address.
pub fn find(ctx: &Ctx, name: &str) -> Result<Portal, ApiError> {
    Ok(ctx.snapshot.portal_named(name).cloned().ok_or(Error::NotFound("portal"))?)
}

/// Who made something and changed it last, as every settings answer says it.
pub fn stamp(object: &mut Map<String, Value>, stamps: &Stamps) {
    let actor = |actor: &Actor| json!({"name": actor.name, "id": actor.id.to_string()});
    object.insert("created_time".into(), json!(stamps.created.iso()));
    object.insert("modified_time".into(), json!(stamps.modified.iso()));
    object.insert("created_by".into(), actor(&stamps.created_by));
    object.insert("modified_by".into(), actor(&stamps.modified_by));
}

async fn list(StaffCaller(ctx): StaffCaller) -> Result<Response, ApiError> {
    let portals = app::portals::list(&ctx).await?;
    Ok(answer::list(
        "portals",
        portals.iter().map(|(p, stamps)| Value::Object(portal(&ctx, p, stamps))).collect(),
    ))
}

async fn one(StaffCaller(ctx): StaffCaller, Path(name): Path<String>) -> Result<Response, ApiError> {
    let portals = app::portals::list(&ctx).await?;
    let wanted = find(&ctx, &name)?;
    let Some((found, stamps)) = portals.iter().find(|(p, _)| p.id == wanted.id) else {
        return Err(Error::NotFound("portal").into());
    };
    let mut object = portal(&ctx, found, stamps);
    single_sign_on::tell(&ctx, found, &mut object).await?;
    Ok(answer::list("portals", vec![Value::Object(object)]))
}

fn portal(ctx: &Ctx, portal: &Portal, stamps: &Stamps) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("name".into(), json!(portal.name));
    object.insert("active".into(), json!(portal.active));
    object.insert("zaid".into(), json!(portal.id));
    object.insert("title".into(), json!(portal.title));
    let address = format!("{}/portal/{}/sign-in", ctx.app.settings().public_url, portal.name);
    object.insert("login_url".into(), json!(address));
    stamp(&mut object, stamps);
    object
}

/// Makes a portal. It may be given a title, else its name is that.
async fn create(StaffCaller(ctx): StaffCaller, body: JsonBody) -> Result<Response, ApiError> {
    if !ctx.rights.manage_portals {
        return Err(Error::NoPermission("Manage Portals").into());
    }
    let item = make(&ctx, body.only("portals")?).await;
    let item = item.map(|name| answer::success(json!({ "name": name }), "Portal created successfully"));
    Ok(answer::actions("portals", StatusCode::OK, vec![item]))
}

async fn make(ctx: &Ctx, wanted: &Map<String, Value>) -> Result<String, ApiError> {
    if single_sign_on::wanted(wanted)?.is_some() {
        let message = "single sign-on is configured when the portal is there";
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "NOT_ALLOWED", message).at("$.portals[0].saml_configuration"));
    }
    let name = text(wanted, "name", "$.portals[0]")?.ok_or_else(|| bad_name(BadName::Missing, NAME))?;
    let title = text(wanted, "title", "$.portals[0]")?.unwrap_or(name);
    app::portals::create(ctx, name, title, None).await.map_err(refused)?;
    Ok(name.to_owned())
}

fn refused(error: Error) -> ApiError {
    match error {
        Error::Name { why, .. } => bad_name(why, NAME),
        Error::Input(_, expected) => ApiError::invalid(format!("invalid data: expected {expected}")).at("$.portals[0].title"),
        Error::Exists(_) => ApiError::new(StatusCode::BAD_REQUEST, "ALREADY_USED", "The entered portal name is already in use").at(NAME),
        other => other.into(),
    }
}

async fn update(StaffCaller(ctx): StaffCaller, Path(name): Path<String>, body: JsonBody) -> Result<Response, ApiError> {
    if !ctx.rights.manage_portals {
        return Err(Error::NoPermission("Manage Portals").into());
    }
    let portal = find(&ctx, &name)?;
    let result = change(&ctx, &portal, body.only("portals")?).await;
    let item = result.map(|name| answer::success(json!({ "name": name }), "Portal updated successfully"));
    Ok(answer::actions("portals", StatusCode::OK, vec![item]))
}

async fn delete(StaffCaller(ctx): StaffCaller, Path(name): Path<String>) -> Result<Response, ApiError> {
    if !ctx.rights.manage_portals {
        return Err(Error::NoPermission("Manage Portals").into());
    }
    let portal = find(&ctx, &name)?;
    let deleted = app::portals::delete(&ctx, portal.id).await.map_err(ApiError::from);
    let item = deleted.map(|()| answer::success(json!({ "name": portal.name }), "Portal deleted successfully"));
    Ok(answer::actions("portals", StatusCode::OK, vec![item]))
}

async fn change(ctx: &Ctx, portal: &Portal, wanted: &Map<String, Value>) -> Result<String, ApiError> {
    let path = "$.portals[0]";
    let provider = single_sign_on::wanted(wanted)?;
    let active = match wanted.get("active") {
        None | Some(Value::Null) => portal.active,
        Some(Value::Bool(active)) => *active,
        Some(_) => return Err(ApiError::wrong_type("$.portals[0].active", "boolean")),
    };
    let title = text(wanted, "title", path)?.unwrap_or(&portal.title);
    let name = match (
        text(wanted, "name", path)?,
        wanted.contains_key("active") || wanted.contains_key("title") || provider.is_some(),
    ) {
        (Some(name), _) => name,
        (None, true) => &portal.name,
        (None, false) => return Err(bad_name(BadName::Missing, NAME)),
    };
    let change = Change {
        name: name.to_owned(),
        title: title.to_owned(),
        active,
        single_sign_on: provider,
    };
    app::portals::change(ctx, portal.id, change, None).await.map_err(refused)?;
    Ok(name.to_owned())
}

/// A name that cannot be taken.
pub fn bad_name(why: BadName, path: &str) -> ApiError {
    match why {
        BadName::Missing => ApiError::missing(path),
        BadName::TooShort { minimum } => ApiError::invalid("invalid data").with("minimum_length", minimum).at(path),
        BadName::TooLong { maximum } => ApiError::invalid("invalid data").with("maximum_length", maximum).at(path),
        BadName::Reserved => ApiError::invalid("invalid data: the name is reserved").at(path),
        BadName::Pattern { expected } => ApiError::invalid(format!("invalid data: expected {expected}"))
            .with("regex", "^[A-Za-z0-9 -]+$")
            .at(path),
    }
}
