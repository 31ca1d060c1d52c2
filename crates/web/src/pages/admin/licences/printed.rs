//! An invoice as a PDF file, with what the page says.

use app::Error;
use app::licences::Invoice;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use http::header;
use paper::{Block, Sheet};

use super::super::visit::{Visit, id};
use super::invoices::state;
use super::quote::{Row, each, money};
use crate::assets::print_fonts;
use crate::failure::PageError;

pub async fn file(visit: Visit, Path(number): Path<String>) -> Result<Response, PageError> {
    let invoice = app::licences::invoice(visit.ctx(), id(&number, "invoice")?).await?;
    let named = format!("attachment; filename=\"invoice-{}.pdf\"", invoice.number);
    let sheet = sheet(&invoice);
    let printed = tokio::task::spawn_blocking(move || print(&sheet)).await;
    let bytes = printed.map_err(|_| Error::Busy)??;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, named),
    ];
    Ok((headers, bytes).into_response())
}

fn print(sheet: &Sheet) -> Result<Vec<u8>, Error> {
    let fonts = print_fonts().ok_or(paper::Unprintable::Font);
    fonts.and_then(|fonts| paper::print(sheet, fonts)).map_err(|error| {
        tracing::error!(%error, "an invoice cannot be printed");
        Error::NotFound("printer")
    })
}

fn sheet(invoice: &Invoice) -> Sheet {
    let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let row = |row: Row| vec![row.licences, row.quantity, row.each, row.amount];
    let tax = |tax: &app::licences::Tax| (format!("{} {} %", tax.name, tax.percent), money(tax.amount));
    let mut totals = Vec::new();
    if !invoice.taxes.is_empty() {
        totals.push(("Without taxes".to_owned(), money(invoice.net)));
        totals.extend(invoice.taxes.iter().map(tax));
    }
    totals.push(("Total".to_owned(), money(invoice.total)));
    Sheet {
        title: format!("Invoice {}", invoice.number),
        parties: [block("From", &invoice.seller), block("To", &invoice.buyer)],
        facts: vec![
            fact("Issued", &invoice.issued),
            fact("To be paid until", &invoice.due),
            fact("For", &format!("{} to {}", invoice.from, invoice.to)),
            fact("State", &state(invoice).said),
        ],
        head: vec![
            "Licences".to_owned(),
            "How many".to_owned(),
            format!("Each, {}", each(invoice.cycle)),
            "Amount".to_owned(),
        ],
        rows: invoice.lines.iter().map(|line| row(Row::of(line))).collect(),
        totals,
        notes: notes(invoice),
    }
}

fn block(head: &str, lines: &str) -> Block {
    Block {
        head: head.to_owned(),
        lines: lines.lines().map(str::to_owned).collect(),
    }
}

fn notes(invoice: &Invoice) -> Vec<String> {
    let taken_back = invoice.credit_note.as_ref().map(|note| {
        format!(
            "Credit note {} of {} takes this invoice back as a whole: {}",
            note.number, note.issued, note.reason
        )
    });
    let days = format!(
        "Amounts are for the days from {} to {}, that day not included. The figures follow from entry {} of the ledger.",
        invoice.from, invoice.to, invoice.ledger_entry
    );
    taken_back.into_iter().chain([days]).collect()
}
