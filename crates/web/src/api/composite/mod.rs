//! Several calls in one: `POST /__composite_requests`.
//!
//! All of them are looked at before any is carried out. Then each goes through the same router as a call by itself, with the
//! layers around it, as whoever makes the whole call: what it may, what it is counted as and what it needs is decided there.
//! They are transactions of their own, one after the other.

mod answers;
mod filling;
mod order;
mod place;
mod plan;
mod reference;
mod running;
mod sending;
mod sub_request;
mod texts;

use axum::response::Response;

use self::plan::Plan;
use self::sending::Sender;
pub use self::sending::Single;
use super::ApiError;
use super::request::JsonBody;
use crate::caller::ApiCaller;
use crate::routes::{Routes, post};

/// Where they stand in the body, and what became of them in the answer.
pub const KEY: &str = "__composite_requests";
/// How many there may be.
pub const MOST: usize = 5;

pub fn routes() -> Routes {
    Routes::new().route("/__composite_requests", post(carry_out))
}

/// `{"__composite_requests": [{method, uri, …}, …]}`: what each was answered with.
async fn carry_out(ApiCaller(_): ApiCaller, sender: Sender, body: JsonBody) -> Result<Response, ApiError> {
    let plan = Plan::read(body.0)?;
    let answers = running::run(plan, &sender, running::LONGEST).await;
    Ok(answers::write(&answers))
}
