//! User types: kinds of people, and what each kind may see and do.

mod conditions;
mod create;
mod faults;
mod fields;
mod list;
mod matrix;
mod permissions;
pub(super) mod sentences;
mod state;
mod worked;

use worked::{At, Source, Worked};

use crate::routes::{Routes, get, post};

pub fn routes() -> Routes {
    Routes::new()
        .route("/admin/user-types", get(list::show))
        .route("/admin/user-types/new", get(create::form).post(create::save))
        .route("/admin/user-types/{id}", get(permissions::show).post(permissions::save))
        .route("/admin/user-types/{id}/fields/{module}", get(fields::show).post(fields::save))
        .route("/admin/user-types/{id}/state", post(state::change))
        .route("/admin/user-types/{id}/delete", get(state::ask).post(state::delete))
        .route(
            "/admin/policies/drafts/{draft}/user-types/{id}",
            get(permissions::show).post(permissions::save),
        )
        .route(
            "/admin/policies/drafts/{draft}/user-types/{id}/fields/{module}",
            get(fields::show).post(fields::save),
        )
}

/// What the people of a user type are called in a sentence: `Clients`, `Client Portal users`.
pub(super) fn people(name: &str) -> String {
    match name.ends_with('s') {
        true => name.to_owned(),
        false => format!("{name} users"),
    }
}
