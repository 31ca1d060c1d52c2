//! What more licences cost.

use domain::licences::{Currency, Cycle, LicencePolicy, MAX_QUANTITY, NoPrice, Quote};
use domain::time::Day;
use store::engine::Conn;

use super::need_licences;
use crate::{Ctx, Error};

/// Licences somebody thinks of buying. What is not said is as the first price list of the policy has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    pub quantity: u64,
    pub currency: Option<Currency>,
    pub cycle: Option<Cycle>,
}

impl Wanted {
    /// Reads what somebody has written; nothing is nothing said. Errors: [`Error::Input`] names what cannot be read.
    pub fn read(quantity: &str, currency: &str, cycle: &str) -> Result<Self, Error> {
        let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let currency = said(currency).map(|code| {
            let known = Currency::parse(&code);
            known.ok_or_else(|| Error::Input("currency", "a code of ISO 4217 like USD".into()))
        });
        let cycle = said(cycle).map(|name| {
            let known = Cycle::parse(&name);
            known.ok_or_else(|| Error::Input("cycle", "monthly or yearly".into()))
        });
        Ok(Self {
            quantity: quantity.trim().parse().map_err(|_| too_few_or_many())?,
            currency: currency.transpose()?,
            cycle: cycle.transpose()?,
        })
    }
}

fn too_few_or_many() -> Error {
    Error::Input("quantity", format!("a whole number from 1 to {MAX_QUANTITY}"))
}

/// What licences would cost the organisation today. Errors as for [`price`].
pub async fn quote(ctx: &Ctx, wanted: Wanted) -> Result<Quote, Error> {
    price(&policy(ctx).await?, wanted, ctx.now.day())
}

/// In which currencies and for which cycles licences are sold today.
pub async fn offers(ctx: &Ctx) -> Result<Vec<(Currency, Cycle)>, Error> {
    Ok(policy(ctx).await?.prices.offers(ctx.now.day()))
}

/// The policy that holds for the organisation.
async fn policy(ctx: &Ctx) -> Result<LicencePolicy, Error> {
    need_licences(ctx)?;
    let task = ctx.clone();
    let read = move |conn: &mut Conn| Ok(store::licences::pool(conn, task.licence_policies())?.policy.clone());
    ctx.tenant.db.read(read).await
}

/// What licences cost under a policy on a day. Errors: [`Error::Input`] for a quantity that cannot be bought, and for a
/// currency or cycle without prices.
pub fn price(policy: &LicencePolicy, wanted: Wanted, on: Day) -> Result<Quote, Error> {
    let (currency, cycle) = offer(policy, wanted, on)?;
    policy.prices.quote(wanted.quantity, currency, cycle, on).map_err(|why| match why {
        NoPrice::Quantity => too_few_or_many(),
        NoPrice::NoList { .. } => no_offer(&policy.prices.offers(on)),
    })
}

/// The currency and cycle in which somebody buys on a day. Errors: [`Error::Input`] if there are no such prices.
pub(super) fn offer(policy: &LicencePolicy, wanted: Wanted, on: Day) -> Result<(Currency, Cycle), Error> {
    let offers = policy.prices.offers(on);
    let fits =
        |(currency, cycle): &&(Currency, Cycle)| wanted.currency.is_none_or(|c| c == *currency) && wanted.cycle.is_none_or(|c| c == *cycle);
    offers.iter().find(fits).copied().ok_or_else(|| no_offer(&offers))
}

fn no_offer(offers: &[(Currency, Cycle)]) -> Error {
    let named = offers
        .iter()
        .map(|(currency, cycle)| format!("{} {}", currency.code(), cycle.name()));
    let expected = match named.collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => "none, for no licences are sold here".to_owned(),
        all => format!("one with prices ({all})"),
    };
    Error::Input("currency", expected)
}
