//! The other side: a handler written by hand, with the best SQL known and nothing around it. It believes the header
//! that says who asks.

mod json;
mod postgres;
mod sql;
mod sqlite;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::Done;
use crate::company::{Company, Person};
use crate::place::Place;

const ANCHOR: &str = "x-anchor";

/// What a portal user asks.
pub(crate) fn request(person: &Person) -> Vec<u8> {
    format!("GET /deals HTTP/1.1\r\nhost: localhost\r\n{ANCHOR}: {}\r\n\r\n", person.anchor).into_bytes()
}

/// The handler over the driver of the place's database.
#[expect(clippy::disallowed_methods, reason = "written by hand is without a table")]
pub(crate) async fn router(place: &Place, company: &Company) -> Done<Router> {
    let name = format!("org_{}", company.org);
    if let Some(file) = place.file(&name) {
        let readers = Arc::new(sqlite::Readers::open(&file, &sql::sqlite(&company.ctx)?)?);
        return Ok(Router::new().route("/deals", get(over_sqlite)).with_state(readers));
    }
    let url = place.url().ok_or("neither a file nor a server")?;
    let list = postgres::Server::connect(&url, sql::postgres(&company.ctx, &name)?)?;
    Ok(Router::new().route("/deals", get(over_postgres)).with_state(Arc::new(list)))
}

async fn over_sqlite(State(readers): State<Arc<sqlite::Readers>>, head: HeaderMap) -> Response {
    match anchor(&head) {
        Some(anchor) => respond(readers.list(anchor).await),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

async fn over_postgres(State(server): State<Arc<postgres::Server>>, head: HeaderMap) -> Response {
    match anchor(&head) {
        Some(anchor) => respond(server.list(anchor).await),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn anchor(head: &HeaderMap) -> Option<i64> {
    head.get(ANCHOR)?.to_str().ok()?.parse().ok()
}

fn respond(body: Done<Vec<u8>>) -> Response {
    match body {
        Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
