//! What is in the recycle bin.

use app::records;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};
use store::records::{Binned, Deleted};

use super::query::moment;
use crate::api::request::Params;
use crate::api::{ApiError, answer};
use crate::caller::ApiCaller;

const TYPES: [&str; 3] = ["all", "recycle", "permanent"];
/// The largest page, and how far pages go.
const MAX_PAGE: u32 = 200;
const MAX_BY_NUMBER: u32 = 100_000;

pub async fn list(ApiCaller(ctx): ApiCaller, Path(module): Path<String>, params: Params, headers: HeaderMap) -> Result<Response, ApiError> {
    let access = records::access(&ctx, &module)?;
    let kind = params.text("type").unwrap_or("all");
    if !TYPES.contains(&kind) {
        return Err(ApiError::parameter("type", "all, recycle or permanent").with("supported_values", TYPES.to_vec()));
    }
    let per_page = within(&params, "per_page", MAX_PAGE, MAX_PAGE)?;
    let page = within(&params, "page", 1, MAX_BY_NUMBER / per_page)?;
    let wanted = Binned {
        since: moment(&headers, "If-Modified-Since", &header::IF_MODIFIED_SINCE)?,
        skip: (page - 1) * per_page,
        // One more, to see whether there is a next page.
        limit: per_page + 1,
    };
    // Nothing is deleted for good that could be named afterwards.
    let mut found = match kind {
        "permanent" => Vec::new(),
        _ => records::bin(&ctx, &access, wanted).await?,
    };
    let per_page_len = usize::try_from(per_page).unwrap_or(usize::MAX);
    let more = found.len() > per_page_len;
    found.truncate(per_page_len);
    if found.is_empty() {
        return Ok(answer::nothing());
    }
    let info = json!({"per_page": per_page, "count": found.len(), "page": page, "more_records": more});
    let data: Vec<Value> = found.into_iter().map(told).collect();
    Ok(answer::json(StatusCode::OK, &json!({"data": data, "info": info})))
}

pub(super) fn within(params: &Params, name: &str, usual: u32, most: u32) -> Result<u32, ApiError> {
    let number = params.number(name)?.unwrap_or(usual);
    match (1..=most).contains(&number) {
        true => Ok(number),
        false => Err(ApiError::parameter(name, &format!("1 to {most}")).with("maximum_length", most)),
    }
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
