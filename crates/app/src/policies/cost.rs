//! What lists would cost by other policies: told before they come into force, while nobody waits for them yet.

use domain::access::{Access, PlanKey, Plans, PolicySet, Viewer};
use domain::ids::UserTypeId;
use domain::portals::UserType;
use domain::records::Query;
use store::engine::Conn;
use store::members::{Member, Wanted};
use store::records::{ReadError, cost};

use super::exposure::VISITORS;
use super::kept::{Which, set_of};
use super::text::wanted_set;
use crate::context::SYSTEM_ACTOR;
use crate::visitors::visitor;
use crate::{Ctx, Error, Snapshot};

/// How many people of a user type are samples.
const SAMPLES: usize = 3;
/// How many records a page has.
const PAGE: u32 = 25;
/// A list may cost so many times what an administrator's costs, who sees every record.
pub const BUDGET: u64 = 10;
/// What costs less is not worth a word, however little an administrator's list costs: a millisecond or less.
const TRIFLE: u64 = 10_000;

/// A list that costs more than the budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Costly {
    /// Whose: a user type, or visitors.
    pub whose: String,
    /// As the organisation calls it.
    pub module: String,
    /// How many times what an administrator's list of the same records costs. None: it took longer than anybody waits.
    pub times: Option<u64>,
}

/// Whose policies are looked at.
#[derive(Debug, Clone)]
pub enum Source {
    Which(Which),
    /// What a text would put into force.
    Text(String),
}

/// The lists that would cost more than the budget, of the user types of which `source` says something else than what is in
/// force; the worst first. Some people of each are samples. Changes nothing.
pub async fn costly(ctx: &Ctx, source: Source) -> Result<Vec<Costly>, Error> {
    ctx.need_manage_portals()?;
    let task = ctx.clone();
    let lists = ctx.tenant.db.snapshot(move |conn| lists(conn, &task, source)).await?;
    let mut found = Vec::new();
    for list in lists {
        if let Some(costly) = judged(ctx, list).await? {
            found.push(costly);
        }
    }
    // What took longer than anybody waits is worst.
    found.sort_by_key(|c| std::cmp::Reverse(c.times.unwrap_or(u64::MAX)));
    found.dedup_by(|b, a| a.whose == b.whose && a.module == b.module);
    Ok(found)
}

/// Somebody's list, and that of an administrator.
struct List {
    whose: String,
    theirs: Access,
    all: Access,
}

fn lists(conn: &mut Conn, ctx: &Ctx, source: Source) -> Result<Vec<List>, Error> {
    let (set, types) = match source {
        Source::Which(which) => set_of(conn, which)?,
        Source::Text(text) => wanted_set(conn, ctx, Some(&text))?,
    };
    let snapshot = Snapshot::load(conn)?;
    let sets = (&store::policies::published(conn)?.1.unwrap_or_default(), &set);
    let plans = Plans::of(
        snapshot.version,
        &snapshot.catalogue,
        set.policies(),
        &set.ceilings,
        snapshot.profiles.iter(),
    )
    .with_anonymous(&set.anonymous, &set.ceilings);
    let mut found = Vec::new();
    for (whose, viewer) in viewers(conn, ctx, sets, &types)? {
        for module in snapshot.catalogue.modules() {
            let pair = plans.bind(viewer, module.id).zip(plans.bind(office(ctx, &snapshot), module.id));
            found.extend(pair.map(|(theirs, all)| List {
                whose: whose.clone(),
                theirs,
                all,
            }));
        }
    }
    Ok(found)
}

/// Who sees every record.
fn office(ctx: &Ctx, snapshot: &Snapshot) -> Viewer {
    let all = snapshot
        .profiles
        .iter()
        .find(|p| p.rights.others.view && p.rights.modules.is_empty());
    Viewer {
        key: all.map_or(ctx.viewer.key, |profile| PlanKey::Staff(profile.id)),
        anchor: None,
        actor: SYSTEM_ACTOR,
        session: None,
        today: ctx.now.day(),
    }
}

/// Some people of the user types of which the two do not say the same, and a visitor where it is about visitors.
fn viewers(
    conn: &mut Conn,
    ctx: &Ctx,
    (before, after): (&PolicySet, &PolicySet),
    types: &[UserType],
) -> Result<Vec<(String, Viewer)>, Error> {
    let same_ceilings = before.ceilings == after.ceilings;
    let mut found = Vec::new();
    if !(same_ceilings && before.anonymous == after.anonymous) {
        found.push((VISITORS.to_owned(), visitor(ctx.now.day())));
    }
    for user_type in types.iter().filter(|t| !(same_ceilings && before.agrees(after, t.id))) {
        let people = samples(conn, user_type.id)?.into_iter().map(|member| Viewer {
            key: PlanKey::UserType(user_type.id),
            anchor: Some(member.record),
            actor: member.id.0,
            ..visitor(ctx.now.day())
        });
        found.extend(people.map(|viewer| (user_type.name.clone(), viewer)));
    }
    Ok(found)
}

/// The first people of a user type, the last, and those in the middle.
fn samples(conn: &mut Conn, user_type: UserTypeId) -> Result<Vec<Member>, Error> {
    let wanted = Wanted {
        user_type: Some(user_type),
        limit: 200,
        ..Wanted::default()
    };
    let all = store::members::list(conn, &wanted)?;
    let apart = all.len().div_ceil(SAMPLES).max(1);
    Ok(all.into_iter().step_by(apart).collect())
}

async fn judged(ctx: &Ctx, list: List) -> Result<Option<Costly>, Error> {
    let costly = |times| Costly {
        whose: list.whose.clone(),
        module: list.theirs.plan().module().plural.clone(),
        times,
    };
    let (Some(all), Some(theirs)) = (counted(ctx, &list.all).await?, counted(ctx, &list.theirs).await?) else {
        return Ok(Some(costly(None)));
    };
    let times = theirs.checked_div(all.max(1)).unwrap_or(0);
    Ok((theirs > TRIFLE && times > BUDGET).then(|| costly(Some(times))))
}

/// What a page of the newest records costs; None if nobody waits so long.
async fn counted(ctx: &Ctx, access: &Access) -> Result<Option<u64>, Error> {
    let columns = access.plan().columns().iter().map(|c| c.field.id).collect();
    let (access, query) = (access.clone(), Query::newest(columns, PAGE));
    let read = ctx.tenant.db.read::<_, ReadError>(move |conn| cost(conn, &access, &query)).await;
    match read {
        Ok(cost) => Ok(Some(cost)),
        Err(ReadError::Engine(store::engine::Error::Timeout)) => Ok(None),
        Err(other) => Err(other.into()),
    }
}
