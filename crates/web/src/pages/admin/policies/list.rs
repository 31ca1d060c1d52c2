//! The versions that were in force, and the drafts.

use app::{Error, policies};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use store::policies::{Draft, Rule, Version};

use super::super::moments::When;
use super::super::posted::Posted;
use super::super::visit::Visit;
use super::place;
use crate::failure::{PageError, sentence};
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

#[derive(Template)]
#[template(path = "admin/policies/list.html")]
struct List {
    shell: Shell,
    /// User types whose policy cannot be read.
    unreadable: Vec<String>,
    drafts: Vec<DraftRow>,
    versions: Vec<VersionRow>,
    in_force: i64,
    rule: Rule,
    /// The one who asks wants the rule off: somebody else has to agree.
    asked_by_me: bool,
    off_asked: Option<When>,
    name: String,
    name_error: Option<String>,
}

struct DraftRow {
    href: String,
    name: String,
    base: i64,
    waiting: bool,
    stale: bool,
    changed: When,
    by: String,
}

struct VersionRow {
    number: i64,
    note: String,
    published: When,
    by: String,
    /// Who approved it, where that was somebody else.
    approved_by: Option<String>,
}

/// The product itself acts under its own name.
pub fn who(name: &str) -> String {
    if name.is_empty() { "Loggia".into() } else { name.to_owned() }
}

async fn page(visit: &Visit) -> Result<List, Error> {
    let ctx = visit.ctx();
    let (drafts, versions) = (policies::drafts(ctx).await?, policies::versions(ctx).await?);
    let rule = policies::rule(ctx).await?;
    let in_force = ctx.snapshot.policy_version;
    let draft = |d: Draft| DraftRow {
        href: place(d.id),
        stale: d.base != in_force,
        name: d.name,
        base: d.base,
        waiting: d.waiting,
        changed: When::new(ctx.now, d.stamps.modified),
        by: who(&d.stamps.modified_by.name),
    };
    let version = |v: Version| VersionRow {
        number: v.number,
        note: v.note,
        published: When::new(ctx.now, v.published),
        approved_by: (v.created_by != v.published_by).then(|| who(&v.published_by.name)),
        by: who(&v.created_by.name),
    };
    let type_name = |id| ctx.snapshot.user_type(id).map(|t| t.name.clone());
    Ok(List {
        shell: visit.shell("Versions and drafts", "policies"),
        unreadable: ctx.snapshot.unreadable.iter().filter_map(|id| type_name(*id)).collect(),
        drafts: drafts.into_iter().map(draft).collect(),
        versions: versions.into_iter().map(version).collect(),
        in_force,
        asked_by_me: rule.off_asked.as_ref().is_some_and(|(actor, _)| actor.id == ctx.viewer.actor),
        off_asked: rule.off_asked.as_ref().map(|(_, at)| When::new(ctx.now, *at)),
        rule,
        name: String::new(),
        name_error: None,
    })
}

pub async fn show(visit: Visit) -> Result<Response, PageError> {
    Ok(show_page(&page(&visit).await?))
}

pub async fn start(visit: Visit, posted: Posted) -> Result<Response, PageError> {
    super::need_manage_portals(&visit)?;
    let from = match posted.one("from") {
        "" => None,
        number => Some(number.parse().map_err(|_| Error::NotFound("version"))?),
    };
    match policies::start(visit.ctx(), posted.one("name"), from).await {
        Ok(id) => Ok(lead_to(&place(id), Done::DraftStarted)),
        Err(error @ (Error::Input(..) | Error::TooManyDrafts(_) | Error::UnreadablePolicies)) => {
            let page = List {
                name: posted.one("name").to_owned(),
                name_error: Some(sentence(&error.to_string())),
                ..page(&visit).await?
            };
            Ok(with_status(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(other) => Err(other.into()),
    }
}
