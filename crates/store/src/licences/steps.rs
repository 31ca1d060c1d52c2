//! How a step of the subscription with its invoice, a cut-over, an edition and a grant lie in the ledger: as a document, in whole numbers.

use domain::licences::{
    Amounts, Bill, Charge, Clients, Currency, CutOver, Cycle, Grant, Licences, Line, Money, Order, Period, Purchased, Reading, Side, Step,
    TaxLine,
};
use domain::orgs::{Edition, Tenure};
use domain::time::Day;
use serde::{Deserialize, Serialize};

use crate::document;
use crate::engine::Error;

#[derive(Serialize, Deserialize)]
struct Stored {
    on: i64,
    #[serde(flatten)]
    step: StoredStep,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bill: Option<StoredBill>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "lowercase")]
enum StoredStep {
    Buy { quantity: u64, currency: String, cycle: Cycle },
    Want { next: u64 },
    Renew,
}

#[derive(Serialize, Deserialize)]
struct StoredBill {
    number: u64,
    due: i64,
    currency: String,
    cycle: Cycle,
    from: i64,
    to: i64,
    lines: Vec<StoredLine>,
    net: i64,
    taxes: Vec<StoredTax>,
    total: i64,
    seller: String,
    buyer: String,
}

#[derive(Serialize, Deserialize)]
struct StoredLine {
    from: u64,
    to: u64,
    price: i64,
    amount: i64,
}

#[derive(Serialize, Deserialize)]
struct StoredTax {
    name: String,
    rate: u32,
    amount: i64,
}

pub(super) fn write(licences: &Licences) -> Result<String, Error> {
    document::write(&Stored {
        on: licences.on.0,
        step: match licences.step {
            Step::Buy(order) => StoredStep::Buy {
                quantity: order.quantity,
                currency: order.currency.code().to_owned(),
                cycle: order.cycle,
            },
            Step::Want(next) => StoredStep::Want { next },
            Step::Renew => StoredStep::Renew,
        },
        bill: licences.bill.as_ref().map(stored),
    })
}

fn stored(bill: &Bill) -> StoredBill {
    let (charge, amounts) = (&bill.charge, &bill.amounts);
    let line = |line: &Line| StoredLine {
        from: line.from,
        to: line.to,
        price: line.unit_price.minor,
        amount: line.amount.minor,
    };
    let tax = |tax: &TaxLine| StoredTax {
        name: tax.name.clone(),
        rate: tax.rate,
        amount: tax.amount.minor,
    };
    StoredBill {
        number: bill.number,
        due: bill.due.0,
        currency: charge.total.currency.code().to_owned(),
        cycle: charge.cycle,
        from: charge.period.from.0,
        to: charge.period.to.0,
        lines: charge.lines.iter().map(line).collect(),
        net: amounts.net.minor,
        taxes: amounts.taxes.iter().map(tax).collect(),
        total: amounts.total.minor,
        seller: bill.seller.clone(),
        buyer: bill.buyer.clone(),
    }
}

pub(super) fn read(text: &str) -> Result<Licences, Error> {
    let stored: Stored = document::read(text)?;
    Ok(Licences {
        on: Day(stored.on),
        step: match stored.step {
            StoredStep::Buy { quantity, currency, cycle } => Step::Buy(Order {
                quantity,
                currency: self::currency(&currency)?,
                cycle,
            }),
            StoredStep::Want { next } => Step::Want(next),
            StoredStep::Renew => Step::Renew,
        },
        bill: stored.bill.map(bill).transpose()?,
    })
}

fn bill(stored: StoredBill) -> Result<Bill, Error> {
    let currency = currency(&stored.currency)?;
    let money = |minor| Money { minor, currency };
    let line = |line: StoredLine| Line {
        from: line.from,
        to: line.to,
        quantity: line.to.saturating_sub(line.from) + 1,
        unit_price: money(line.price),
        amount: money(line.amount),
    };
    let tax = |tax: StoredTax| TaxLine {
        name: tax.name,
        rate: tax.rate,
        amount: money(tax.amount),
    };
    Ok(Bill {
        number: stored.number,
        charge: Charge {
            period: Period {
                from: Day(stored.from),
                to: Day(stored.to),
            },
            cycle: stored.cycle,
            lines: stored.lines.into_iter().map(line).collect(),
            total: money(stored.net),
        },
        amounts: Amounts {
            net: money(stored.net),
            taxes: stored.taxes.into_iter().map(tax).collect(),
            total: money(stored.total),
        },
        due: Day(stored.due),
        seller: stored.seller,
        buyer: stored.buyer,
    })
}

#[derive(Serialize, Deserialize)]
struct StoredCutOver {
    on: i64,
    from: String,
    to: String,
    free: Option<u64>,
    invited: u64,
    active: u64,
    grandfathered: u64,
    /// How the promises were read.
    active_only: bool,
    replaced: bool,
    uncharged: String,
}

