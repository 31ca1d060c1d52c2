//! Changing what visitors see: the one small policy that is nobody's user type.

use domain::access::AnonymousGrant;
use domain::ids::{ModuleId, PolicyDraftId};
use store::engine::Conn;

use super::drafts::{insert, locked, new, worked_on};
use super::publish::{Outcome, ask_for_approval};
use super::{InForce, Present};
use crate::audit;
use crate::{Ctx, Error};

/// What somebody wants visitors to see in a module, instead of what they see now.
#[derive(Debug, Clone)]
pub struct Shown {
    pub module: ModuleId,
    /// None: nothing any more.
    pub grant: Option<AnonymousGrant>,
}

impl Shown {
    fn put_into(self, grants: &mut Vec<AnonymousGrant>) {
        let place = grants.iter().position(|g| g.module == self.module);
        match (place, self.grant) {
            (Some(place), Some(grant)) => grants.splice(place..=place, [grant]).for_each(drop),
            (None, Some(grant)) => grants.push(grant),
            (_, None) => grants.retain(|g| g.module != self.module),
        }
    }
}

/// Shows visitors something else in one module, at once. `seen` is the version that is in force as far as the one who asks
/// knows. Where that widens and needs a second administrator, it becomes a draft that waits. With `despite` also although so
/// many kept tests fail.
///
/// Errors: faults of the grant; more records than it allows itself; kept tests that fail; somebody was faster.
pub async fn show_visitors(ctx: &Ctx, shown: Shown, seen: i64, despite: Option<usize>) -> Result<Outcome, Error> {
    ctx.need_manage_portals()?;
    let task = ctx.clone();
    ctx.tenant
        .db
        .write(move |conn| {
            let present = Present::lock(conn, &task)?;
            present.need_base(seen)?;
            let mut set = present.set()?.clone();
            let note = note(conn, shown.module, shown.grant.is_some())?;
            shown.put_into(&mut set.anonymous);
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

/// Shows visitors something else in one module within a draft. Nobody sees it before the draft is published.
pub async fn show_visitors_in_draft(ctx: &Ctx, id: PolicyDraftId, seen: i64, shown: Shown) -> Result<(), Error> {
    ctx.need_manage_portals()?;
    let task = ctx.clone();
    ctx.tenant
        .db
        .write(move |conn| {
            let mut draft = locked(conn, id, seen)?;
            let set = draft.set.as_mut().ok_or(Error::UnreadablePolicies)?;
            shown.put_into(&mut set.anonymous);
            let faults = domain::access::check_anonymous(&store::modules::load(conn)?, &set.anonymous);
            if !faults.is_empty() {
                return Err(Error::Policy(faults));
            }
            worked_on(&task, &mut draft);
            store::policies::save_draft(conn, &draft)?;
            audit::note_by(conn, &task, "policy_draft_changed", &draft.name)
        })
        .await
}

/// How the version is called that such a change becomes.
fn note(conn: &mut Conn, module: ModuleId, shows: bool) -> Result<String, Error> {
    let catalogue = store::modules::load(conn)?;
    let module = catalogue.module(module);
    let name = module.map_or("a module that is gone", |m| m.plural.as_str());
    Ok(match shows {
        true => format!("What visitors see of {name}"),
        false => format!("Visitors see nothing of {name} any more"),
    })
}
