//! Which edition an organisation has, whether it is on trial, and what that means for its portals.

use domain::licences::{About, Event, LicencePolicy};
use domain::orgs::{Availability, Edition, Tenure};
use domain::time::Day;
use store::engine::Conn;
use store::licences::{Happened, Licensed};

use crate::audit::{self, Object};
use crate::sign_ups::admit_waiting;
use crate::{App, Ctx, Error};

/// Where an organisation stands today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub tenure: Tenure,
    pub availability: Availability,
}

fn of(ctx: &Ctx, licensed: &Licensed<'_>) -> Standing {
    let tenure = licensed.tenure(&ctx.tenant.org);
    Standing {
        tenure,
        availability: tenure.availability(&licensed.policy.limits.editions, ctx.now.day()),
    }
}

/// When the trial ends; none where there is none, or it is over.
pub(crate) fn trial_ends(ctx: &Ctx, licensed: &Licensed<'_>) -> Option<Day> {
    match of(ctx, licensed).availability {
        Availability::Trial { ends } => Some(ends),
        _ => None,
    }
}

/// Where the organisation stands. Not for portal users.
pub async fn standing(ctx: &Ctx) -> Result<Standing, Error> {
    if ctx.is_portal_user() {
        return Err(Error::Forbidden);
    }
    let task = ctx.clone();
    ctx.tenant.db.read(move |conn| standing_in(conn, &task)).await
}

pub(super) fn standing_in(conn: &mut Conn, ctx: &Ctx) -> Result<Standing, Error> {
    let licensed = store::licences::pool(conn, ctx.licence_policies())?;
    Ok(of(ctx, &licensed))
}

/// For what changes portals or lets people in. Errors: [`Error::Edition`] where what is there is only kept.
pub(crate) fn need_portals(conn: &mut Conn, ctx: &Ctx) -> Result<(), Error> {
    need_portals_of(ctx, &store::licences::pool(conn, ctx.licence_policies())?)
}

/// The same where the pool is at hand.
pub(crate) fn need_portals_of(ctx: &Ctx, licensed: &Licensed<'_>) -> Result<(), Error> {
    let Standing { tenure, availability } = of(ctx, licensed);
    match availability.may_change() {
        true => Ok(()),
        false => Err(Error::Edition(tenure.edition.name())),
    }
}

/// Gives the organisation an edition, from today on; with a trial that ends on a day, the one to which it falls then. Only for
/// the operator. What it has already changes nothing.
///
/// Errors: [`Error::Input`] for a trial that is over already, or of an edition that has portals anyway.
pub async fn set_edition(ctx: &Ctx, edition: Edition, trial_ends: Option<Day>) -> Result<Standing, Error> {
    ctx.need_operator()?;
    let task = ctx.clone();
    let set = ctx.tenant.db.write::<_, Error>(move |conn| {
        let licensed = store::licences::lock(conn, task.licence_policies())?;
        check(licensed.policy, edition, trial_ends, task.now.day())?;
        let before = licensed.tenure(&task.tenant.org);
        if (before.edition, before.trial_ends) != (edition, trial_ends) {
            let since = if before.edition == edition { before.since } else { task.now.day() };
            let tenure = Tenure {
                edition,
                since,
                trial_ends,
            };
            put(conn, &task.app, task.viewer.actor, tenure)?;
            admit_waiting(conn, &task)?;
        }
        standing_in(conn, &task)
    });
    let standing = set.await?;
    let id = ctx.tenant.org.id;
    let copied = ctx
        .app
        .control()
        .write::<_, Error>(move |conn| Ok(store::orgs::set_edition(conn, id, edition)?));
    copied.await?;
    Ok(standing)
}

/// Whether an organisation may have an edition with a trial.
pub(super) fn check(policy: &LicencePolicy, edition: Edition, trial_ends: Option<Day>, today: Day) -> Result<(), Error> {
    let Some(ends) = trial_ends else { return Ok(()) };
    if ends <= today {
        return Err(Error::Input("trial", "a day after today".into()));
    }
    if policy.limits.editions.contains(&edition) {
        let without = "one without portals: the organisation has it when the trial is over";
        return Err(Error::Input("edition", without.into()));
    }
    Ok(())
}

/// Gives an organisation an edition, in its own database.
pub(super) fn put(conn: &mut Conn, app: &App, actor: i64, tenure: Tenure) -> Result<(), Error> {
    store::licences::put_tenure(conn, &tenure)?;
    let happened = Happened {
        id: app.id(),
        at: app.now(),
        event: Event::EditionChanged,
        actor,
        about: About::Edition(tenure),
    };
    store::licences::append(conn, &happened)?;
    let trial = tenure.trial_ends.map(|ends| format!(", on trial until {}", ends.iso()));
    let said = format!("{}{}", tenure.edition.name(), trial.unwrap_or_default());
    audit::note(conn, app, actor, Event::EditionChanged.name(), Object::default(), &said)
}
