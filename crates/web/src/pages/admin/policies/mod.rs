//! Versions and drafts of what user types may see and do.

mod changes;
mod costly;
mod difference;
mod draft;
mod list;
mod publish;
mod rule;
mod tested;
mod tests;
mod version;

use app::Error;
use askama::Template;

use super::visit::Visit;
use crate::pages::shell::Shell;
use crate::routes::{Routes, get, post};
use changes::Change;
pub use tested::{Tested, agreed, failing};

pub fn routes() -> Routes {
    Routes::new()
        .route("/admin/policies", get(list::show))
        .route("/admin/policies/rule", post(rule::change))
        .route("/admin/policies/tests", get(tests::show).post(tests::keep))
        .route("/admin/policies/versions/{number}", get(version::show))
        .route("/admin/policies/versions/{number}/difference", get(difference::of_version))
        .route(
            "/admin/policies/versions/{number}/roll-back",
            get(version::ask).post(version::roll_back),
        )
        .route("/admin/policies/drafts", post(list::start))
        .route("/admin/policies/drafts/{draft}", get(draft::show))
        .route("/admin/policies/drafts/{draft}/difference", get(difference::of_draft))
        .route("/admin/policies/drafts/{draft}/publish", get(publish::ask).post(publish::publish))
        .route("/admin/policies/drafts/{draft}/update", post(draft::update))
        .route("/admin/policies/drafts/{draft}/approve", post(draft::approve))
        .route("/admin/policies/drafts/{draft}/withdraw", post(draft::withdraw))
        .route("/admin/policies/drafts/{draft}/discard", get(draft::ask).post(draft::discard))
}

/// A page that asks whether one is sure.
#[derive(Template)]
#[template(path = "admin/policies/sure.html")]
pub struct Sure {
    pub shell: Shell,
    /// The list that it belongs to: its address, and how it is called.
    pub home: (&'static str, &'static str),
    pub title: String,
    pub text: &'static str,
    pub problem: Option<String>,
    pub changes: Option<Vec<Change>>,
    /// What the kept tests say, where something is put into force.
    pub tested: Option<Tested>,
    /// What is sent along.
    pub also: Option<(&'static str, &'static str)>,
    /// What the one who asks has seen: a version, or a draft's revision.
    pub seen: i64,
    pub back: String,
    pub button: &'static str,
    pub dangerous: bool,
}

/// The list of versions and drafts.
const HOME: (&str, &str) = ("/admin/policies", "Versions and drafts");

/// The address of a draft.
fn place(draft: domain::ids::PolicyDraftId) -> String {
    format!("/admin/policies/drafts/{draft}")
}

fn need_manage_portals(visit: &Visit) -> Result<(), Error> {
    match visit.ctx().rights.manage_portals {
        true => Ok(()),
        false => Err(Error::NoPermission("Manage Portals")),
    }
}
