//! Drafts: started from a version, worked on, brought up to date, discarded.

use domain::access::{Clash, Policy, PolicySet, check};
use domain::ids::{PolicyDraftId, UserTypeId};
use store::engine::Conn;
use store::policies::Draft;
use store::portals::{Actor, Stamps};

use super::{MAX_DRAFTS, Present};
use crate::audit;
use crate::portals::TypeDraft;
use crate::{Ctx, Error};

/// All drafts, oldest first.
pub async fn drafts(ctx: &Ctx) -> Result<Vec<Draft>, Error> {
    ctx.need_manage_portals()?;
    ctx.tenant.db.read(|conn| Ok(store::policies::drafts(conn)?)).await
}

/// The draft with this id.
pub async fn draft(ctx: &Ctx, id: PolicyDraftId) -> Result<Draft, Error> {
    ctx.need_manage_portals()?;
    let found = ctx.tenant.db.read::<_, Error>(move |conn| Ok(store::policies::draft(conn, id)?));
    found.await?.ok_or(Error::NotFound("draft"))
}

/// Starts a draft: from what is in force, or from a version. It is meant to come in the place of what is in force now.
pub async fn start(ctx: &Ctx, name: &str, from: Option<i64>) -> Result<PolicyDraftId, Error> {
    ctx.need_manage_portals()?;
    let name = checked_name(name)?;
    let task = ctx.clone();
    ctx.tenant
        .db
        .write(move |conn| {
            let present = Present::lock(conn, &task)?;
            let set = match from {
                None => present.set()?.clone(),
                Some(number) => of_version(conn, number)?,
            };
            let draft = new(&task, name, &present, &set);
            insert(conn, &task, &draft)?;
            Ok(draft.id)
        })
        .await
}

/// Makes a draft of a change of one user type that needs a second administrator, and asks for approval: the policy, and
/// that the type is open if it is not. The name stays.
pub async fn propose(ctx: &Ctx, id: UserTypeId, wanted: TypeDraft) -> Result<PolicyDraftId, Error> {
    ctx.need_manage_portals()?;
    need_no_faults(ctx, &wanted.policy)?;
    let task = ctx.clone();
    ctx.tenant
        .db
        .write(move |conn| {
            let present = Present::lock(conn, &task)?;
            if !present.types.iter().any(|t| t.id == id) {
                return Err(Error::NotFound("user type"));
            }
            let mut set = present.set()?.clone();
            set.put(id, wanted.policy);
            let mut draft = new(&task, format!("User type {}", present.name(id)), &present, &set);
            let is_active = present.types.iter().any(|t| t.id == id && t.active);
            draft.opens = Vec::from_iter((wanted.active && !is_active).then_some(id));
            draft.waiting = true;
            insert(conn, &task, &draft)?;
            audit::note_by(conn, &task, "policy_approval_asked", &draft.name)?;
            Ok(draft.id)
        })
        .await
}

/// Changes the policy of a user type within a draft. Nobody sees it before the draft is published; who waits for
/// approval waits no more, since it is not what was shown any more.
pub async fn change_type(ctx: &Ctx, id: PolicyDraftId, seen: i64, user_type: UserTypeId, policy: Policy) -> Result<(), Error> {
    ctx.need_manage_portals()?;
    let old = ctx.snapshot.user_type(user_type).ok_or(Error::NotFound("user type"))?;
    if policy.personality != old.personality {
        return Err(Error::Input("policy", "the people that the user type has".into()));
    }
    need_no_faults(ctx, &policy)?;
    let task = ctx.clone();
    ctx.tenant
        .db
        .write(move |conn| {
            let mut draft = locked(conn, id, seen)?;
            draft.set.as_mut().ok_or(Error::UnreadablePolicies)?.put(user_type, policy);
            worked_on(&task, &mut draft);
            store::policies::save_draft(conn, &draft)?;
            audit::note_by(conn, &task, "policy_draft_changed", &draft.name)
        })
        .await
}

