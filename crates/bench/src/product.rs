//! The product's side: the list of a module over the CRM API, through all the layers.

use app::App;
use axum::Router;

use crate::company::Person;
use crate::shape::{ASKED, PAGE};

/// What a portal user asks.
pub(crate) fn request(person: &Person) -> Vec<u8> {
    list(&person.token, None)
}

/// A page of the list of deals, as whoever has the token: the first one, or the one that a page token leads to.
pub(crate) fn list(token: &str, page: Option<&str>) -> Vec<u8> {
    let fields = ASKED.join(",");
    let page = page.map(|page| format!("&page_token={page}")).unwrap_or_default();
    format!(
        "GET /crm/v8/Deals?fields={fields}&per_page={PAGE}{page} HTTP/1.1\r\nhost: localhost\r\n\
         authorization: Zoho-oauthtoken {token}\r\n\r\n"
    )
    .into_bytes()
}

/// The whole product.
pub(crate) fn router(app: App) -> Router {
    web::router(app)
}
