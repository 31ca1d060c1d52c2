//! API clients: programs that act for people, whom they act for, and the end of that.

mod acts;
mod register;

use app::clients;
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::accounts::{Scope, Scopes};
use store::clients::{Client, Token};

use self::acts::Refused;
use super::moments::{When, thousands};
use super::visit::{Visit, id};
use crate::failure::PageError;
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};
use crate::routes::{Routes, get, post};

pub fn routes() -> Routes {
    Routes::new()
        .route("/admin/clients", get(list))
        .route("/admin/clients/new", get(register::form).post(register::save))
        .route("/admin/clients/{client}", get(one))
        .route("/admin/clients/{client}/code", post(acts::code))
        .route("/admin/clients/{client}/end", post(acts::end))
        .route("/admin/clients/{client}/delete", post(acts::delete))
}

struct Row {
    id: String,
    name: String,
    client_id: String,
    kind: &'static str,
    tokens: String,
    since: When,
}

#[derive(Template)]
#[template(path = "admin/clients/list.html")]
struct List {
    shell: Shell,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "admin/clients/one.html")]
struct One {
    shell: Shell,
    client: Client,
    is_public: bool,
    since: When,
    token_address: String,
    ask_address: String,
    rows: Vec<Held>,
    /// A code that is shown once.
    code: Option<String>,
    refused: Option<Refused>,
}

/// A refresh token.
struct Held {
    id: String,
    email: String,
    role: &'static str,
    scopes: Vec<String>,
    since: When,
}

impl One {
    /// What is wrong with a field.
    fn wrong(&self, field: &str) -> Option<&str> {
        self.refused.as_ref().filter(|of| of.field == field).map(|of| of.why.as_str())
    }

    /// What was typed into it; otherwise what stands there at first.
    fn typed<'a>(&'a self, field: &str, first: &'a str) -> &'a str {
        self.refused.as_ref().map_or(first, |of| of.posted.one(field))
    }
}

fn kind(client: &Client) -> &'static str {
    match client.secret_hash {
        Some(_) => "with a secret",
        None => "public",
    }
}

async fn list(visit: Visit) -> Result<Response, PageError> {
    let ctx = visit.ctx();
    let row = |(client, tokens): (Client, u64)| Row {
        id: client.id.to_string(),
        kind: kind(&client),
        tokens: thousands(tokens),
        since: When::new(ctx.now, client.created),
        name: client.name,
        client_id: client.client_id,
    };
    Ok(show_page(&List {
        shell: visit.shell("API clients", "clients"),
        rows: clients::list(ctx).await?.into_iter().map(row).collect(),
    }))
}

async fn one(visit: Visit, Path(text): Path<String>) -> Result<Response, PageError> {
    page(&visit, id(&text, "client")?, None, None).await
}

async fn page(visit: &Visit, id: i64, code: Option<String>, refused: Option<Refused>) -> Result<Response, PageError> {
    let ctx = visit.ctx();
    let (client, tokens) = clients::one(ctx, id).await?;
    let root = &ctx.app.settings().public_url;
    let status = match refused {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = One {
        shell: visit.shell(&client.name, "clients"),
        is_public: client.secret_hash.is_none(),
        since: When::new(ctx.now, client.created),
        token_address: format!("{root}/oauth/v2/token"),
        ask_address: format!("{root}/oauth/v2/auth"),
        rows: tokens.into_iter().map(|token| held(visit, token)).collect(),
        client,
        code,
        refused,
    };
    Ok(with_status(status, &page))
}

fn held(visit: &Visit, token: Token) -> Held {
    let scopes = Scopes::parse(&token.refresh.scope).unwrap_or_default();
    Held {
        id: token.refresh.id.to_string(),
        role: match token.refresh.owner.member {
            Some(_) => "portal user",
            None => "employee",
        },
        scopes: scopes.iter().map(Scope::words).collect(),
        since: When::new(visit.ctx().now, token.refresh.created),
        email: token.email,
    }
}
