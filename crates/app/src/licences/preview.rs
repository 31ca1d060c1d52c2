//! What it would cost to buy more licences: today, and from the next period on. Nothing is bought.

use domain::licences::{Amounts, Charge, Money, NoStep, Step, Subscription};

use super::buying::{amounts, order};
use super::{Bought, Wanted, need_licences};
use crate::{Ctx, Error};

/// What more licences would cost.
#[derive(Debug, Clone)]
pub struct Preview {
    /// What would be bought then.
    pub after: Bought,
    /// What is paid today, for what is left of the period.
    pub charge: Charge,
    pub amounts: Amounts,
    /// What all licences cost in the next period, without taxes. None: there are no such prices then.
    pub then: Option<Money>,
}

/// What it would cost today. Errors as for [`super::purchase`], but for the right to buy.
pub async fn preview(ctx: &Ctx, wanted: Wanted) -> Result<Preview, Error> {
    need_licences(ctx)?;
    let task = ctx.clone();
    let read = ctx.tenant.db.snapshot::<_, Error>(move |conn| {
        let policy = store::licences::pool(conn, task.licence_policies())?.policy.clone();
        Ok((policy, store::licences::subscription(conn)?))
    });
    let (policy, before) = read.await?;
    let today = ctx.now.day();
    let before = renewed(before, ctx)?;
    let step = Step::Buy(order(&policy, before, wanted, today)?);
    let (after, charge) = Subscription::take(before, step, today, &policy.prices)?;
    let next = Subscription::take(Some(after), Step::Renew, after.period().to, &policy.prices);
    Ok(Preview {
        after: Bought::from(&after),
        amounts: amounts(&policy, &charge)?,
        charge,
        then: next.ok().map(|(_, charge)| charge.total),
    })
}

/// The subscription as it would be once what is due is renewed.
pub(super) fn renewed(mut now: Option<Subscription>, ctx: &Ctx) -> Result<Option<Subscription>, NoStep> {
    while let Some(due) = now.filter(|s| s.quantity > 0 && s.period().to <= ctx.now.day()) {
        now = Some(Subscription::after(Some(due), Step::Renew, ctx.now.day())?);
    }
    Ok(now)
}
