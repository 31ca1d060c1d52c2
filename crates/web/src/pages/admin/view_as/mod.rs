//! View as: the portal's own pages, as one of its people sees them, for an administrator who only looks.
//!
//! As whom and by which policies stands in the address, below which every page of the portal has its place:
//! `/admin/view-as/draft-7/{user type}/{record}/Deals`. The handlers are the portal's; what differs is who asks ([`Look`]).

mod choose;
mod look;

use app::Error;
use app::policies::Which;
use axum::middleware::from_fn;

use super::visit::id;
use crate::failure::PageError;
use crate::pages::portal;
use crate::routes::{Routes, get, post};
use look::{Look, keep_bar};

/// Where a look begins; below it are the addresses of a portal.
const INSIDE: &str = "/admin/view-as/{policy}/{type}/{person}";

pub fn routes() -> Routes {
    let inside = portal::inside::<Look>(INSIDE)
        .route(&format!("{INSIDE}/sign-out"), post(stay))
        .layer(from_fn(keep_bar));
    Routes::new().route("/admin/view-as", get(choose::show)).merge(inside)
}

/// The person's own way out is no way out of a look: like everything that is sent there, it is refused, by [`Look`].
async fn stay(_: Look) -> PageError {
    Error::OnlyLooking.into()
}

/// The first page of a look, as an address.
pub fn place(policy: &str, user_type: impl std::fmt::Display, person: impl std::fmt::Display) -> String {
    format!("/admin/view-as/{policy}/{user_type}/{person}")
}

/// Policies as a word of an address: `now`, `draft-7`, `version-3`.
pub fn word(by: Which) -> String {
    match by {
        Which::InForce => "now".into(),
        Which::Draft(id) => format!("draft-{id}"),
        Which::Version(number) => format!("version-{number}"),
    }
}

/// Reads [`word`] back.
fn by(word: &str) -> Result<Which, Error> {
    match word.split_once('-') {
        None if word == "now" => Ok(Which::InForce),
        Some(("draft", draft)) => id(draft, "draft").map(Which::Draft),
        Some(("version", number)) => id(number, "version").map(Which::Version),
        _ => Err(Error::NotFound("version or draft")),
    }
}
