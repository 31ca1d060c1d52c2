//! What visitors see who are not signed in, and how people come in who are not invited: the map of what is within
//! everybody's reach, and how to change it.

mod form;
mod map;
mod remove;
mod sign_up;
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
        .route(&format!("{home}/sign-up/{{user_type}}"), get(sign_up::show).post(sign_up::save))
        .route(&format!("{home}/sign-up/{{user_type}}/remove"), post(sign_up::remove))
        .route(&format!("{home}/{{module}}"), get(form::show).post(form::save))
        .route(&format!("{home}/{{module}}/remove"), post(remove::remove))
}
