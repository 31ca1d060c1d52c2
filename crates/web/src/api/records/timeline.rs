//! What was done to a record, and by whom: for employees. It names fields; what stood in them is not kept.

use app::records;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::access::Access;
use serde_json::{Value, json};
use store::audit::{Entry, Slice};

use super::record_id;
use super::related::unseen;
use crate::api::numbered::Numbered;
use crate::api::request::Params;
use crate::api::{ApiError, answer};
use crate::caller::StaffCaller;

/// How far pages go.
const MAX_BY_NUMBER: u32 = 10_000;

pub async fn list(StaffCaller(ctx): StaffCaller, Path((module, id)): Path<(String, String)>, params: Params) -> Result<Response, ApiError> {
    let access = records::access(&ctx, &module)?;
    let page = Numbered::read(&params, MAX_BY_NUMBER)?;
    let slice = Slice {
        skip: page.skip(),
        limit: page.limit(),
    };
    let found = records::history(&ctx, &access, record_id(&id)?, slice).await;
    let mut found = found.map_err(|error| unseen(error, 1))?;
    let info = page.cut(&mut found);
    if found.is_empty() {
        return Ok(answer::nothing());
    }
    let told: Vec<Value> = found.iter().map(|entry| told(&access, entry)).collect();
    Ok(answer::json(StatusCode::OK, &json!({"__timeline": told, "info": info})))
}

fn told(access: &Access, entry: &Entry) -> Value {
    let module = access.plan().module();
    json!({
        "id": entry.id.to_string(),
        "action": action(&entry.action),
        "source": if entry.by_portal_user { "portals" } else { "crm" },
        "audited_time": entry.at.iso(),
        "done_by": {"id": entry.actor_id.to_string(), "name": entry.actor},
        "record": {"id": entry.record, "module": {"api_name": module.api_name, "id": module.id}},
        "field_history": fields(access, entry),
    })
}

/// The fields that were written, of those that whoever asks may read.
fn fields(access: &Access, entry: &Entry) -> Vec<Value> {
    let named = entry.detail.split(", ").filter_map(|name| access.plan().column_named(name));
    let told = |column: &domain::access::Column| {
        let field = &column.field;
        json!({"id": field.id, "api_name": field.api_name, "field_label": field.label, "data_type": field.kind.wire()})
    };
    named.map(told).collect()
}

/// As the CRM calls what was done; what it has no word for keeps ours.
fn action(ours: &str) -> &str {
    match ours {
        "created" | "imported" => "added",
        "invited" => "portals_invitation_sent",
        "confirmed" => "portals_invitation_accepted",
        "activated" => "portals_user_type_activated",
        "deactivated" => "portals_user_type_deactivated",
        "transferred" => "portal_user_transferred",
        "removed" => "portal_user_deleted",
        other => other,
    }
}
