//! Features: what the organisation may have how much of, and how much it has.

use app::{Ctx, Error};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::request::Params;
use super::{ApiError, answer};
use crate::caller::StaffCaller;
use crate::routes::{Routes, get};

/// Most names in one question.
const MOST_NAMES: usize = 50;

pub fn routes() -> Routes {
    Routes::new()
        .route("/__features", get(list))
        .route("/__features/{feature}", get(one))
}

async fn list(StaffCaller(ctx): StaffCaller, params: Params) -> Result<Response, ApiError> {
    let asked: Option<Vec<&str>> = params.text("api_names").map(|names| names.split(',').map(str::trim).collect());
    if asked.as_ref().is_some_and(|names| names.len() > MOST_NAMES) {
        return Err(ApiError::parameter("api_names", "at most 50 names"));
    }
    let mut features = counted(&ctx).await?;
    features.retain(|feature| asked.as_ref().is_none_or(|names| names.contains(&feature.name)));
    Ok(answered(&features))
}

async fn one(StaffCaller(ctx): StaffCaller, Path(name): Path<String>) -> Result<Response, ApiError> {
    let mut features = counted(&ctx).await?;
    features.retain(|feature| feature.name == name);
    if features.is_empty() {
        return Err(ApiError::invalid("there is no such feature").with("resource_path_index", 1));
    }
    Ok(answered(&features))
}

fn answered(features: &[Feature]) -> Response {
    if features.is_empty() {
        return answer::nothing();
    }
    let shown: Vec<Value> = features.iter().map(Feature::shown).collect();
    let info = json!({"per_page": 200, "count": shown.len(), "page": 1, "more_records": false});
    answer::json(StatusCode::OK, &json!({"__features": shown, "info": info}))
}

/// Something that is counted.
struct Feature {
    name: &'static str,
    label: &'static str,
    /// None: as many as one likes.
    limit: Option<u64>,
    used: u64,
}

async fn counted(ctx: &Ctx) -> Result<Vec<Feature>, ApiError> {
    if !ctx.rights.manage_portals && !ctx.rights.manage_portal_users {
        return Err(Error::NoPermission("Manage Portal Users").into());
    }
    let report = app::licences::show(ctx).await?;
    let employees = app::staff::list(ctx).await?.iter().filter(|of| of.active).count();
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let feature = |name, label, limit, used| Feature { name, label, limit, used };
    Ok(vec![
        feature(
            "portals",
            "Portals",
            Some(count(report.most_portals)),
            count(ctx.snapshot.portals.len()),
        ),
        feature("portal_users", "Portal users", report.allowance, report.consumed),
        feature("user_licenses", "Employees", None, count(employees)),
    ])
}

impl Feature {
    fn shown(&self) -> Value {
        let left = self.limit.map(|limit| limit.saturating_sub(self.used));
        json!({
            "api_name": self.name,
            "feature_label": self.label,
            "module_supported": false,
            "parent_feature": null,
            "components": [],
            "details": {
                "limits": {"total": self.limit},
                "used_count": {"total": self.used},
                "available_count": {"total": left},
            },
        })
    }
}
