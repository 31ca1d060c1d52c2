//! Portal users: who is in, who is invited, and what is done with them.

mod bulk;
mod choose;
mod invite;
mod list;
mod outcome;
mod waiting;

pub use list::escaped;

use crate::routes::{Routes, get, post};

pub fn routes() -> Routes {
    Routes::new()
        .route("/admin/members", get(list::show))
        .route("/admin/members/bulk", post(bulk::carry_out))
        .route("/admin/members/waiting", get(waiting::show))
        .route("/admin/members/waiting/{sign_up}/accept", post(waiting::accept))
        .route("/admin/members/waiting/{sign_up}/decline", post(waiting::decline))
        .route("/admin/members/invite", get(choose::user_type))
        .route("/admin/members/invite/{type}", get(choose::people).post(invite::carry_out))
}
