//! The licence pool: what it holds, and what more licences cost.

use app::licences::{Wanted, quote, show};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::request::Params;
use super::{ApiError, answer};
use crate::caller::StaffCaller;
use crate::routes::{Routes, get};

pub fn routes() -> Routes {
    Routes::new()
        .route("/settings/portals/licences", get(pool))
        .route("/settings/portals/licences/quote", get(quoted))
}

async fn pool(StaffCaller(ctx): StaffCaller) -> Result<Response, ApiError> {
    Ok(answer::json(StatusCode::OK, &json!({ "licences": show(&ctx).await? })))
}

/// `?quantity=15000&currency=USD&cycle=monthly`
async fn quoted(StaffCaller(ctx): StaffCaller, params: Params) -> Result<Response, ApiError> {
    let said = |name| params.text(name).unwrap_or_default();
    let wanted = Wanted::read(params.needed("quantity")?, said("currency"), said("cycle"));
    let quote = wanted.and_then(|wanted| quote(&ctx, wanted)).map_err(ApiError::of_parameter)?;
    Ok(answer::json(StatusCode::OK, &json!({ "quote": quote })))
}
