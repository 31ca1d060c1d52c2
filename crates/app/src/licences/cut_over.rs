//! The cut-over: an organisation comes to another policy, at one instant, with what was promised to it.

use domain::licences::{About, Candidate, Cohort, CutOver, Event, Gain, LicencePolicy, Money, Staying, Step, Subscription, gains};
use serde::Serialize;
use store::engine::Conn;
use store::licences::{Happened, Licensed};

use super::{Bought, buying, preview, tell};
use crate::mail::{self, Letter};
use crate::sign_ups::admit_waiting;
use crate::{Ctx, Error, audit};

/// Where an organisation is to go, and whether it is one of those that are taken.
#[derive(Debug, Clone)]
pub struct Aim {
    /// The policy's name.
    pub policy: String,
    pub cohort: Cohort,
    /// The operator wants this one to stay.
    pub held: bool,
}

/// What a cut-over means for an organisation.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    pub before: Figures,
    /// None: it stays as it is.
    pub after: Option<Figures>,
    /// Why it stays.
    #[serde(serialize_with = "name")]
    pub stays: Option<Staying>,
    /// What each user type gains.
    pub gains: Vec<TypeGains>,
}

/// What an organisation has under a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figures {
    pub policy: String,
    /// Seats that cost nothing, those among them that were promised; none means unlimited.
    pub free: Option<u64>,
    pub purchased: u64,
    /// All seats; none means unlimited.
    pub allowance: Option<u64>,
    pub consumed: u64,
    /// What the next period costs, without taxes. None: nothing is bought, or there are no prices for it.
    pub next_invoice: Option<Money>,
    pub currency: Option<String>,
    /// The first day of the next period.
    pub next_period: Option<String>,
}

/// What one user type gains, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TypeGains {
    pub user_type: String,
    pub gains: Vec<&'static str>,
}

fn name<S: serde::Serializer>(stays: &Option<Staying>, to: S) -> Result<S::Ok, S::Error> {
    stays.map(Staying::name).serialize(to)
}

/// What the cut-over would mean today. Changes nothing.
pub async fn forecast(ctx: &Ctx, aim: Aim) -> Result<Change, Error> {
    ctx.need_operator()?;
    let task = ctx.clone();
    let read = move |conn: &mut Conn| {
        let mut licensed = store::licences::pool(conn, task.licence_policies())?;
        let bought = preview::renewed(store::licences::subscription(conn)?, &task)?;
        licensed.pool.purchased = bought.map_or(0, |s| s.quantity);
        Ok(examine(conn, &task, &aim, &licensed, bought)?.0)
    };
    ctx.tenant.db.snapshot(read).await
}

/// Moves an organisation, unless there is a reason why it stays. What is due is renewed before, as the old policy has it.
///
/// Who was moved already stays: a second time changes nothing. Errors: [`Error::NotFound`] for a policy that there is not.
pub async fn cut_over(ctx: &Ctx, aim: Aim) -> Result<Change, Error> {
    ctx.need_operator()?;
    let task = ctx.clone();
    let moved = ctx.tenant.db.write::<_, Error>(move |conn| {
        let ctx = &task;
        let licensed = store::licences::lock(conn, ctx.licence_policies())?;
        let bought = store::licences::subscription(conn)?;
        let (change, moved) = examine(conn, ctx, &aim, &licensed, bought)?;
        if moved.is_none() {
            return Ok(change);
        }
        let (bought, _) = buying::renew_due(conn, ctx)?;
        let licensed = store::licences::pool(conn, ctx.licence_policies())?;
        let (change, moved) = examine(conn, ctx, &aim, &licensed, bought)?;
        if let Some(moved) = moved {
            carry_out(conn, ctx, moved, &change)?;
        }
        Ok(change)
    });
    moved.await
}

fn carry_out(conn: &mut Conn, ctx: &Ctx, moved: CutOver, change: &Change) -> Result<(), Error> {
    store::licences::put_cut_over(conn, &moved)?;
    let said = format!("from {} to {}", moved.from, moved.to);
    let happened = Happened {
        id: ctx.app.id(),
        at: ctx.now,
        event: Event::CutOver,
        actor: ctx.viewer.actor,
        about: About::CutOver(moved),
    };
    let appended = store::licences::append(conn, &happened)?;
    audit::note_by(conn, ctx, Event::CutOver.name(), &said)?;
    let bought = store::licences::subscription(conn)?.filter(|s| s.quantity > 0);
    let letter = letter(ctx, change, bought.as_ref());
    mail::post_to_administrators(conn, ctx, &letter)?;
    tell(conn, ctx, &appended)?;
    admit_waiting(conn, ctx).map(drop)
}

