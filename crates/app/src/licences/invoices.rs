//! Invoices: what is owed for bought licences, what was paid, and what was taken back.

use domain::licences::{Currency, Cycle, Line, Money, TaxLine};
use serde::Serialize;
use store::engine::Conn;
use store::licences::Invoice as Kept;

use super::need_licences;
use crate::sign_ups::admit_waiting;
use crate::{Ctx, Error, audit};

/// An invoice, for people and programs to read. Days are written `2026-11-24`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Invoice {
    /// 1 for the first of the organisation, without gaps.
    pub number: u64,
    /// Who sells, in lines, and who buys.
    pub seller: String,
    pub buyer: String,
    pub issued: String,
    /// The last day on which it is paid in time.
    pub due: String,
    /// The first day that is paid for, and the first that is not any more.
    pub from: String,
    pub to: String,
    pub cycle: Cycle,
    pub currency: Currency,
    pub lines: Vec<Line>,
    pub net: Money,
    pub taxes: Vec<Tax>,
    pub total: Money,
    /// The entry of the ledger from which all of it follows.
    pub ledger_entry: u64,
    pub paid: Option<String>,
    /// What whoever took the money wrote beside it.
    pub reference: String,
    pub credit_note: Option<CreditNote>,
}

/// What one tax comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tax {
    pub name: String,
    /// `19`, `7.75`
    pub percent: String,
    pub amount: Money,
}

/// How an invoice was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CreditNote {
    /// 1 for the first of the organisation, without gaps.
    pub number: u64,
    pub issued: String,
    pub reason: String,
}

impl From<Kept> for Invoice {
    fn from(kept: Kept) -> Self {
        let (charge, amounts) = (kept.bill.charge, kept.bill.amounts);
        let credit_note = |note: store::licences::CreditNote| CreditNote {
            number: note.number,
            issued: note.issued.iso(),
            reason: note.reason,
        };
        Self {
            number: kept.bill.number,
            seller: kept.bill.seller,
            buyer: kept.bill.buyer,
            issued: kept.issued.iso(),
            due: kept.bill.due.iso(),
            from: charge.period.from.iso(),
            to: charge.period.to.iso(),
            cycle: charge.cycle,
            currency: charge.total.currency,
            lines: charge.lines,
            net: amounts.net,
            taxes: amounts.taxes.into_iter().map(Tax::from).collect(),
            total: amounts.total,
            ledger_entry: kept.entry,
            paid: kept.paid.map(domain::time::Day::iso),
            reference: kept.reference,
            credit_note: kept.credited.map(credit_note),
        }
    }
}

impl From<TaxLine> for Tax {
    fn from(line: TaxLine) -> Self {
        Self {
            name: line.name,
            percent: domain::licences::Tax::percent(line.rate),
            amount: line.amount,
        }
    }
}

/// The invoices, the newest first.
pub async fn invoices(ctx: &Ctx) -> Result<Vec<Invoice>, Error> {
    need_licences(ctx)?;
    let found = ctx
        .tenant
        .db
        .read::<_, Error>(|conn| Ok(store::licences::invoices(conn, None)?))
        .await?;
    Ok(found.into_iter().map(Invoice::from).collect())
}

/// One invoice.
pub async fn invoice(ctx: &Ctx, number: u64) -> Result<Invoice, Error> {
    need_licences(ctx)?;
    ctx.tenant.db.read(move |conn| one(conn, number)).await.map(Invoice::from)
}

fn one(conn: &mut Conn, number: u64) -> Result<Kept, Error> {
    let found = store::licences::invoices(conn, Some(number))?;
    found.into_iter().next().ok_or(Error::NotFound("invoice"))
}

/// Keeps that an invoice was paid, with whatever the operator writes beside it. Paying twice changes nothing. Only for the
/// operator.
pub async fn pay(ctx: &Ctx, number: u64, reference: &str) -> Result<Invoice, Error> {
    let reference = text("reference", reference)?;
    settle(ctx, number, move |conn, ctx, invoice| {
        if invoice.credited.is_some() {
            return Err(Error::TakenBack(number));
        }
        if invoice.paid.is_none() {
            note_paid(conn, ctx, number, &reference)?;
        }
        Ok(())
    })
    .await
    .map(|(invoice, ())| invoice)
}

/// Keeps that an invoice was paid, with the pool locked.
pub(super) fn note_paid(conn: &mut Conn, ctx: &Ctx, number: u64, reference: &str) -> Result<(), Error> {
    store::licences::pay(conn, number, ctx.now.day(), reference, ctx.viewer.actor)?;
    audit::note_by(conn, ctx, "invoice_paid", &number.to_string())
}

/// Takes an invoice back as a whole, by a credit note. The licences stay bought. Taking it back twice changes nothing. Only
/// for the operator.
pub async fn credit(ctx: &Ctx, number: u64, reason: &str) -> Result<Invoice, Error> {
    let reason = text("reason", reason)?;
    if reason.is_empty() {
        return Err(Error::Input("reason", "why the invoice is taken back".into()));
    }
    settle(ctx, number, move |conn, ctx, invoice| {
        if invoice.credited.is_none() {
            store::licences::credit(conn, number, ctx.now.day(), &reason, ctx.viewer.actor)?;
            audit::note_by(conn, ctx, "invoice_credited", &number.to_string())?;
        }
        Ok(())
    })
    .await
    .map(|(invoice, ())| invoice)
}

fn text(name: &'static str, text: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.chars().count() > 255 || text.chars().any(char::is_control) {
        return Err(Error::Input(name, "one line of at most 255 characters".into()));
    }
    Ok(text.to_owned())
}

/// Changes how an invoice stands, under the pool's lock. Gives the invoice as it is then, and what `change` gives.
pub(super) async fn settle<T, F>(ctx: &Ctx, number: u64, change: F) -> Result<(Invoice, T), Error>
where
    T: Send + 'static,
    F: FnOnce(&mut Conn<'_>, &Ctx, &Kept) -> Result<T, Error> + Send + 'static,
{
    ctx.need_operator()?;
    let task = ctx.clone();
    let settled = ctx.tenant.db.write::<_, Error>(move |conn| {
        store::licences::hold(conn)?;
        let invoice = one(conn, number)?;
        let done = change(conn, &task, &invoice)?;
        // While it was owed nobody may have been let in.
        admit_waiting(conn, &task)?;
        Ok((one(conn, number)?, done))
    });
    settled.await.map(|(kept, done)| (Invoice::from(kept), done))
}
