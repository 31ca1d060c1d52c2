//! For the operator: all organisations, and what was earned.

use app::licences::{Line, Month};
use serde_json::json;

use crate::failure::Failure;
use crate::settings::Settings;
use crate::{opening, output};

/// How all organisations stand. One that cannot be read is told on stderr, and ends with an error once all are shown.
pub async fn overview(settings: &Settings, json: bool) -> Result<(), Failure> {
    let Some(app) = opening::open_existing(settings).await? else {
        return output::document(json, &json!({ "organisations": [] }), String::new);
    };
    let read = app::licences::overview(&app).await;
    app.close().await;
    let (mut lines, mut failed) = (Vec::new(), Vec::new());
    for one in read? {
        match one {
            Ok(line) => lines.push(line),
            Err((name, error)) => failed.push(format!("{}: {error}", output::plain(&name))),
        }
    }
    output::document(json, &json!({ "organisations": lines }), || table(&lines))?;
    match failed.as_slice() {
        [] => Ok(()),
        failed => Err(Failure::Undone(format!(
            "some organisations cannot be read:\n  {}",
            failed.join("\n  ")
        ))),
    }
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

/// What was invoiced, month by month.
pub async fn revenue(settings: &Settings, json: bool) -> Result<(), Failure> {
    let months = match opening::open_existing(settings).await? {
        None => Vec::new(),
        Some(app) => {
            let months = app::licences::revenue(&app).await;
            app.close().await;
            months?
        }
    };
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
