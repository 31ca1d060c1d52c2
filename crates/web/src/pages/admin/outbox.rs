//! The outbox: letters to people, and what became of them.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;
use store::mail::Posted;

use super::moments::When;
use super::visit::{Visit, id};
use crate::failure::PageError;
use crate::pages::shell::Shell;
use crate::pages::show as show_page;

#[derive(Template)]
#[template(path = "admin/outbox/list.html")]
struct Outbox {
    shell: Shell,
    letters: Vec<Row>,
    filters: Vec<(&'static str, &'static str, usize, bool)>,
    all: usize,
    has_server: bool,
}

#[derive(Template)]
#[template(path = "admin/outbox/letter.html")]
struct Letter {
    shell: Shell,
    letter: Row,
    text: String,
    links: Vec<String>,
}

struct Row {
    id: i64,
    to: String,
    subject: String,
    state: &'static str,
    attempts: i64,
    error: Option<String>,
    when: When,
}

/// What the mark's class says too: `sent`, `failed`, `queued`.
fn state(posted: &Posted) -> &'static str {
    match (posted.sent.is_some(), posted.dead) {
        (true, _) => "sent",
        (false, true) => "failed",
        (false, false) => "queued",
    }
}

fn row(visit: &Visit, posted: &Posted) -> Row {
    Row {
        id: posted.id,
        to: posted.mail.to.clone(),
        subject: posted.mail.subject.clone(),
        state: state(posted),
        attempts: posted.attempts,
        error: posted.last_error.clone(),
        when: When::new(visit.ctx().now, posted.created),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    state: String,
}

pub async fn list(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let latest = app::mail::latest(visit.ctx()).await?;
    let count = |wanted: &str| latest.iter().filter(|p| wanted.is_empty() || state(p) == wanted).count();
    let filters = [("", "All"), ("queued", "Waiting"), ("sent", "Sent"), ("failed", "Given up")];
    let filters = filters.map(|(key, label)| (key, label, count(key), key == asked.state));
    let shown = latest.iter().filter(|p| asked.state.is_empty() || state(p) == asked.state);
    Ok(show_page(&Outbox {
        shell: visit.shell("Outbox", "outbox"),
        letters: shown.map(|p| row(&visit, p)).collect(),
        filters: filters.into(),
        all: latest.len(),
        has_server: visit.ctx().app.settings().smtp.is_some(),
    }))
}

/// The letter's text. What was sent belongs to the one who got it: its links are not shown any more.
fn text(posted: &Posted) -> String {
    let mut text = posted.mail.text.clone();
    for link in posted.mail.links.iter().filter(|_| posted.sent.is_some()) {
        text = text.replace(link.as_str(), "(the link, which only the addressee knows)");
    }
    text
}

pub async fn one(visit: Visit, Path(letter): Path<String>) -> Result<Response, PageError> {
    let wanted: i64 = id(&letter, "letter")?;
    let latest = app::mail::latest(visit.ctx()).await?;
    let posted = latest.iter().find(|p| p.id == wanted).ok_or(app::Error::NotFound("letter"))?;
    Ok(show_page(&Letter {
        shell: visit.shell(&posted.mail.subject, "outbox"),
        letter: row(&visit, posted),
        text: text(posted),
        links: if posted.sent.is_some() {
            Vec::new()
        } else {
            posted.mail.links.clone()
        },
    }))
}
