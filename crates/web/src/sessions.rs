//! What happens when a session or the policies in memory turn out to be out of date.
//!
//! Reading requests are answered from memory; the statement that reads records finds out whether
//! memory still holds. If not, the request is answered once more with everything looked up anew. Who
//! is signed out then is led to the sign-in page.

use app::App;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::cookies;

/// Look everything up anew: put into a request that is answered the second time.
#[derive(Debug, Clone, Copy)]
pub struct LookAgain;

/// In an answer: memory was out of date.
#[derive(Debug, Clone, Copy)]
pub struct Stale;

/// In an answer: nobody is signed in.
#[derive(Debug, Clone, Copy)]
pub struct SignedOut;

/// Answers reading requests once more when memory was out of date.
pub async fn look_again(State(app): State<App>, request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let mut second = Request::new(Body::empty());
    second.method_mut().clone_from(request.method());
    second.uri_mut().clone_from(request.uri());
    second.headers_mut().clone_from(request.headers());
    second.extensions_mut().clone_from(request.extensions());
    let answer = next.clone().run(request).await;
    if answer.extensions().get::<Stale>().is_none() {
        return answer;
    }
    for secret in secrets(&second) {
        app::accounts::forget(&app, &secret);
    }
    second.extensions_mut().insert(LookAgain);
    next.run(second).await
}

fn secrets(request: &Request) -> Vec<String> {
    let cookie = |name| cookies::read(request.headers(), name).map(str::to_owned);
    let bearer = crate::caller::bearer(request.headers()).map(str::to_owned);
    [cookie(cookies::PORTAL), cookie(cookies::STAFF), bearer]
        .into_iter()
        .flatten()
        .collect()
}

/// Leads who is signed out on a page to the sign-in page of the same site.
pub async fn lead_to_sign_in(request: Request, next: Next) -> Response {
    let (uri, htmx) = (request.uri().clone(), request.headers().contains_key("hx-request"));
    let came_by_get = request.method() == Method::GET;
    // The first time a reading request finds memory out of date it is answered once more.
    let last_try = !matches!(*request.method(), Method::GET | Method::HEAD) || request.extensions().get::<LookAgain>().is_some();
    let answer = next.run(request).await;
    let stale = answer.extensions().get::<Stale>().is_some();
    if answer.extensions().get::<SignedOut>().is_none() && !(stale && last_try) {
        return answer;
    }
    let place = sign_in_place(&uri, came_by_get && !htmx);
    match HeaderValue::from_str(&place) {
        Ok(place) if htmx => (StatusCode::OK, [("hx-redirect", place)]).into_response(),
        Ok(_) => {
            let mut answer = Redirect::to(&place).into_response();
            answer
                .headers_mut()
                .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            answer
        }
        Err(_) => StatusCode::UNAUTHORIZED.into_response(),
    }
}

/// `/portal/northwind/sign-in?next=/portal/northwind/Deals`.
fn sign_in_place(uri: &Uri, with_next: bool) -> String {
    let mut parts = uri.path().split('/').skip(1);
    let site = match (parts.next(), parts.next()) {
        (Some("portal"), Some(portal)) => format!("/portal/{portal}"),
        _ => "/admin".to_owned(),
    };
    let safe = uri.path().bytes().all(|b| b.is_ascii_alphanumeric() || b"/-_.".contains(&b));
    if with_next && safe && uri.path() != site {
        format!("{site}/sign-in?next={}", uri.path())
    } else {
        format!("{site}/sign-in")
    }
}
