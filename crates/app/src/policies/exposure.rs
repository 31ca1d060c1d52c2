//! What is within everybody's reach: the map of it, and the budget that nothing comes into force beyond.

use std::fmt;
use std::sync::Arc;

use domain::access::{
    Access, Admission, AnonymousGrant, Grant, PlanKey, Plans, Policy, PolicySet, Predicate, Scope, Viewer, check_anonymous,
};
use domain::ids::{ModuleId, UserTypeId};
use domain::modules::{Catalogue, Module};
use domain::records::Query;
use domain::time::{Day, Moment};
use serde::Serialize;
use store::engine::Conn;
use store::records::{Linked, Shown};

use super::kept::{Which, set_of};
use crate::visitors::visitor;
use crate::{Ctx, Error};

/// How visitors are called.
pub const VISITORS: &str = "Visitors who are not signed in";

/// How many records are shown as samples.
const SAMPLE: u32 = 5;

/// What everybody of a kind reaches, whoever they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Exposure {
    /// Without signing in.
    pub anonymous: Vec<Reached>,
    /// By being in a user type, whatever their own record is.
    pub types: Vec<OfType>,
}

/// What everybody of a user type reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfType {
    #[serde(skip)]
    pub user_type: UserTypeId,
    pub name: String,
    /// How people come in who sign up themselves. None: nobody comes in without an invitation.
    pub sign_up: Option<Admission>,
    pub reached: Vec<Reached>,
}

impl OfType {
    /// Whether whoever has an address can come in.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.sign_up == Some(Admission::Open)
    }
}

/// What is reached in one module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reached {
    #[serde(skip)]
    pub module: ModuleId,
    /// API name, and how the organisation calls its records.
    pub api_name: String,
    pub name: String,
    pub records: u64,
    /// How many there are, for whoever's profile shows the module.
    pub of: Option<u64>,
    /// How many are allowed at most: for visitors.
    pub at_most: Option<u32>,
    /// The labels of the fields that can be read on some of the records.
    pub fields: Vec<String>,
    /// The latest records as they are seen: by field in that order. For whoever's profile shows the module.
    pub sample: Vec<Vec<String>>,
    /// Why nothing is shown, where what is said does not fit the modules any more.
    pub faults: Vec<String>,
}

impl Reached {
    /// Whether more is within reach than is allowed.
    #[must_use]
    pub fn is_beyond(&self) -> bool {
        self.at_most.is_some_and(|most| self.records > u64::from(most))
    }
}

/// More records would be within everybody's reach than were allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beyond {
    /// How the organisation calls the records.
    pub name: String,
    pub records: u64,
    pub at_most: u32,
}

impl fmt::Display for Beyond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, records, at_most } = self;
        write!(
            f,
            "{records} {name} would be within everybody's reach, and at most {at_most} are allowed"
        )
    }
}

/// What everybody reaches by these policies. Changes nothing.
pub async fn exposure(ctx: &Ctx, which: Which) -> Result<Exposure, Error> {
    ctx.need_manage_portals()?;
    let ctx = ctx.clone();
    let db = ctx.tenant.db.clone();
    db.snapshot(move |conn| {
        let (set, types) = set_of(conn, which)?;
        let map = Map::of(conn, &ctx, &set)?;
        let mut found = Exposure::default();
        for grant in &set.anonymous {
            found.anonymous.push(map.of_visitors(conn, grant)?);
        }
        for user_type in types.iter().filter(|t| t.active) {
            let of_type = OfType {
                user_type: user_type.id,
                name: user_type.name.clone(),
                sign_up: sign_up(&set, user_type.id),
                reached: map.of_type(conn, user_type.id)?,
            };
            if !of_type.reached.is_empty() || of_type.sign_up.is_some() {
                found.types.push(of_type);
            }
        }
        Ok(found)
    })
    .await
}

/// Where more is within everybody's reach by now than is allowed: records were made or changed since it was published.
pub async fn beyond_reach(ctx: &Ctx) -> Result<Vec<Beyond>, Error> {
    ctx.need_manage_portals()?;
    if ctx.snapshot.anonymous.is_empty() {
        return Ok(Vec::new());
    }
    let ctx = ctx.clone();
    let db = ctx.tenant.db.clone();
    db.snapshot(move |conn| {
        let (set, _) = set_of(conn, Which::InForce)?;
        beyond(conn, &set, ctx.now.day(), |_| true)
    })
    .await
}

/// Refuses a change of what visitors see that would open more records than it allows itself.
///
/// What stays as it is in force is not judged again: whoever closes something must not be stopped by what has grown
/// elsewhere. That is for the alert to say.
pub(super) fn need_within_reach(conn: &mut Conn, before: Option<&PolicySet>, set: &PolicySet, now: Moment) -> Result<(), Error> {
    let stays = |grant: &AnonymousGrant| before.is_some_and(|b| b.ceilings == set.ceilings && b.anonymous.contains(grant));
    let beyond = beyond(conn, set, now.day(), |grant| !stays(grant))?;
    if beyond.is_empty() {
        Ok(())
    } else {
        Err(Error::BeyondReach(beyond))
    }
}

fn beyond(conn: &mut Conn, set: &PolicySet, today: Day, judged: impl Fn(&AnonymousGrant) -> bool) -> Result<Vec<Beyond>, Error> {
    let judged: Vec<&AnonymousGrant> = set.anonymous.iter().filter(|g| judged(g)).collect();
    if judged.is_empty() {
        return Ok(Vec::new());
    }
    let plans = plans(conn, set)?;
    let mut found = Vec::new();
    for grant in judged {
        let Some(access) = plans.bind(visitor(today), grant.module) else {
            continue;
        };
        let records = count(conn, &access)?;
        if records > u64::from(grant.at_most) {
            found.push(Beyond {
                name: access.plan().module().plural.clone(),
                records,
                at_most: grant.at_most,
            });
        }
    }
    Ok(found)
}

