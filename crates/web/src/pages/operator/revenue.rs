//! What was invoiced and taken back, by month and currency.

use app::licences::{Month, revenue};
use askama::Template;
use axum::response::Response;

use super::visit::Visit;
use crate::failure::PageError;
use crate::pages::admin::licences::quote::money;
use crate::pages::admin::moments::thousands;
use crate::pages::shell::Shell;
use crate::pages::show as show_page;

#[derive(Template)]
#[template(path = "operator/revenue.html")]
struct Revenue {
    shell: Shell,
    rows: Vec<Row>,
    /// Organisations whose invoices are not in the sums: id, name, why.
    missing: Vec<(String, String, String)>,
}

struct Row {
    month: String,
    invoices: String,
    net: String,
    taxes: String,
    total: String,
    credited: Option<String>,
}

fn row(month: Month) -> Row {
    Row {
        invoices: thousands(month.invoices),
        net: money(month.net),
        taxes: money(month.taxes),
        total: money(month.total),
        credited: (month.credited.minor != 0).then(|| money(month.credited)),
        month: month.month,
    }
}

pub async fn show(visit: Visit) -> Result<Response, PageError> {
    let found = revenue(&visit.operator).await?;
    let missing = found.missing.into_iter().map(|of| (of.id.to_string(), of.name, of.why));
    Ok(show_page(&Revenue {
        shell: visit.shell("Revenue", "revenue"),
        rows: found.months.into_iter().map(row).collect(),
        missing: missing.collect(),
    }))
}
