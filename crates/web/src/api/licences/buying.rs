//! Buying licences by the API, and what is owed for them.

use app::Error;
use app::licences::{Taken, Wanted};
use axum::http::StatusCode;
use axum::response::Response;
use domain::licences::{NoPrice, NoStep};
use serde_json::{Map, Value, json};

use super::super::request::{JsonBody, text};
use super::super::{ApiError, answer};
use crate::caller::StaffCaller;

const PATH: &str = "$.licences[0]";

/// `{"licences": [{"quantity": 500, "currency": "USD", "cycle": "monthly"}]}`; without currency and cycle as they were
/// bought before.
pub async fn purchase(StaffCaller(ctx): StaffCaller, body: JsonBody) -> Result<Response, ApiError> {
    let item = body.only("licences")?;
    let said = |name| text(item, name, PATH).map(Option::unwrap_or_default);
    let wanted = Wanted::read(&quantity(item)?.to_string(), said("currency")?, said("cycle")?).map_err(refused)?;
    let taken = app::licences::purchase(&ctx, wanted).await.map_err(refused);
    Ok(done(taken, "licences purchased"))
}

/// `{"licences": [{"quantity": 200}]}`: so many from the next period on. 0 cancels.
pub async fn reduce(StaffCaller(ctx): StaffCaller, body: JsonBody) -> Result<Response, ApiError> {
    let quantity = quantity(body.only("licences")?)?;
    let taken = app::licences::reduce(&ctx, quantity).await.map_err(refused);
    Ok(done(taken, "licences changed from the next period on"))
}

/// The invoices, the newest first.
pub async fn invoices(StaffCaller(ctx): StaffCaller) -> Result<Response, ApiError> {
    let invoices = app::licences::invoices(&ctx).await?;
    Ok(answer::list("invoices", invoices.iter().map(|invoice| json!(invoice)).collect()))
}

fn quantity(item: &Map<String, Value>) -> Result<u64, ApiError> {
    let path = format!("{PATH}.quantity");
    match item.get("quantity") {
        None | Some(Value::Null) => Err(ApiError::missing(&path)),
        Some(Value::Number(number)) if number.is_i64() || number.is_u64() => match number.as_u64() {
            Some(quantity) => Ok(quantity),
            None => Err(ApiError::invalid("invalid data: expected a whole number from 0 on").at(&path)),
        },
        Some(_) => Err(ApiError::wrong_type(&path, "integer")),
    }
}

/// What is wrong with a part of the body, with its place.
fn refused(error: Error) -> ApiError {
    let at = |name: &str, message: String| ApiError::invalid(message).at(&format!("{PATH}.{name}"));
    match &error {
        Error::Input(name, _) => at(name, error.to_string()),
        Error::NoStep(NoStep::TooMany(_) | NoStep::NotFewer(_) | NoStep::NoPrice(NoPrice::Quantity)) => at("quantity", error.to_string()),
        _ => error.into(),
    }
}

fn done(taken: Result<Taken, ApiError>, message: &str) -> Response {
    let item = taken.map(|taken| {
        let details = json!({ "subscription": taken.subscription, "invoice": taken.invoice });
        answer::success(details, message)
    });
    answer::actions("licences", StatusCode::OK, vec![item])
}
