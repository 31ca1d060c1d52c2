//! Locking portal users out, and letting them in again.

use app::{Error, members};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::RecordId;
use domain::members::Refusal;
use serde_json::{Value, json};

use super::{item, member, user_type};
use crate::api::request::{JsonBody, Params, id, items};
use crate::api::{ApiError, answer};
use crate::caller::StaffCaller;

/// The most portal users of one call.
const LIMIT: usize = 100;

pub async fn one(
    StaffCaller(ctx): StaffCaller,
    Path((portal, id, user)): Path<(String, String, String)>,
    params: Params,
) -> Result<Response, ApiError> {
    let user_type = user_type(&ctx, &portal, &id)?;
    let active = params.flag("active")?.ok_or_else(|| ApiError::no_parameter("active"))?;
    let invalid = || ApiError::invalid("the id given seems to be invalid").with("resource_path_index", "6");
    let record: RecordId = user.parse().map_err(|_| invalid())?;
    let result = match member(&ctx, &user_type, record, "Status change").await {
        Ok(member) if active => members::activate(&ctx, member.id).await.map_err(|e| refused(e, active)),
        Ok(member) => members::deactivate(&ctx, member.id).await.map_err(|e| refused(e, active)),
        Err(_) => Err(invalid()),
    };
    let item = item(record, result, "Status of the user changed successfully.");
    Ok(answer::actions("change_status", StatusCode::OK, vec![item]))
}

fn refused(error: Error, active: bool) -> ApiError {
    let bad = |code, message: &'static str| ApiError::new(StatusCode::BAD_REQUEST, code, message).with("resource_path_index", "6");
    match error {
        // Who is invited counts as active already.
        Error::Refused(Refusal::AlreadyActive | Refusal::NotAccepted) if active => {
            bad("ALREADY_ACTIVATED", "Already in active state only.")
        }
        Error::Refused(Refusal::NotAccepted) => bad("NOT_ALLOWED", "Deactivating unconfirmed user is not allowed"),
        Error::Refused(Refusal::Deactivated) => bad("NOT_ALLOWED", "Already in deactivated state only."),
        Error::Input("record", _) => bad(
            "INVALID_DATA",
            "Activation/Deactivation of portal user whose personality record in recyclebin is not allowed.",
        ),
        Error::Exhausted(full) => {
            let message = format!(
                "License Limit has been exceeded: {} of {} portal licences are in use.",
                full.consumed, full.allowance
            );
            ApiError::new(StatusCode::FORBIDDEN, "LIMIT_EXCEEDED", message)
                .with("limit", full.allowance)
                .with("consumed", full.consumed)
        }
        other => other.into(),
    }
}

pub async fn many(StaffCaller(ctx): StaffCaller, Path((portal, id)): Path<(String, String)>, body: JsonBody) -> Result<Response, ApiError> {
    let user_type = user_type(&ctx, &portal, &id)?;
    let result = match wanted(&body) {
        Ok(wanted) => {
            let job = members::schedule_statuses(&ctx, user_type.id, wanted).await?;
            let details = json!({"job_id": job.to_string()});
            Ok(answer::outcome(
                "SCHEDULED",
                details,
                "Portal bulk user status change scheduled successfully",
            ))
        }
        Err(error) => Err(error),
    };
    Ok(answer::actions("change_status", StatusCode::OK, vec![result]))
}

fn wanted(body: &JsonBody) -> Result<Vec<(RecordId, bool)>, ApiError> {
    let group = body.only("change_status")?;
    let path = "$.change_status[0]";
    let one = |(n, item): (usize, &Value)| {
        let path = format!("{path}.users[{n}]");
        let object = item.as_object().ok_or_else(|| ApiError::wrong_type(&path, "jsonobject"))?;
        let record_path = format!("{path}.personality_id");
        let record = object.get("personality_id").ok_or_else(|| ApiError::missing(&record_path))?;
        let active_path = format!("{path}.active");
        match object.get("active") {
            Some(Value::Bool(active)) => Ok((id(record, &record_path)?, *active)),
            Some(_) => Err(ApiError::wrong_type(&active_path, "boolean")),
            None => Err(ApiError::missing(&active_path)),
        }
    };
    items(group, "users", path, LIMIT)?.iter().enumerate().map(one).collect()
}
