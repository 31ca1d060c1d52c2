//! Roles: who stands above whom.

use app::staff::Role;
use axum::extract::Path;
use axum::response::Response;
use serde_json::{Value, json};

use super::{ApiError, answer};
use crate::caller::StaffCaller;
use crate::routes::{Routes, get};

pub fn routes() -> Routes {
    Routes::new()
        .route("/settings/roles", get(list))
        .route("/settings/roles/{id}", get(one))
}

async fn list(StaffCaller(ctx): StaffCaller) -> Result<Response, ApiError> {
    let roles = app::staff::roles(&ctx).await?;
    Ok(answer::list("roles", roles.iter().map(|of| role(of, &roles)).collect()))
}

async fn one(StaffCaller(ctx): StaffCaller, Path(id): Path<String>) -> Result<Response, ApiError> {
    let roles = app::staff::roles(&ctx).await?;
    answer::only("roles", roles.iter().map(|of| role(of, &roles)).collect(), &id, 2)
}

fn role(role: &Role, all: &[Role]) -> Value {
    let above = all.iter().find(|other| Some(other.id) == role.above);
    json!({
        "id": role.id,
        "name": role.name,
        "display_label": role.name,
        "description": null,
        "reporting_to": above.map(|role| json!({"id": role.id, "name": role.name})),
        "share_with_peers": false,
    })
}
