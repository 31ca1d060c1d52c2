//! Choosing as whom to look, and by which policies.

use app::policies::Which;
use app::view_as::{Candidate, People, people};
use app::{Ctx, Error, policies};
use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use domain::members::Status;
use domain::portals::UserType;
use serde::Deserialize;

use super::super::visit::Visit;
use super::{by, place, word};
use crate::failure::{PageError, sentence, status};
use crate::pages::records::text;
use crate::pages::shell::{Person, Shell};
use crate::pages::with_status;

/// How many earlier versions are offered.
const VERSIONS: usize = 50;

#[derive(Template)]
#[template(path = "admin/view_as/choose.html")]
struct Page {
    shell: Shell,
    types: Vec<Choice>,
    now: Choice,
    drafts: Vec<Choice>,
    versions: Vec<Choice>,
    word: String,
    /// What is wrong with the question, and with which part of it.
    problem: Option<(&'static str, String)>,
    people: Option<Found>,
}

/// A choice: what is sent, what is shown, whether it is chosen.
struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

/// The people to choose from.
struct Found {
    /// Their module, and their user type.
    module: String,
    user_type: String,
    /// The policies in words.
    by: String,
    rows: Vec<Row>,
    more: bool,
}

struct Row {
    href: String,
    person: Person,
    /// None for somebody who was never invited.
    status: Option<&'static str>,
}

/// What is chosen as it stands in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    r#type: String,
    by: String,
    person: String,
}

impl Found {
    /// How many there are, as far as is known.
    fn counted(&self) -> String {
        match (self.rows.len(), self.more) {
            (n, true) => format!("the first {n}"),
            (0, false) => "nobody".into(),
            (1, false) => "1 person".into(),
            (n, false) => format!("{n} people"),
        }
    }
}

impl Page {
    /// What is wrong with this part of the question.
    fn wrong(&self, part: &str) -> Option<&str> {
        self.problem.as_ref().filter(|(of, _)| *of == part).map(|(_, text)| text.as_str())
    }
}

pub async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, PageError> {
    let ctx = visit.ctx();
    if !ctx.rights.manage_portals {
        return Err(Error::NoPermission("Manage Portals").into());
    }
    let typed = text::clean(&asked.person);
    let (mut code, mut problem, mut found) = (StatusCode::OK, None, None);
    match find(ctx, &asked, &typed).await {
        Ok(people) => found = people,
        Err(error) => {
            let Some(part) = part(&error) else { return Err(error.into()) };
            code = status(error.kind());
            problem = Some((part, said(&error)));
        }
    }
    let page = Page {
        problem,
        people: found,
        word: typed,
        ..page(&visit, &asked).await?
    };
    Ok(with_status(code, &page))
}

/// Which part of the question an error is about; none: it is about something else.
fn part(error: &Error) -> Option<&'static str> {
    match error {
        Error::Input("type", _) | Error::NotFound("user type") => Some("type"),
        Error::NotFound("draft" | "version" | "version or draft") | Error::UnreadablePolicies => Some("by"),
        _ => None,
    }
}

fn said(error: &Error) -> String {
    match error {
        Error::NotFound("draft") => "This draft is not there any more: it was published or discarded. Choose again.".into(),
        other => sentence(&other.to_string()),
    }
}

/// The people of the chosen user type; none where there is no user type at all.
async fn find(ctx: &Ctx, asked: &Asked, word: &str) -> Result<Option<Found>, Error> {
    let Some(user_type) = chosen(ctx, asked)? else { return Ok(None) };
    let wanted = match asked.by.as_str() {
        "" => Which::InForce,
        word => by(word)?,
    };
    let People { module, by, found, more } = people(ctx, user_type.id, wanted, word).await?;
    let row = |candidate: Candidate| Row {
        href: place(&super::word(wanted), user_type.id, candidate.record),
        status: candidate.status.map(Status::name),
        person: Person::new(&candidate.name, &candidate.email),
    };
    Ok(Some(Found {
        module,
        user_type: user_type.name.clone(),
        by,
        rows: found.into_iter().map(row).collect(),
        more,
    }))
}

/// The user type that was chosen; else the first whose people come in.
fn chosen<'c>(ctx: &'c Ctx, asked: &Asked) -> Result<Option<&'c UserType>, Error> {
    let types = &ctx.snapshot.user_types;
    match asked.r#type.as_str() {
        "" => Ok(types.iter().find(|t| t.active).or(types.first())),
        text => {
            let known = text.parse().ok().and_then(|id| ctx.snapshot.user_type(id));
            known.map(Some).ok_or(Error::NotFound("user type"))
        }
    }
}

/// The page without an answer.
async fn page(visit: &Visit, asked: &Asked) -> Result<Page, Error> {
    let ctx = visit.ctx();
    let present = ctx.snapshot.policy_version;
    let choice = |wanted, label: String| {
        let value = word(wanted);
        Choice {
            chosen: value == asked.by,
            value,
            label,
        }
    };
    let drafts = policies::drafts(ctx).await?.into_iter();
    let versions = policies::versions(ctx).await?.into_iter();
    let named = |number: i64, note: &str| match note {
        "" => format!("Version {number}"),
        note => format!("Version {number}: {note}"),
    };
    Ok(Page {
        shell: visit.shell("View as", "view-as"),
        types: types(ctx, asked),
        now: choice(Which::InForce, format!("What is in force (version {present})")),
        drafts: drafts.map(|d| choice(Which::Draft(d.id), d.name)).collect(),
        versions: versions
            .filter(|v| v.number != present)
            .take(VERSIONS)
            .map(|v| choice(Which::Version(v.number), named(v.number, &v.note)))
            .collect(),
        word: String::new(),
        problem: None,
        people: None,
    })
}

fn types(ctx: &Ctx, asked: &Asked) -> Vec<Choice> {
    let snapshot = &ctx.snapshot;
    let chosen = chosen(ctx, asked).ok().flatten().map(|t| t.id);
    let choice = |t: &UserType| Choice {
        value: t.id.to_string(),
        chosen: Some(t.id) == chosen,
        label: snapshot.called(t),
    };
    snapshot.user_types.iter().map(choice).collect()
}
