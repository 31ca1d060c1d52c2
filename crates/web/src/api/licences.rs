//! The licence pool: what it holds, what more licences cost, and what was bought.

mod buying;

use app::licences::{Asked, Wanted, history, ledger, quote, show};
use axum::http::StatusCode;
use axum::response::Response;
use domain::licences::About;
use serde_json::{Value, json};
use store::licences::Entry;

use super::request::Params;
use super::{ApiError, answer};
use crate::caller::StaffCaller;
use crate::routes::{Routes, get, post};

pub fn routes() -> Routes {
    Routes::new()
        .route("/settings/portals/licences", get(pool))
        .route("/settings/portals/licences/quote", get(quoted))
        .route("/settings/portals/licences/ledger", get(told))
        .route("/settings/portals/licences/history", get(passed))
        .route("/settings/portals/licences/purchase", post(buying::purchase))
        .route("/settings/portals/licences/reduce", post(buying::reduce))
        .route("/settings/portals/licences/invoices", get(buying::invoices))
}

async fn pool(StaffCaller(ctx): StaffCaller) -> Result<Response, ApiError> {
    Ok(answer::json(StatusCode::OK, &json!({ "licences": show(&ctx).await? })))
}

/// `?quantity=15000&currency=USD&cycle=monthly`
async fn quoted(StaffCaller(ctx): StaffCaller, params: Params) -> Result<Response, ApiError> {
    let said = |name| params.text(name).unwrap_or_default();
    let wanted = Wanted::read(params.needed("quantity")?, said("currency"), said("cycle"));
    let quote = quote(&ctx, wanted.map_err(ApiError::of_parameter)?)
        .await
        .map_err(ApiError::of_parameter)?;
    Ok(answer::json(StatusCode::OK, &json!({ "quote": quote })))
}

/// `?email=maria@example.com&user_type=17&event=invited&per_page=200&before=1000`
async fn told(StaffCaller(ctx): StaffCaller, params: Params) -> Result<Response, ApiError> {
    let said = |name| params.text(name).unwrap_or_default();
    let asked = Asked::read(said("before"), said("email"), said("user_type"), said("event")).map_err(ApiError::of_parameter)?;
    let per_page = params.number("per_page")?;
    if per_page.is_some_and(|n| !(1..=200).contains(&n)) {
        return Err(ApiError::parameter("per_page", "1 to 200"));
    }
    let page = ledger(&ctx, Asked { limit: per_page, ..asked }).await?;
    let entries: Vec<Value> = page.entries.iter().map(entry).collect();
    let info = json!({ "count": entries.len(), "more_records": page.more });
    Ok(answer::json(StatusCode::OK, &json!({ "ledger": entries, "info": info })))
}

/// Over how many days, if nothing is said.
const DAYS: u32 = 90;

/// `?days=90`
async fn passed(StaffCaller(ctx): StaffCaller, params: Params) -> Result<Response, ApiError> {
    let days = params.number("days")?.unwrap_or(DAYS);
    let history = history(&ctx, u16::try_from(days).unwrap_or(u16::MAX))
        .await
        .map_err(ApiError::of_parameter)?;
    Ok(answer::json(StatusCode::OK, &json!({ "history": history })))
}

fn entry(entry: &Entry) -> Value {
    let recorded = &entry.recorded;
    let about = match &recorded.about {
        About::Seat(seat) => {
            let mut about = vec![("email", json!(seat.email)), ("user_type", json!(seat.user_type.to_string()))];
            about.extend(seat.to.map(|to| ("to_user_type", json!(to.to_string()))));
            about
        }
        About::Licences(_) => vec![("licences", json!(recorded.licences())), ("invoice", json!(recorded.invoice()))],
        About::Edition(tenure) => vec![
            ("edition", json!(tenure.edition.name())),
            ("trial_ends", json!(tenure.trial_ends.map(domain::time::Day::iso))),
        ],
        About::Granted(grant) => vec![("granted", json!(grant.seats)), ("reason", json!(grant.reason))],
        About::CutOver(moved) => vec![("policy", json!(moved.to)), ("grandfathered", json!(moved.grandfathered))],
    };
    let always = [
        ("number", json!(recorded.number)),
        ("time", json!(entry.at.iso())),
        ("event", json!(recorded.event.name())),
        ("by", json!(entry.actor)),
        ("consumed", json!(recorded.consumed)),
        ("purchased", json!(recorded.purchased)),
    ];
    always.into_iter().chain(about).collect()
}
