//! How many records refer to one, list by list.

use app::{Ctx, records};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::accounts::Operation;
use domain::records::criteria::read_json;
use domain::records::{Filter, Query};
use serde_json::{Map, Value, json};

use super::related::{Parent, Related, unknown_list};
use crate::api::request::{JsonBody, id, text};
use crate::api::{ApiError, answer};
use crate::caller::ApiCaller;

/// Under which the lists stand in the body, and their numbers in the answer.
pub const KEY: &str = "get_related_records_count";
/// The most lists of one call.
pub const MOST: usize = 20;

pub async fn count(ApiCaller(ctx): ApiCaller, Path((module, id)): Path<(String, String)>, body: JsonBody) -> Result<Response, ApiError> {
    let parent = Parent::find(&ctx, (&module, &id)).await?;
    let mut counted = Vec::new();
    for (n, wanted) in body.items(KEY, MOST)?.iter().enumerate() {
        let count = of_list(&ctx, &parent, wanted, &format!("$.{KEY}[{n}]")).await;
        match count {
            // Of these the call as a whole is told.
            Err(error) if error.status() == StatusCode::UNAUTHORIZED || error.status().is_server_error() => return Err(error),
            count => counted.push(count),
        }
    }
    Ok(answer::actions(KEY, StatusCode::OK, counted))
}

async fn of_list(ctx: &Ctx, parent: &Parent, wanted: &Value, path: &str) -> Result<Value, ApiError> {
    let wanted = wanted.as_object().ok_or_else(|| ApiError::wrong_type(path, "jsonobject"))?;
    let related = list(ctx, parent, wanted, path)?;
    let more = filter(&related, wanted, path)?;
    let query = Query {
        filter: Some(Filter::All(std::iter::once(related.filter()).chain(more).collect())),
        ..Query::newest(Vec::new(), 1)
    };
    let count = records::count(ctx, &related.access, query).await?;
    Ok(json!({"count": count, "related_list": {"api_name": related.name, "id": related.field}}))
}

/// The list by its name, or by its id.
fn list(ctx: &Ctx, parent: &Parent, wanted: &Map<String, Value>, path: &str) -> Result<Related, ApiError> {
    let path = format!("{path}.related_list");
    let named = wanted.get("related_list").ok_or_else(|| ApiError::missing(&path))?;
    let named = named.as_object().ok_or_else(|| ApiError::wrong_type(&path, "jsonobject"))?;
    let found = match (text(named, "api_name", &path)?, named.get("id")) {
        (Some(name), _) => parent.list(ctx, |list| list.api_name == name, Operation::Read)?,
        (None, Some(given)) => {
            let wanted = id(given, &format!("{path}.id"))?;
            parent.list(ctx, |list| list.field.id == wanted, Operation::Read)?
        }
        (None, None) => return Err(ApiError::missing(&format!("{path}.api_name"))),
    };
    found.ok_or_else(|| unknown_list().at(&path))
}

/// A condition that the counted records meet besides.
fn filter(related: &Related, wanted: &Map<String, Value>, path: &str) -> Result<Option<Filter>, ApiError> {
    let path = format!("{path}.params.filters");
    let Some(json) = wanted
        .get("params")
        .and_then(|params| params.get("filters"))
        .filter(|json| !json.is_null())
    else {
        return Ok(None);
    };
    let filter = read_json(&related.access, json).map_err(|why| ApiError::invalid(why.to_string()).at(&path))?;
    Ok(Some(filter))
}
