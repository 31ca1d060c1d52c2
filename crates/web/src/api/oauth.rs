//! OAuth: tokens for codes and for refresh tokens, and their end.
//!
//! The fields come as form, as multipart or in the query, the client's secret as a field or as a password: every client does it in its
//! own way.

use app::App;
use app::clients::{self, Exchange, Granted, TokenError};
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use serde_json::{Value, json};

use super::request::Params;
use super::{ApiError, answer};

use crate::routes::{Routes, post};

pub fn routes() -> Routes {
    Routes::new()
        .route("/oauth/v2/token", post(token))
        .route("/oauth/v2/token/revoke", post(revoke))
}

async fn token(State(app): State<App>, query: Params, request: Request) -> Result<Response, ApiError> {
    let (basic_id, basic_secret) = basic(request.headers()).unwrap_or_default();
    let form = form(&app, request).await?;
    let said = |name: &str| form.text(name).or_else(|| query.text(name));
    let field = |name: &str| said(name).unwrap_or_default();
    let client_id = said("client_id").unwrap_or(&basic_id);
    let client_secret = said("client_secret").unwrap_or(&basic_secret);
    let granted = match field("grant_type") {
        "refresh_token" => clients::refresh(&app, client_id, client_secret, field("refresh_token")).await,
        "authorization_code" => {
            let wanted = Exchange {
                client_id,
                client_secret,
                code: field("code"),
                redirect_uri: field("redirect_uri"),
                verifier: field("code_verifier"),
            };
            clients::exchange(&app, wanted).await
        }
        "" => return Ok(refusal("invalid_request")),
        _ => return Ok(refusal("unsupported_grant_type")),
    };
    match granted {
        // Our own origin: with a Zoho domain here the SDKs would carry the token there.
        Ok(granted) => Ok(answer::json(StatusCode::OK, &told(&app, granted))),
        Err(error) => refused(error),
    }
}

fn told(app: &App, granted: Granted) -> Value {
    let mut told = json!({
        "access_token": granted.access.token,
        "scope": granted.access.scope.replace(',', " "),
        "api_domain": app.settings().public_url,
        "token_type": "Bearer",
        "expires_in": granted.access.seconds,
    });
    if let (Some(token), Some(told)) = (granted.refresh_token, told.as_object_mut()) {
        told.insert("refresh_token".into(), token.into());
    }
    told
}

/// Id and secret of a client, as a name with a password (RFC 6749, section 2.3.1).
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, coded) = value.split_once(' ')?;
    let decoded = BASE64.decode(coded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let (id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    let plain = |coded: &str| {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&format!("x={coded}")).ok()?;
        pairs.into_iter().next().map(|(_, value)| value)
    };
    Some((plain(id)?, plain(secret)?))
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
