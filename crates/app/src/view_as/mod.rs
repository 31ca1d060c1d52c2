//! Looking as somebody else: an administrator sees a portal as one of its people sees it, by what is in force, by a draft
//! or by an earlier version.
//!
//! [`look`] makes a context like the one the person's own session would make, so that every page of the portal is the
//! portal's own. What it cannot do is write: its database only reads, whatever use case is called. Neither the person's
//! sessions nor their licence are touched; the session that ends such a look is the administrator's.

mod people;

use std::sync::Arc;

use domain::access::{PlanKey, PolicySet, Viewer};
use domain::ids::{ModuleId, RecordId, UserTypeId};
use domain::orgs::Rights;
use domain::portals::{Portal, UserType};
use store::audit::Deed;
use store::engine::Conn;

use crate::explain::person::{self, Person};
use crate::policies::Which;
use crate::{Ctx, Error, Snapshot, Tenant};

pub use people::{Candidate, People, people};

/// For so many seconds looking on as the same person by the same policies is one visit: it is noted once.
const VISIT_SECONDS: i64 = 1800;

/// As whom somebody looks, and by which policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whom {
    pub user_type: UserTypeId,
    /// The record that the person is, whether they were ever invited or not.
    pub person: RecordId,
    pub by: Which,
}

/// A portal as one of its people sees it.
#[derive(Clone)]
pub struct Viewed {
    /// Reads what the person reads, and writes nothing.
    pub ctx: Ctx,
    pub portal: Portal,
    pub who: Who,
}

/// As whom somebody looks, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    pub user_type: String,
    pub name: String,
    /// Empty where a person who was never invited has none.
    pub email: String,
    /// The policies in words: `the draft “More for clients”`.
    pub by: String,
    /// Why the person does not see it just now, in sentences.
    pub barriers: Vec<String>,
    /// Modules of the person's that the administrator's own profile hides: they are left out.
    pub left_out: Vec<String>,
}

/// What it is looked by.
struct Rules {
    set: PolicySet,
    /// The user types that the draft opens.
    opens: Vec<UserTypeId>,
    words: String,
    /// The same for the trail.
    noted: String,
}

/// All that the database knows of a look.
struct Found {
    rules: Rules,
    user_type: UserType,
    person: Person,
    email: String,
    /// What has to be noted, unless it was lately.
    deed: Option<Deed>,
}

/// Looks as a person, and notes it. Needs Manage Portals, and a profile that shows the person's record: whoever may
/// manage portals decides what everybody sees, but another right to read is not given by it, so modules that the
/// profile hides stay hidden.
///
/// Errors: no such user type, person (also one in the recycle bin or of another module), draft or version; a draft or
/// version that cannot be read.
pub async fn look(ctx: &Ctx, whom: Whom) -> Result<Viewed, Error> {
    ctx.need_manage_portals()?;
    let task = ctx.clone();
    let mut found = ctx.tenant.db.snapshot(move |conn| find(conn, &task, whom)).await?;
    if let Some(deed) = found.deed.take() {
        let noted = ctx.tenant.db.write::<_, Error>(move |conn| Ok(store::audit::append(conn, &deed)?));
        noted.await?;
    }
    viewed(ctx, whom, &found)
}

/// As whom it would be: for the page that refuses what somebody sent who only looks. Nothing of the portal is shown by it
/// and nothing is noted, so that what is refused changes nothing. Needs and errors as for [`look`].
pub async fn who(ctx: &Ctx, whom: Whom) -> Result<Who, Error> {
    ctx.need_manage_portals()?;
    let task = ctx.clone();
    let found = ctx.tenant.db.snapshot(move |conn| find(conn, &task, whom)).await?;
    Ok(described(ctx, &found))
}

fn find(conn: &mut Conn, ctx: &Ctx, whom: Whom) -> Result<Found, Error> {
    let rules = rules(conn, ctx, whom.by)?;
    let user_type = with_people_of(&rules, ctx.snapshot.user_type(whom.user_type))?;
    let mut person = person::of_record(conn, &user_type, whom.person)?.ok_or(Error::NotFound("person"))?;
    let access = ctx.snapshot.access(ctx.viewer, person.module).ok_or(Error::NotFound("person"))?;
    let email = match person.email() {
        Some(email) => email.to_owned(),
        None => {
            let (email, name) = crate::members::named(conn, &access, person.record)?;
            person.name = name;
            email
        }
    };
    let deed = Deed {
        id: ctx.app.id(),
        at: ctx.now,
        actor: ctx.viewer.actor,
        action: "viewed_as",
        module: Some(person.module),
        record: Some(person.record),
        detail: format!("{}, {}", user_type.name, rules.noted),
    };
    let noted = store::audit::is_noted_since(conn, &deed, ctx.now.plus_seconds(-VISIT_SECONDS))?;
    Ok(Found {
        rules,
        user_type,
        person,
        email,
        deed: (!noted).then_some(deed),
    })
}

