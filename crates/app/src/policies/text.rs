//! Policies as text: written out, compared with what is in force, put into force.
//!
//! The text is TOML in names ([`NamedPolicies`]). Writing out what was just put into force gives the same text again. A user
//! type whose name is that of another portal's too is called `portal/name`.

use std::collections::BTreeSet;

use domain::access::{NamedAnonymous, NamedCeiling, NamedPolicies, NamedPolicy, NamedSignUp, NamedType, PolicySet, Widening};
use domain::ids::{PortalId, UserTypeId};
use domain::modules::Catalogue;
use domain::portals::{Unnamed, UserType, check_type_name, split_name, user_type_named};
use similar::TextDiff;
use store::engine::Conn;

use super::difference::{Both, TypeDifference};
use super::drafts::{insert, new};
use super::{InForce, Present};
use crate::audit;
use crate::{Ctx, Error, Snapshot};

/// What a text would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The lines that change, with those around them; empty if nothing does.
    pub diff: String,
    /// The user types that are made.
    pub made: Vec<String>,
    /// The user types of which the text does not speak: they stay as they are.
    pub untouched: Vec<String>,
    /// What the people who are there would see more or less of.
    pub differences: Vec<TypeDifference>,
    /// Where people would see or do more.
    pub widenings: Vec<Widening>,
    /// Whether a second administrator has to agree.
    pub needs_second: bool,
}

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// It says what is in force already.
    Nothing,
    /// It is in force, as this version.
    Published(i64),
    /// It waits for a second administrator, as a draft.
    Waiting,
}

/// The policies that are in force, as text.
pub async fn export(ctx: &Ctx) -> Result<String, Error> {
    ctx.need_manage_portals()?;
    let task = ctx.clone();
    ctx.tenant
        .db
        .snapshot(move |conn| {
            let (_, set) = store::policies::published(conn)?;
            let set = set.ok_or(Error::UnreadablePolicies)?;
            let types = types(conn)?;
            let readable = |t: &&UserType| set.unreadable().any(|id| id == t.id);
            if let Some(lost) = types.iter().find(readable) {
                return Err(Error::UnreadablePolicy(lost.name.clone()));
            }
            write(&task, &store::modules::load(conn)?, &set, &types)
        })
        .await
}

/// What a text would change. Changes nothing.
pub async fn plan(ctx: &Ctx, text: &str) -> Result<Planned, Error> {
    ctx.need_manage_portals()?;
    let (ctx, wanted) = (ctx.clone(), read(text)?);
    let db = ctx.tenant.db.clone();
    db.snapshot(move |conn| {
        let present = Present::look(conn)?;
        let merged = Merged::in_place_of(conn, &ctx, &present, &wanted)?;
        merged.check(conn, &ctx)?;
        let before = write(&ctx, &merged.catalogue, present.set()?, &present.types)?;
        let after = write(&ctx, &merged.catalogue, &merged.set, &merged.types)?;
        let spoken = |t: &&UserType| merged.spoken.contains(&t.id);
        let open = |id| merged.is_open(&present, id);
        let snapshot = Snapshot::load(conn)?;
        let (in_force, wanted_then) = (present.set()?.only(|id| present.is_open(id)), merged.set.only(open));
        let both = Both::new(&snapshot, ctx.viewer, &in_force, &wanted_then);
        Ok(Planned {
            differences: both.differences(conn, &present.types)?,
            diff: TextDiff::from_lines(&before, &after)
                .unified_diff()
                .header("in force", "wanted")
                .to_string(),
            made: merged.made.iter().map(|t| t.name.clone()).collect(),
            untouched: present.types.iter().filter(|t| !spoken(t)).map(|t| t.name.clone()).collect(),
            needs_second: present.needs_second(&merged.set, open),
            widenings: present.widenings(&merged.set, open),
        })
    })
    .await
}

/// Puts a text into force: as the next version, or as a draft that waits where a second administrator has to agree. User
/// types that are not there are made; those of which it does not speak stay as they are. With `despite` also although so
/// many kept tests fail.
pub async fn apply(ctx: &Ctx, text: &str, note: &str, despite: Option<usize>) -> Result<Applied, Error> {
    ctx.need_manage_portals()?;
    let (ctx, wanted, note) = (ctx.clone(), read(text)?, checked(note)?);
    let db = ctx.tenant.db.clone();
    db.write(move |conn| {
        let present = Present::lock(conn, &ctx)?;
        let merged = Merged::in_place_of(conn, &ctx, &present, &wanted)?;
        if merged.set == *present.set()? && merged.made.is_empty() {
            return Ok(Applied::Nothing);
        }
        merged.check(conn, &ctx)?;
        let waits = present.needs_second(&merged.set, |id| merged.is_open(&present, id));
        for user_type in &merged.made {
            let made = UserType {
                active: !waits,
                ..user_type.clone()
            };
            store::portals::insert_user_type(conn, &made, ctx.viewer.actor, ctx.now)?;
            audit::note_by(conn, &ctx, "user_type_created", &made.name)?;
        }
        if waits {
            return wait(conn, &ctx, &present, &merged, note).map(|()| Applied::Waiting);
        }
        let number = present.put_in_force(conn, &merged.set, &InForce::by(&ctx, &note, despite))?;
        let detail = format!("version {number}: {note}");
        audit::note_by(conn, &ctx, "policy_published", &detail)?;
        Ok(Applied::Published(number))
    })
    .await
}

