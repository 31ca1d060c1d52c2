//! The rule that a widening needs a second administrator.

use app::{Error, policies};
use axum::response::Response;

use super::super::posted::Posted;
use super::super::visit::Visit;
use crate::failure::PageError;
use crate::pages::done::{Done, lead_to};

pub async fn change(visit: Visit, posted: Posted) -> Result<Response, PageError> {
    let ctx = visit.ctx();
    super::need_manage_portals(&visit)?;
    let done = match posted.one("do") {
        "on" => policies::turn_on(ctx).await.map(|()| Done::RuleOn)?,
        "ask-for-off" => policies::ask_for_off(ctx).await.map(|()| Done::RuleOffAsked)?,
        "agree-to-off" => policies::agree_to_off(ctx).await.map(|()| Done::RuleOff)?,
        "keep-on" => policies::keep_on(ctx).await.map(|()| Done::RuleKept)?,
        _ => return Err(Error::Input("do", "on, ask-for-off, agree-to-off or keep-on".into()).into()),
    };
    Ok(lead_to("/admin/policies", done))
}
