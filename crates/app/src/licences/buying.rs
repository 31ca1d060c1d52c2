//! Buying: more licences at once, fewer from the next period on, renewal when a period is over.
//!
//! Every step is taken under the pool's lock, together with its entry in the ledger and its invoice. A period that ended
//! while nobody looked is renewed before anything else.

use domain::licences::{
    About, Amounts, Bill, Charge, Currency, Cycle, Event, LicencePolicy, Licences, NoPrice, NoStep, Order, Step, Subscription,
};
use domain::time::Day;
use serde::Serialize;
use store::engine::Conn;
use store::licences::Happened;

use super::quote::offer;
use super::{Wanted, tell};
use crate::sign_ups::admit_waiting;
use crate::{Ctx, Error, audit};

/// How many people are named who would be without a licence.
const NAMED: u32 = 10;

/// What is bought, for people and programs to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bought {
    /// Licences now.
    pub quantity: u64,
    /// Licences from the next period on; 0: it is cancelled.
    pub next_quantity: u64,
    /// Licences that are not charged, by a promise: now, and from the next period on.
    pub uncharged: u64,
    pub next_uncharged: u64,
    pub currency: Currency,
    pub cycle: Cycle,
    /// The first day of the present period, and the first of the next.
    pub from: String,
    pub to: String,
}

impl From<&Subscription> for Bought {
    fn from(bought: &Subscription) -> Self {
        let period = bought.period();
        Self {
            quantity: bought.quantity,
            next_quantity: bought.next,
            uncharged: bought.uncharged.quantity.min(bought.quantity),
            next_uncharged: bought.uncharged_next.quantity.min(bought.next),
            currency: bought.currency,
            cycle: bought.cycle,
            from: period.from.iso(),
            to: period.to.iso(),
        }
    }
}

/// A step that was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    pub subscription: Bought,
    /// The number of the invoice, if something is owed for it.
    pub invoice: Option<u64>,
}

/// Buys more licences: they are there at once, and are paid from today to the end of the period.
pub async fn purchase(ctx: &Ctx, wanted: Wanted) -> Result<Taken, Error> {
    ctx.need_manage_portals()?;
    steps(ctx, move |conn, ctx, before| {
        let licensed = store::licences::pool(conn, ctx.licence_policies())?;
        crate::orgs::need_portals_of(ctx, &licensed)?;
        if licensed.trial_ends.is_some() {
            return Err(Error::OnTrial);
        }
        let order = order(licensed.policy, before, wanted, ctx.now.day())?;
        take(conn, ctx, before, Step::Buy(order))
    })
    .await
}

/// What somebody wants, in the currency and cycle in which licences are bought already, if they are and nothing is said.
pub(super) fn order(policy: &LicencePolicy, before: Option<Subscription>, wanted: Wanted, today: Day) -> Result<Order, Error> {
    let running = before.filter(|s| s.quantity > 0);
    let wanted = Wanted {
        currency: wanted.currency.or(running.map(|s| s.currency)),
        cycle: wanted.cycle.or(running.map(|s| s.cycle)),
        ..wanted
    };
    let (currency, cycle) = offer(policy, wanted, today)?;
    Ok(Order {
        quantity: wanted.quantity,
        currency,
        cycle,
    })
}

/// Wants so many licences from the next period on; 0 cancels. Errors: [`Error::TooFewLicences`] if more seats are held than
/// there would be then.
pub async fn reduce(ctx: &Ctx, next: u64) -> Result<Taken, Error> {
    ctx.need_manage_portals()?;
    steps(ctx, move |conn, ctx, before| {
        // What cannot be at all is said before who would have to go.
        Subscription::after(before, Step::Want(next), ctx.now.day())?;
        check_seats(conn, ctx, next)?;
        take(conn, ctx, before, Step::Want(next))
    })
    .await
}

/// Renews what is due; returns how many periods began.
pub async fn renew(ctx: &Ctx) -> Result<u64, Error> {
    ctx.need_manage_portals()?;
    let task = ctx.clone();
    let renewed = ctx.tenant.db.write::<_, Error>(move |conn| {
        store::licences::hold(conn)?;
        Ok(renew_due(conn, &task)?.1)
    });
    renewed.await
}

