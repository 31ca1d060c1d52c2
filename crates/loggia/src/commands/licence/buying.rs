//! Buying licences from the command line, and what is owed for them.

use app::licences::{Invoice, Taken};
use app::{Ctx, Error};
use serde_json::json;

use super::Of;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::{opening, output};

/// Takes a step of the subscription and says what is bought now.
pub async fn step(settings: &Settings, of: &Of, step: impl AsyncFnOnce(&Ctx) -> Result<Taken, Error>) -> Result<(), Failure> {
    let (app, ctx) = opening::organisation(settings, &of.org).await?;
    let taken = step(&ctx).await;
    app.close().await;
    let Taken { subscription, invoice } = taken?;
    let document = json!({ "subscription": subscription, "invoice": invoice });
    output::document(of.json, &document, || {
        let invoice = invoice.map_or_else(|| "none".to_owned(), |number| number.to_string());
        format!(
            "Licences   {} to {}, then {}\nPaid       {} in {}\nInvoice    {invoice}\n",
            subscription.quantity,
            subscription.to,
            subscription.next_quantity,
            subscription.cycle.name(),
            subscription.currency.code(),
        )
    })
}

pub async fn renew(settings: &Settings, of: &Of) -> Result<(), Failure> {
    let (app, ctx) = opening::organisation(settings, &of.org).await?;
    let begun = app::licences::renew(&ctx).await;
    app.close().await;
    let begun = begun?;
    output::document(of.json, &json!({ "renewed": begun }), || format!("Renewed    {begun}\n"))
}

pub async fn invoices(settings: &Settings, of: &Of) -> Result<(), Failure> {
    let (app, ctx) = opening::organisation(settings, &of.org).await?;
    let invoices = app::licences::invoices(&ctx).await;
    app.close().await;
    let invoices = invoices?;
    output::document(of.json, &json!({ "invoices": invoices }), || table(&invoices))
}

/// Does something to an invoice and shows it.
pub async fn invoice(settings: &Settings, of: &Of, change: impl AsyncFnOnce(&Ctx) -> Result<Invoice, Error>) -> Result<(), Failure> {
    let (app, ctx) = opening::organisation(settings, &of.org).await?;
    let invoice = change(&ctx).await;
    app.close().await;
    let invoice = invoice?;
    output::document(of.json, &invoice, || table(std::slice::from_ref(&invoice)))
}

fn table(invoices: &[Invoice]) -> String {
    let row = |invoice: &Invoice| {
        vec![
            invoice.number.to_string(),
            invoice.issued.clone(),
            format!("{} to {}", invoice.from, invoice.to),
            format!("{} {}", invoice.total, invoice.currency.code()),
            state(invoice),
        ]
    };
    output::table(
        &["INVOICE", "ISSUED", "PERIOD", "TOTAL", "STATE"],
        &invoices.iter().map(row).collect::<Vec<_>>(),
    )
}

fn state(invoice: &Invoice) -> String {
    match (&invoice.credit_note, &invoice.paid) {
        (Some(note), _) => format!("taken back on {}", note.issued),
        (None, Some(paid)) => format!("paid on {paid}"),
        (None, None) => format!("due on {}", invoice.due),
    }
}
