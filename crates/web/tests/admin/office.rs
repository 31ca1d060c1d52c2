//! An organisation with a few people, and who sits in its office.

use app::testing::{ADMIN, Bench, PASSWORD};
use app::{Ctx, records};
use axum::http::{StatusCode, header};
use domain::ids::{RecordId, UserTypeId};
use domain::records::{Draft, from_text};

use crate::browser::{Browser, Page};

/// The administrator, signed in.
pub async fn administrator(bench: &Bench) -> Browser {
    let browser = Browser::new(&bench.app);
    let page = browser.post("/admin/sign-in", &[("email", ADMIN), ("password", PASSWORD)]).await;
    assert_eq!(page.leads_to(), "/admin");
    browser
}

/// A request with a session of an employee with the profile Standard.
pub async fn standard(bench: &Bench) -> String {
    format!("loggia_staff={}", bench.employee("clerk", "Standard").await)
}

/// Asks with a cookie of one's own making; `fields` make it a POST.
pub async fn ask(browser: &Browser, path: &str, cookie: &str, fields: Option<&str>) -> Page {
    let mut request = match fields {
        Some(body) => crate::browser::form(path, body.to_owned()),
        None => axum::http::Request::get(path).body(axum::body::Body::empty()).unwrap(),
    };
    request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
    browser.send(request).await
}

/// A draft of texts by API name, written by the product itself.
pub async fn record(ctx: &Ctx, module: &str, values: &[(&str, &str)]) -> RecordId {
    let access = records::access(ctx, module).unwrap();
    let module = std::sync::Arc::clone(access.plan().module());
    let value = |(name, text): &(&str, &str)| {
        let field = module.field_named(name).unwrap();
        (field.id, from_text(field, text).unwrap())
    };
    let draft: Draft = values.iter().map(value).collect();
    records::create(ctx, &access, draft).await.unwrap()
}

pub async fn contact(ctx: &Ctx, name: &str) -> RecordId {
    record(ctx, "Contacts", &[("Last_Name", name), ("Email", &format!("{name}@example.com"))]).await
}

/// The default user type.
pub fn clients(ctx: &Ctx) -> UserTypeId {
    ctx.snapshot.user_types[0].id
}

/// The version of everything that is configured: the same means that nothing was changed.
pub async fn version(bench: &Bench) -> i64 {
    bench.system().await.snapshot.version
}

/// The page is a form that came back with this text.
#[track_caller]
pub fn comes_back(page: &Page, text: &str) {
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.html);
    assert!(page.says(text), "expected {text:?} in {}", page.html);
}
