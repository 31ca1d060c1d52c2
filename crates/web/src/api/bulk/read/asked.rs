//! What an order asks for, and the answers to those that cannot be.

use app::Ctx;
use app::bulk::read::{Asked, MOST_PAGES, Refused};
use axum::http::StatusCode;
use domain::records::criteria::Unreadable;
use serde_json::{Map, Value};

use super::token::Token;
use crate::api::ApiError;
use crate::api::bulk::job;
use crate::api::request::{JsonBody, text};

/// The comparators that fields may have, as the API calls them.
const COMPARATORS: [&str; 12] = [
    "equal",
    "not_equal",
    "in",
    "not_in",
    "less_than",
    "less_equal",
    "greater_than",
    "greater_equal",
    "between",
    "not_between",
    "contains",
    "starts_with",
];

/// Reads `{"query": {module, fields, criteria, page, page_token}, "file_type": "csv"}`.
pub fn read(ctx: &Ctx, body: &JsonBody) -> Result<Asked, ApiError> {
    let query = object(&body.0, "query", "$")?.ok_or_else(|| ApiError::missing("$.query"))?;
    for (of, path) in [(&body.0, "$"), (query, "$.query")] {
        match text(of, "file_type", path)? {
            None | Some("csv") => {}
            Some("ics") => return Err(bad("NOT_SUPPORTED_FEATURE", "only csv files can be read").at(&format!("{path}.file_type"))),
            Some(_) => return Err(ApiError::wrong_type(&format!("{path}.file_type"), "csv")),
        }
    }
    if query.get("cvid").is_some_and(|view| !view.is_null()) {
        return Err(bad("CVID_NOT_SUPPORTED", "records cannot be read by a view: use criteria").at("$.query.cvid"));
    }
    let module = object(query, "module", "$.query")?.ok_or_else(|| ApiError::missing("$.query.module"))?;
    let module = text(module, "api_name", "$.query.module")?.ok_or_else(|| ApiError::missing("$.query.module.api_name"))?;
    let (page, after) = page(ctx, module, query)?;
    Ok(Asked {
        module: module.to_owned(),
        fields: fields(query)?,
        criteria: query.get("criteria").filter(|criteria| !is_nothing(criteria)).cloned(),
        page,
        after,
        callback: job::callback(&body.0)?,
    })
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_object().is_some_and(Map::is_empty)
}

/// The object at a key, if there is one.
fn object<'a>(of: &'a Map<String, Value>, key: &str, path: &str) -> Result<Option<&'a Map<String, Value>>, ApiError> {
    match of.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Err(ApiError::wrong_type(&format!("{path}.{key}"), "jsonobject")),
    }
}

/// The page by its number, or by the token that the page before gave.
fn page(ctx: &Ctx, module: &str, query: &Map<String, Value>) -> Result<(u32, Option<i64>), ApiError> {
    if let Some(token) = text(query, "page_token", "$.query")? {
        let token = Token::read(ctx, module, token)
            .ok_or_else(|| ApiError::invalid("the page token is not one of yours").at("$.query.page_token"))?;
        return Ok((token.page, Some(token.after)));
    }
    match query.get("page") {
        None | Some(Value::Null) => Ok((1, None)),
        Some(page) => match page.as_u64().map(u32::try_from) {
            Some(Ok(page)) if page > 0 => Ok((page, None)),
            Some(Err(_)) => Err(page_range()),
            _ => Err(ApiError::wrong_type("$.query.page", "integer")),
        },
    }
}

/// `id` needs no naming: it is always there.
fn fields(query: &Map<String, Value>) -> Result<Vec<String>, ApiError> {
    let names = match query.get("fields") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(names)) => names,
        Some(_) => return Err(ApiError::wrong_type("$.query.fields", "jsonarray")),
    };
    let name = |(n, name): (usize, &Value)| {
        let name = name.as_str().filter(|name| !name.contains('\0'));
        name.map(str::to_owned)
            .ok_or_else(|| ApiError::wrong_type(&format!("$.query.fields[{n}]"), "text"))
    };
    let names: Vec<String> = names.iter().enumerate().map(name).collect::<Result<_, _>>()?;
    Ok(names.into_iter().filter(|name| !name.eq_ignore_ascii_case("id")).collect())
}

fn bad(code: &'static str, message: impl Into<std::borrow::Cow<'static, str>>) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, code, message)
}

fn page_range() -> ApiError {
    bad(
        "PAGE_RANGE_EXCEEDED",
        format!("pages go by number up to {MOST_PAGES}: use page_token"),
    )
    .with("max_limit", MOST_PAGES)
}

/// The answer to an order that cannot be carried out.
pub fn refused(refused: Refused, module: &str) -> ApiError {
    let message = refused.to_string();
    match refused {
        Refused::Page => page_range(),
        Refused::Callback(why) => job::bad_callback(why),
        Refused::Field(name) => bad("FIELD_NOT_AVAILABLE", message).with("api_name", name).with("module", module),
        Refused::TooManyFields => bad("QUERY_NOT_SUPPORTED", message).at("$.query.fields"),
        Refused::Criteria(why) => criteria(&why, module),
        Refused::App(app::Error::NotFound("module")) => bad("MODULE_NOT_AVAILABLE", "the module name given seems to be invalid"),
        Refused::App(error) => error.into(),
    }
}

fn criteria(why: &Unreadable, module: &str) -> ApiError {
    let code = match why {
        Unreadable::Field(name) => {
            return bad("FIELD_IN_CRITERIA_NOT_AVAILABLE", why.to_string())
                .with("api_name", name.as_str())
                .with("module", module);
        }
        Unreadable::Operator { field, operator } => {
            return bad("FIELD_AND_COMPARATOR_IN_CRITERIA_NOT_COMPATIBLE", why.to_string())
                .with("api_name", field.as_str())
                .with("comparator", operator.as_str())
                .with("supported", COMPARATORS.to_vec());
        }
        Unreadable::Value { field, .. } => {
            return bad("FIELD_AND_VALUE_IN_CRITERIA_NOT_COMPATIBLE", why.to_string()).with("api_name", field.as_str());
        }
        Unreadable::GroupOperator => "GROUP_OPERATOR_NOT_SUPPORTED",
        Unreadable::TooMuch => "CRITERIA_LIMIT_EXCEEDED",
        Unreadable::Shape => "INVALID_CRITERIA",
    };
    let message = match why {
        Unreadable::Shape => "expected criteria with field, comparator and value, or with group_operator and group".to_owned(),
        other => other.to_string(),
    };
    bad(code, message).at("$.query.criteria")
}
