//! What more licences cost: a question in the address, its answer slab by slab.

use app::licences::{Wanted, offers, quote};
use app::{Ctx, Error};
use domain::licences::{Currency, Cycle, Money, Quote};
use serde::Deserialize;

use super::super::moments::thousands;
use super::super::profile::sentence;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    quantity: String,
    /// Currency and cycle: `USD-monthly`.
    offer: String,
}

pub struct Calculator {
    pub quantity: String,
    /// Value, label, whether it is chosen.
    pub offers: Vec<(String, String, bool)>,
    pub priced: Option<Priced>,
    pub problem: Option<String>,
}

pub struct Priced {
    pub lines: Vec<Row>,
    pub total: String,
    pub each_cycle: &'static str,
}

pub struct Row {
    pub licences: String,
    pub quantity: String,
    pub each: String,
    pub amount: String,
}

impl Calculator {
    /// None: no licences are sold here.
    pub fn of(ctx: &Ctx, asked: &Asked) -> Result<Option<Self>, Error> {
        let offers = offers(ctx)?;
        if offers.is_empty() {
            return Ok(None);
        }
        let (currency, cycle) = asked.offer.split_once('-').unwrap_or_default();
        let quote = match asked.quantity.trim() {
            "" => None,
            quantity => Some(Wanted::read(quantity, currency, cycle).and_then(|wanted| quote(ctx, wanted))),
        };
        let (priced, problem) = match quote {
            None => (None, None),
            Some(Ok(quote)) => (Some(Priced::of(&quote)), None),
            Some(Err(Error::Input(what, expected))) => (None, Some(sentence(&format!("{what}: expected {expected}")))),
            Some(Err(other)) => return Err(other),
        };
        Ok(Some(Self {
            quantity: asked.quantity.trim().to_owned(),
            offers: offers.iter().map(|offer| choice(*offer, &asked.offer)).collect(),
            priced,
            problem,
        }))
    }
}

fn choice((currency, cycle): (Currency, Cycle), chosen: &str) -> (String, String, bool) {
    let value = format!("{}-{}", currency.code(), cycle.name());
    let label = match cycle {
        Cycle::Monthly => format!("{} a month", currency.code()),
        Cycle::Yearly => format!("{} a year", currency.code()),
    };
    let is_chosen = value == chosen;
    (value, label, is_chosen)
}

impl Priced {
    fn of(quote: &Quote) -> Self {
        let row = |line: &domain::licences::Line| Row {
            licences: format!("{} to {}", thousands(line.from), thousands(line.to)),
            quantity: thousands(line.quantity),
            each: money(line.unit_price),
            amount: money(line.amount),
        };
        Self {
            lines: quote.lines.iter().map(row).collect(),
            total: money(quote.total),
            each_cycle: match quote.cycle {
                Cycle::Monthly => "a month",
                Cycle::Yearly => "a year",
            },
        }
    }
}

/// An amount as people read it: `USD 26,000.00`.
fn money(amount: Money) -> String {
    let plain = amount.to_string();
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), thousands);
    let point = if part.is_empty() { "" } else { "." };
    format!("{} {whole}{point}{part}", amount.currency.code())
}
