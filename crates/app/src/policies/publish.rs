//! Publishing a draft, approving it, going back to an earlier version. Each is one transaction with one swap.

use domain::access::{PolicySet, Widening};
use domain::ids::PolicyDraftId;
use domain::portals::UserType;
use store::engine::Conn;
use store::policies::Draft;

use super::drafts::{add_author, insert, locked, new, of_version};
use super::{InForce, Present};
use crate::accounts::Caller;
use crate::audit;
use crate::{Ctx, Error};

/// A draft that is to be published, as the one who asks has seen it.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub revision: i64,
    /// Publish although this version came into force since the draft was begun: what it changed is undone.
    pub over: Option<i64>,
    /// Why; the draft's name if it is empty.
    pub note: String,
    /// Publish although so many kept tests fail.
    pub despite: Option<usize>,
}

/// What has become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is in force, as this version.
    Published(i64),
    /// It waits for a second administrator as this draft, because here people would see or do more.
    Waiting(PolicyDraftId, Vec<Widening>),
}

/// Publishes a draft: checks every user type and puts all of them into force at once. Where a widening needs a second
/// administrator, one that widens waits for approval instead.
pub async fn publish(ctx: &Ctx, id: PolicyDraftId, asked: Asked) -> Result<Outcome, Error> {
    ctx.need_manage_portals()?;
    let note = checked_note(&asked.note)?;
    let task = ctx.clone();
    ctx.tenant
        .db
        .write(move |conn| {
            let present = Present::lock(conn, &task)?;
            let mut draft = locked(conn, id, asked.revision)?;
            if asked.over != Some(present.number) {
                present.need_base(draft.base)?;
            }
            let set = checked(conn, &present, &draft)?;
            let open = |id| present.is_open_with(&draft.opens, id);
            if present.needs_second(&set, open) {
                let widenings = present.widenings(&set, open);
                if !note.is_empty() {
                    draft.name.clone_from(&note);
                }
                ask_for_approval(conn, &task, &present, &mut draft)?;
                return Ok(Outcome::Waiting(draft.id, widenings));
            }
            let note = if note.is_empty() { draft.name.clone() } else { note };
            let by = InForce::by(&task, &note, asked.despite);
            put_in_force(conn, &task, &present, &draft, &set, by).map(Outcome::Published)
        })
        .await
}

/// Approves a draft that waits, which publishes it. Only an employee who has not worked on it can.
/// With `despite` also although so many kept tests fail.
pub async fn approve(ctx: &Ctx, id: PolicyDraftId, revision: i64, despite: Option<usize>) -> Result<i64, Error> {
    ctx.need_manage_portals()?;
    need_employee(ctx)?;
    let task = ctx.clone();
    ctx.tenant
        .db
        .write(move |conn| {
            let present = Present::lock(conn, &task)?;
            let draft = locked(conn, id, revision)?;
            if !draft.waiting {
                return Err(Error::NotWaiting);
            }
            if draft.authors.contains(&task.viewer.actor) {
                return Err(Error::OwnWork);
            }
            present.need_base(draft.base)?;
            let set = checked(conn, &present, &draft)?;
            let by = InForce {
                created: (draft.stamps.modified_by.id, draft.stamps.modified),
                ..InForce::by(&task, &draft.name, despite)
            };
            audit::note_by(conn, &task, "policy_approved", &draft.name)?;
            put_in_force(conn, &task, &present, &draft, &set, by)
        })
        .await
}

/// Takes the question for approval back, or sends the draft back to those who work on it.
pub async fn withdraw(ctx: &Ctx, id: PolicyDraftId, revision: i64) -> Result<(), Error> {
    ctx.need_manage_portals()?;
    let task = ctx.clone();
    ctx.tenant
        .db
        .write(move |conn| {
            let mut draft = locked(conn, id, revision)?;
            if !draft.waiting {
                return Err(Error::NotWaiting);
            }
            draft.waiting = false;
            store::policies::save_draft(conn, &draft)?;
            audit::note_by(conn, &task, "policy_approval_withdrawn", &draft.name)
        })
        .await
}

