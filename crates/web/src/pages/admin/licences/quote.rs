//! What more licences cost: a question in the address, its answer slab by slab, and a button to buy them.

use app::licences::{Bought, Preview, Wanted, offers, preview};
use app::{Ctx, Error};
use domain::licences::{Currency, Cycle, Line, Money, TaxLine};
use serde::Deserialize;

use super::super::moments::thousands;
use crate::failure::sentence;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub quantity: String,
    /// Currency and cycle: `USD-monthly`.
    pub offer: String,
    /// Over how many days one looks back.
    pub days: String,
}

impl Asked {
    /// What is asked for; nothing if nothing is.
    pub fn wanted(&self) -> Option<Result<Wanted, Error>> {
        let (currency, cycle) = self.offer.split_once('-').unwrap_or_default();
        let quantity = self.quantity.trim();
        (!quantity.is_empty()).then(|| Wanted::read(quantity, currency, cycle))
    }
}

pub struct Calculator {
    pub quantity: String,
    pub offer: String,
    /// Value, label, whether it is chosen.
    pub offers: Vec<(String, String, bool)>,
    pub priced: Option<Priced>,
    pub problem: Option<String>,
    /// Whether whoever asks may buy.
    pub may_buy: bool,
}

pub struct Priced {
    pub lines: Vec<Row>,
    /// Name with rate, amount.
    pub taxes: Vec<(String, String)>,
    pub total: String,
    pub each_cycle: &'static str,
    /// The days that are paid for.
    pub from: String,
    pub to: String,
    pub quantity: String,
    pub all: String,
    /// What all of them cost in the next period.
    pub then: Option<String>,
}

pub struct Row {
    pub licences: String,
    pub quantity: String,
    pub each: String,
    pub amount: String,
}

impl Row {
    pub fn of(line: &Line) -> Self {
        Self {
            licences: format!("{} to {}", thousands(line.from), thousands(line.to)),
            quantity: thousands(line.quantity),
            each: money(line.unit_price),
            amount: money(line.amount),
        }
    }
}

impl Calculator {
    /// None: no licences are sold here. What is bought already is bought in one way only.
    pub async fn of(ctx: &Ctx, bought: Option<&Bought>, asked: &Asked) -> Result<Option<Self>, Error> {
        let mut offers = offers(ctx).await?;
        offers.retain(|offer| bought.is_none_or(|b| (b.currency, b.cycle) == *offer));
        if offers.is_empty() {
            return Ok(None);
        }
        let answer = match asked.wanted() {
            None => None,
            Some(Ok(wanted)) => Some(preview(ctx, wanted).await),
            Some(Err(unreadable)) => Some(Err(unreadable)),
        };
        let (priced, problem) = match answer {
            None => (None, None),
            Some(Ok(preview)) => (Some(Priced::of(&preview)), None),
            Some(Err(error)) => (None, Some(refused(error)?)),
        };
        Ok(Some(Self {
            quantity: asked.quantity.trim().to_owned(),
            offer: asked.offer.clone(),
            offers: offers.iter().map(|offer| choice(*offer, &asked.offer)).collect(),
            priced,
            problem,
            may_buy: ctx.rights.manage_portals,
        }))
    }
}

/// Why licences cannot be bought, in words for whoever asks; whatever else is wrong.
pub fn refused(error: Error) -> Result<String, Error> {
    match error {
        Error::Input(what, expected) => Ok(sentence(&format!("{what}: expected {expected}"))),
        error @ (Error::NoStep(_) | Error::TooFewLicences { .. }) => Ok(sentence(&error.to_string())),
        other => Err(other),
    }
}

fn choice((currency, cycle): (Currency, Cycle), chosen: &str) -> (String, String, bool) {
    let value = format!("{}-{}", currency.code(), cycle.name());
    let label = format!("{} {}", currency.code(), each(cycle));
    let is_chosen = value == chosen;
    (value, label, is_chosen)
}

/// `a month`, `a year`.
pub fn each(cycle: Cycle) -> &'static str {
    match cycle {
        Cycle::Monthly => "a month",
        Cycle::Yearly => "a year",
    }
}

impl Priced {
    fn of(preview: &Preview) -> Self {
        let tax = |tax: &TaxLine| {
            let name = format!("{} {} %", tax.name, domain::licences::Tax::percent(tax.rate));
            (name, money(tax.amount))
        };
        let charge = &preview.charge;
        Self {
            lines: charge.lines.iter().map(Row::of).collect(),
            taxes: preview.amounts.taxes.iter().map(tax).collect(),
            total: money(preview.amounts.total),
            each_cycle: each(charge.cycle),
            from: charge.period.from.iso(),
            to: charge.period.to.iso(),
            quantity: thousands(charge.lines.iter().map(|l| l.quantity).sum()),
            all: thousands(preview.after.next_quantity),
            then: preview.then.map(money),
        }
    }
}

/// An amount as people read it: `USD 26,000.00`.
pub fn money(amount: Money) -> String {
    let plain = amount.to_string();
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), thousands);
    let point = if part.is_empty() { "" } else { "." };
    format!("{} {whole}{point}{part}", amount.currency.code())
}
