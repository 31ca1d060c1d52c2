//! User types of a portal, in the CRM's notation.

mod draft;

use app::portals::TypeDraft;
use app::{Ctx, Error};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::notation;
use domain::ids::UserTypeId;
use domain::members::Status;
use domain::portals::UserType;
use serde_json::{Map, Value, json};
use store::members::Wanted;
use store::portals::Stamps;

use super::portals::{find as portal, stamp};
use super::request::{JsonBody, Params};
use super::{ApiError, answer};
use crate::caller::StaffCaller;
use crate::routes::{Routes, get};

pub fn routes() -> Routes {
    Routes::new()
        .route("/settings/portals/{portal}/user_type", get(list).post(create))
        .route("/settings/portals/{portal}/user_type/{id}", get(one).put(update).delete(delete))
}

/// The user type in an address.
pub fn find(ctx: &Ctx, portal_name: &str, id: &str) -> Result<UserType, ApiError> {
    let portal = portal(ctx, portal_name)?;
    let found = id.parse().ok().and_then(|id: UserTypeId| ctx.snapshot.user_type(id));
    let found = found.filter(|t| t.portal == portal.id).cloned();
    found.ok_or_else(|| ApiError::invalid("the user type id given seems to be invalid").with("resource_path_index", 4))
}

fn need_manage_portals(ctx: &Ctx) -> Result<(), ApiError> {
    match ctx.rights.manage_portals {
        true => Ok(()),
        false => Err(Error::NoPermission("Manage Portals").into()),
    }
}

async fn list(StaffCaller(ctx): StaffCaller, Path(name): Path<String>, params: Params) -> Result<Response, ApiError> {
    let types = app::portals::user_types(&ctx).await?;
    let portal = portal(&ctx, &name)?;
    let with_modules = params
        .text("include")
        .is_some_and(|text| text.split(',').any(|part| part == "modules"));
    let mut shown = Vec::new();
    for (user_type, stamps) in types.iter().filter(|(t, _)| t.portal == portal.id) {
        shown.push(json_of(&ctx, user_type, stamps, with_modules).await?);
    }
    Ok(answer::list("user_type", shown))
}

async fn one(StaffCaller(ctx): StaffCaller, Path((name, id)): Path<(String, String)>) -> Result<Response, ApiError> {
    let types = app::portals::user_types(&ctx).await?;
    let wanted = find(&ctx, &name, &id)?;
    match types.iter().find(|(t, _)| t.id == wanted.id) {
        Some((user_type, stamps)) => Ok(answer::list("user_type", vec![json_of(&ctx, user_type, stamps, true).await?])),
        None => Ok(answer::nothing()),
    }
}

async fn json_of(ctx: &Ctx, user_type: &UserType, stamps: &Stamps, with_modules: bool) -> Result<Value, ApiError> {
    let catalogue = &ctx.snapshot.catalogue;
    let people = catalogue.module(user_type.personality);
    let invitation = people.and_then(|m| m.email_field());
    let mut object = Map::new();
    object.insert("id".into(), json!(user_type.id));
    object.insert("name".into(), json!(user_type.name));
    object.insert("default".into(), json!(user_type.default));
    object.insert("active".into(), json!(user_type.active));
    let module = people.map(|m| json!({"api_name": m.api_name, "id": m.id, "plural_label": m.plural}));
    object.insert("personality_module".into(), json!(module));
    let field = invitation.map(|f| json!({"api_name": f.api_name, "id": f.id}));
    object.insert("invitation_field".into(), json!(field));
    if ctx.rights.manage_portal_users {
        let wanted = Wanted {
            user_type: Some(user_type.id),
            ..Wanted::default()
        };
        let counts = app::members::counts(ctx, wanted).await?;
        let of = |seat: bool| counts.iter().filter(|(s, _)| s.holds_seat() == seat).map(|(_, n)| n).sum::<u64>();
        debug_assert_eq!(counts.len(), Status::ALL.len());
        object.insert("no_of_users".into(), json!(of(true) + of(false)));
        object.insert("active_user_count".into(), json!(of(true)));
        object.insert("deactive_user_count".into(), json!(of(false)));
    }
    stamp(&mut object, stamps);
    if with_modules {
        let policy = ctx.snapshot.policies.get(&user_type.id);
        let modules = policy.map_or_else(Vec::new, |policy| notation::write(catalogue, policy));
        object.insert("modules".into(), Value::Array(modules));
    }
    Ok(Value::Object(object))
}

