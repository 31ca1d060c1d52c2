//! The product's side: the list of a module as the CRM API gives it.

use app::accounts::{Freshness, authenticate};
use app::{App, records};
use axum::Router;
use axum::extract::{Path, Query as Parameters, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::records::Query;
use serde::Deserialize;
use store::accounts::SessionKind;

use crate::company::{Company, Person};
use crate::shape::{ASKED, PAGE};

/// What a portal user asks.
pub(crate) fn request(person: &Person) -> Vec<u8> {
    let (fields, token) = (ASKED.join(","), &person.token);
    format!(
        "GET /crm/v8/Deals?fields={fields}&per_page={PAGE} HTTP/1.1\r\nhost: localhost\r\n\
         authorization: Zoho-oauthtoken {token}\r\n\r\n"
    )
    .into_bytes()
}

/// The product, as far as it is measured.
pub(crate) fn router(company: &Company) -> Router {
    Router::new().route("/crm/v8/{module}", get(list)).with_state(company.app.clone())
}

#[derive(Debug, Deserialize)]
struct Asked {
    fields: String,
    per_page: u32,
}

async fn list(State(app): State<App>, Path(module): Path<String>, Parameters(asked): Parameters<Asked>, head: HeaderMap) -> Response {
    match answer(&app, &module, &asked, &head).await {
        Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

async fn answer(app: &App, module: &str, asked: &Asked, head: &HeaderMap) -> Result<Vec<u8>, app::Error> {
    let token = head.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| value.strip_prefix("Zoho-oauthtoken "));
    let token = token.ok_or(app::Error::SignedOut)?;
    let ctx = authenticate(app, token, &[SessionKind::Token], Freshness::Cached).await?;
    let access = records::access(&ctx, module)?;
    let field = |name: &str| access.plan().column_named(name).map(|column| column.field.id);
    let columns: Option<Vec<_>> = asked.fields.split(',').map(field).collect();
    let columns = columns.ok_or(app::Error::NotFound("field"))?;
    let list = records::json_list(&ctx, &access, &Query::newest(columns, asked.per_page)).await?;
    let mut body = Vec::with_capacity(list.body.len() + 200);
    body.extend_from_slice(b"{\"data\":[");
    body.extend_from_slice(&list.body);
    let info = format!(
        "],\"info\":{{\"per_page\":{},\"count\":{},\"page\":1,\"sort_by\":\"id\",\"sort_order\":\"desc\",\"more_records\":{}}}}}",
        asked.per_page,
        list.count,
        list.next.is_some()
    );
    body.extend_from_slice(info.as_bytes());
    Ok(body)
}
