//! The organisation.

use axum::http::StatusCode;
use axum::response::Response;
use domain::orgs::Edition;
use domain::time::Day;
use serde_json::json;

use super::{ApiError, answer};
use crate::caller::SettingsCaller;
use crate::routes::{Routes, get};

pub fn routes() -> Routes {
    Routes::new().route("/org", get(show))
}

/// The moment at which a day begins.
fn beginning(day: &str) -> Option<String> {
    Some(Day::parse(day)?.start().iso())
}

/// What everybody may know; the licences only those who manage them.
async fn show(SettingsCaller(ctx): SettingsCaller) -> Result<Response, ApiError> {
    let org = &ctx.tenant.org;
    let mut shown = json!({
        "id": org.id,
        "zgid": org.id,
        "company_name": org.name,
        "type": "production",
        "max_per_page": 200,
        "translation_enabled": false,
        "created_time": org.created.iso(),
    });
    if ctx.rights.manage_portals || ctx.rights.manage_portal_users {
        let report = app::licences::show(&ctx).await?;
        let tenure = app::orgs::standing(&ctx).await?.tenure;
        let trial_ends = report.trial_ends.as_ref();
        let details = json!({
            "paid": tenure.edition != Edition::Free,
            "paid_type": tenure.edition.name(),
            "paid_expiry": report.subscription.as_ref().and_then(|bought| beginning(&bought.to)),
            "trial_type": trial_ends.map(|_| "enterprise"),
            "trial_action": null,
            "trial_expiry": trial_ends.and_then(|day| beginning(day)),
            "users_license_purchased": null,
            "portal_users_license_purchased": report.purchased,
            "portal_users_license_free": report.free,
            "portal_users_license_allowance": report.allowance,
            "portal_users_license_consumed": report.consumed,
        });
        if let Some(object) = shown.as_object_mut() {
            object.insert("license_details".into(), details);
        }
    }
    Ok(answer::json(StatusCode::OK, &json!({ "org": [shown] })))
}
