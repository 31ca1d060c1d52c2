//! Records of a module: read, made, changed, deleted.

mod attachments;
mod bin;
mod draft;
mod page;
mod photo;
mod query;
mod related;
pub mod related_counts;
mod search;
mod timeline;
mod upsert;
mod write;

use app::{Ctx, records};
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::access::Access;
use domain::ids::RecordId;
use domain::records::{Filter, Query};
use serde_json::json;

use super::request::Params;
use super::{ApiError, answer};
use crate::caller::ApiCaller;
use crate::routes::{Routes, get, post};

pub fn routes() -> Routes {
    Routes::new()
        .route(
            "/{module}",
            get(list).post(write::create).put(write::update_many).delete(write::delete_many),
        )
        .route("/{module}/{id}", get(one).put(write::update_one).delete(write::delete_one))
        .route(
            "/{module}/{id}/{list}",
            get(related::list)
                .post(related::create)
                .put(related::tie_many)
                .delete(related::untie_many),
        )
        .route(
            "/{module}/{id}/{list}/{child}",
            get(related::one).put(related::tie_one).delete(related::untie_one),
        )
        .route("/{module}/{id}/__timeline", get(timeline::list))
        .merge(attachments::routes())
        .merge(photo::routes())
        .route("/{module}/search", get(find))
        .route("/{module}/upsert", post(write::upsert))
        .route("/{module}/deleted", get(bin::list))
        .route("/{module}/{id}/actions/clone", post(write::copy))
        .route("/{module}/{id}/actions/get_related_records_count", post(related_counts::count))
        .route("/{module}/actions/count", get(count))
}

/// The hot path: parse, one statement, bytes.
async fn list(ApiCaller(ctx): ApiCaller, Path(module): Path<String>, params: Params, headers: HeaderMap) -> Result<Response, ApiError> {
    let access = records::access(&ctx, &module)?;
    let asked = query::list(&ctx, &access, &params, &headers)?;
    let unchanged = asked.since;
    match page::read(&ctx, &access, asked).await? {
        Some(bytes) => Ok(answer::bytes_of(StatusCode::OK, bytes)),
        None if unchanged => Ok(StatusCode::NOT_MODIFIED.into_response()),
        None => Ok(answer::nothing()),
    }
}

async fn one(
    ApiCaller(ctx): ApiCaller,
    Path((module, id)): Path<(String, String)>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let access = records::access(&ctx, &module)?;
    let id = record_id(&id)?;
    let found = single(&ctx, &access, (id, None), &params, &headers).await?;
    found.ok_or_else(|| app::Error::NotFound("record").into())
}

/// The record with this id that a filter lets through, or that it has not changed since; none if the caller sees no such record.
async fn single(
    ctx: &Ctx,
    access: &Access,
    (id, filter): (RecordId, Option<Filter>),
    params: &Params,
    headers: &HeaderMap,
) -> Result<Option<Response>, ApiError> {
    let columns = match params.text("fields") {
        Some(names) => query::columns(access, names)?,
        None => access.plan().columns().iter().map(|c| c.field.id).collect(),
    };
    let asked = |since: Option<Filter>| Query {
        ids: vec![id],
        filter: match (since, filter.clone()) {
            (Some(since), Some(filter)) => Some(Filter::All(vec![since, filter])),
            (since, filter) => since.or(filter),
        },
        ..Query::newest(columns.clone(), 1)
    };
    let since = query::since(access, headers)?;
    let conditional = since.is_some();
    let mut found = records::json_list(ctx, access, &asked(since)).await?;
    if found.count == 0 && conditional {
        found = records::json_list(ctx, access, &asked(None)).await?;
        if found.count > 0 {
            return Ok(Some(StatusCode::NOT_MODIFIED.into_response()));
        }
    }
    if found.count == 0 {
        return Ok(None);
    }
    found.body.push(b'}');
    Ok(Some(answer::bytes_of(StatusCode::OK, found.body)))
}

async fn find(ApiCaller(ctx): ApiCaller, Path(module): Path<String>, params: Params) -> Result<Response, ApiError> {
    let access = records::access(&ctx, &module)?;
    let asked = search::query(&ctx, &access, &params)?;
    let found = page::read(&ctx, &access, asked).await?;
    Ok(found.map_or_else(answer::nothing, |bytes| answer::bytes_of(StatusCode::OK, bytes)))
}

async fn count(ApiCaller(ctx): ApiCaller, Path(module): Path<String>, params: Params) -> Result<Response, ApiError> {
    let access = records::access(&ctx, &module)?;
    let (filter, search) = search::conditions(&access, &params)?;
    let query = Query {
        filter,
        search,
        ..Query::newest(Vec::new(), 1)
    };
    let count = records::count(&ctx, &access, query).await?;
    Ok(answer::json(StatusCode::OK, &json!({ "count": count })))
}

/// The id in an address.
fn record_id(text: &str) -> Result<RecordId, ApiError> {
    text.parse().map_err(|_| {
        ApiError::invalid("the id given seems to be invalid")
            .with("expected_data_type", "bigint")
            .with("resource_path_index", 1)
    })
}
