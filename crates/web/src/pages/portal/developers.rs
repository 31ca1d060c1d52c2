//! The reference of the API for portal users: what programs may do in their name.

use std::collections::HashMap;

use app::Error;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::site::Inside;
use crate::failure::PageError;
use crate::pages::reference::{self, Index, OneHeading};
use crate::routes::{Routes, get};

pub fn routes<S: Inside + 'static>(prefix: &str) -> Routes {
    Routes::new()
        .route(&format!("{prefix}/developers"), get(index::<S>))
        .route(&format!("{prefix}/developers/openapi.json"), get(download::<S>))
        .route(&format!("{prefix}/developers/{{heading}}"), get(heading::<S>))
}

fn here(site: &impl Inside) -> String {
    format!("{}/developers", site.base())
}

async fn index<S: Inside>(site: S, headers: HeaderMap) -> Response {
    let index = Index::new(site.ctx(), here(&site), Some(&site.user().portal.name));
    site.page(&headers, StatusCode::OK, "API reference", "", &index)
}

/// The address has further placeholders, of the site's own.
async fn heading<S: Inside>(site: S, headers: HeaderMap, Path(parts): Path<HashMap<String, String>>) -> Result<Response, PageError> {
    let slug = parts.get("heading").ok_or(Error::NotFound("page"))?;
    let found = OneHeading::find(site.ctx(), here(&site), slug)?;
    Ok(site.page(&headers, StatusCode::OK, &found.heading.name, "", &found))
}

async fn download<S: Inside>(site: S) -> Response {
    reference::file(site.ctx())
}