/// Makes a draft that waits for a second administrator, and opens the user types that were made for it.
fn wait(conn: &mut Conn, ctx: &Ctx, present: &Present, merged: &Merged, note: String) -> Result<(), Error> {
    let all = Present::lock(conn, ctx)?;
    let mut draft = new(ctx, note, &all, &merged.set);
    draft.base = present.number;
    draft.opens = merged.made.iter().map(|t| t.id).collect();
    draft.waiting = true;
    insert(conn, ctx, &draft)?;
    audit::note_by(conn, ctx, "policy_approval_asked", &draft.name)
}

/// What a text would put into force, and the user types there would be then; without a text what is in force.
pub(super) fn wanted_set(conn: &mut Conn, ctx: &Ctx, text: Option<&str>) -> Result<(PolicySet, Vec<UserType>), Error> {
    let (_, set) = store::policies::published(conn)?;
    let set = set.ok_or(Error::UnreadablePolicies)?;
    match text {
        None => Ok((set, types(conn)?)),
        Some(text) => {
            let merged = Merged::of(ctx, store::modules::load(conn)?, (set, types(conn)?), &read(text)?)?;
            Present::check_of(conn, &merged.set, &merged.types)?;
            Ok((merged.set, merged.types))
        }
    }
}

/// What is in force, with what a text says in its place.
struct Merged {
    catalogue: Catalogue,
    set: PolicySet,
    types: Vec<UserType>,
    /// The user types that are not there yet.
    made: Vec<UserType>,
    /// Those of which the text speaks.
    spoken: BTreeSet<UserTypeId>,
}

impl Merged {
    fn in_place_of(conn: &mut Conn, ctx: &Ctx, present: &Present, wanted: &NamedPolicies) -> Result<Self, Error> {
        let there = (present.set()?.clone(), present.types.clone());
        Self::of(ctx, store::modules::load(conn)?, there, wanted)
    }

    fn of(ctx: &Ctx, catalogue: Catalogue, (set, types): (PolicySet, Vec<UserType>), wanted: &NamedPolicies) -> Result<Self, Error> {
        let mut merged = Self {
            catalogue,
            set,
            types,
            made: Vec::new(),
            spoken: BTreeSet::new(),
        };
        for named in &wanted.types {
            let id = merged.put(ctx, named)?;
            if !merged.spoken.insert(id) {
                return Err(Error::PolicyText(format!("the user type {:?} stands there twice", named.name)));
            }
        }
        if let Some(anonymous) = &wanted.anonymous {
            let read = anonymous
                .iter()
                .map(|g| g.resolve(&merged.catalogue).map_err(|why| unreadable("anonymous", &why)));
            merged.set.anonymous = read.collect::<Result<_, _>>()?;
        }
        if let Some(forms) = &wanted.sign_ups {
            let id = |name: &str| find(ctx, &merged.types, name).ok().flatten();
            let read = forms.iter().map(|f| {
                f.resolve(&merged.catalogue, &merged.set, id)
                    .map_err(|why| unreadable("sign_up", &why))
            });
            merged.set.sign_ups = read.collect::<Result<_, _>>()?;
        }
        if let Some(ceilings) = &wanted.ceilings {
            let id = |name: &str| find(ctx, &merged.types, name).ok().flatten();
            let read = ceilings
                .iter()
                .map(|c| c.resolve(&merged.catalogue, id).map_err(|why| unreadable(&c.name, &why)));
            merged.set.ceilings = read.collect::<Result<_, _>>()?;
        }
        Ok(merged)
    }

    /// Puts the policy of one user type in its place. One that says the same stays as it is, to the last byte.
    fn put(&mut self, ctx: &Ctx, named: &NamedType) -> Result<UserTypeId, Error> {
        let policy = named
            .policy()
            .resolve(&self.catalogue)
            .map_err(|why| unreadable(&named.name, &why))?;
        let id = match find(ctx, &self.types, &named.name)? {
            Some(id) => id,
            None => self.make(ctx, named, policy.personality)?,
        };
        let said = |policy| NamedPolicy::of(&self.catalogue, policy);
        if self.set.get(id).map(said) != Some(said(&policy)) {
            self.set.put(id, policy);
        }
        Ok(id)
    }

