//! Bulk write: a file's way in, an order, how it stands, what became of each row. For employees, as imports are.

mod asked;
mod upload;

use app::Ctx;
use app::bulk::State;
use app::bulk::write::{self, Asked, Job, Operation, Origin};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::accounts::Operation as Does;
use serde_json::{Value, json};

use super::job;
use crate::api::request::JsonBody;
use crate::api::{ApiError, answer, scope};
use crate::caller::StaffCaller;
use crate::files::send;
use crate::routes::{Routes, get, post};

pub use upload::routes as uploads;

pub fn routes() -> Routes {
    Routes::new()
        .route("/write", post(order))
        .route("/write/{job_id}", get(status))
        .route("/write/{job_id}/result", get(result))
}

async fn order(StaffCaller(ctx): StaffCaller, body: JsonBody) -> Result<Response, ApiError> {
    let asked = asked::read(&body)?;
    // A module that is hidden is as unknown as one that is not there, whatever the token's scopes.
    if let Ok(access) = app::records::access(&ctx, &asked.module) {
        for does in needed(asked.operation) {
            scope::check_records(&ctx, access.plan().module(), *does)?;
        }
    }
    let id = write::order(&ctx, asked).await.map_err(asked::refused)?;
    let made = write::status(&ctx, id).await?;
    let details = json!({"id": id.to_string(), "created_by": job::person(&made.created_by)});
    Ok(answer::json(StatusCode::CREATED, &answer::success(details, "success")))
}

fn needed(operation: Operation) -> &'static [Does] {
    match operation {
        Operation::Insert => &[Does::Create],
        Operation::Update => &[Does::Update],
        Operation::Upsert => &[Does::Create, Does::Update],
    }
}

async fn status(StaffCaller(ctx): StaffCaller, Path(id): Path<String>) -> Result<Response, ApiError> {
    let id = job::id(&id).map_err(|_| job::not_found(StatusCode::BAD_REQUEST, &id))?;
    let found = write::status(&ctx, id).await;
    let found = found.map_err(|error| job::missing(error, StatusCode::BAD_REQUEST, id))?;
    Ok(answer::json(StatusCode::OK, &told(&ctx, &found)))
}

async fn result(StaffCaller(ctx): StaffCaller, Path(id): Path<String>) -> Result<Response, ApiError> {
    let id = job::id(&id).map_err(|_| job::not_found(StatusCode::BAD_REQUEST, &id))?;
    let file = write::result(&ctx, id).await;
    let file = file.map_err(|error| job::missing(error, StatusCode::BAD_REQUEST, id))?;
    Ok(send(file, Some("application/octet-stream")))
}

/// A job in the client's words.
fn told(ctx: &Ctx, found: &Job) -> Value {
    let state = job::state(found.state, "FAILED");
    let mut resource = json!({
        "status": state,
        "type": "data",
        "module": job::module(ctx, &found.asked.module),
        "file_id": found.asked.file.to_string(),
        "field_mappings": mappings(&found.asked),
        "ignore_empty": found.asked.ignore_empty,
        "file": {
            "status": state,
            "added_count": found.counts.added,
            "updated_count": found.counts.updated,
            "skipped_count": found.counts.skipped,
            "total_count": found.counts.total,
        },
    });
    if let Some(resource) = resource.as_object_mut() {
        let name = found
            .file_name
            .as_deref()
            .zip(resource.get_mut("file").and_then(Value::as_object_mut));
        if let Some((name, file)) = name {
            file.insert("name".into(), name.into());
        }
        if let Some(field) = &found.asked.find_by {
            resource.insert("find_by".into(), field.as_str().into());
        }
        if let Some((code, message)) = &found.error {
            resource.insert("code".into(), code.as_str().into());
            resource.insert("message".into(), message.as_str().into());
        }
    }
    let operation = match found.asked.operation {
        Operation::Insert => "insert",
        Operation::Update => "update",
        Operation::Upsert => "upsert",
    };
    let mut told = json!({
        "status": state,
        "character_encoding": found.asked.encoding.as_deref().unwrap_or("UTF-8"),
        "resource": [resource],
        "id": found.id.to_string(),
        "created_by": job::person(&found.created_by),
        "operation": operation,
        "created_time": found.created.iso(),
    });
    if let (Some(url), Some(told)) = (&found.asked.callback, told.as_object_mut()) {
        told.insert("callback".into(), job::called_back(url));
    }
    if let (true, State::Completed, Some(told)) = (found.has_result, found.state, told.as_object_mut()) {
        // Clients go where it says, without knowing the server.
        let base = &ctx.app.settings().public_url;
        let url = format!("{base}/crm/bulk/v8/write/{}/result", found.id);
        told.insert("result".into(), json!({ "download_url": url }));
    }
    told
}

fn mappings(asked: &Asked) -> Vec<Value> {
    let mapping = |column: &write::Column| {
        let mut told = json!({ "api_name": column.field });
        if let Some(told) = told.as_object_mut() {
            match &column.from {
                Origin::Place(index) => drop(told.insert("index".into(), json!(index))),
                Origin::Name(name) => drop(told.insert("header".into(), json!(name))),
                Origin::Nowhere => {}
            }
            for (key, text) in [("find_by", &column.find_by), ("format", &column.format)] {
                if let Some(text) = text {
                    told.insert(key.into(), text.as_str().into());
                }
            }
            if let Some(value) = &column.default {
                told.insert("default_value".into(), json!({ "value": value }));
            }
        }
        told
    };
    asked.columns.iter().map(mapping).collect()
}
