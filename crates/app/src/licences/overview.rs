//! For the operator: how all organisations stand, and what was earned by month.

use std::collections::BTreeMap;

use domain::ids::OrgId;
use domain::licences::{About, CutOver, Event, Money};
use domain::orgs::Availability;
use domain::time::Day;
use serde::Serialize;
use store::orgs::Org;
use store::rollouts::Hold;

use super::{Asked, Invoice, Report, invoices, ledger, show};
use crate::operators::Operator;
use crate::orgs::Standing;
use crate::{Ctx, Error};

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

/// An organisation that cannot be read, and why.
#[derive(Debug)]
pub struct Unread {
    pub id: OrgId,
    pub name: String,
    pub why: String,
}

/// All organisations, oldest first.
pub async fn overview(operator: &Operator) -> Result<Vec<Result<Line, Unread>>, Error> {
    let mut lines = Vec::new();
    for org in crate::orgs::list(operator.app()).await? {
        let read = async { line(&operator.system(org.id).await?, &org).await }.await;
        lines.push(read.map_err(|why| unread(org, &why)));
    }
    Ok(lines)
}

fn unread(org: Org, why: &Error) -> Unread {
    Unread {
        id: org.id,
        name: org.name,
        why: why.in_full(),
    }
}

async fn line(ctx: &Ctx, org: &Org) -> Result<Line, Error> {
    let (report, standing) = (show(ctx).await?, crate::orgs::standing(ctx).await?);
    let owed = ctx.tenant.db.read::<_, Error>(|conn| Ok(store::licences::owed(conn)?));
    let (owed, oldest_due) = owed.await?;
    Ok(Line {
        id: org.id,
        name: org.name.clone(),
        edition: standing.tenure.edition.name(),
        portals: word(standing.availability),
        policy: report.policy,
        allowance: report.allowance,
        consumed: report.consumed,
        purchased: report.purchased,
        owed,
        oldest_due: oldest_due.map(Day::iso),
    })
}

/// One organisation as the operator sees it.
#[derive(Debug)]
pub struct Organisation {
    pub org: Org,
    /// That it stays as it is, whatever is rolled out.
    pub hold: Option<Hold>,
    /// Or why it cannot be read.
    pub inside: Result<Inside, String>,
}

/// What stands in an organisation's own database.
#[derive(Debug)]
pub struct Inside {
    pub report: Report,
    pub standing: Standing,
    /// The newest first.
    pub invoices: Vec<Invoice>,
    /// How it came to its policy; none: it began under it.
    pub moved: Option<CutOver>,
}

/// The latest cut-over.
async fn moved(ctx: &Ctx) -> Result<Option<CutOver>, Error> {
    let latest = Asked {
        event: Some(Event::CutOver),
        limit: Some(1),
        ..Asked::default()
    };
    let latest = ledger(ctx, latest).await?.entries.into_iter().next();
    Ok(latest.and_then(|entry| match entry.recorded.about {
        About::CutOver(moved) => Some(moved),
        _ => None,
    }))
}

/// One organisation. Errors: [`Error::NotFound`] if there is none with this id.
pub async fn organisation(operator: &Operator, id: OrgId) -> Result<Organisation, Error> {
    let read = operator.app().control().read::<_, Error>(move |conn| {
        let org = store::orgs::by_id(conn, id)?.ok_or(Error::NotFound("organisation"))?;
        let hold = store::rollouts::holds(conn)?.into_iter().find(|hold| hold.org == id);
        Ok((org, hold))
    });
    let (org, hold) = read.await?;
    let inside = async {
        let ctx = operator.system(id).await?;
        Ok(Inside {
            report: show(&ctx).await?,
            standing: crate::orgs::standing(&ctx).await?,
            invoices: invoices(&ctx).await?,
            moved: moved(&ctx).await?,
        })
    };
    let inside = inside.await.map_err(|why: Error| why.in_full());
    Ok(Organisation { org, hold, inside })
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

/// What was invoiced by all organisations, and which are not among them because they cannot be read: then the sums are too low.
#[derive(Debug)]
pub struct Revenue {
    /// The newest first.
    pub months: Vec<Month>,
    pub missing: Vec<Unread>,
}

/// What was invoiced, month by month.
pub async fn revenue(operator: &Operator) -> Result<Revenue, Error> {
    let (mut months, mut missing) = (BTreeMap::new(), Vec::new());
    for org in crate::orgs::list(operator.app()).await? {
        let read = async { invoices(&operator.system(org.id).await?).await }.await;
        match read {
            Ok(invoices) => invoices.iter().try_for_each(|invoice| count(&mut months, invoice))?,
            Err(why) => missing.push(unread(org, &why)),
        }
    }
    let months = months.into_values().rev().collect();
    Ok(Revenue { months, missing })
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