    fn make(&mut self, ctx: &Ctx, named: &NamedType, personality: domain::ids::ModuleId) -> Result<UserTypeId, Error> {
        let (portal, name) = place(ctx, &named.name)?;
        check_type_name(name).map_err(|why| Error::Name {
            name: "user type name",
            why,
        })?;
        let portal = match (portal, ctx.snapshot.portals.as_slice()) {
            (Some(portal), _) => portal,
            (None, [only]) => only.id,
            (None, []) => return Err(Error::NotFound("portal")),
            (None, _) => {
                let why = format!("the user type {name:?} is new, and there are several portals: expected portal/name");
                return Err(Error::PolicyText(why));
            }
        };
        let made = UserType {
            id: UserTypeId(ctx.app.id()),
            portal,
            name: name.to_owned(),
            active: true,
            default: false,
            personality,
        };
        self.types.push(made.clone());
        self.made.push(made.clone());
        Ok(made.id)
    }

    fn check(&self, conn: &mut Conn, ctx: &Ctx) -> Result<(), Error> {
        crate::portals::check_new_types(conn, ctx, &self.types, &self.made)?;
        Present::check_of(conn, &self.set, &self.types)
    }

    fn is_open(&self, present: &Present, id: UserTypeId) -> bool {
        present.is_open(id) || self.made.iter().any(|t| t.id == id)
    }
}

/// The portal, if it is said, and the name of a user type in it.
fn place<'t>(ctx: &Ctx, text: &'t str) -> Result<(Option<PortalId>, &'t str), Error> {
    let split = split_name(&ctx.snapshot.portals, text);
    let (portal, name) = split.map_err(unnamed)?;
    Ok((portal.map(|p| p.id), name))
}

/// The user type that a text calls so. None: there is none yet.
fn find(ctx: &Ctx, types: &[UserType], text: &str) -> Result<Option<UserTypeId>, Error> {
    match user_type_named(types, &ctx.snapshot.portals, text) {
        Ok(found) => Ok(Some(found.id)),
        Err(Unnamed::NoType(_)) => Ok(None),
        Err(why) => Err(unnamed(why)),
    }
}

fn unnamed(why: Unnamed) -> Error {
    Error::PolicyText(why.to_string())
}

/// What a text calls a user type.
fn called(ctx: &Ctx, types: &[UserType], user_type: &UserType) -> String {
    let twin = |t: &UserType| t.id != user_type.id && t.name.eq_ignore_ascii_case(&user_type.name);
    match ctx.snapshot.portal(user_type.portal).filter(|_| types.iter().any(twin)) {
        Some(portal) => format!("{}/{}", portal.name, user_type.name),
        None => user_type.name.clone(),
    }
}

pub(super) fn types(conn: &mut Conn) -> Result<Vec<UserType>, Error> {
    Ok(store::portals::user_types(conn)?.into_iter().map(|(t, _)| t).collect())
}

fn read(text: &str) -> Result<NamedPolicies, Error> {
    toml::from_str(text).map_err(|why| Error::PolicyText(why.to_string()))
}

fn unreadable(whose: &str, why: &dyn std::fmt::Display) -> Error {
    Error::PolicyText(format!("{whose}: {why}"))
}

fn write(ctx: &Ctx, catalogue: &Catalogue, set: &PolicySet, types: &[UserType]) -> Result<String, Error> {
    let name = |id: UserTypeId| types.iter().find(|t| t.id == id).map(|t| called(ctx, types, t));
    let policies = types.iter().filter_map(|t| {
        let policy = NamedPolicy::of(catalogue, set.get(t.id)?);
        Some(NamedType::new(called(ctx, types, t), policy))
    });
    let named = NamedPolicies {
        ceilings: Some(set.ceilings.iter().map(|c| NamedCeiling::of(catalogue, c, name)).collect()),
        sign_ups: Some(set.sign_ups.iter().map(|f| NamedSignUp::of(catalogue, set, f, name)).collect()),
        anonymous: Some(set.anonymous.iter().map(|g| NamedAnonymous::of(catalogue, g)).collect()),
        types: policies.collect(),
    };
    toml::to_string_pretty(&named).map_err(|why| Error::PolicyText(why.to_string()))
}

fn checked(note: &str) -> Result<String, Error> {
    let note = note.trim();
    match note.chars().count() {
        0 => Ok("From a text".to_owned()),
        1..=100 if !note.chars().any(char::is_control) => Ok(note.to_owned()),
        _ => Err(Error::Input("note", "at most 100 characters".into())),
    }
}
