//! Records that are shared with people one by one.
//!
//! A share alone shows nothing: it counts where a grant of the person's user type is for shared records. It is asked for
//! in the statement that reads, so it begins and ends with the next one.

use std::sync::Arc;

use domain::access::{Access, PlanKey};
use domain::ids::{ModuleId, RecordId};
use domain::modules::Module;
use domain::time::Moment;
use store::engine::Conn;

use crate::audit::{self, Object};
use crate::members::named_all;
use crate::{Ctx, Error};

/// With how many people a record can be shared.
pub const MAX_SHARES: u32 = 200;

/// A module whose records are people with whom records can be shared, and the user types that then see them.
#[derive(Debug, Clone)]
pub struct Audience {
    pub module: Arc<Module>,
    pub user_types: Vec<String>,
}

/// Somebody with whom a record was shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedWith {
    pub person: RecordId,
    /// The module, the address and the name; none where the one who asks does not see the person's record.
    pub known: Option<(ModuleId, String, String)>,
    pub since: Moment,
    /// Who shared it.
    pub by: String,
}

/// With whose people records of a module can be shared: those of user types that are granted shared records of it.
#[must_use]
pub fn audiences(ctx: &Ctx, module: ModuleId) -> Vec<Audience> {
    let mut found: Vec<Audience> = Vec::new();
    for user_type in &ctx.snapshot.user_types {
        let shows = ctx
            .snapshot
            .plan(PlanKey::UserType(user_type.id), module)
            .is_some_and(|p| p.shows_shared());
        let Some(people) = ctx.snapshot.catalogue.module(user_type.personality).filter(|_| shows) else {
            continue;
        };
        match found.iter_mut().find(|a| a.module.id == people.id) {
            Some(audience) => audience.user_types.push(user_type.name.clone()),
            None => found.push(Audience {
                module: Arc::clone(people),
                user_types: vec![user_type.name.clone()],
            }),
        }
    }
    found
}

/// With whom a record is shared, oldest first.
///
/// Errors: no such record; no permission to manage portal users.
pub async fn shares(ctx: &Ctx, access: &Access, id: RecordId) -> Result<Vec<SharedWith>, Error> {
    ctx.need_manage_portal_users()?;
    let (task, access) = (ctx.clone(), access.clone());
    ctx.tenant
        .db
        .snapshot(move |conn| {
            need(conn, &access, id)?;
            let shares = store::shares::of_record(conn, id, MAX_SHARES)?;
            let people: Vec<RecordId> = shares.iter().map(|s| s.person).collect();
            let mut known = Vec::new();
            for (module, access) in people_modules(&task) {
                let named = named_all(conn, &access, &people)?;
                known.extend(named.into_iter().map(|(id, email, name)| (id, (module, email, name))));
            }
            let with = |share: store::shares::Share| SharedWith {
                person: share.person,
                known: known.iter().find(|(id, _)| *id == share.person).map(|(_, known)| known.clone()),
                since: share.since,
                by: share.by,
            };
            Ok(shares.into_iter().map(with).collect())
        })
        .await
}

/// Shares a record with a person, by the person's own record. To share it again changes nothing.
///
/// Errors: no such record; `person` where records of the module cannot be shared with them, or with nobody more.
pub async fn share(ctx: &Ctx, access: &Access, id: RecordId, person: RecordId) -> Result<(), Error> {
    ctx.need_manage_portal_users()?;
    let (task, access) = (ctx.clone(), access.clone());
    ctx.tenant
        .db
        .write(move |conn| {
            need(conn, &access, id)?;
            need_person(conn, &task, &access, person)?;
            if store::shares::insert(conn, id, person, task.viewer.actor, task.now)? {
                need_room(conn, id)?;
                note(conn, &task, &access, id, "shared")?;
            }
            Ok(())
        })
        .await
}

/// Shares a record no more with a person. Their next request finds it gone.
///
/// Errors: no such record; no such share.
pub async fn unshare(ctx: &Ctx, access: &Access, id: RecordId, person: RecordId) -> Result<(), Error> {
    ctx.need_manage_portal_users()?;
    let (task, access) = (ctx.clone(), access.clone());
    ctx.tenant
        .db
        .write(move |conn| {
            need(conn, &access, id)?;
            if !store::shares::delete(conn, id, person)? {
                return Err(Error::NotFound("share"));
            }
            note(conn, &task, &access, id, "unshared")
        })
        .await
}

/// The record is there for the one who asks.
fn need(conn: &mut Conn, access: &Access, id: RecordId) -> Result<(), Error> {
    let found = store::records::one(conn, access, id, Vec::new())?;
    found.map(drop).ok_or(Error::NotFound("record"))
}

fn need_person(conn: &mut Conn, ctx: &Ctx, access: &Access, person: RecordId) -> Result<(), Error> {
    let module = access.plan().module();
    let audiences = audiences(ctx, module.id);
    for audience in &audiences {
        if let Some(people) = ctx.snapshot.access(ctx.viewer, audience.module.id)
            && store::records::one(conn, &people, person, Vec::new())?.is_some()
        {
            return Ok(());
        }
    }
    let expected = match audiences.as_slice() {
        [] => format!("a user type that is granted shared records of {}", module.plural),
        some => {
            let modules: Vec<&str> = some.iter().map(|a| a.module.plural.as_str()).collect();
            format!("a record of {}", modules.join(" or "))
        }
    };
    Err(Error::Input("person", expected))
}

fn need_room(conn: &mut Conn, id: RecordId) -> Result<(), Error> {
    let shares = store::shares::of_record(conn, id, MAX_SHARES + 1)?;
    if u32::try_from(shares.len()).is_ok_and(|count| count <= MAX_SHARES) {
        return Ok(());
    }
    Err(Error::Input("person", format!("at most {MAX_SHARES} people for one record")))
}

/// The modules whose records are people, as far as the one who asks sees them.
fn people_modules(ctx: &Ctx) -> Vec<(ModuleId, Access)> {
    let mut modules: Vec<ModuleId> = ctx.snapshot.user_types.iter().map(|t| t.personality).collect();
    modules.sort_unstable();
    modules.dedup();
    let access = |id: ModuleId| Some((id, ctx.snapshot.access(ctx.viewer, id)?));
    modules.into_iter().filter_map(access).collect()
}

fn note(conn: &mut Conn, ctx: &Ctx, access: &Access, id: RecordId, action: &'static str) -> Result<(), Error> {
    let object = Object {
        module: Some(access.plan().module().id),
        record: Some(id),
    };
    audit::note(conn, &ctx.app, ctx.viewer.actor, action, object, "")
}
