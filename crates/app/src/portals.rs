//! Portals and user types: sites, kinds of people, and what each kind may see and do.

mod limits;
mod make;
mod offer;

pub(crate) use limits::{check_new_types, check_personality};
pub(crate) use make::begin;
pub use make::create;
pub use offer::{Offer, offers};

use std::sync::Arc;

use domain::access::{Fault, Policy, check};
use domain::ids::{PortalId, UserTypeId};
use domain::portals::{MAX_TITLE, Portal, SingleSignOn, UserType, check_portal_name, check_type_name};
use domain::time::Moment;
use store::engine::Conn;
use store::members::Wanted;
use store::portals::Stamps;

use crate::policies::{InForce, Present};
use crate::{App, Ctx, Error, Tenant, audit, single_sign_on};

/// The organisation and portal behind a name in an address. Errors: [`Error::NotFound`], and [`Error::PortalClosed`] for one
/// that is not open.
pub async fn open_by_name(app: &App, name: &str) -> Result<(Arc<Tenant>, PortalId), Error> {
    // What cannot be a name is nobody's; the databases need not be asked, and do not take every character.
    check_portal_name(name).map_err(|_| Error::NotFound("portal"))?;
    let name = name.to_owned();
    let found = app
        .control()
        .read::<_, Error>(move |conn| Ok(store::orgs::by_portal_name(conn, &name)?))
        .await?;
    let (org, portal) = found.ok_or(Error::NotFound("portal"))?;
    let tenant = app.tenant(org).await?;
    let open = tenant.fresh().await?.portal(portal).map(|p| p.active);
    match open {
        Some(true) => Ok((tenant, portal)),
        Some(false) => Err(Error::PortalClosed),
        None => Err(Error::NotFound("portal")),
    }
}

/// The portal behind a name in an address, as its sign-in page shows it.
pub async fn look(app: &App, name: &str) -> Result<Portal, Error> {
    let (tenant, portal) = open_by_name(app, name).await?;
    tenant.snapshot().await?.portal(portal).cloned().ok_or(Error::NotFound("portal"))
}

/// All portals of the organisation.
pub async fn list(ctx: &Ctx) -> Result<Vec<(Portal, Stamps)>, Error> {
    ctx.need_manage_portals()?;
    ctx.tenant.db.read(|conn| Ok(store::portals::list(conn)?)).await
}

/// All user types of the organisation. Their policies are in [`crate::Snapshot::policies`].
pub async fn user_types(ctx: &Ctx) -> Result<Vec<(UserType, Stamps)>, Error> {
    if !ctx.rights.manage_portals {
        ctx.need_manage_portal_users()?;
    }
    ctx.tenant.db.read(|conn| Ok(store::portals::user_types(conn)?)).await
}

/// What a portal is to be.
#[derive(Debug, Clone)]
pub struct Change {
    /// In its address.
    pub name: String,
    /// On its pages.
    pub title: String,
    /// Whether it is open.
    pub active: bool,
    /// Where its people sign in, as [`crate::single_sign_on::checked`] gives it. None: as before.
    pub single_sign_on: Option<SingleSignOn>,
}

/// Changes how a portal is called in its address and on its pages, and whether it is open. Errors: as [`change`].
pub async fn update(ctx: &Ctx, id: PortalId, name: &str, title: &str, active: bool) -> Result<(), Error> {
    let wanted = Change {
        name: name.to_owned(),
        title: title.to_owned(),
        active,
        single_sign_on: None,
    };
    change(ctx, id, wanted, None).await
}

