//! Publishing a draft: what changes, why, and whether it may undo what others published meanwhile.

use app::policies::{self, Asked, Outcome, Which};
use app::{Error, policies::draft};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use store::policies::{Draft, Version};

use super::super::posted::Posted;
use super::super::visit::{Visit, id};
use super::changes::{Change, changes};
use super::draft::{is_told_there, seen};
use super::list::who;
use super::tested::{Tested, tested};
use super::{agreed, costly, failing, place};
use crate::failure::{PageError, sentence, status};
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

#[derive(Template)]
#[template(path = "admin/policies/publish.html")]
struct Page {
    shell: Shell,
    place: String,
    name: String,
    seen: i64,
    note: String,
    in_force: i64,
    /// What came into force since the draft was begun, newest first: version, note, by whom.
    between: Vec<(i64, String, String)>,
    changes: Vec<Change>,
    /// Here somebody else will have to approve.
    waits: bool,
    tested: Option<Tested>,
    costly: Vec<String>,
    problems: Vec<String>,
}

async fn page(visit: &Visit, draft: Draft, note: &str, problems: Vec<String>) -> Result<Page, Error> {
    let ctx = visit.ctx();
    let in_force = ctx.snapshot.policy_version;
    let versions = if draft.base == in_force {
        Vec::new()
    } else {
        policies::versions(ctx).await?
    };
    let between = |v: Version| (v.number > draft.base).then(|| (v.number, v.note, who(&v.created_by.name)));
    let changes = draft.set.as_ref().map(|set| changes(ctx, set, &draft.opens)).unwrap_or_default();
    let rule = policies::rule(ctx).await?;
    let waits = rule.on && changes.iter().any(|c| c.more);
    Ok(Page {
        shell: visit.shell(&draft.name, "policies"),
        place: place(draft.id),
        seen: draft.revision,
        note: note.to_owned(),
        in_force,
        between: versions.into_iter().filter_map(between).collect(),
        waits,
        costly: costly::sentences(ctx, Which::Draft(draft.id)).await?,
        tested: tested(ctx, Which::Draft(draft.id), "Publish", !waits).await?,
        changes,
        problems,
        name: draft.name,
    })
}

pub async fn ask(visit: Visit, Path(text): Path<String>) -> Result<Response, PageError> {
    super::need_manage_portals(&visit)?;
    let draft = draft(visit.ctx(), id(&text, "draft")?).await?;
    Ok(show_page(&page(&visit, draft, "", Vec::new()).await?))
}

pub async fn publish(visit: Visit, Path(text): Path<String>, posted: Posted) -> Result<Response, PageError> {
    super::need_manage_portals(&visit)?;
    let id = id(&text, "draft")?;
    let asked = Asked {
        revision: seen(&posted),
        over: posted.one("over").parse().ok(),
        note: posted.trimmed("note"),
        despite: agreed(&posted),
    };
    let problems = match policies::publish(visit.ctx(), id, asked).await {
        Ok(Outcome::Published(_)) => return Ok(lead_to("/admin/policies", Done::Published)),
        Ok(Outcome::Waiting(..)) => return Ok(lead_to(&place(id), Done::Waiting)),
        Err(error) if is_told_there(&error) || matches!(error, Error::Input(..)) => error,
        Err(other) => return Err(other.into()),
    };
    let status = status(problems.kind());
    let problems = match problems {
        Error::TestsFail(found) => vec![failing(&found)],
        Error::Policies(faults) => faults.iter().map(|f| sentence(&f.to_string())).collect(),
        other => vec![sentence(&other.to_string())],
    };
    let draft = draft(visit.ctx(), id).await?;
    Ok(with_status(status, &page(&visit, draft, posted.one("note"), problems).await?))
}