fn count(conn: &mut Conn, access: &Access) -> Result<u64, Error> {
    Ok(store::records::count(conn, access, &Query::newest(Vec::new(), 1))?)
}

/// What visitors see, and what everybody of a user type sees whoever they are.
fn plans(conn: &mut Conn, set: &PolicySet) -> Result<Plans, Error> {
    let catalogue = Arc::new(store::modules::load(conn)?);
    let is_open = |id| sign_up(set, id) == Some(Admission::Open);
    let public: Vec<(UserTypeId, Policy)> = set.policies().map(|(id, policy)| (id, public_part(policy, is_open(id)))).collect();
    let types = public.iter().map(|(id, policy)| (*id, policy));
    let version = store::state::version(conn)?;
    let plans = Plans::of(version, &catalogue, types, &set.ceilings, std::iter::empty());
    Ok(plans.with_anonymous(&set.anonymous, &set.ceilings))
}

/// How people come into a user type who sign up themselves.
fn sign_up(set: &PolicySet, user_type: UserTypeId) -> Option<Admission> {
    let form = set.sign_ups.iter().find(|f| f.user_type == user_type);
    form.map(|f| f.admission)
}

/// The grants of a policy that do not ask who somebody is. Whoever comes in by an open form may be any of the people of
/// whom a grant speaks.
fn public_part(policy: &Policy, is_open: bool) -> Policy {
    let public = policy
        .grants
        .iter()
        .filter(|g| g.scope == Scope::Public && (g.people.is_none() || is_open));
    let anybody = public.map(|g| Grant { people: None, ..g.clone() });
    Policy {
        personality: policy.personality,
        grants: anybody.collect(),
    }
}

/// All that is asked to draw the map.
struct Map<'a> {
    ctx: &'a Ctx,
    catalogue: Catalogue,
    plans: Plans,
}

impl<'a> Map<'a> {
    fn of(conn: &mut Conn, ctx: &'a Ctx, set: &PolicySet) -> Result<Self, Error> {
        Ok(Self {
            ctx,
            catalogue: store::modules::load(conn)?,
            plans: plans(conn, set)?,
        })
    }

    fn of_visitors(&self, conn: &mut Conn, grant: &AnonymousGrant) -> Result<Reached, Error> {
        let faults = check_anonymous(&self.catalogue, std::slice::from_ref(grant));
        let mut reached = match self.plans.bind(visitor(self.ctx.now.day()), grant.module) {
            Some(access) => self.reached(conn, &access)?,
            None => self.nothing(grant.module),
        };
        reached.at_most = Some(grant.at_most);
        reached.faults = faults.iter().map(ToString::to_string).collect();
        Ok(reached)
    }

    fn of_type(&self, conn: &mut Conn, user_type: UserTypeId) -> Result<Vec<Reached>, Error> {
        let somebody = Viewer {
            key: PlanKey::UserType(user_type),
            ..visitor(self.ctx.now.day())
        };
        let accesses = self.catalogue.modules().filter_map(|m| self.plans.bind(somebody, m.id));
        accesses.map(|access| self.reached(conn, &access)).collect()
    }

    fn nothing(&self, module: ModuleId) -> Reached {
        let found = self.catalogue.module(module);
        Reached {
            module,
            api_name: found.map(|m| m.api_name.clone()).unwrap_or_default(),
            name: found.map_or_else(|| "a module that is gone".to_owned(), |m| m.plural.clone()),
            records: 0,
            of: None,
            at_most: None,
            fields: Vec::new(),
            sample: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn reached(&self, conn: &mut Conn, access: &Access) -> Result<Reached, Error> {
        let module = access.plan().module();
        let mine = self.ctx.snapshot.access(self.ctx.viewer, module.id);
        let columns = access.plan().columns();
        Ok(Reached {
            records: count(conn, access)?,
            of: mine.as_ref().map(|mine| count(conn, mine)).transpose()?,
            fields: columns.iter().map(|c| c.field.label.clone()).collect(),
            // Who does not see every record of the module is not shown which these are.
            sample: match mine.is_some_and(|mine| *mine.plan().view() == Predicate::Always) {
                true => sample(conn, access, module)?,
                false => Vec::new(),
            },
            ..self.nothing(module.id)
        })
    }
}

/// The latest records as they are seen.
fn sample(conn: &mut Conn, access: &Access, module: &Module) -> Result<Vec<Vec<String>>, Error> {
    let columns: Vec<_> = access.plan().columns().iter().map(|c| c.field.id).collect();
    let found = store::records::list(conn, access, &Query::newest(columns.clone(), SAMPLE))?;
    let text = |(id, shown): (&domain::ids::FieldId, &Shown)| match (shown, module.field(*id)) {
        (Shown::Value(value), Some(field)) => value.to_text(&field.kind),
        (Shown::Link(linked), _) => linked.name.clone().unwrap_or_default(),
        (Shown::Links(all), _) => all.iter().filter_map(|l: &Linked| l.name.clone()).collect::<Vec<_>>().join(", "),
        (Shown::File(file), _) => file.name.clone().unwrap_or_default(),
        _ => String::new(),
    };
    let row = |record: &store::records::Record| columns.iter().zip(&record.values).map(text).collect();
    Ok(found.records.iter().map(row).collect())
}
