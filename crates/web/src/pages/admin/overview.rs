//! The first page of the administration.

use askama::Template;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::caller::Employee;
use crate::failure::PageError;
use crate::pages::shell::Shell;
use crate::pages::show as show_page;

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct Overview {
    shell: Shell,
}

pub async fn show(user: Employee, headers: HeaderMap) -> Result<Response, PageError> {
    Ok(show_page(&Overview {
        shell: Shell::admin(&user, &headers, "Overview", ""),
    }))
}
