//! The pages of a portal that everybody sees, without signing in.

mod home;
mod site;

use crate::caller::Visitor;
use crate::pages::records;
use crate::routes::{Routes, get};

/// There is nothing to send: visitors only read.
pub fn routes() -> Routes {
    let prefix = "/portal/{portal}/public";
    Routes::new()
        .route(prefix, get(home::show))
        .merge(records::readable::<Visitor>(prefix))
}
