//! The list of a type's portal users.

use app::{Ctx, members};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::RecordId;
use domain::members::Status;
use domain::portals::UserType;
use serde_json::{Value, json};
use store::members::{Member, Wanted};

use super::user_type;
use crate::api::request::Params;
use crate::api::{ApiError, answer};
use crate::caller::StaffCaller;

const MAX_PAGE: u32 = 200;
const MAX_SEEN: u32 = 100_000;

pub async fn list(StaffCaller(ctx): StaffCaller, Path((portal, id)): Path<(String, String)>, params: Params) -> Result<Response, ApiError> {
    let user_type = user_type(&ctx, &portal, &id)?;
    let statuses = statuses(params.text("type").unwrap_or("AllUsers"))?;
    let per_page = params.number("per_page")?.unwrap_or(MAX_PAGE);
    let page = params.number("page")?.unwrap_or(1);
    if !(1..=MAX_PAGE).contains(&per_page) || page == 0 || page.saturating_mul(per_page) > MAX_SEEN {
        return Err(ApiError::parameter("per_page", "1 to 200, and a page from 1 on"));
    }
    let chosen: Vec<RecordId> = params.ids("personality_ids", 200)?;
    // A reason to be shut out is not kept yet: it is null for everybody.
    let reasoned = reasons(params.text("filters").or_else(|| params.text("filter")))?;
    let seen = page.saturating_mul(per_page);
    let (mut found, mut total) = match chosen.is_empty() {
        true => some(&ctx, &user_type, statuses, seen).await?,
        false => of(&ctx, &user_type, statuses, &chosen).await?,
    };
    if reasoned {
        (found, total) = (Vec::new(), 0);
    }
    let skip = usize::try_from(seen - per_page).unwrap_or(usize::MAX);
    let shown: Vec<Member> = found.into_iter().skip(skip).take(usize::try_from(per_page).unwrap_or(0)).collect();
    if shown.is_empty() {
        return Ok(answer::nothing());
    }
    let info = json!({
        "per_page": per_page, "total_count": total, "count": shown.len(), "page": page,
        "more_records": u64::from(seen) < total,
    });
    let users: Vec<Value> = shown.iter().map(|m| user(&ctx, m)).collect();
    Ok(answer::json(StatusCode::OK, &json!({"users": users, "info": info})))
}

fn statuses(kind: &str) -> Result<&'static [Status], ApiError> {
    Ok(match kind {
        "AllUsers" => &Status::ALL,
        "AllActiveUsers" | "ActiveUsers" => &[Status::Invited, Status::Active],
        "DeactiveUsers" => &[Status::Deactivated],
        "NotConfirmedUsers" => &[Status::Invited],
        "ConfirmedUsers" => &[Status::Active, Status::Deactivated],
        "ActiveConfirmedUsers" => &[Status::Active],
        _ => {
            let message = "Please check whether the input values are correct";
            return Err(ApiError::new(StatusCode::BAD_REQUEST, "PATTERN_NOT_MATCHED", message).with("api_name", "type"));
        }
    })
}

/// Whether only those with a reason are wanted.
fn reasons(text: Option<&str>) -> Result<bool, ApiError> {
    let Some(text) = text else { return Ok(false) };
    let bad = || ApiError::parameter("filters", "a JSON list of {field, value, comparator} over status_reason__s");
    let filters: Vec<Value> = serde_json::from_str(text).map_err(|_| bad())?;
    let mut reasoned = false;
    for filter in filters {
        let text = |key: &str| filter.get(key).and_then(Value::as_str);
        let valued = filter.get("value").is_some_and(|value| !value.is_null());
        match (text("field"), text("comparator")) {
            (Some("status_reason__s"), Some("equal")) => reasoned |= valued,
            (Some("status_reason__s"), Some("not_equal")) => reasoned |= !valued,
            _ => return Err(bad()),
        }
    }
    Ok(reasoned)
}

/// The newest portal users with these statuses, and how many there are.
async fn some(ctx: &Ctx, user_type: &UserType, statuses: &[Status], limit: u32) -> Result<(Vec<Member>, u64), ApiError> {
    let wanted = |status| Wanted {
        user_type: Some(user_type.id),
        status,
        limit,
        ..Wanted::default()
    };
    let mut found = Vec::new();
    if statuses.len() == Status::ALL.len() {
        found = members::list(ctx, wanted(None)).await?;
    } else {
        for status in statuses {
            found.extend(members::list(ctx, wanted(Some(*status))).await?);
        }
        found.sort_by_key(|m| std::cmp::Reverse(m.id));
    }
    let counts = members::counts(ctx, wanted(None)).await?;
    let total = counts.iter().filter(|(s, _)| statuses.contains(s)).map(|(_, n)| n).sum();
    Ok((found, total))
}

async fn of(ctx: &Ctx, user_type: &UserType, statuses: &[Status], records: &[RecordId]) -> Result<(Vec<Member>, u64), ApiError> {
    let mut found = Vec::new();
    for record in records {
        found.extend(
            members::in_type(ctx, user_type.id, *record)
                .await?
                .filter(|m| statuses.contains(&m.status)),
        );
    }
    let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
    Ok((found, total))
}

fn user(ctx: &Ctx, member: &Member) -> Value {
    let module = ctx.snapshot.catalogue.module(member.module);
    json!({
        "personality_id": member.record,
        "module": module.map(|m| m.api_name.as_str()),
        "name": member.name,
        "email": member.email,
        "active": member.status.holds_seat(),
        "confirm": member.confirmed.is_some(),
        "status_reason__s": null,
        "invited_time": member.invited.iso(),
        "created_time": member.invited.iso(),
        "Source__s": "Portal",
    })
}