pub(super) fn write_cut_over(moved: &CutOver) -> Result<String, Error> {
    document::write(&StoredCutOver {
        on: moved.on.0,
        from: moved.from.clone(),
        to: moved.to.clone(),
        free: moved.free,
        invited: moved.clients_invited,
        active: moved.clients_active,
        grandfathered: moved.grandfathered,
        active_only: moved.reading.clients == Clients::Active,
        replaced: moved.reading.purchased == Purchased::Replaced,
        uncharged: side_name(moved.reading.uncharged).to_owned(),
    })
}

pub(super) fn read_cut_over(text: &str) -> Result<CutOver, Error> {
    let stored: StoredCutOver = document::read(text)?;
    Ok(CutOver {
        on: Day(stored.on),
        from: stored.from,
        to: stored.to,
        free: stored.free,
        reading: Reading {
            clients: if stored.active_only { Clients::Active } else { Clients::Consumed },
            purchased: if stored.replaced { Purchased::Replaced } else { Purchased::Kept },
            uncharged: side(&stored.uncharged)?,
        },
        clients_invited: stored.invited,
        clients_active: stored.active,
        grandfathered: stored.grandfathered,
    })
}

#[derive(Serialize, Deserialize)]
struct StoredTenure {
    edition: Edition,
    since: i64,
    trial_ends: Option<i64>,
}

pub(super) fn write_tenure(tenure: &Tenure) -> Result<String, Error> {
    document::write(&StoredTenure {
        edition: tenure.edition,
        since: tenure.since.0,
        trial_ends: tenure.trial_ends.map(|day| day.0),
    })
}

pub(super) fn read_tenure(text: &str) -> Result<Tenure, Error> {
    let stored: StoredTenure = document::read(text)?;
    Ok(Tenure {
        edition: stored.edition,
        since: Day(stored.since),
        trial_ends: stored.trial_ends.map(Day),
    })
}

pub(super) fn side_name(side: Side) -> &'static str {
    match side {
        Side::First => "first",
        Side::Last => "last",
    }
}

pub(super) fn side(name: &str) -> Result<Side, Error> {
    match name {
        "first" => Ok(Side::First),
        "last" => Ok(Side::Last),
        _ => Err(document::unreadable("unknown licences that are not charged")),
    }
}

pub(super) fn currency(code: &str) -> Result<Currency, Error> {
    Currency::parse(code).ok_or_else(|| document::unreadable("an unknown currency"))
}

#[derive(Serialize, Deserialize)]
struct StoredGrant {
    seats: u64,
    reason: String,
}

pub(super) fn write_grant(grant: &Grant) -> Result<String, Error> {
    document::write(&StoredGrant {
        seats: grant.seats,
        reason: grant.reason.clone(),
    })
}

pub(super) fn read_grant(text: &str) -> Result<Grant, Error> {
    let StoredGrant { seats, reason } = document::read(text)?;
    Ok(Grant { seats, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read_as_they_are_written() {
        let order = |quantity| Order {
            quantity,
            currency: Currency::USD,
            cycle: Cycle::Yearly,
        };
        let book = domain::licences::PriceBook::of_2025();
        let (_, charge) = domain::licences::Subscription::take(None, Step::Buy(order(1500)), Day(20_500), &book).unwrap();
        let vat = domain::licences::Tax {
            name: "VAT".into(),
            rate: 1900,
        };
        let bill = Bill {
            number: 7,
            amounts: Amounts::of(&charge, &[vat]).unwrap(),
            charge,
            due: Day(20_514),
            seller: "Harbour Hosting\nPier 7".into(),
            buyer: "Northwind".into(),
        };
        for (step, bill) in [
            (Step::Buy(order(1500)), Some(bill)),
            (Step::Buy(order(1)), None),
            (Step::Want(0), None),
            (Step::Renew, None),
        ] {
            let licences = Licences {
                on: Day(20_500),
                step,
                bill,
            };
            assert_eq!(read(&write(&licences).unwrap()).unwrap(), licences);
        }
        assert!(read("{\"on\":1,\"step\":\"steal\"}").is_err());
    }

    #[test]
    fn cut_overs_are_read_as_they_are_written() {
        let others = Reading {
            clients: Clients::Active,
            purchased: Purchased::Replaced,
            uncharged: Side::Last,
        };
        for (reading, free) in [(Reading::default(), Some(1000)), (others, None)] {
            let moved = CutOver {
                on: Day(20_500),
                from: "2023".into(),
                to: "2025".into(),
                free,
                reading,
                clients_invited: 250,
                clients_active: 6500,
                grandfathered: 6750,
            };
            assert_eq!(read_cut_over(&write_cut_over(&moved).unwrap()).unwrap(), moved);
        }
    }
}
