//! Notifications: whoever watches a module is told of what is done to its records.
//!
//! A channel says where somebody wants to be told of which changes. Where a record is changed, a message goes into the outbox in
//! the same transaction; it names the record and the fields, and no value. What it says is looked up through the gate when it
//! leaves, by the rights that its receiver has then: of what they do not see they are not told.

mod channels;
mod notice;
mod post;
mod tell;
mod worker;

pub use channels::{Amendment, Wanted, amend, close, mine, open, replace};
pub(crate) use post::forget_expired;
pub(crate) use tell::{call_back, tell};
pub use worker::{deliver_due, run};

use webhooks::Target;

use crate::{App, Error};

/// Reads an address to which something is to be posted. `name` is what it is called. Errors: [`Error::Input`] with what is expected.
pub(crate) fn target(app: &App, name: &'static str, url: &str) -> Result<Target, Error> {
    Target::parse(url, &app.settings().webhooks.hosts).map_err(|bad| Error::Input(name, bad.to_string()))
}
