//! Changing what is nobody's user type: what visitors see, and the forms by which people ask to come in.

use domain::access::{AnonymousGrant, PolicySet, SignUp, check_anonymous, check_sign_ups};
use domain::ids::{ModuleId, PolicyDraftId, UserTypeId};
use store::engine::Conn;

use super::drafts::{insert, locked, new, worked_on};
use super::publish::{Outcome, ask_for_approval};
use super::{InForce, Present};
use crate::audit;
use crate::{Ctx, Error};

/// A part of the document of policies that somebody wants to be another.
#[derive(Debug, Clone)]
pub enum Part {
    /// What visitors see in a module; none: nothing any more.
    Visitors(ModuleId, Option<AnonymousGrant>),
    /// The form of a user type; none: nobody can sign up any more.
    SignUp(UserTypeId, Option<SignUp>),
}

impl Part {
    /// Whether it is about something that is there.
    fn need(&self, ctx: &Ctx) -> Result<(), Error> {
        match self {
            Self::SignUp(user_type, Some(_)) => ctx.snapshot.user_type(*user_type).map(drop).ok_or(Error::NotFound("user type")),
            _ => Ok(()),
        }
    }

    fn put_into(self, set: &mut PolicySet) {
        match self {
            Self::Visitors(module, grant) => put(&mut set.anonymous, |g| g.module == module, grant),
            Self::SignUp(user_type, form) => put(&mut set.sign_ups, |f| f.user_type == user_type, form),
        }
    }

    /// How the version is called that such a change becomes.
    fn note(&self, conn: &mut Conn, ctx: &Ctx) -> Result<String, Error> {
        Ok(match self {
            Self::Visitors(module, grant) => {
                let catalogue = store::modules::load(conn)?;
                let name = catalogue.module(*module).map_or("a module that is gone", |m| m.plural.as_str());
                match grant {
                    Some(_) => format!("What visitors see of {name}"),
                    None => format!("Visitors see nothing of {name} any more"),
                }
            }
            Self::SignUp(user_type, form) => {
                let name = ctx
                    .snapshot
                    .user_type(*user_type)
                    .map_or("a user type that is gone", |t| t.name.as_str());
                match form {
                    Some(_) => format!("How people sign up for {name}"),
                    None => format!("Nobody signs up for {name} any more"),
                }
            }
        })
    }
}

/// Puts an element into the place of the one that is like it, or last.
fn put<T>(all: &mut Vec<T>, is_it: impl Fn(&T) -> bool, new: Option<T>) {
    match (all.iter().position(&is_it), new) {
        (Some(place), Some(new)) => all.splice(place..=place, [new]).for_each(drop),
        (None, Some(new)) => all.push(new),
        (_, None) => all.retain(|t| !is_it(t)),
    }
}

/// Changes a part, at once. `seen` is the version that is in force as far as the one who asks
/// knows. Where that widens and needs a second administrator, it becomes a draft that waits. With `despite` also although so
/// many kept tests fail.
///
/// Errors: faults of it; more records within visitors' reach than it allows itself; kept tests that fail; somebody was faster.
pub async fn change_part(ctx: &Ctx, part: Part, seen: i64, despite: Option<usize>) -> Result<Outcome, Error> {
    ctx.need_manage_portals()?;
    part.need(ctx)?;
    let task = ctx.clone();
    ctx.tenant
        .db
        .write(move |conn| {
            let present = Present::lock(conn, &task)?;
            present.need_base(seen)?;
            let mut set = present.set()?.clone();
            let note = part.note(conn, &task)?;
            part.put_into(&mut set);
            if set == *present.set()? {
                return Ok(Outcome::Published(present.number));
            }
            present.check(conn, &set)?;
            let open = |id| present.is_open(id);
            if present.needs_second(&set, open) {
                let widenings = present.widenings(&set, open);
                let mut draft = new(&task, note, &present, &set);
                insert(conn, &task, &draft)?;
                ask_for_approval(conn, &task, &present, &mut draft)?;
                return Ok(Outcome::Waiting(draft.id, widenings));
            }
            let number = present.put_in_force(conn, &set, &InForce::by(&task, &note, despite))?;
            let detail = format!("version {number}: {note}");
            audit::note_by(conn, &task, "policy_published", &detail)?;
            Ok(Outcome::Published(number))
        })
        .await
}

/// Changes a part within a draft. Nothing comes of it before the draft is published.
pub async fn change_part_in_draft(ctx: &Ctx, id: PolicyDraftId, seen: i64, part: Part) -> Result<(), Error> {
    ctx.need_manage_portals()?;
    part.need(ctx)?;
    let task = ctx.clone();
    ctx.tenant
        .db
        .write(move |conn| {
            let mut draft = locked(conn, id, seen)?;
            let set = draft.set.as_mut().ok_or(Error::UnreadablePolicies)?;
            part.put_into(set);
            let catalogue = store::modules::load(conn)?;
            let mut faults = check_anonymous(&catalogue, &set.anonymous);
            faults.extend(check_sign_ups(&catalogue, set));
            if !faults.is_empty() {
                return Err(Error::Policy(faults));
            }
            worked_on(&task, &mut draft);
            store::policies::save_draft(conn, &draft)?;
            audit::note_by(conn, &task, "policy_draft_changed", &draft.name)
        })
        .await
}