/// Changes how a portal is called, whether it is open, and where its people sign in. With `despite` a closed portal is opened also
/// although so many kept tests fail.
///
/// Errors: [`Error::NeedsSecond`] where opening it lets people see or do more and a second administrator has to agree;
/// [`Error::TestsFail`]; [`Error::NotInPolicy`] for single sign-on in a trial; otherwise as [`create`].
pub async fn change(ctx: &Ctx, id: PortalId, change: Change, despite: Option<usize>) -> Result<(), Error> {
    ctx.need_manage_portals()?;
    let old = ctx.snapshot.portal(id).cloned().ok_or(Error::NotFound("portal"))?;
    let new = Portal {
        name: checked_name(&change.name)?,
        title: checked_title(&change.title)?,
        active: change.active,
        ..old.clone()
    };
    let (provider, name) = (change.single_sign_on, new.name.clone());
    let renamed = !old.name.eq_ignore_ascii_case(&name);
    if renamed {
        take_name(&ctx.app, ctx.tenant.org.id, id, &name).await?;
    }
    let task = ctx.clone();
    let written = ctx.tenant.db.write::<_, Error>(move |conn| {
        let present = match new.active {
            true => Present::lock(conn, &task)?,
            false => Present::lock_anyway(conn)?,
        };
        // Read anew under the lock: somebody may have closed it since the one who asks has looked.
        let mut all = store::portals::list(conn)?.into_iter().map(|(portal, _)| portal);
        let was = all.find(|p| p.id == id).ok_or(Error::NotFound("portal"))?;
        store::portals::update(conn, &new, task.viewer.actor, task.now)?;
        if new.active && !was.active {
            let note = format!("Portal {}", new.title);
            let_in(conn, &present, &new, &InForce::by(&task, &note, despite))?;
        }
        if let Some(provider) = &provider {
            single_sign_on::put(conn, &task, &new, provider)?;
        }
        for action in deeds(&was, &new, provider.is_some()) {
            audit::note_by(conn, &task, action, &new.title)?;
        }
        Ok(store::state::raise(conn)?)
    });
    // The name that is not used any more is given back; if the change failed, that is the new one.
    let (result, unused) = match written.await {
        Ok(()) => (Ok(()), old.name),
        Err(error) => (Err(error), name),
    };
    if renamed {
        give_back(&ctx.app, unused).await?;
    }
    result
}

/// Judges what the people of a closed portal see and do when it opens, as whatever else brings policies into force is.
fn let_in(conn: &mut Conn, present: &Present, portal: &Portal, by: &InForce<'_>) -> Result<(), Error> {
    let its = |id| present.types.iter().any(|t| t.id == id && t.portal == portal.id && t.active);
    if present.needs_second(present.set()?, |id| its(id) || present.is_open(id)) {
        return Err(Error::NeedsSecond);
    }
    present.open(conn, by)
}

/// What the trail says of a change: to close a portal or to open it again is a deed of its own, as is what was noted `otherwise`.
fn deeds(was: &Portal, is: &Portal, otherwise: bool) -> Vec<&'static str> {
    let moved = match (was.active, is.active) {
        (true, false) => Some("portal_closed"),
        (false, true) => Some("portal_opened"),
        _ => None,
    };
    let changed = was.name != is.name || was.title != is.title || (moved.is_none() && !otherwise);
    changed.then_some("portal_updated").into_iter().chain(moved).collect()
}

fn checked_name(name: &str) -> Result<String, Error> {
    match check_portal_name(name) {
        Ok(()) => Ok(name.to_owned()),
        Err(why) => Err(Error::Name { name: "portal name", why }),
    }
}

fn checked_title(text: &str) -> Result<String, Error> {
    let title = domain::portals::title(text).map(str::to_owned);
    title.ok_or_else(|| Error::Input("title", format!("1 to {MAX_TITLE} characters")))
}

/// Lets anybody have a portal name that is not used any more.
async fn give_back(app: &App, name: String) -> Result<(), Error> {
    app.control()
        .write(move |conn| Ok(store::orgs::free_portal_name(conn, &name)?))
        .await
}

pub(crate) async fn take_name(app: &App, org: domain::ids::OrgId, portal: PortalId, name: &str) -> Result<(), Error> {
    let name = name.to_owned();
    let taken = app
        .control()
        .write::<_, Error>(move |conn| Ok(store::orgs::take_portal_name(conn, &name, org, portal)?));
    taken.await.map_err(|error| match error {
        Error::Internal(engine) if engine.is_unique() => Error::Exists("portal name"),
        other => other,
    })
}

