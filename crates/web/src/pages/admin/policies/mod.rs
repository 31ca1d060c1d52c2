//! Versions and drafts of what user types may see and do.

mod changes;
mod draft;
mod list;
mod publish;
mod rule;
mod version;

use app::Error;
use askama::Template;

use super::posted::Posted;
use super::visit::Visit;
use crate::pages::shell::Shell;
use crate::routes::{Routes, get, post};
use changes::Change;

pub fn routes() -> Routes {
    Routes::new()
        .route("/admin/policies", get(list::show))
        .route("/admin/policies/rule", post(rule::change))
        .route("/admin/policies/versions/{number}", get(version::show))
        .route(
            "/admin/policies/versions/{number}/roll-back",
            get(version::ask).post(version::roll_back),
        )
        .route("/admin/policies/drafts", post(list::start))
        .route("/admin/policies/drafts/{draft}", get(draft::show))
        .route("/admin/policies/drafts/{draft}/publish", get(publish::ask).post(publish::publish))
        .route("/admin/policies/drafts/{draft}/update", post(draft::update))
        .route("/admin/policies/drafts/{draft}/approve", post(draft::approve))
        .route("/admin/policies/drafts/{draft}/withdraw", post(draft::withdraw))
        .route("/admin/policies/drafts/{draft}/discard", get(draft::ask).post(draft::discard))
}

/// A page that asks whether one is sure.
#[derive(Template)]
#[template(path = "admin/policies/sure.html")]
struct Sure {
    shell: Shell,
    title: String,
    text: &'static str,
    problem: Option<String>,
    changes: Option<Vec<Change>>,
    /// What the one who asks has seen: a version, or a draft's revision.
    seen: i64,
    back: String,
    button: &'static str,
    dangerous: bool,
}

/// The address of a draft.
fn place(draft: domain::ids::PolicyDraftId) -> String {
    format!("/admin/policies/drafts/{draft}")
}

/// How many failing tests whoever publishes has been shown, and passes over.
pub fn agreed(posted: &Posted) -> Option<usize> {
    posted.one("despite").parse().ok()
}

fn need_manage_portals(visit: &Visit) -> Result<(), Error> {
    match visit.ctx().rights.manage_portals {
        true => Ok(()),
        false => Err(Error::NoPermission("Manage Portals")),
    }
}
