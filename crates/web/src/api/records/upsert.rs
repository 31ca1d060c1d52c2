//! Changing the records that are there, making the others.

use app::records::{self, Upserted, Wanted};
use app::{Ctx, Error};
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::Access;
use domain::ids::{FieldId, RecordId};
use domain::records::{duplicate_checks, is_key};
use serde_json::{Map, Value, json};

use super::draft::{self, Purpose};
use super::write::{Failure, LIMIT, stamps};
use crate::api::request::{JsonBody, id};
use crate::api::{ApiError, answer};

/// The most fields by which records are compared.
const MOST_CHECKS: usize = 10;

/// Does it under the caller's access.
pub async fn under(ctx: &Ctx, access: &Access, body: &JsonBody) -> Result<Response, ApiError> {
    let items = body.items("data", LIMIT)?;
    let checks = checks(access, body)?;
    let wanted: Vec<Result<Wanted, Failure>> = items.iter().enumerate().map(|(n, item)| wanted(access, n, item)).collect();
    let given = wanted.iter().filter_map(|w| w.as_ref().ok()).cloned().collect();
    let mut done = records::upsert_many(ctx, access, given, checks).await?.into_iter();
    let results: Vec<Result<Upserted, Failure>> = wanted
        .into_iter()
        .map(|w| w.and_then(|_| done.next().unwrap_or(Err(Error::Busy)).map_err(Failure::Use)))
        .collect();
    let written = results.iter().filter_map(|r| r.as_ref().ok()).map(|done| done.id).collect();
    let stamps = stamps(ctx, access, written).await?;
    let item = |(n, result): (usize, Result<Upserted, Failure>)| match result {
        Ok(done) => Ok(told(access, done, &stamps)),
        Err(failure) => Err(failure.at(n)),
    };
    Ok(answer::actions(
        "data",
        StatusCode::OK,
        results.into_iter().enumerate().map(item).collect(),
    ))
}

/// The fields by which records are compared: those that are named, else those that the module has.
fn checks(access: &Access, body: &JsonBody) -> Result<Vec<FieldId>, ApiError> {
    let named = match body.0.get("duplicate_check_fields") {
        None | Some(Value::Null) => return Ok(duplicate_checks(access.plan().module())),
        Some(Value::Array(names)) if names.is_empty() => return Ok(duplicate_checks(access.plan().module())),
        Some(Value::Array(names)) if names.len() > MOST_CHECKS => {
            return Err(ApiError::too_many("$.duplicate_check_fields", MOST_CHECKS));
        }
        Some(Value::Array(names)) => names,
        Some(_) => return Err(ApiError::wrong_type("$.duplicate_check_fields", "jsonarray")),
    };
    let check = |(n, name): (usize, &Value)| {
        let path = format!("$.duplicate_check_fields[{n}]");
        let name = name.as_str().ok_or_else(|| ApiError::wrong_type(&path, "text"))?;
        // What cannot be compared is as unknown as what is hidden.
        let column = access.plan().column_named(name).filter(|column| is_key(&column.field));
        column
            .map(|column| column.field.id)
            .ok_or_else(|| ApiError::invalid("invalid data").at(&path))
    };
    named.iter().enumerate().map(check).collect()
}

fn wanted(access: &Access, n: usize, item: &Value) -> Result<Wanted, Failure> {
    let item = item.as_object().ok_or(Failure::NoObject)?;
    let known = match item.get("id") {
        None | Some(Value::Null) => None,
        Some(given) => Some(id::<RecordId>(given, &format!("$.data[{n}].id")).map_err(Failure::Item)?),
    };
    Ok(Wanted {
        id: known,
        make: draft::read(access, item, Purpose::Make),
        change: draft::read(access, item, Purpose::Change),
    })
}

fn told(access: &Access, done: Upserted, stamps: &[(RecordId, Map<String, Value>)]) -> Value {
    let found = stamps.iter().find(|(id, _)| *id == done.id);
    let details = found.map_or_else(|| json!({ "id": done.id }), |(_, details)| Value::Object(details.clone()));
    let (action, message) = match done.made {
        true => ("insert", "record added"),
        false => ("update", "record updated"),
    };
    let by = done.by.and_then(|field| access.plan().column(field));
    let mut item = answer::success(details, message);
    if let Some(item) = item.as_object_mut() {
        item.insert("action".into(), action.into());
        item.insert("duplicate_field".into(), json!(by.map(|column| &column.field.api_name)));
    }
    item
}