/// A user type as an administrator wants it.
#[derive(Debug, Clone)]
pub struct TypeDraft {
    pub name: String,
    pub active: bool,
    pub policy: Policy,
}

fn check_draft(ctx: &Ctx, draft: &TypeDraft, itself: Option<UserTypeId>, portal: PortalId) -> Result<(), Error> {
    check_type_name(&draft.name).map_err(|why| Error::Name {
        name: "user type name",
        why,
    })?;
    let twin = |t: &&UserType| t.portal == portal && Some(t.id) != itself && t.name.eq_ignore_ascii_case(&draft.name);
    if ctx.snapshot.user_types.iter().any(|t| twin(&t)) {
        return Err(Error::Exists("user type"));
    }
    // Whoever closes or renames a user type does not have to mend its policy first.
    let old = itself.and_then(|id| ctx.snapshot.user_type(id)).map(|t| ctx.snapshot.policy(t));
    if old.as_ref() == Some(&draft.policy) {
        return Ok(());
    }
    let faults: Vec<Fault> = check(&ctx.snapshot.catalogue, &draft.policy);
    if faults.is_empty() { Ok(()) } else { Err(Error::Policy(faults)) }
}

/// Makes a user type. It is in force at once if it is active.
pub async fn create_user_type(ctx: &Ctx, portal: PortalId, draft: TypeDraft) -> Result<UserTypeId, Error> {
    create_user_type_despite(ctx, portal, draft, None).await
}

/// The same, with `despite` also although so many kept tests fail.
pub async fn create_user_type_despite(ctx: &Ctx, portal: PortalId, draft: TypeDraft, despite: Option<usize>) -> Result<UserTypeId, Error> {
    ctx.need_manage_portals()?;
    ctx.snapshot.portal(portal).ok_or(Error::NotFound("portal"))?;
    check_draft(ctx, &draft, None, portal)?;
    let user_type = UserType {
        id: UserTypeId(ctx.app.id()),
        portal,
        name: draft.name,
        active: draft.active,
        default: false,
        personality: draft.policy.personality,
    };
    let task = ctx.clone();
    ctx.tenant
        .db
        .write(move |conn| {
            let present = Present::lock(conn, &task)?;
            let all: Vec<UserType> = present.types.iter().chain([&user_type]).cloned().collect();
            check_new_types(conn, &task, &all, std::slice::from_ref(&user_type))?;
            store::portals::insert_user_type(conn, &user_type, task.viewer.actor, task.now)?;
            change_policy(conn, &task, &present, &user_type, draft.policy, despite)?;
            audit::note_by(conn, &task, "user_type_created", &user_type.name)?;
            Ok(user_type.id)
        })
        .await
}

/// Changes a user type and its policy. In force with the next statement, on every server.
pub async fn update_user_type(ctx: &Ctx, id: UserTypeId, draft: TypeDraft) -> Result<(), Error> {
    update_user_type_seen(ctx, id, Seen::default(), draft).await
}

/// What the one who changes a user type knows of.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// When it was last changed. None: whatever others have done meanwhile is written over.
    pub changed: Option<Moment>,
    /// How many kept tests fail, where they want it all the same.
    pub failing: Option<usize>,
}

/// Changes a user type and its policy, unless somebody else did since the change that was `seen`.
pub async fn update_user_type_seen(ctx: &Ctx, id: UserTypeId, seen: Seen, draft: TypeDraft) -> Result<(), Error> {
    ctx.need_manage_portals()?;
    let old = ctx.snapshot.user_type(id).cloned().ok_or(Error::NotFound("user type"))?;
    check_draft(ctx, &draft, Some(id), old.portal)?;
    let personality = draft.policy.personality;
    if old.default && personality != old.personality {
        return Err(Error::DefaultType("keeps its module"));
    }
    let new = UserType {
        name: draft.name,
        active: draft.active,
        personality,
        ..old.clone()
    };
    let task = ctx.clone();
    ctx.tenant
        .db
        .write(move |conn| {
            let present = Present::lock(conn, &task)?;
            if seen.changed.is_some() && seen.changed != last_change(conn, id)? {
                return Err(Error::TypeChanged);
            }
            if personality != old.personality {
                check_personality(conn, &task, personality)?;
                if !is_empty(conn, id)? {
                    return Err(Error::TypeInUse);
                }
            }
            store::portals::update_user_type(conn, &new, task.viewer.actor, task.now)?;
            change_policy(conn, &task, &present, &new, draft.policy, seen.failing)?;
            audit::note_by(conn, &task, "user_type_updated", &new.name)
        })
        .await
}