/// The user type with the people that it has by these rules.
fn with_people_of(rules: &Rules, user_type: Option<&UserType>) -> Result<UserType, Error> {
    let user_type = user_type.ok_or(Error::NotFound("user type"))?;
    Ok(UserType {
        personality: rules.set.get(user_type.id).map_or(user_type.personality, |p| p.personality),
        ..user_type.clone()
    })
}

fn rules(conn: &mut Conn, ctx: &Ctx, by: Which) -> Result<Rules, Error> {
    let of = |set, words: String, noted| Rules {
        set,
        opens: Vec::new(),
        words,
        noted,
    };
    Ok(match by {
        Which::InForce => {
            let (number, set) = store::policies::published(conn)?;
            // What cannot be read grants nothing: that is what the person sees.
            let words = format!("what is in force (version {number})");
            of(set.unwrap_or_default(), words, format!("version {number}"))
        }
        Which::Draft(id) => {
            let draft = store::policies::draft(conn, id)?.ok_or(Error::NotFound("draft"))?;
            Rules {
                opens: draft.opens,
                ..of(
                    draft.set.ok_or(Error::UnreadablePolicies)?,
                    format!("the draft “{}”", draft.name),
                    format!("draft {}", draft.name),
                )
            }
        }
        Which::Version(number) => {
            store::policies::version(conn, number)?.ok_or(Error::NotFound("version"))?;
            let set = store::policies::document(conn, number)?.ok_or(Error::UnreadablePolicies)?;
            let words = match number == ctx.snapshot.policy_version {
                true => format!("version {number}, which is in force"),
                false => format!("version {number}, which is not in force any more"),
            };
            of(set, words, format!("version {number}"))
        }
    })
}

fn viewed(ctx: &Ctx, whom: Whom, found: &Found) -> Result<Viewed, Error> {
    let portal = ctx
        .snapshot
        .portal(found.user_type.portal)
        .cloned()
        .ok_or(Error::NotFound("portal"))?;
    let snapshot = if whom.by == Which::InForce && found.is_open(ctx, whom.user_type) && sees_all(ctx) {
        // The very plans that the person's own requests are answered by.
        Arc::clone(&ctx.snapshot)
    } else {
        // The one who is looked as counts also where the user type is closed, the others only where they come in.
        let counts = |id| found.is_open(ctx, id) || id == whom.user_type;
        let sees = |module| sees(ctx, module);
        Arc::new(ctx.snapshot.by(&found.rules.set, counts, whom.user_type, sees))
    };
    Ok(Viewed {
        ctx: context(ctx, whom.user_type, &found.person, snapshot),
        portal,
        who: described(ctx, found),
    })
}

fn described(ctx: &Ctx, found: &Found) -> Who {
    let user_type = &found.user_type;
    let granted = found.rules.set.get(user_type.id).map(|p| p.grants.as_slice()).unwrap_or_default();
    let modules = ctx.snapshot.catalogue.modules();
    let left_out = modules.filter(|m| granted.iter().any(|g| g.module == m.id) && !sees(ctx, m.id));
    let barriers = person::barriers(&found.person, user_type, found.is_open(ctx, user_type.id));
    Who {
        user_type: user_type.name.clone(),
        name: found.person.name.clone(),
        email: found.email.clone(),
        by: found.rules.words.clone(),
        barriers: barriers.into_iter().map(|b| b.text).collect(),
        left_out: left_out.map(|m| m.plural.clone()).collect(),
    }
}

impl Found {
    /// Whether people of a user type come in, as far as these rules have a say in it.
    fn is_open(&self, ctx: &Ctx, id: UserTypeId) -> bool {
        self.rules.opens.contains(&id) || is_open(&ctx.snapshot, id)
    }
}

/// Whether the profile of the one who looks shows a module.
fn sees(ctx: &Ctx, module: ModuleId) -> bool {
    ctx.snapshot.access(ctx.viewer, module).is_some()
}

/// Whether the profile of the one who looks hides no module.
fn sees_all(ctx: &Ctx) -> bool {
    ctx.snapshot.catalogue.modules().all(|m| sees(ctx, m.id))
}

/// Whether people of a user type come in at all.
fn is_open(snapshot: &Snapshot, id: UserTypeId) -> bool {
    let active = |t: &UserType| t.active && snapshot.portal(t.portal).is_some_and(|p| p.active);
    snapshot.user_type(id).is_some_and(active)
}

/// The context that the person's own session would make, but for the session, which is the administrator's, and for the
/// database, which only reads.
fn context(ctx: &Ctx, user_type: UserTypeId, person: &Person, snapshot: Arc<Snapshot>) -> Ctx {
    let tenant: Tenant = ctx.tenant.looking(&snapshot);
    Ctx {
        app: ctx.app.clone(),
        tenant: Arc::new(tenant),
        viewer: Viewer {
            key: PlanKey::UserType(user_type),
            anchor: Some(person.record),
            actor: person.actor(),
            session: ctx.viewer.session,
            today: ctx.now.day(),
        },
        rights: Rights::standard(),
        signed_in: None,
        now: ctx.now,
        snapshot,
    }
}
