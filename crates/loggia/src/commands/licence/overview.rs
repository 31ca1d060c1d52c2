//! For the operator: all organisations, and what was earned.

use app::licences::{Line, Month, Revenue, Unread};
use app::operators::Operator;
use serde_json::json;

use crate::failure::Failure;
use crate::settings::Settings;
use crate::{opening, output};

/// How all organisations stand. One that cannot be read is told on stderr, and ends with an error once all are shown.
pub async fn overview(settings: &Settings, json: bool) -> Result<(), Failure> {
    let Some(app) = opening::open_existing(settings).await? else {
        return output::document(json, &json!({ "organisations": [] }), String::new);
    };
    let read = app::licences::overview(&Operator::at_the_machine(&app)).await;
    app.close().await;
    let (mut lines, mut failed) = (Vec::new(), Vec::new());
    for one in read? {
        match one {
            Ok(line) => lines.push(line),
            Err(unread) => failed.push(unread),
        }
    }
    output::document(json, &json!({ "organisations": lines }), || table(&lines))?;
    all_read(&failed)
}

fn all_read(unread: &[Unread]) -> Result<(), Failure> {
    if unread.is_empty() {
        return Ok(());
    }
    let line = |of: &Unread| format!("\n  {}: {}", output::plain(&of.name), of.why);
    let lines: String = unread.iter().map(line).collect();
    Err(Failure::Undone(format!("some organisations cannot be read:{lines}")))
}

fn table(lines: &[Line]) -> String {
    let row = |line: &Line| {
        let allowance = line.allowance.map_or_else(|| "unlimited".to_owned(), |seats| seats.to_string());
        let owed = line.oldest_due.as_ref().map(|due| format!("{} since {due}", line.owed));
        vec![
            line.id.to_string(),
            output::plain(&line.name),
            line.edition.to_owned(),
            line.portals.to_owned(),
            line.policy.clone(),
            format!("{} of {allowance}", line.consumed),
            line.purchased.to_string(),
            owed.unwrap_or_else(|| "nothing".to_owned()),
        ]
    };
    let head = ["ID", "ORGANISATION", "EDITION", "PORTALS", "POLICY", "SEATS", "BOUGHT", "OWED"];
    output::table(&head, &lines.iter().map(row).collect::<Vec<_>>())
}

/// What was invoiced, month by month. An organisation that cannot be read ends it: sums without it would be wrong.
pub async fn revenue(settings: &Settings, json: bool) -> Result<(), Failure> {
    let Some(app) = opening::open_existing(settings).await? else {
        return output::document(json, &json!({ "months": [] }), || by_month(&[]));
    };
    let revenue = app::licences::revenue(&Operator::at_the_machine(&app)).await;
    app.close().await;
    let Revenue { months, missing } = revenue?;
    all_read(&missing)?;
    output::document(json, &json!({ "months": months }), || by_month(&months))
}

fn by_month(months: &[Month]) -> String {
    let row = |month: &Month| {
        vec![
            month.month.clone(),
            month.currency.to_owned(),
            month.invoices.to_string(),
            month.net.to_string(),
            month.taxes.to_string(),
            month.total.to_string(),
            month.credited.to_string(),
        ]
    };
    let head = ["MONTH", "CURRENCY", "INVOICES", "NET", "TAXES", "TOTAL", "TAKEN BACK"];
    output::table(&head, &months.iter().map(row).collect::<Vec<_>>())
}
