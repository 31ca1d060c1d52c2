//! Paying an invoice on a payment provider's page. The provider says with a signed message that it was paid; without a
//! provider the operator notes it by hand ([`super::pay`]).

use domain::licences::Money;
use payments::{Checkout, Message, Paid, charged};
use store::engine::Conn;
use store::licences::Invoice as Kept;

use super::invoices::{invoice, note_paid};
use crate::{App, Ctx, Error, audit};

/// What became of a message, in a word for the provider's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// The invoice is paid.
    Paid,
    /// It was paid before: the message came twice.
    Already,
    /// It was paid, but was taken back before, or another amount is owed: somebody has to look at it.
    Unexpected,
    /// There is no such organisation or invoice here: somebody has to look at it.
    Unknown,
    /// It is about something else.
    Ignored,
}

impl Settled {
    /// `paid`, `already`, `unexpected`, `unknown`, `ignored`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Already => "already",
            Self::Unexpected => "unexpected",
            Self::Unknown => "unknown",
            Self::Ignored => "ignored",
        }
    }
}

/// Whether invoices can be paid on a provider's page.
#[must_use]
pub fn has_provider(app: &App) -> bool {
    app.payments().is_some()
}

/// The address of a page on which an invoice is paid. Who asks again on the same day gets the same one.
///
/// Errors: [`Error::NotFound`] without a provider; [`Error::Paid`] and [`Error::TakenBack`] where nothing is owed;
/// [`Error::Payment`] if the provider does not answer, or refuses.
pub async fn checkout(ctx: &Ctx, number: u64) -> Result<String, Error> {
    ctx.need_manage_portals()?;
    let provider = ctx.app.payments().ok_or(Error::NotFound("payment provider"))?;
    let owed = invoice(ctx, number).await?;
    if owed.credit_note.is_some() {
        return Err(Error::TakenBack(number));
    }
    if owed.paid.is_some() {
        return Err(Error::Paid(number));
    }
    let (org, url) = (ctx.tenant.org.id, &ctx.app.settings().public_url);
    let page = provider
        .checkout(&Checkout {
            org: org.to_string(),
            invoice: number,
            total: owed.total,
            description: format!(
                "Invoice {number} of {}: portal licences from {} to {}",
                owed.buyer, owed.from, owed.to
            ),
            back: format!("{url}/admin/licences/invoices/{number}"),
            key: format!("loggia-{org}-{number}-{}", ctx.now.day().iso()),
        })
        .await?;
    let (task, detail) = (ctx.clone(), format!("invoice {number}"));
    ctx.tenant
        .db
        .write::<_, Error>(move |conn| audit::note_by(conn, &task, "payment_begun", &detail))
        .await?;
    Ok(page.url)
}

/// Takes a message of the provider. One that comes twice changes nothing the second time. Errors: [`Error::NotFound`] without
/// a provider; [`Error::Message`] for one that is forged, old or broken.
pub async fn take_message(app: &App, signature: &str, body: &[u8]) -> Result<Settled, Error> {
    let provider = app.payments().ok_or(Error::NotFound("payment provider"))?;
    let seconds = app.now().0.div_euclid(1_000_000);
    match payments::read(provider.webhook_secret(), signature, body, seconds)? {
        Message::Other(_) => Ok(Settled::Ignored),
        Message::Paid(paid) => settle(app, &paid).await,
    }
}

async fn settle(app: &App, paid: &Paid) -> Result<Settled, Error> {
    let ctx = match paid.org.parse() {
        Ok(org) => app.system(org).await,
        Err(_) => Err(Error::NotFound("organisation")),
    };
    let ctx = match ctx {
        Err(Error::NotFound(_)) => {
            tracing::error!(
                said = said(paid),
                org = paid.org,
                "a payment came in for an organisation that is not here"
            );
            return Ok(Settled::Unknown);
        }
        other => other?,
    };
    let (number, payment) = (paid.invoice, paid.clone());
    match super::invoices::settle(&ctx, number, move |conn, ctx, owed| take(conn, ctx, owed, &payment)).await {
        Ok((_, settled)) => Ok(settled),
        Err(Error::NotFound("invoice")) => {
            let (task, said) = (ctx.clone(), said(paid));
            ctx.tenant.db.write(move |conn| unexpected(conn, &task, &said)).await?;
            Ok(Settled::Unknown)
        }
        Err(other) => Err(other),
    }
}

/// Takes a payment for an invoice, under the pool's lock: two that come at once are not taken for one.
fn take(conn: &mut Conn, ctx: &Ctx, owed: &Kept, paid: &Paid) -> Result<Settled, Error> {
    let reference = format!("Stripe {}", paid.payment);
    if owed.reference == reference {
        return Ok(Settled::Already);
    }
    if owed.paid.is_some() || owed.credited.is_some() || !is_whole(owed.bill.amounts.total, paid) {
        unexpected(conn, ctx, &said(paid))?;
        return Ok(Settled::Unexpected);
    }
    note_paid(conn, ctx, paid.invoice, &reference)?;
    Ok(Settled::Paid)
}

fn is_whole(total: Money, paid: &Paid) -> bool {
    (charged(total), total.currency.code()) == (Some(paid.amount), paid.currency.as_str())
}

fn said(paid: &Paid) -> String {
    format!("invoice {}: {} {} by {}", paid.invoice, paid.amount, paid.currency, paid.payment)
}

/// Money has come in that is not owed: an operator has to look at it.
fn unexpected(conn: &mut Conn, ctx: &Ctx, said: &str) -> Result<(), Error> {
    tracing::error!(org = ctx.tenant.org.id.0, said, "a payment came in that is not owed");
    audit::note_by(conn, ctx, "payment_unexpected", said)
}
