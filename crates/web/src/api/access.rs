//! Why somebody may do something, and what everybody reaches: what the CRM's API has no words for.

use app::explain::{Asked, explain};
use app::policies::{Which, exposure};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::request::Params;
use super::{ApiError, answer};
use crate::caller::StaffCaller;
use crate::routes::{Routes, get};

pub fn routes() -> Routes {
    Routes::new()
        .route("/settings/portals/actions/explain", get(explained))
        .route("/settings/portals/actions/exposure", get(exposed))
}

/// `?type=Clients&person=maria@example.com&module=Deals&record=17&field=Amount&action=read&draft=18`
async fn explained(StaffCaller(ctx): StaffCaller, params: Params) -> Result<Response, ApiError> {
    let asked = Asked {
        user_type: params.needed("type")?.to_owned(),
        person: params.needed("person")?.to_owned(),
        module: params.needed("module")?.to_owned(),
        record: params.needed("record")?.to_owned(),
        field: params.text("field").unwrap_or_default().to_owned(),
        action: params.text("action").unwrap_or_default().to_owned(),
        draft: params.id("draft")?,
    };
    let explained = explain(&ctx, asked).await.map_err(ApiError::of_parameter)?;
    Ok(answer::json(StatusCode::OK, &json!({ "explanation": explained })))
}

/// What everybody reaches by what is in force, or by a draft.
async fn exposed(StaffCaller(ctx): StaffCaller, params: Params) -> Result<Response, ApiError> {
    let which = params.id("draft")?.map_or(Which::InForce, Which::Draft);
    Ok(answer::json(StatusCode::OK, &json!({ "exposure": exposure(&ctx, which).await? })))
}