async fn create(StaffCaller(ctx): StaffCaller, Path(name): Path<String>, body: JsonBody) -> Result<Response, ApiError> {
    need_manage_portals(&ctx)?;
    let portal = portal(&ctx, &name)?;
    let made = match draft::read(&ctx, portal.id, body.only("user_type")?, None)? {
        Ok(draft) => app::portals::create_user_type(&ctx, portal.id, draft).await.map_err(draft::refused),
        Err(error) => Err(error),
    };
    let item = made.map(|id| answer::success(json!({ "id": id }), "user type created successfully."));
    Ok(answer::actions("user_type", StatusCode::OK, vec![item]))
}

async fn update(StaffCaller(ctx): StaffCaller, Path((name, id)): Path<(String, String)>, body: JsonBody) -> Result<Response, ApiError> {
    need_manage_portals(&ctx)?;
    let old = find(&ctx, &name, &id)?;
    let before = TypeDraft {
        name: old.name.clone(),
        active: old.active,
        policy: ctx.snapshot.policy(&old),
    };
    let changed = match draft::read(&ctx, old.portal, body.only("user_type")?, Some(before))? {
        Ok(draft) => app::portals::update_user_type(&ctx, old.id, draft).await.map_err(draft::refused),
        Err(error) => Err(error),
    };
    let item = changed.map(|()| answer::success(json!({ "id": old.id }), "Portal user type updated successfully."));
    Ok(answer::actions("user_type", StatusCode::OK, vec![item]))
}

async fn delete(StaffCaller(ctx): StaffCaller, Path((name, id)): Path<(String, String)>, params: Params) -> Result<Response, ApiError> {
    need_manage_portals(&ctx)?;
    let user_type = find(&ctx, &name, &id)?;
    if let Some(to) = params.id::<UserTypeId>("transfer_To")? {
        empty(&ctx, &user_type, to).await?;
    }
    let item = match app::portals::delete_user_type(&ctx, user_type.id).await {
        Err(Error::TypeInUse) => {
            let message =
                "Deletion of portal user type is not allowed, as user type contains users, which need to be transferred to other user type";
            return Err(ApiError::invalid(message).with("param_name", "transfer_To"));
        }
        result => result.map_err(ApiError::from),
    };
    let item = item.map(|()| answer::success(json!({ "id": user_type.id }), "Portal user type deleted successfully."));
    Ok(answer::actions("user_type", StatusCode::OK, vec![item]))
}

/// Moves everybody to another user type before theirs is deleted.
async fn empty(ctx: &Ctx, user_type: &UserType, to: UserTypeId) -> Result<(), ApiError> {
    let target = ctx
        .snapshot
        .user_type(to)
        .filter(|t| t.id != user_type.id && t.portal == user_type.portal);
    if user_type.default || target.is_none_or(|t| t.personality != user_type.personality) {
        return Err(ApiError::parameter("transfer_To", "another user type of the same module").with("transfer_To", to.to_string()));
    }
    loop {
        let wanted = Wanted {
            user_type: Some(user_type.id),
            limit: 200,
            ..Wanted::default()
        };
        let members = app::members::list(ctx, wanted).await?;
        if members.is_empty() {
            return Ok(());
        }
        for member in members {
            app::members::transfer(ctx, member.id, to).await?;
        }
    }
}
