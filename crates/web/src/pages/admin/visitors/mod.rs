//! What visitors see who are not signed in: the map of what is within everybody's reach, and how to change it.

mod form;
mod map;
mod remove;
mod worked;

use crate::routes::{Routes, get, post};

/// What is in force, and the same within a draft.
pub fn routes() -> Routes {
    Routes::new()
        .merge(below("/admin/visitors"))
        .merge(below("/admin/policies/drafts/{draft}/visitors"))
}

fn below(home: &str) -> Routes {
    Routes::new()
        .route(home, get(map::show))
        .route(&format!("{home}/{{module}}"), get(form::show).post(form::save))
        .route(&format!("{home}/{{module}}/remove"), post(remove::remove))
}
