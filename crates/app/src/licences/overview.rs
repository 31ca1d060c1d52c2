//! For the operator: how all organisations stand, and what was earned by month.

use std::collections::BTreeMap;

use domain::ids::OrgId;
use domain::licences::Money;
use domain::orgs::Availability;
use serde::Serialize;
use store::orgs::Org;

use super::{Invoice, invoices, show};
use crate::{App, Ctx, Error};

/// How an organisation stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    pub id: OrgId,
    pub name: String,
    pub edition: &'static str,
    /// `open`, `trial`, `kept` or `closing`.
    pub portals: &'static str,
    pub policy: String,
    /// All seats; none means unlimited.
    pub allowance: Option<u64>,
    pub consumed: u64,
    pub purchased: u64,
    /// Invoices that are neither paid nor taken back, and the day when the oldest of them was due.
    pub owed: u64,
    pub oldest_due: Option<String>,
}

/// All organisations, oldest first; where one cannot be read, its name and why.
pub async fn overview(app: &App) -> Result<Vec<Result<Line, (String, Error)>>, Error> {
    let mut lines = Vec::new();
    for org in crate::orgs::list(app).await? {
        let read = async { line(&app.system(org.id).await?, &org).await }.await;
        lines.push(read.map_err(|error| (org.name, error)));
    }
    Ok(lines)
}

async fn line(ctx: &Ctx, org: &Org) -> Result<Line, Error> {
    let (report, standing) = (show(ctx).await?, crate::orgs::standing(ctx).await?);
    let mut open = invoices(ctx).await?;
    open.retain(|invoice| invoice.paid.is_none() && invoice.credit_note.is_none());
    Ok(Line {
        id: org.id,
        name: org.name.clone(),
        edition: standing.tenure.edition.name(),
        portals: word(standing.availability),
        policy: report.policy,
        allowance: report.allowance,
        consumed: report.consumed,
        purchased: report.purchased,
        owed: u64::try_from(open.len()).unwrap_or(u64::MAX),
        oldest_due: open.into_iter().map(|invoice| invoice.due).min(),
    })
}

/// What an edition means for portals, in a word.
#[must_use]
pub fn word(availability: Availability) -> &'static str {
    match availability {
        Availability::Open => "open",
        Availability::Trial { .. } => "trial",
        Availability::Kept => "kept",
        Availability::Closing { .. } => "closing",
    }
}

/// What was invoiced in a month in one currency, of all organisations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Month {
    /// `2026-11`
    pub month: String,
    pub currency: &'static str,
    pub invoices: u64,
    /// Without taxes, what the taxes come to, and both.
    pub net: Money,
    pub taxes: Money,
    pub total: Money,
    /// What credit notes of the month took back, taxes among it.
    pub credited: Money,
}

impl Month {
    fn new(month: &str, zero: Money) -> Self {
        Self {
            month: month.to_owned(),
            currency: zero.currency.code(),
            invoices: 0,
            net: zero,
            taxes: zero,
            total: zero,
            credited: zero,
        }
    }
}

/// What was invoiced, month by month, the newest first. An organisation that cannot be read ends it: a sum without it would be
/// wrong.
pub async fn revenue(app: &App) -> Result<Vec<Month>, Error> {
    let mut months = BTreeMap::new();
    for org in crate::orgs::list(app).await? {
        for invoice in invoices(&app.system(org.id).await?).await? {
            count(&mut months, &invoice)?;
        }
    }
    Ok(months.into_values().rev().collect())
}

fn count(months: &mut BTreeMap<(String, &'static str), Month>, invoice: &Invoice) -> Result<(), Error> {
    let zero = Money::zero(invoice.currency);
    let mut of = |day: &str, add: &dyn Fn(&mut Month) -> Option<()>| {
        let month = day.get(..7).unwrap_or(day);
        let key = (month.to_owned(), zero.currency.code());
        let month = months.entry(key).or_insert_with(|| Month::new(month, zero));
        add(month).ok_or(Error::Input("revenue", "sums that can be counted".into()))
    };
    of(&invoice.issued, &|month| {
        month.invoices += 1;
        month.net = month.net.plus(invoice.net)?;
        month.total = month.total.plus(invoice.total)?;
        month.taxes = invoice.taxes.iter().try_fold(month.taxes, |sum, tax| sum.plus(tax.amount))?;
        Some(())
    })?;
    let Some(note) = &invoice.credit_note else { return Ok(()) };
    of(&note.issued, &|month| {
        month.credited = month.credited.plus(invoice.total)?;
        Some(())
    })
}
