//! OAuth: access tokens for refresh tokens, and their end.
//!
//! The fields come as form, as multipart or in the query: every client does it in its own way.

use app::App;
use app::clients::{self, TokenError};
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use serde_json::json;

use super::request::Params;
use super::{ApiError, answer};

use crate::routes::{Routes, post};

pub fn routes() -> Routes {
    Routes::new()
        .route("/oauth/v2/token", post(token))
        .route("/oauth/v2/token/revoke", post(revoke))
}

async fn token(State(app): State<App>, query: Params, request: Request) -> Result<Response, ApiError> {
    let form = form(&app, request).await?;
    let field = |name: &str| form.text(name).or_else(|| query.text(name)).unwrap_or_default();
    let granted = match field("grant_type") {
        "refresh_token" => clients::refresh(&app, field("client_id"), field("client_secret"), field("refresh_token")).await,
        "authorization_code" => Err(TokenError::InvalidCode),
        "" => return Ok(refusal("invalid_request")),
        _ => return Ok(refusal("unsupported_grant_type")),
    };
    match granted {
        // Our own origin: with a Zoho domain here the SDKs would carry the token there.
        Ok(token) => Ok(answer::json(
            StatusCode::OK,
            &json!({
                "access_token": token.token,
                "scope": token.scope.replace(',', " "),
                "api_domain": app.settings().public_url,
                "token_type": "Bearer",
                "expires_in": token.seconds,
            }),
        )),
        Err(error) => refused(error),
    }
}

async fn revoke(State(app): State<App>, query: Params, request: Request) -> Result<Response, ApiError> {
    let form = form(&app, request).await?;
    let token = form.text("token").or_else(|| query.text("token")).unwrap_or_default();
    match clients::revoke(&app, token).await {
        Ok(()) => Ok(answer::json(StatusCode::OK, &json!({"status": "success"}))),
        Err(error) => refused(error),
    }
}

fn refused(error: TokenError) -> Result<Response, ApiError> {
    match error {
        TokenError::App(error) => Err(error.into()),
        named => Ok(refusal(&named.to_string())),
    }
}

fn refusal(error: &str) -> Response {
    answer::json(StatusCode::BAD_REQUEST, &json!({ "error": error }))
}

/// The fields of the body. Whatever is not multipart is read as a form.
async fn form(app: &App, request: Request) -> Result<Params, ApiError> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let pairs = if kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data")) {
        let unreadable = |status| ApiError::of_status(status);
        let mut parts = Multipart::from_request(request, app).await.map_err(|r| unreadable(r.status()))?;
        let mut pairs = Vec::new();
        while let Some(part) = parts.next_field().await.map_err(|e| unreadable(e.status()))? {
            let name = part.name().unwrap_or_default().to_owned();
            pairs.push((name, part.text().await.map_err(|e| unreadable(e.status()))?));
        }
        pairs
    } else {
        let body = Bytes::from_request(request, app)
            .await
            .map_err(|r| ApiError::of_status(r.status()))?;
        serde_urlencoded::from_bytes(&body).unwrap_or_default()
    };
    match pairs.iter().any(|(_, value): &(String, String)| value.contains('\0')) {
        true => Err(ApiError::invalid("a field holds a NUL character")),
        false => Ok(Params::new(pairs)),
    }
}
