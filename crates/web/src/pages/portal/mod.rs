//! The pages of a portal: what portal users see.

mod address;
mod auth;
mod developers;
mod home;
mod invitation;
mod password;
mod profile;
mod saml;
mod sign_up;
mod site;
mod spent;
mod switch;

use axum::middleware::from_fn;

use crate::caller::PortalUser;
use crate::pages::records;
use crate::routes::{Routes, get};
use crate::sessions::lead_to_sign_in;

pub use home::{Tile, tile};
pub use saml::takes_posts_of_providers;
pub use site::{Inside, page};
pub use switch::Switcher;

pub fn routes() -> Routes {
    let inside = inside::<PortalUser>("/portal/{portal}").merge(switch::routes());
    let inside = inside.layer(from_fn(lead_to_sign_in));
    inside
        .merge(auth::routes())
        .merge(invitation::routes())
        .merge(address::routes())
        .merge(password::routes())
        .merge(sign_up::routes())
        .merge(saml::routes())
}

/// The pages inside a portal, below `prefix`: the same for its people and for whoever looks as one of them.
pub fn inside<S: Inside + 'static>(prefix: &str) -> Routes {
    Routes::new()
        .route(prefix, get(home::show::<S>))
        .merge(profile::routes::<S>(prefix))
        .merge(developers::routes::<S>(prefix))
        .merge(records::routes::<S>(prefix))
}
