//! What is in the recycle bin.

use app::records;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};
use store::records::{Binned, Deleted};

use super::query::moment;
use crate::api::numbered::Numbered;
use crate::api::request::Params;
use crate::api::{ApiError, answer};
use crate::caller::ApiCaller;

const TYPES: [&str; 3] = ["all", "recycle", "permanent"];
/// How far pages go.
const MAX_BY_NUMBER: u32 = 100_000;

pub async fn list(ApiCaller(ctx): ApiCaller, Path(module): Path<String>, params: Params, headers: HeaderMap) -> Result<Response, ApiError> {
    let access = records::access(&ctx, &module)?;
    let kind = params.text("type").unwrap_or("all");
    if !TYPES.contains(&kind) {
        return Err(ApiError::parameter("type", "all, recycle or permanent").with("supported_values", TYPES.to_vec()));
    }
    let page = Numbered::read(&params, MAX_BY_NUMBER)?;
    let wanted = Binned {
        since: moment(&headers, "If-Modified-Since", &header::IF_MODIFIED_SINCE)?,
        skip: page.skip(),
        limit: page.limit(),
    };
    // Nothing is deleted for good that could be named afterwards.
    let mut found = match kind {
        "permanent" => Vec::new(),
        _ => records::bin(&ctx, &access, wanted).await?,
    };
    let info = page.cut(&mut found);
    if found.is_empty() {
        return Ok(answer::nothing());
    }
    let data: Vec<Value> = found.into_iter().map(told).collect();
    Ok(answer::json(StatusCode::OK, &json!({"data": data, "info": info})))
}

fn told(deleted: Deleted) -> Value {
    let person = |who: Option<(i64, String)>| who.map(|(id, name)| json!({"id": id.to_string(), "name": name}));
    json!({
        "id": deleted.id,
        "display_name": deleted.name,
        "type": "recycle",
        "deleted_time": deleted.deleted.iso(),
        "deleted_by": person(deleted.deleted_by),
        "created_by": person(deleted.created_by),
    })
}
