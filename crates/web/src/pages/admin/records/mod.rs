//! Records for employees: the pages of records that every site has, with the recycle bin and what
//! the record is in the portal.

mod about;
mod bin;
mod share;
mod site;

use axum::extract::Path;
use axum::response::Redirect;

use crate::caller::Employee;
use crate::pages::records;
use crate::routes::{Routes, get, post};

pub fn routes() -> Routes {
    Routes::new()
        .route("/admin/records", get(|| async { Redirect::to("/admin/modules") }))
        .route("/admin/modules/{module}/records", get(to_list))
        .route("/admin/records/{module}/bin", get(bin::show))
        .route("/admin/records/{module}/{id}/restore", post(bin::restore))
        .route("/admin/records/{module}/{id}/share", get(share::show).post(share::share))
        .route("/admin/records/{module}/{id}/unshare", post(share::unshare))
        .merge(records::routes::<Employee>("/admin/records"))
}

async fn to_list(Path(module): Path<String>) -> Redirect {
    let plain = module.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    Redirect::to(&if plain {
        format!("/admin/records/{module}")
    } else {
        "/admin/modules".into()
    })
}
