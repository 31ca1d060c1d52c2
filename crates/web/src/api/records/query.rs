//! What a list is asked for: fields, order, page.

use app::Ctx;
use axum::http::{HeaderMap, header};
use domain::access::Access;
use domain::ids::{FieldId, ViewId};
use domain::modules::FieldKind;
use domain::records::{Filter, Operator, Order, Query, SortKey, Value};
use domain::time::Moment;

use super::page::Token;
use crate::api::ApiError;
use crate::api::request::Params;

/// The largest page, and how far pages go by their number.
const MAX_PAGE: u32 = 200;
const MAX_BY_NUMBER: u32 = 2000;
const MAX_FIELDS: usize = 50;
const MAX_IDS: usize = 200;

/// A list as it was asked for.
pub struct Asked {
    pub query: Query,
    pub page: u32,
    /// What the list is sorted by, in the client's words.
    pub sort_by: String,
    /// Whether only records changed since some moment are wanted.
    pub since: bool,
}

/// Reads the query of `GET /{module}`.
pub fn list(ctx: &Ctx, access: &Access, params: &Params, headers: &HeaderMap) -> Result<Asked, ApiError> {
    let columns = columns(access, params.needed("fields")?)?;
    let filter = since(access, headers)?;
    let mut asked = paged(ctx, access, params, columns)?;
    asked.query.ids = params.ids("ids", MAX_IDS)?;
    asked.since = filter.is_some();
    asked.query.filter = filter;
    Ok(asked)
}

/// Reads columns, order and page.
pub fn paged(ctx: &Ctx, access: &Access, params: &Params, columns: Vec<FieldId>) -> Result<Asked, ApiError> {
    let limit = params.number("per_page")?.unwrap_or(MAX_PAGE);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(ApiError::parameter("per_page", "1 to 200").with("maximum_length", MAX_PAGE));
    }
    let mut asked = Asked {
        query: Query::newest(columns, limit),
        page: 1,
        sort_by: "id".into(),
        since: false,
    };
    if let Some(token) = params.text("page_token") {
        let token = Token::read(ctx, token)?;
        (asked.query.order, asked.sort_by) = order(access, &token.sort_by, token.descending)?;
        asked.query.after = Some(token.cursor());
        asked.page = token.page;
        return Ok(asked);
    }
    asked.page = params.number("page")?.unwrap_or(1);
    if asked.page == 0 {
        return Err(ApiError::parameter("page", "1 or more"));
    }
    if asked.page.saturating_mul(limit) > MAX_BY_NUMBER && asked.page > 1 {
        return Err(ApiError::new(
            axum::http::StatusCode::BAD_REQUEST,
            "LIMIT_EXCEEDED",
            "pages go by number up to the first 2000 records: use page_token",
        )
        .with("limit", MAX_BY_NUMBER)
        .with("param_name", "page"));
    }
    (asked.query.order, asked.sort_by) = asked_order(access, params)?;
    Ok(asked)
}

/// The fields with these names; `id` needs no naming, nor does what begins with `$` and is no field.
pub fn columns(access: &Access, names: &str) -> Result<Vec<FieldId>, ApiError> {
    let mut columns = Vec::new();
    for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let column = match access.plan().column_named(name) {
            Some(column) => column,
            None if name == "id" || name == "Tag" || name.starts_with('$') => continue,
            None => return Err(unknown_field(name, "fields")),
        };
        if !columns.contains(&column.field.id) {
            columns.push(column.field.id);
        }
        if columns.len() > MAX_FIELDS {
            return Err(ApiError::too_many("fields", MAX_FIELDS)
                .without("json_path")
                .with("param_name", "fields"));
        }
    }
    Ok(columns)
}

/// A field that does not exist and one that the caller may not see are the same.
pub fn unknown_field(name: &str, parameter: &str) -> ApiError {
    let name: String = name.chars().take(100).collect();
    let error = app::Error::from(domain::records::QueryError::NoSuchField(name));
    ApiError::from(error).with("param_name", parameter)
}

fn asked_order(access: &Access, params: &Params) -> Result<(Order, String), ApiError> {
    let descending = match params.text("sort_order") {
        None => None,
        Some("asc") => Some(false),
        Some("desc") => Some(true),
        Some(_) => return Err(ApiError::parameter("sort_order", "asc or desc").with("supported_values", vec!["asc", "desc"])),
    };
    let view: Option<ViewId> = params.id("cvid")?;
    if let (Some(id), None) = (view, params.text("sort_by")) {
        let view = access.plan().module().views.iter().find(|v| v.id == id);
        let view = view.ok_or_else(|| ApiError::parameter("cvid", "the id of one of the module's views"))?;
        let sorted = view
            .sort
            .and_then(|(field, desc)| Some((access.plan().column(field)?.field.api_name.clone(), desc)));
        if let Some((name, by_view)) = sorted {
            return order(access, &name, descending.unwrap_or(by_view));
        }
    }
    order(access, params.text("sort_by").unwrap_or("id"), descending.unwrap_or(true))
}

fn order(access: &Access, name: &str, descending: bool) -> Result<(Order, String), ApiError> {
    if name == "id" {
        let order = Order {
            key: SortKey::Id,
            descending,
        };
        return Ok((order, "id".into()));
    }
    let column = access.plan().column_named(name).filter(|c| c.field.kind.is_sortable());
    let field = &column.ok_or_else(|| unknown_field(name, "sort_by"))?.field;
    let order = Order {
        key: SortKey::Field(field.id),
        descending,
    };
    Ok((order, field.api_name.clone()))
}

/// `If-Modified-Since` in ISO 8601: only records changed later. Who may not know when a record was
/// changed gets all of them.
pub fn since(access: &Access, headers: &HeaderMap) -> Result<Option<Filter>, ApiError> {
    let Some(at) = moment(headers, "If-Modified-Since", &header::IF_MODIFIED_SINCE)? else {
        return Ok(None);
    };
    let column = access.plan().columns().iter().find(|c| c.field.kind == FieldKind::ModifiedTime);
    Ok(column.map(|column| Filter::Compare {
        field: column.field.id,
        operator: Operator::GreaterOrEqual,
        // Clients know moments to the second: a change within that second is known to them.
        value: Value::Moment(Moment(at.0.div_euclid(1_000_000) * 1_000_000).plus_seconds(1)),
    }))
}

/// A moment in a header.
pub fn moment(headers: &HeaderMap, name: &str, header: &axum::http::HeaderName) -> Result<Option<Moment>, ApiError> {
    let Some(value) = headers.get(header) else { return Ok(None) };
    let at = value.to_str().ok().and_then(Moment::parse);
    at.map(Some)
        .ok_or_else(|| ApiError::parameter(name, "a moment such as 2026-11-24T05:00:00Z").with("expected_data_type", "datetime"))
}
