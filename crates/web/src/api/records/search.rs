//! Searching: by criteria, by address, by telephone number, by word.

use app::Ctx;
use domain::access::Access;
use domain::modules::FieldKind;
use domain::records::{Filter, Operator, Search, Value, criteria, normalise_email};

use super::query::{self, Asked};
use crate::api::ApiError;
use crate::api::request::Params;

/// Reads the query of `GET /{module}/search`.
pub fn query(ctx: &Ctx, access: &Access, params: &Params) -> Result<Asked, ApiError> {
    let columns = match params.text("fields") {
        Some(names) => query::columns(access, names)?,
        None => access.plan().columns().iter().map(|c| c.field.id).collect(),
    };
    let (filter, search) = conditions(access, params)?;
    if filter.is_none() && search.is_none() {
        return Err(ApiError::no_parameter("criteria"));
    }
    let mut asked = query::paged(ctx, access, params, columns)?;
    asked.query.filter = filter;
    asked.query.search = search;
    Ok(asked)
}

/// The conditions in a query, all of which must hold.
pub fn conditions(access: &Access, params: &Params) -> Result<(Option<Filter>, Option<Search>), ApiError> {
    let mut parts = Vec::new();
    if let Some(text) = params.text("criteria") {
        parts.push(criteria::read(access, text).map_err(|error| match error {
            criteria::Unreadable::Field(name) => query::unknown_field(&name, "criteria"),
            other => invalid(&other),
        })?);
    }
    if let Some(text) = params.text("email") {
        let address = normalise_email(text).ok_or_else(|| ApiError::parameter("email", "an address such as anna@example.com"))?;
        parts.push(any_of(access, &FieldKind::Email, &address));
    }
    if let Some(text) = params.text("phone") {
        parts.push(any_of(access, &FieldKind::Phone, text.trim()));
    }
    let search = params.text("word").map(str::trim).filter(|word| !word.is_empty());
    let filter = if parts.len() > 1 { Some(Filter::All(parts)) } else { parts.pop() };
    Ok((filter, search.map(|word| Search(word.to_owned()))))
}

fn invalid(why: &criteria::Unreadable) -> ApiError {
    let error = ApiError::new(axum::http::StatusCode::BAD_REQUEST, "INVALID_QUERY", "Invalid query formed")
        .with("reason", why.to_string())
        .with("param_name", "criteria");
    match why {
        criteria::Unreadable::Operator { field, operator } => error.with("api_name", field.as_str()).with("operator", operator.as_str()),
        criteria::Unreadable::Value { field, value } => error.with("api_name", field.as_str()).with("value", value.as_str()),
        _ => error,
    }
}

fn any_of(access: &Access, kind: &FieldKind, text: &str) -> Filter {
    let columns = access.plan().columns().iter().filter(|c| c.field.kind == *kind);
    let equal = |c: &domain::access::Column| Filter::Compare {
        field: c.field.id,
        operator: Operator::Equals,
        value: Value::Text(text.to_owned()),
    };
    Filter::Any(columns.map(equal).collect())
}
