//! Portal users of a user type.

mod list;
mod status;

use app::{Ctx, Error, members};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::{RecordId, UserTypeId};
use domain::portals::UserType;
use serde_json::{Value, json};
use store::members::Member;

use super::request::Params;
use super::{ApiError, answer, user_types};
use crate::caller::StaffCaller;
use crate::routes::{Routes, get, post, put};

/// The most portal users of one call.
const LIMIT: usize = 200;
const TRANSFER_LIMIT: usize = 100;

pub fn routes() -> Routes {
    let base = "/settings/portals/{portal}/user_type/{id}/users";
    Routes::new()
        .route(base, get(list::list).delete(remove))
        .route(&format!("{base}/action/transfer"), post(transfer))
        .route(&format!("{base}/actions/transfer"), post(transfer))
        .route(&format!("{base}/actions/change_status"), put(status::many).post(status::many))
        .route(
            &format!("{base}/{{user}}/actions/change_status"),
            put(status::one).post(status::one),
        )
}

/// The user type in the address, for those who manage portal users.
fn user_type(ctx: &Ctx, portal: &str, id: &str) -> Result<UserType, ApiError> {
    if !ctx.rights.manage_portal_users {
        return Err(Error::NoPermission("Manage Portal Users").into());
    }
    user_types::find(ctx, portal, id)
}

/// The portal user that a record is in the type; `deed` begins the sentence that says there is none.
async fn member(ctx: &Ctx, user_type: &UserType, record: RecordId, deed: &str) -> Result<Member, ApiError> {
    let found = members::in_type(ctx, user_type.id, record).await?;
    found.ok_or_else(|| {
        ApiError::invalid(format!(
            "{deed} of user failed as personality id does not belongs to any portal user or belongs to portal user, \
             who does not belongs to provided user type."
        ))
    })
}

fn item(record: RecordId, result: Result<(), ApiError>, message: &str) -> Result<Value, ApiError> {
    match result {
        Ok(()) => Ok(answer::success(json!({ "personality_id": record }), message)),
        Err(error) => Err(error.with("personality_id", record.to_string())),
    }
}

async fn remove(StaffCaller(ctx): StaffCaller, Path((portal, id)): Path<(String, String)>, params: Params) -> Result<Response, ApiError> {
    let user_type = user_type(&ctx, &portal, &id)?;
    let mut results = Vec::new();
    for record in params.needed_ids::<RecordId>("personality_ids", LIMIT)? {
        let removed = match member(&ctx, &user_type, record, "Delete").await {
            Ok(member) => members::remove(&ctx, member.id).await.map_err(ApiError::from),
            Err(error) => Err(error),
        };
        results.push(item(record, removed, "User deleted successfully"));
    }
    Ok(answer::actions("users", StatusCode::OK, results))
}

async fn transfer(StaffCaller(ctx): StaffCaller, Path((portal, id)): Path<(String, String)>, params: Params) -> Result<Response, ApiError> {
    let user_type = user_type(&ctx, &portal, &id)?;
    let to = params.needed("transfer_To")?;
    let records = params.needed_ids::<RecordId>("personality_ids", TRANSFER_LIMIT)?;
    let target = to.parse().ok().and_then(|id: UserTypeId| ctx.snapshot.user_type(id));
    let fits = |t: &&UserType| t.portal == user_type.portal && t.personality == user_type.personality;
    let Some(target) = target.filter(fits).cloned() else {
        return Err(ApiError::parameter("transfer_To", "a user type of the same portal and module").with("transfer_To", to));
    };
    let mut results = Vec::new();
    for record in records {
        let moved = match member(&ctx, &user_type, record, "Transfer").await {
            Ok(member) => members::transfer(&ctx, member.id, target.id).await.map_err(ApiError::from),
            Err(error) => Err(error),
        };
        results.push(item(record, moved, "User has been transferred successfully"));
    }
    Ok(answer::actions("users", StatusCode::OK, results))
}
