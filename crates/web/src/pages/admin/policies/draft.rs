//! One draft: what it would change, and what can be done with it.

use app::Error;
use app::policies::{self, Which};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::PolicyDraftId;
use store::policies::Draft;

use super::super::moments::When;
use super::super::posted::Posted;
use super::super::view_as;
use super::super::visit::{Visit, id};
use super::changes::{Change, changes};
use super::list::who;
use super::tested::{Tested, tested};
use super::{HOME, Sure, agreed, failing, place};
use crate::failure::{PageError, sentence, status};
use crate::pages::done::{Done, lead_to};
use crate::pages::shell::Shell;
use crate::pages::{show as show_page, with_status};

#[derive(Template)]
#[template(path = "admin/policies/draft.html")]
struct Page {
    shell: Shell,
    place: String,
    name: String,
    base: i64,
    in_force: i64,
    revision: i64,
    waiting: bool,
    readable: bool,
    /// The one who asks has worked on it, so cannot approve it.
    own: bool,
    changed: When,
    by: String,
    types: Vec<(String, String)>,
    changes: Vec<Change>,
    tested: Option<Tested>,
    problem: Option<String>,
    /// What is looked by, as a word of an address.
    look: String,
}

impl Page {
    /// Whether tests stand in the way: whoever approves has to agree to that beside them.
    fn is_stopped(&self) -> bool {
        self.tested.as_ref().is_some_and(Tested::stands_in_the_way)
    }
}

async fn page(visit: &Visit, draft: Draft, problem: Option<String>) -> Result<Page, Error> {
    let ctx = visit.ctx();
    let place = place(draft.id);
    let user_type = |t: &domain::portals::UserType| (format!("{place}/user-types/{}", t.id), t.name.clone());
    let own = draft.authors.contains(&ctx.viewer.actor);
    let tested = tested(ctx, Which::Draft(draft.id), "Approve and publish", draft.waiting && !own).await?;
    Ok(Page {
        shell: visit.shell(&draft.name, "policies"),
        tested,
        types: ctx.snapshot.user_types.iter().map(user_type).collect(),
        changes: draft.set.as_ref().map(|set| changes(ctx, set, &draft.opens)).unwrap_or_default(),
        readable: draft.set.is_some(),
        name: draft.name,
        base: draft.base,
        in_force: ctx.snapshot.policy_version,
        revision: draft.revision,
        waiting: draft.waiting,
        own,
        changed: When::new(ctx.now, draft.stamps.modified),
        by: who(&draft.stamps.modified_by.name),
        place,
        look: view_as::word(Which::Draft(draft.id)),
        problem,
    })
}

/// The revision that the form was made from. A form without one has seen nothing.
pub fn seen(posted: &Posted) -> i64 {
    posted.one("seen").parse().unwrap_or(0)
}

/// Whether a refusal is something to be told on the draft's page: what stands in the way is seen there.
pub fn is_told_there(error: &Error) -> bool {
    matches!(
        error,
        Error::DraftChanged
            | Error::StaleDraft { .. }
            | Error::DraftsClash(_)
            | Error::NotWaiting
            | Error::OwnWork
            | Error::Policies(_)
            | Error::UnreadablePolicies
            | Error::TestsFail(_)
            | Error::PolicyText(_)
            | Error::TypeInUse
            | Error::DefaultType(_)
    )
}

pub async fn show(visit: Visit, Path(draft): Path<String>) -> Result<Response, PageError> {
    super::need_manage_portals(&visit)?;
    let draft = policies::draft(visit.ctx(), id(&draft, "draft")?).await?;
    Ok(show_page(&page(&visit, draft, None).await?))
}

/// Leads on, or shows the draft again with what stands in the way.
async fn answer(visit: &Visit, draft: PolicyDraftId, result: Result<(String, Done), Error>) -> Result<Response, PageError> {
    match result {
        Ok((to, done)) => Ok(lead_to(&to, done)),
        Err(error) if is_told_there(&error) => {
            let problem = Some(match &error {
                Error::TestsFail(found) => failing(found),
                other => sentence(&other.to_string()),
            });
            let draft = policies::draft(visit.ctx(), draft).await?;
            Ok(with_status(status(error.kind()), &page(visit, draft, problem).await?))
        }
        Err(other) => Err(other.into()),
    }
}

pub async fn update(visit: Visit, Path(draft): Path<String>, posted: Posted) -> Result<Response, PageError> {
    super::need_manage_portals(&visit)?;
    let draft = id(&draft, "draft")?;
    let updated = policies::update(visit.ctx(), draft, seen(&posted)).await;
    answer(&visit, draft, updated.map(|()| (place(draft), Done::DraftUpdated))).await
}

pub async fn approve(visit: Visit, Path(draft): Path<String>, posted: Posted) -> Result<Response, PageError> {
    super::need_manage_portals(&visit)?;
    let draft = id(&draft, "draft")?;
    let approved = policies::approve(visit.ctx(), draft, seen(&posted), agreed(&posted)).await;
    answer(&visit, draft, approved.map(|_| ("/admin/policies".into(), Done::Published))).await
}

pub async fn withdraw(visit: Visit, Path(draft): Path<String>, posted: Posted) -> Result<Response, PageError> {
    super::need_manage_portals(&visit)?;
    let draft = id(&draft, "draft")?;
    let withdrawn = policies::withdraw(visit.ctx(), draft, seen(&posted)).await;
    answer(&visit, draft, withdrawn.map(|()| (place(draft), Done::Withdrawn))).await
}

fn sure(visit: &Visit, draft: &Draft, problem: Option<String>) -> Sure {
    Sure {
        home: HOME,
        shell: visit.shell(&draft.name, "policies"),
        title: format!("Discard “{}”?", draft.name),
        text: "The draft and everything that was put into it is gone for good. What is in force stays as it is.",
        problem,
        changes: None,
        tested: None,
        also: None,
        seen: draft.revision,
        back: place(draft.id),
        button: "Discard the draft",
        dangerous: true,
    }
}

pub async fn ask(visit: Visit, Path(draft): Path<String>) -> Result<Response, PageError> {
    super::need_manage_portals(&visit)?;
    let draft = policies::draft(visit.ctx(), id(&draft, "draft")?).await?;
    Ok(show_page(&sure(&visit, &draft, None)))
}

pub async fn discard(visit: Visit, Path(draft): Path<String>, posted: Posted) -> Result<Response, PageError> {
    super::need_manage_portals(&visit)?;
    let draft = id(&draft, "draft")?;
    match policies::discard(visit.ctx(), draft, seen(&posted)).await {
        Ok(()) => Ok(lead_to("/admin/policies", Done::DraftDiscarded)),
        Err(error @ Error::DraftChanged) => {
            let draft = policies::draft(visit.ctx(), draft).await?;
            let problem = Some(sentence(&error.to_string()));
            Ok(with_status(StatusCode::CONFLICT, &sure(&visit, &draft, problem)))
        }
        Err(other) => Err(other.into()),
    }
}
