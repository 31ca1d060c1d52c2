//! What came of something done to several people: who it was carried out for, and who not, and why.

use app::Error;
use askama::Template;
use axum::response::Response;

use super::super::moments::{counted, thousands};
use super::super::visit::Visit;
use crate::failure::sentence;
use crate::pages::shell::Shell;
use crate::pages::show as show_page;

#[derive(Template)]
#[template(path = "admin/members/outcome.html")]
struct Outcome {
    shell: Shell,
    title: &'static str,
    done: String,
    refused: Vec<Line>,
    carried_out: Vec<Line>,
    /// Of the licence pool, if it was used up: allowance and count.
    exhausted: Option<(String, String)>,
    back: String,
    outbox: bool,
}

/// A person, and why not.
struct Line {
    who: String,
    why: String,
}

/// What was done.
pub struct Deed {
    pub title: &'static str,
    /// `invited`, after a number of people.
    pub verb: &'static str,
    pub back: String,
    /// Whether letters were written.
    pub outbox: bool,
}

/// Why somebody was left out, in plain words.
fn why(error: &Error) -> String {
    match error {
        Error::Exhausted(e) => format!(
            "No licence is free: {} of {} are in use.",
            thousands(e.consumed),
            thousands(e.allowance)
        ),
        Error::NoAddress => "The record has no e-mail address.".into(),
        Error::Exists(_) => "Is in this user type already, or somebody with the same address is.".into(),
        Error::NotFound(_) => "Is not there any more.".into(),
        Error::Busy | Error::Internal(_) => "Something went wrong on our side. Please try again.".into(),
        other => sentence(&other.to_string()),
    }
}

/// The page that says what came of it.
pub fn page(visit: &Visit, deed: Deed, results: Vec<(String, Result<(), Error>)>) -> Response {
    let (mut refused, mut carried_out, mut exhausted) = (Vec::new(), Vec::new(), None);
    for (who, result) in results {
        match result {
            Ok(()) => carried_out.push(Line { who, why: String::new() }),
            Err(error) => {
                if let Error::Exhausted(e) = &error {
                    exhausted = Some((thousands(e.allowance), thousands(e.consumed)));
                }
                if let Error::Internal(cause) = &error {
                    tracing::error!(%cause, "a portal user could not be worked on");
                }
                refused.push(Line { who, why: why(&error) });
            }
        }
    }
    let n = u64::try_from(carried_out.len()).unwrap_or(u64::MAX);
    let title = if carried_out.is_empty() {
        "Nothing was changed"
    } else {
        deed.title
    };
    show_page(&Outcome {
        shell: visit.shell(title, "members"),
        title,
        done: format!("{} {}", counted(n, "person", "people"), deed.verb),
        refused,
        outbox: deed.outbox && !carried_out.is_empty(),
        carried_out,
        exhausted,
        back: deed.back,
    })
}
