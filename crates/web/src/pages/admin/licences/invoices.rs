//! Invoices: a list, and each as a page that prints well.

use app::licences::{Invoice, has_provider};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::super::visit::{Visit, id};
use super::quote::{Row, each, money};
use crate::failure::PageError;
use crate::pages::shell::Shell;
use crate::pages::show as show_page;

#[derive(Template)]
#[template(path = "admin/licences/invoices.html")]
struct List {
    shell: Shell,
    rows: Vec<Line>,
}

struct Line {
    number: u64,
    issued: String,
    from: String,
    to: String,
    total: String,
    state: State,
}

/// What became of an invoice: how it looks, and in words.
pub(super) struct State {
    look: &'static str,
    pub said: String,
}

#[derive(Template)]
#[template(path = "admin/licences/invoice.html")]
struct One {
    shell: Shell,
    invoice: Invoice,
    lines: Vec<Row>,
    each_cycle: &'static str,
    net: String,
    taxes: Vec<(String, String)>,
    total: String,
    state: State,
    /// Whether it can be paid on a page of a payment provider.
    may_pay: bool,
}

#[derive(Template)]
#[template(path = "admin/licences/pay.html")]
struct Pay {
    shell: Shell,
    number: u64,
    total: String,
    /// Where the payment provider has its page.
    page: String,
}

pub(super) fn state(invoice: &Invoice) -> State {
    match (&invoice.credit_note, &invoice.paid) {
        (Some(note), _) => State {
            look: "muted",
            said: format!("taken back on {}", note.issued),
        },
        (None, Some(paid)) => State {
            look: "ok",
            said: format!("paid on {paid}"),
        },
        (None, None) => State {
            look: "warn",
            said: format!("due on {}", invoice.due),
        },
    }
}

pub async fn list(visit: Visit) -> Result<Response, PageError> {
    let row = |invoice: Invoice| Line {
        number: invoice.number,
        state: state(&invoice),
        total: money(invoice.total),
        issued: invoice.issued,
        from: invoice.from,
        to: invoice.to,
    };
    let invoices = app::licences::invoices(visit.ctx()).await?;
    Ok(show_page(&List {
        shell: visit.shell("Invoices", "licences"),
        rows: invoices.into_iter().map(row).collect(),
    }))
}

pub async fn one(visit: Visit, Path(number): Path<String>) -> Result<Response, PageError> {
    let invoice = app::licences::invoice(visit.ctx(), id(&number, "invoice")?).await?;
    let tax = |tax: &app::licences::Tax| (format!("{} {} %", tax.name, tax.percent), money(tax.amount));
    Ok(show_page(&One {
        shell: visit.shell(&format!("Invoice {}", invoice.number), "licences"),
        lines: invoice.lines.iter().map(Row::of).collect(),
        each_cycle: each(invoice.cycle),
        net: money(invoice.net),
        taxes: invoice.taxes.iter().map(tax).collect(),
        total: money(invoice.total),
        state: state(&invoice),
        may_pay: is_owed(&invoice) && visit.ctx().rights.manage_portals && has_provider(&visit.ctx().app),
        invoice,
    }))
}

fn is_owed(invoice: &Invoice) -> bool {
    invoice.paid.is_none() && invoice.credit_note.is_none()
}

/// Leads to the payment provider by a link, for a form may only lead to our own pages.
pub async fn pay(visit: Visit, Path(number): Path<String>) -> Result<Response, PageError> {
    let number = id(&number, "invoice")?;
    let page = app::licences::checkout(visit.ctx(), number).await?;
    let invoice = app::licences::invoice(visit.ctx(), number).await?;
    Ok(show_page(&Pay {
        shell: visit.shell(&format!("Pay invoice {number}"), "licences"),
        number,
        total: money(invoice.total),
        page,
    }))
}