async fn steps<F>(ctx: &Ctx, step: F) -> Result<Taken, Error>
where
    F: FnOnce(&mut Conn<'_>, &Ctx, Option<Subscription>) -> Result<(Subscription, Option<u64>), Error> + Send + 'static,
{
    let task = ctx.clone();
    let taken = ctx.tenant.db.write::<_, Error>(move |conn| {
        store::licences::hold(conn)?;
        let (before, _) = renew_due(conn, &task)?;
        let (after, invoice) = step(conn, &task, before)?;
        admit_waiting(conn, &task)?;
        Ok(Taken {
            subscription: Bought::from(&after),
            invoice,
        })
    });
    taken.await
}

/// Wants no licences any more from the next period on: there is nobody left who could use them.
pub(crate) fn cancel(conn: &mut Conn, ctx: &Ctx) -> Result<(), Error> {
    store::licences::hold(conn)?;
    let (before, _) = renew_due(conn, ctx)?;
    if before.is_some_and(|bought| bought.quantity > 0 && bought.next > 0) {
        take(conn, ctx, before, Step::Want(0))?;
    }
    Ok(())
}

/// Renews what is due, with the pool locked.
pub(super) fn renew_due(conn: &mut Conn, ctx: &Ctx) -> Result<(Option<Subscription>, u64), Error> {
    let (mut now, mut times) = (store::licences::subscription(conn)?, 0);
    while let Some(due) = now.filter(|s| s.quantity > 0 && s.period().to <= ctx.now.day()) {
        now = Some(take(conn, ctx, Some(due), Step::Renew)?.0);
        times += 1;
    }
    Ok((now, times))
}

fn take(conn: &mut Conn, ctx: &Ctx, before: Option<Subscription>, step: Step) -> Result<(Subscription, Option<u64>), Error> {
    let (policy, on) = (store::licences::pool(conn, ctx.licence_policies())?.policy, ctx.now.day());
    let (after, charge) = Subscription::take(before, step, on, &policy.prices)?;
    store::licences::put_subscription(conn, &after)?;
    let bill = bill(conn, ctx, policy, charge)?;
    let event = Event::of(step);
    let happened = Happened {
        id: ctx.app.id(),
        at: ctx.now,
        event,
        actor: ctx.viewer.actor,
        about: About::Licences(Licences {
            on,
            step,
            bill: bill.clone(),
        }),
    };
    let appended = store::licences::append(conn, &happened)?;
    if let Some(bill) = &bill {
        store::licences::insert_invoice(conn, bill, appended.number)?;
    }
    tell(conn, ctx, &appended)?;
    audit::note_by(conn, ctx, event.name(), &said(step, &after))?;
    Ok((after, bill.map(|b| b.number)))
}

fn said(step: Step, after: &Subscription) -> String {
    match step {
        Step::Buy(order) => format!("{} more licences, {} in all", order.quantity, after.quantity),
        Step::Want(next) => format!("{next} licences from {} on", after.period().to.iso()),
        Step::Renew => format!("{} licences to {}", after.quantity, after.period().to.iso()),
    }
}

/// The invoice for a charge; none for nothing.
fn bill(conn: &mut Conn, ctx: &Ctx, policy: &LicencePolicy, charge: Charge) -> Result<Option<Bill>, Error> {
    if charge.total.minor == 0 {
        return Ok(None);
    }
    Ok(Some(Bill {
        number: store::licences::next_invoice(conn)?,
        amounts: amounts(policy, &charge)?,
        charge,
        due: policy.terms.due(ctx.now.day()),
        seller: policy.seller.clone(),
        buyer: ctx.tenant.org.name.clone(),
    }))
}

/// What a charge comes to with the policy's taxes.
pub(super) fn amounts(policy: &LicencePolicy, charge: &Charge) -> Result<Amounts, NoStep> {
    Amounts::of(charge, &policy.taxes).ok_or(NoStep::NoPrice(NoPrice::Quantity))
}

/// Whether everybody who holds a seat would have one with so many bought licences.
fn check_seats(conn: &mut Conn, ctx: &Ctx, next: u64) -> Result<(), Error> {
    let least = store::licences::pool(conn, ctx.licence_policies())?.pool.least_bought();
    if next >= least {
        return Ok(());
    }
    Err(Error::TooFewLicences {
        least,
        newest: store::licences::newest_seats(conn, NAMED)?,
    })
}