/// Deletes a user type that has no portal users.
pub async fn delete_user_type(ctx: &Ctx, id: UserTypeId) -> Result<(), Error> {
    ctx.need_manage_portals()?;
    let user_type = ctx.snapshot.user_type(id).cloned().ok_or(Error::NotFound("user type"))?;
    if user_type.default {
        return Err(Error::DefaultType("cannot be deleted"));
    }
    let task = ctx.clone();
    ctx.tenant
        .db
        .write(move |conn| {
            // Whoever publishes takes the same locks in the same order.
            Present::lock(conn, &task)?;
            if !is_empty(conn, id)? {
                return Err(Error::TypeInUse);
            }
            store::portals::delete_user_type(conn, id)?;
            audit::note_by(conn, &task, "user_type_deleted", &user_type.name)?;
            Ok(store::state::raise(conn)?)
        })
        .await
}

/// Deletes a portal with its user types. Nobody may be left in them: whoever deletes a portal has said what becomes of its people.
/// Its name is anybody's then.
pub async fn delete(ctx: &Ctx, id: PortalId) -> Result<(), Error> {
    ctx.need_manage_portals()?;
    let portal = ctx.snapshot.portal(id).cloned().ok_or(Error::NotFound("portal"))?;
    let task = ctx.clone();
    let deleted = ctx.tenant.db.write::<_, Error>(move |conn| {
        let present = Present::lock(conn, &task)?;
        for user_type in present.types.iter().filter(|t| t.portal == id) {
            if !is_empty(conn, user_type.id)? {
                return Err(Error::PortalInUse);
            }
            store::portals::delete_user_type(conn, user_type.id)?;
        }
        store::portals::delete(conn, id)?;
        audit::note_by(conn, &task, "portal_deleted", &portal.title)?;
        Ok(store::state::raise(conn)?)
    });
    deleted.await?;
    give_back(&ctx.app, portal.name).await
}

fn last_change(conn: &mut Conn, id: UserTypeId) -> Result<Option<Moment>, Error> {
    let all = store::portals::user_types(conn)?;
    Ok(all.into_iter().find(|(t, _)| t.id == id).map(|(_, stamps)| stamps.modified))
}

/// Puts a user type as it now stands into force with this policy: a version of its own where the policy is another one.
/// What lets people see or do more is refused where that needs a second administrator.
fn change_policy(
    conn: &mut Conn,
    ctx: &Ctx,
    present: &Present,
    user_type: &UserType,
    policy: Policy,
    despite: Option<usize>,
) -> Result<(), Error> {
    let mut set = present.set()?.clone();
    let was_nothing = set.get(user_type.id).is_none() && policy.grants.is_empty();
    if !was_nothing {
        set.put(user_type.id, policy);
    }
    let open = |id| {
        if id == user_type.id {
            present.lets_in(user_type)
        } else {
            present.is_open(id)
        }
    };
    if present.needs_second(&set, open) {
        return Err(Error::NeedsSecond);
    }
    let note = format!("User type {}", user_type.name);
    let by = InForce::by(ctx, &note, despite);
    if set == *present.set()? {
        if present.lets_in(user_type) && !present.is_open(user_type.id) {
            present.open(conn, &by)?;
        }
        return Ok(store::state::raise(conn)?);
    }
    present.put_in_force(conn, &set, &by).map(drop)
}

pub(crate) fn is_empty(conn: &mut Conn, id: UserTypeId) -> Result<bool, Error> {
    let wanted = Wanted {
        user_type: Some(id),
        limit: 1,
        ..Wanted::default()
    };
    Ok(store::members::list(conn, &wanted)?.is_empty())
}
