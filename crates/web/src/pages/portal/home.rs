//! The first page of a portal.

use askama::Template;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::caller::PortalUser;
use crate::failure::PageError;
use crate::pages::shell::Shell;
use crate::pages::show as show_page;

#[derive(Template)]
#[template(path = "portal/home.html")]
struct Home {
    shell: Shell,
}

pub async fn show(user: PortalUser, headers: HeaderMap) -> Result<Response, PageError> {
    Ok(show_page(&Home {
        shell: Shell::portal(&user, &headers, "Home", ""),
    }))
}
