//! The document that describes the API to programs: OpenAPI 3.1, for whoever asks for it.
//!
//! It is made of the organisation's catalogue and of the caller's plan when it is asked for, so that it names each module
//! and field that there is for the caller and none besides. Schemas are written as they are read, in JSON.

mod access;
mod bulk;
mod composite;
mod coql;
mod errors;
mod fields;
mod files;
mod licences;
mod notifications;
mod oauth;
mod operation;
mod parameter;
mod people;
mod photo;
mod portal_users;
mod portals;
mod record_schemas;
mod records;
mod related;
mod schema;
mod security;
mod settings;
mod values;

use std::collections::HashSet;

use app::Ctx;
use axum::http::StatusCode;
use axum::response::Response;
use domain::modules::ModuleSource;
use serde_json::{Map, Value, json};

use self::operation::{Audience, Operation};
use super::answer;
use crate::caller::SettingsCaller;
use crate::routes::{Routes, get};

/// An id for examples.
const EXAMPLE_ID: &str = "4150868000000100140";

pub fn routes() -> Routes {
    Routes::new().route("/openapi.json", get(show))
}

async fn show(SettingsCaller(ctx): SettingsCaller) -> Response {
    answer::json(StatusCode::OK, &document(&ctx))
}

/// The document for one caller.
pub fn document(ctx: &Ctx) -> Value {
    let operations = operations(ctx);
    let is_custom = |module: &str| {
        ctx.snapshot
            .catalogue
            .named(module)
            .is_some_and(|m| m.source == ModuleSource::Custom)
    };
    let (mut paths, mut securities) = (Map::new(), Vec::new());
    for operation in &operations {
        let security = security::of(operation, is_custom);
        let item = paths.entry(security::full(&operation.path)).or_insert_with(|| json!({}));
        if let Some(item) = item.as_object_mut() {
            item.insert(operation.method.as_str().to_lowercase(), operation.written(security.clone()));
        }
        securities.push(security);
    }
    let base = &ctx.app.settings().public_url;
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("{}: the API", ctx.tenant.org.name),
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The Zoho CRM API, version 8, as far as you may use it. Ids are text: a JSON number would lose some of their digits.",
        },
        "servers": [{"url": base}],
        "tags": tags(&operations),
        "paths": paths,
        "components": {"schemas": schemas(ctx), "securitySchemes": security::schemes(base, &securities)},
    })
}

/// What the caller may do.
fn operations(ctx: &Ctx) -> Vec<Operation> {
    let mut all = Vec::new();
    for access in ctx.snapshot.accesses(ctx.viewer) {
        all.extend(records::operations(ctx, &access));
    }
    all.extend(settings::operations());
    all.extend(people::operations());
    all.extend(portals::operations());
    all.extend(portal_users::operations());
    all.extend(licences::operations());
    all.extend(access::operations());
    all.extend(coql::operations());
    all.extend(composite::operations());
    all.extend(bulk::operations());
    all.extend(files::operations());
    all.extend(notifications::operations());
    all.extend(oauth::operations());
    all.push(itself());
    all.retain(|operation| operation.audience == Audience::Everybody || !ctx.is_portal_user());
    number_twins(&mut all);
    all
}

/// Modules are called as people like: two operations may come to the same name.
fn number_twins(operations: &mut [Operation]) {
    let mut names = HashSet::new();
    for operation in operations {
        let name = operation.id.clone();
        let mut n = 1;
        while !names.insert(operation.id.clone()) {
            n += 1;
            operation.id = format!("{name}_{n}");
        }
    }
}

fn itself() -> Operation {
    Operation::get("/openapi.json", "getDocument", "Get this document")
        .of("This document")
        .answers(200, "What you may use of the API, in OpenAPI 3.1.", json!({"type": "object"}))
}

fn schemas(ctx: &Ctx) -> Map<String, Value> {
    let mut all = Map::new();
    for access in ctx.snapshot.accesses(ctx.viewer) {
        all.extend(record_schemas::of(&access));
    }
    let fixed = records::schemas().into_iter().chain(settings::schemas()).chain(people::schemas());
    let staff = portals::schemas()
        .into_iter()
        .chain(licences::schemas())
        .chain(access::schemas())
        .chain(people::staff_schemas());
    all.extend(fixed.map(named));
    if !ctx.is_portal_user() {
        all.extend(staff.map(named));
    }
    all.extend(errors::schemas());
    all
}

fn named((name, schema): (&'static str, Value)) -> (String, Value) {
    (name.to_owned(), schema)
}

/// The headings in the order in which they first come.
fn tags(operations: &[Operation]) -> Vec<Value> {
    let mut names: Vec<&str> = Vec::new();
    for operation in operations {
        if !names.contains(&operation.tag.as_str()) {
            names.push(&operation.tag);
        }
    }
    names.into_iter().map(|name| json!({ "name": name })).collect()
}
