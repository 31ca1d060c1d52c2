//! Queries: `POST /coql`.

use app::records::{self, Refused};
use axum::http::StatusCode;
use axum::response::Response;
use domain::accounts::Operation;
use domain::records::coql::CoqlError;

use super::request::{JsonBody, text};
use super::{ApiError, answer, scope};
use crate::caller::ApiCaller;
use crate::routes::{Routes, post};

pub fn routes() -> Routes {
    Routes::new().route("/coql", post(query))
}

/// `{"select_query": "select … from …"}`: the records found, or 204.
async fn query(ApiCaller(ctx): ApiCaller, body: JsonBody) -> Result<Response, ApiError> {
    let query = text(&body.0, "select_query", "$")?.ok_or_else(|| ApiError::missing("$.select_query"))?;
    let question = records::question(&ctx, query).map_err(|why| match why {
        Refused::Coql(error) => refused(&error),
        // As unknown modules are elsewhere, but for the code.
        Refused::NoModule(name) => ApiError::from(app::Error::NotFound("module")).of_query(&name),
        Refused::Other(error) => error.into(),
    })?;
    for module in question.modules() {
        scope::check_records(&ctx, module, Operation::Read)?;
    }
    let mut found = records::answer(&ctx, &question).await?;
    if found.count == 0 {
        return Ok(answer::nothing());
    }
    let info = format!(",\"info\":{{\"count\":{},\"more_records\":{}}}}}", found.count, found.more);
    found.body.extend_from_slice(info.as_bytes());
    Ok(answer::bytes_of(StatusCode::OK, found.body))
}

/// As the API documents it.
fn refused(error: &CoqlError) -> ApiError {
    let reason = error.to_string();
    let new = |code, message: &'static str| ApiError::new(StatusCode::BAD_REQUEST, code, message);
    let invalid = |message| new("INVALID_QUERY", message).with("reason", reason.as_str());
    match error {
        CoqlError::Syntax { place, near, expected } => new("SYNTAX_ERROR", "invalid query formed")
            .with("line", place.line)
            .with("column", place.column)
            .with("near", near.as_str())
            .with("reason", format!("expected {expected}")),
        CoqlError::NoClause(clause) => new("SYNTAX_ERROR", "missing clause").with("clause", *clause),
        CoqlError::NoColumn(column) => invalid("column given seems to be invalid").with("column_name", column.as_str()),
        CoqlError::Unsuitable { column, data_type, by } => invalid("data type not supported")
            .with("column_name", column.as_str())
            .with("data_type", *data_type)
            .with("by", by.as_str()),
        CoqlError::BadValue { column, data_type } => invalid("value given seems to be invalid for the column")
            .with("column_name", column.as_str())
            .with("expected_data_type", *data_type),
        CoqlError::NotGrouped(column) => invalid("invalid query formed")
            .with("column_name", column.as_str())
            .with("clause", "group by"),
        CoqlError::BadAlias(alias) => new("INVALID_ALIAS", "invalid alias")
            .with("alias", alias.as_str())
            .with("reason", reason),
        CoqlError::SameAlias(alias) => new("DUPLICATE_ALIAS", "duplicate alias").with("alias", alias.as_str()),
        CoqlError::SameColumn(column) => new("DUPLICATE_DATA", "duplicate column").with("column_name", column.as_str()),
        CoqlError::TooMuch { what, limit } => new("LIMIT_EXCEEDED", "limit exceeded")
            .with("limit", *limit)
            .with("by", *what)
            .with("reason", reason),
    }
}