/// Puts what an earlier version says into force again, as a new version. `seen` is the version that is in force as far
/// as the one who asks knows. Where that widens and needs a second administrator, it becomes a draft that waits.
/// With `despite` also although so many kept tests fail.
pub async fn roll_back(ctx: &Ctx, to: i64, seen: i64, despite: Option<usize>) -> Result<Outcome, Error> {
    ctx.need_manage_portals()?;
    let task = ctx.clone();
    ctx.tenant
        .db
        .write(move |conn| {
            let present = Present::lock(conn, &task)?;
            present.need_base(seen)?;
            if to == present.number {
                return Err(Error::Input("version", "one that is not in force".into()));
            }
            let set = of_version(conn, to)?;
            let mut draft = new(&task, format!("Back to version {to}"), &present, &set);
            let set = checked(conn, &present, &draft)?;
            let open = |id| present.is_open(id);
            if present.needs_second(&set, open) {
                let widenings = present.widenings(&set, open);
                insert(conn, &task, &draft)?;
                ask_for_approval(conn, &task, &present, &mut draft)?;
                return Ok(Outcome::Waiting(draft.id, widenings));
            }
            let number = present.put_in_force(conn, &set, &InForce::by(&task, &draft.name, despite))?;
            let detail = format!("{to}, as version {number}");
            audit::note_by(conn, &task, "policy_rolled_back", &detail)?;
            Ok(Outcome::Published(number))
        })
        .await
}

/// What a draft says, without faults.
fn checked(conn: &mut Conn, present: &Present, draft: &Draft) -> Result<PolicySet, Error> {
    let set = draft.set.clone().ok_or(Error::UnreadablePolicies)?;
    present.check(conn, &set)?;
    Ok(set)
}

/// Lets a draft wait, in the place of what is in force now. Asked again it waits as it did.
pub(super) fn ask_for_approval(conn: &mut Conn, ctx: &Ctx, present: &Present, draft: &mut Draft) -> Result<(), Error> {
    if draft.waiting && draft.base == present.number {
        return Ok(());
    }
    draft.waiting = true;
    draft.base = present.number;
    // In the place of another version it is another change: what was seen of it before cannot be approved.
    draft.revision = draft.revision.saturating_add(1);
    add_author(ctx, draft);
    store::policies::save_draft(conn, draft)?;
    audit::note_by(conn, ctx, "policy_approval_asked", &draft.name)
}

fn put_in_force(conn: &mut Conn, ctx: &Ctx, present: &Present, draft: &Draft, set: &PolicySet, by: InForce<'_>) -> Result<i64, Error> {
    for user_type in present.types.iter().filter(|t| draft.opens.contains(&t.id)) {
        let open = UserType {
            active: true,
            ..user_type.clone()
        };
        store::portals::update_user_type(conn, &open, ctx.viewer.actor, ctx.now)?;
    }
    let number = present.put_in_force(conn, set, &by)?;
    store::policies::delete_draft(conn, draft.id)?;
    let detail = format!("version {number}: {}", by.note);
    audit::note_by(conn, ctx, "policy_published", &detail)?;
    Ok(number)
}

/// The command line and jobs are nobody: they cannot be the second of two people.
pub(super) fn need_employee(ctx: &Ctx) -> Result<(), Error> {
    match ctx.signed_in.as_deref().map(|s| &s.caller) {
        Some(Caller::Staff(_)) => Ok(()),
        _ => Err(Error::Forbidden),
    }
}

fn checked_note(note: &str) -> Result<String, Error> {
    let note = note.trim();
    if note.chars().count() <= 200 && !note.chars().any(char::is_control) {
        Ok(note.to_owned())
    } else {
        Err(Error::Input("note", "at most 200 characters".into()))
    }
}