/// Brings a draft up to date: what others published meanwhile is taken over, unless both changed the same user types.
pub async fn update(ctx: &Ctx, id: PolicyDraftId, seen: i64) -> Result<(), Error> {
    ctx.need_manage_portals()?;
    let task = ctx.clone();
    ctx.tenant
        .db
        .write(move |conn| {
            let present = Present::lock(conn, &task)?;
            let mut draft = locked(conn, id, seen)?;
            let base = match draft.base {
                0 => PolicySet::default(),
                number => of_version(conn, number)?,
            };
            let mine = draft.set.as_ref().ok_or(Error::UnreadablePolicies)?;
            let clash = |clash: Clash| {
                let types = clash.types.into_iter().map(|id| present.name(id));
                let others = [
                    (clash.anonymous, "what visitors see"),
                    (clash.ceilings, "the ceilings"),
                    (clash.sign_ups, "how people sign up"),
                ];
                let others = others.into_iter().filter(|(clash, _)| *clash).map(|(_, what)| what.to_owned());
                Error::DraftsClash(types.chain(others).collect())
            };
            draft.set = Some(mine.rebased(&base, present.set()?).map_err(clash)?);
            draft.base = present.number;
            worked_on(&task, &mut draft);
            store::policies::save_draft(conn, &draft)?;
            audit::note_by(conn, &task, "policy_draft_updated", &draft.name)
        })
        .await
}

/// Discards a draft, whatever others have put into it: their versions are not touched.
pub async fn discard(ctx: &Ctx, id: PolicyDraftId, seen: i64) -> Result<(), Error> {
    ctx.need_manage_portals()?;
    let task = ctx.clone();
    ctx.tenant
        .db
        .write(move |conn| {
            let draft = locked(conn, id, seen)?;
            store::policies::delete_draft(conn, id)?;
            audit::note_by(conn, &task, "policy_draft_discarded", &draft.name)
        })
        .await
}

/// The draft, if it is still what the one who asks has seen.
pub(super) fn locked(conn: &mut Conn, id: PolicyDraftId, seen: i64) -> Result<Draft, Error> {
    let draft = store::policies::lock_draft(conn, id)?.ok_or(Error::NotFound("draft"))?;
    if draft.revision == seen {
        Ok(draft)
    } else {
        Err(Error::DraftChanged)
    }
}

/// What a version says.
pub(super) fn of_version(conn: &mut Conn, number: i64) -> Result<PolicySet, Error> {
    store::policies::version(conn, number)?.ok_or(Error::NotFound("version"))?;
    store::policies::document(conn, number)?.ok_or(Error::UnreadablePolicies)
}

/// A draft by the one who asks. User types that are not there any more are left out.
pub(super) fn new(ctx: &Ctx, name: String, present: &Present, set: &PolicySet) -> Draft {
    let actor = || Actor {
        id: ctx.viewer.actor,
        name: String::new(),
    };
    Draft {
        id: PolicyDraftId(ctx.app.id()),
        name,
        base: present.number,
        revision: 1,
        waiting: false,
        set: Some(set.only(|id| present.types.iter().any(|t| t.id == id))),
        opens: Vec::new(),
        authors: vec![ctx.viewer.actor],
        stamps: Stamps {
            created: ctx.now,
            created_by: actor(),
            modified: ctx.now,
            modified_by: actor(),
        },
    }
}

pub(super) fn insert(conn: &mut Conn, ctx: &Ctx, draft: &Draft) -> Result<(), Error> {
    if store::policies::drafts(conn)?.len() >= MAX_DRAFTS {
        return Err(Error::TooManyDrafts(MAX_DRAFTS));
    }
    store::policies::insert_draft(conn, draft)?;
    audit::note_by(conn, ctx, "policy_draft_started", &draft.name)
}

/// Notes that the one who asks has worked on a draft: it is another one now, and cannot be approved by them.
pub(super) fn worked_on(ctx: &Ctx, draft: &mut Draft) {
    draft.revision = draft.revision.saturating_add(1);
    draft.waiting = false;
    draft.stamps.modified = ctx.now;
    draft.stamps.modified_by.id = ctx.viewer.actor;
    add_author(ctx, draft);
}

pub(super) fn add_author(ctx: &Ctx, draft: &mut Draft) {
    if !draft.authors.contains(&ctx.viewer.actor) {
        draft.authors.push(ctx.viewer.actor);
    }
}

fn need_no_faults(ctx: &Ctx, policy: &Policy) -> Result<(), Error> {
    let faults = check(&ctx.snapshot.catalogue, policy);
    if faults.is_empty() { Ok(()) } else { Err(Error::Policy(faults)) }
}

fn checked_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    match name.chars().count() {
        1..=100 if !name.chars().any(char::is_control) => Ok(name.to_owned()),
        _ => Err(Error::Input("name", "1 to 100 characters".into())),
    }
}
