//! The product's side: the list of a module over the CRM API, through all the layers.

use app::App;
use axum::Router;

use crate::company::Person;
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

/// The whole product.
pub(crate) fn router(app: App) -> Router {
    web::router(app)
}
