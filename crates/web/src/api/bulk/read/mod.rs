//! Bulk read: an order, how it stands, its file.

mod asked;
mod token;

use app::bulk::read::{self, Job, PER_PAGE};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::Access;
use domain::accounts::Operation;
use serde_json::{Map, Value, json};

use super::job;
use crate::api::request::JsonBody;
use crate::api::{ApiError, answer, scope};
use crate::caller::SettingsCaller;
use crate::files::send;
use crate::routes::{Routes, get, post};

pub fn routes() -> Routes {
    Routes::new()
        .route("/read", post(order))
        .route("/read/{job_id}", get(status))
        .route("/read/{job_id}/result", get(result))
}

/// For everybody, as far as they see records.
async fn order(SettingsCaller(ctx): SettingsCaller, body: JsonBody) -> Result<Response, ApiError> {
    let asked = asked::read(&ctx, &body)?;
    // A module that is hidden is as unknown as one that is not there, whatever the token's scopes.
    if let Ok(access) = app::records::access(&ctx, &asked.module) {
        scope::check_records(&ctx, access.plan().module(), Operation::Read)?;
    }
    let module = asked.module.clone();
    let id = read::order(&ctx, asked).await.map_err(|why| asked::refused(why, &module))?;
    let made = read::status(&ctx, id).await?;
    let details = json!({
        "id": id.to_string(),
        "operation": "read",
        "state": "ADDED",
        "created_by": job::person(&made.created_by),
        "created_time": made.created.iso(),
    });
    let item = answer::outcome("ADDED_SUCCESSFULLY", details, "Added successfully.");
    Ok(answer::json(StatusCode::CREATED, &json!({"data": [item], "info": {}})))
}

/// What is told here is not read through the gate: who asks is looked up anew, so that it ends with their rights.
async fn status(SettingsCaller(ctx): SettingsCaller, Path(id): Path<String>) -> Result<Response, ApiError> {
    let id = job::id(&id)?;
    let found = read::status(&ctx, id).await;
    let found = found.map_err(|error| job::missing(error, StatusCode::NOT_FOUND, id))?;
    may_read(&ctx, &found, StatusCode::NOT_FOUND)?;
    Ok(answer::json(StatusCode::OK, &json!({ "data": [told(&ctx, &found)] })))
}

async fn result(SettingsCaller(ctx): SettingsCaller, Path(id): Path<String>) -> Result<Response, ApiError> {
    let id = job::id(&id).map_err(|_| job::not_found(StatusCode::BAD_REQUEST, &id))?;
    let found = read::status(&ctx, id).await;
    let found = found.map_err(|error| job::missing(error, StatusCode::BAD_REQUEST, id))?;
    may_read(&ctx, &found, StatusCode::BAD_REQUEST)?;
    let file = read::result(&ctx, id).await;
    let file = file.map_err(|error| job::missing(error, StatusCode::BAD_REQUEST, id))?;
    Ok(send(file, Some("application/x-download")))
}

/// Whoever ordered it may have another program with a token for other modules. A module that they do not see any more has no records
/// for them, whatever was read.
fn may_read(ctx: &app::Ctx, found: &Job, missing: StatusCode) -> Result<(), ApiError> {
    let access = app::records::access(ctx, &found.module).map_err(|_| job::not_found(missing, &found.id.to_string()))?;
    scope::check_records(ctx, access.plan().module(), Operation::Read)
}

/// A job in the client's words.
fn told(ctx: &app::Ctx, found: &Job) -> Value {
    let mut query = json!({
        "module": job::module(ctx, &found.module),
        "page": found.page,
    });
    let mut told = json!({
        "id": found.id.to_string(),
        "operation": "read",
        "state": job::state(found.state, "FAILURE"),
        "created_by": job::person(&found.created_by),
        "created_time": found.created.iso(),
        "file_type": "csv",
    });
    if let Some(query) = query.as_object_mut() {
        if !found.fields.is_empty() {
            query.insert("fields".into(), json!(found.fields));
        }
        if let Some(criteria) = &found.criteria {
            let access = app::records::access(ctx, &found.module).ok();
            query.insert("criteria".into(), with_ids(criteria, access.as_ref()));
        }
    }
    if let Some(told) = told.as_object_mut() {
        told.insert("query".into(), query);
        if let Some(url) = &found.callback {
            told.insert("callback".into(), job::called_back(url));
        }
        if let Some(result) = outcome(ctx, found) {
            told.insert("result".into(), result);
        }
    }
    told
}

/// Criteria as they were sent, with the ids of the fields that whoever asks may read.
fn with_ids(criteria: &Value, access: Option<&Access>) -> Value {
    match criteria {
        Value::Array(parts) => parts.iter().map(|part| with_ids(part, access)).collect(),
        Value::Object(object) => {
            let told = object.iter().map(|(key, part)| match key.as_str() {
                "field" => (key.clone(), with_id(part, access)),
                _ => (key.clone(), with_ids(part, access)),
            });
            told.collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

fn with_id(field: &Value, access: Option<&Access>) -> Value {
    let mut told = field.clone();
    let named = field.get("api_name").and_then(Value::as_str);
    let column = named.and_then(|name| access?.plan().column_named(name));
    if let (Some(column), Some(told)) = (column, told.as_object_mut()) {
        told.insert("id".into(), json!(column.field.id));
    }
    told
}

/// What it has found, or why it could not.
fn outcome(ctx: &app::Ctx, found: &Job) -> Option<Value> {
    if let Some(why) = &found.error {
        return Some(json!({ "error_message": why }));
    }
    let result = found.found?;
    let mut told = json!({
        "page": found.page,
        "per_page": PER_PAGE,
        "count": result.count,
        "download_url": format!("/crm/bulk/v8/read/{}/result", found.id),
        "more_records": result.last.is_some(),
    });
    if let (Some(last), Some(told)) = (result.last, told.as_object_mut()) {
        let next = token::Token::new(ctx, &found.module, found.page, last);
        told.insert("next_page_token".into(), next.write().into());
    }
    Some(told)
}