/// What it means, and what happens if it does.
fn examine(
    conn: &mut Conn,
    ctx: &Ctx,
    aim: &Aim,
    licensed: &Licensed<'_>,
    bought: Option<Subscription>,
) -> Result<(Change, Option<CutOver>), Error> {
    let to = ctx
        .app
        .settings()
        .licences
        .named(&aim.policy)
        .ok_or(Error::NotFound("licence policy"))?;
    let candidate = Candidate {
        org: ctx.tenant.org.id,
        data_centre: &ctx.tenant.org.data_centre,
        edition: licensed.tenure(&ctx.tenant.org).edition,
        in_trial: licensed.trial_ends.is_some(),
        held: aim.held,
        consumed: licensed.pool.consumed,
        policy: licensed.policy,
    };
    let mut change = Change {
        before: figures(licensed, bought, licensed.policy),
        after: None,
        stays: aim.cohort.staying(&candidate, to),
        gains: Vec::new(),
    };
    if change.stays.is_some() {
        return Ok((change, None));
    }
    let clients = store::licences::clients(conn)?;
    let mut moved = CutOver {
        on: ctx.now.day(),
        from: licensed.policy.name.clone(),
        to: to.name.clone(),
        free: to.free,
        reading: to.reading,
        clients_invited: clients.clients_invited,
        clients_active: clients.clients_active,
        grandfathered: 0,
    };
    let promised = moved.after(bought);
    let renewed = promised.subscription.filter(|s| s.quantity > 0 && s.next > 0);
    if let Some(bought) = renewed
        && Subscription::take(Some(bought), Step::Renew, bought.period().to, &to.prices).is_err()
    {
        // It could never be renewed: that is for the operator to mend first.
        change.stays = Some(Staying::NoPrices);
        return Ok((change, None));
    }
    moved.grandfathered = promised.grandfathered;
    let mut then = *licensed;
    (then.pool.free, then.pool.free_for, then.pool.grandfathered) = (to.free, to.free_for, promised.grandfathered);
    change.after = Some(figures(&then, promised.subscription, to));
    change.gains = type_gains(conn, licensed.policy, to)?;
    Ok((change, Some(moved)))
}

fn figures(licensed: &Licensed<'_>, bought: Option<Subscription>, policy: &LicencePolicy) -> Figures {
    let pool = licensed.pool;
    let running = bought.filter(|s| s.quantity > 0);
    let next = running.and_then(|s| Subscription::take(Some(s), Step::Renew, s.period().to, &policy.prices).ok());
    Figures {
        policy: policy.name.clone(),
        free: pool.gratis(),
        purchased: pool.purchased,
        allowance: pool.allowance(),
        consumed: pool.consumed,
        next_invoice: next.map(|(_, charge)| charge.total),
        currency: running.map(|s| s.currency.code().to_owned()),
        next_period: running.map(|s| s.period().to.iso()),
    }
}

fn type_gains(conn: &mut Conn, from: &LicencePolicy, to: &LicencePolicy) -> Result<Vec<TypeGains>, Error> {
    let types = store::licences::by_type(conn)?;
    let gained = |of: store::licences::OfType| TypeGains {
        user_type: of.name,
        gains: gains(of.kind, from, to).into_iter().map(Gain::words).collect(),
    };
    Ok(types.into_iter().map(gained).collect())
}

fn letter(ctx: &Ctx, change: &Change, bought: Option<&Subscription>) -> Letter {
    let org = &ctx.tenant.org.name;
    let after = change.after.as_ref().unwrap_or(&change.before);
    let seats = |seats: Option<u64>| seats.map_or_else(|| "as many seats as you need".to_owned(), |n| format!("{n} seats"));
    let mut paragraphs = vec![format!(
        "{org} is under the licence policy {} from today on, before it was {}. {} for portal users cost nothing.",
        after.policy,
        change.before.policy,
        capital(&seats(after.free)),
    )];
    let gained = change.gains.iter().filter(|of| !of.gains.is_empty());
    let gained: Vec<String> = gained.map(|of| format!("{}: {}", of.user_type, of.gains.join(", "))).collect();
    if !gained.is_empty() {
        paragraphs.push(format!("What your user types gain. {}.", gained.join(". ")));
    }
    if let Some(bought) = bought {
        paragraphs.push(kept(&Bought::from(bought)));
    }
    paragraphs.push("Everybody who is in stays in, and everything they do goes on as before.".to_owned());
    Letter {
        subject: format!("{org}: the licence policy {} holds now", after.policy),
        paragraphs,
        action: (
            "Look at the licences".to_owned(),
            format!("{}/admin/licences", ctx.app.settings().public_url),
        ),
    }
}

/// What becomes of the licences that were bought.
fn kept(bought: &Bought) -> String {
    let Bought {
        quantity,
        to,
        next_quantity,
        next_uncharged,
        ..
    } = bought;
    let then = match (*next_quantity, *next_uncharged) {
        (0, _) => "they end".to_owned(),
        (next, 0) => format!("you have {next}"),
        (next, uncharged) => format!("you have {next}, of which {uncharged} are not charged"),
    };
    format!("You keep the {quantity} licences that you have bought until {to}. From then on {then}.")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
