//! Users: the employees who sign in to the CRM, and whoever calls.

use app::Ctx;
use app::accounts::Caller;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use store::members::Member;
use store::staff::Staff;

use super::request::Params;
use super::{ApiError, answer};
use crate::caller::SettingsCaller;
use crate::routes::{Routes, get};

pub const TYPES: [&str; 9] = [
    "AllUsers",
    "ActiveUsers",
    "DeactiveUsers",
    "ConfirmedUsers",
    "NotConfirmedUsers",
    "ActiveConfirmedUsers",
    "AdminUsers",
    "ActiveConfirmedAdmins",
    "CurrentUser",
];

pub fn routes() -> Routes {
    Routes::new().route("/users", get(list)).route("/users/{id}", get(one))
}

async fn list(SettingsCaller(ctx): SettingsCaller, params: Params) -> Result<Response, ApiError> {
    let kind = params.text("type").unwrap_or("AllUsers");
    if !TYPES.contains(&kind) {
        return Err(ApiError::parameter("type", "one of the user types").with("supported_values", TYPES.to_vec()));
    }
    let users = match kind {
        "CurrentUser" => current(&ctx).into_iter().collect(),
        _ => staff(&ctx, kind).await?,
    };
    if users.is_empty() {
        return Ok(answer::nothing());
    }
    let info = json!({"per_page": 200, "count": users.len(), "page": 1, "more_records": false});
    Ok(answer::json(StatusCode::OK, &json!({"users": users, "info": info})))
}

async fn one(SettingsCaller(ctx): SettingsCaller, Path(id): Path<String>) -> Result<Response, ApiError> {
    let mut users: Vec<Value> = current(&ctx).into_iter().collect();
    if !ctx.is_portal_user() {
        users = staff(&ctx, "AllUsers").await?;
    }
    answer::only("users", users, &id, 1)
}

async fn staff(ctx: &Ctx, kind: &str) -> Result<Vec<Value>, ApiError> {
    if ctx.is_portal_user() {
        return Err(ApiError::not_for_portal_users());
    }
    let admin = |s: &Staff| {
        let profile = ctx.snapshot.profiles.iter().find(|p| p.id == s.profile);
        profile.is_some_and(|p| p.rights.manage_modules)
    };
    let wanted = |s: &Staff| match kind {
        "ActiveUsers" | "ActiveConfirmedUsers" => s.active,
        "DeactiveUsers" => !s.active,
        "NotConfirmedUsers" => false,
        "AdminUsers" => admin(s),
        "ActiveConfirmedAdmins" => s.active && admin(s),
        _ => true,
    };
    let all = app::staff::list(ctx).await?;
    Ok(all.iter().filter(|s| wanted(s)).map(employee).collect())
}

fn current(ctx: &Ctx) -> Option<Value> {
    match &ctx.signed_in.as_deref()?.caller {
        Caller::Staff(staff) => Some(employee(staff)),
        Caller::Member { member, .. } => Some(portal_user(ctx, member)),
    }
}

fn employee(staff: &Staff) -> Value {
    json!({
        "id": staff.employee,
        "email": staff.email,
        "full_name": staff.name,
        "first_name": null,
        "last_name": staff.name,
        "status": if staff.active { "active" } else { "deleted" },
        "confirm": true,
        "type__s": "Regular User",
        "role": {"name": staff.role_name, "id": staff.role},
        "profile": {"name": staff.profile_name, "id": staff.profile},
    })
}

fn portal_user(ctx: &Ctx, member: &Member) -> Value {
    let user_type = ctx.snapshot.user_type(member.user_type);
    json!({
        "id": member.id,
        "email": member.email,
        "full_name": member.name,
        "first_name": null,
        "last_name": member.name,
        "status": "active",
        "confirm": true,
        "type__s": "Client Portal User",
        "personality_id": member.record,
        "portal_user_type": user_type.map(|t| json!({"name": t.name, "id": t.id})),
        "role": null,
        "profile": null,
    })
}
