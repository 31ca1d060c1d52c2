//! Employees signing in and out.

use app::{App, Error};
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use crate::cookies;
use crate::failure::PageError;
use crate::pages::sign_in::{SignInForm, SignInPage, landing};
use crate::pages::{show, with_status};
use crate::routes::{Routes, get, post};

pub fn routes() -> Routes {
    Routes::new()
        .route("/admin/sign-in", get(form).post(sign_in))
        .route("/admin/sign-out", post(sign_out))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    next: String,
}

fn page(next: String) -> SignInPage {
    SignInPage {
        site: "Administration".into(),
        base: "/admin".into(),
        next,
        email: String::new(),
        notice: None,
        error: None,
        provider: None,
        forgot: false,
        sign_up: None,
        look_around: None,
    }
}

async fn form(Query(asked): Query<Asked>) -> Response {
    show(&page(asked.next))
}

async fn sign_in(State(app): State<App>, cookies: CookieJar, Form(form): Form<SignInForm>) -> Result<Response, PageError> {
    match app::accounts::sign_in_staff(&app, &form.email, &form.password).await {
        Ok(secret) => {
            let cookies = cookies.add(cookies::session(&app, cookies::STAFF, secret));
            Ok((cookies, Redirect::to(&landing("/admin", &form.next))).into_response())
        }
        Err(error @ (Error::WrongPassword | Error::Locked)) => {
            let page = SignInPage {
                email: form.email,
                error: Some(error.to_string()),
                ..page(form.next)
            };
            Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(other) => Err(other.into()),
    }
}

async fn sign_out(State(app): State<App>, headers: HeaderMap, cookies: CookieJar) -> Result<Response, PageError> {
    if let Some(secret) = cookies::read(&headers, cookies::STAFF) {
        app::accounts::sign_out(&app, secret).await?;
    }
    Ok((cookies.add(cookies::removal(cookies::STAFF)), Redirect::to("/admin/sign-in")).into_response())
}
