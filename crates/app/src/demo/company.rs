//! The company's records.

use std::io::Cursor;

use domain::ids::OrgId;
use domain::time::Day;

use crate::imports::{ImportError, Mapping, OnError, run};
use crate::{App, Error};

/// A file with its mapping.
macro_rules! source {
    ($name:literal, $module:literal) => {
        (
            $module,
            include_str!(concat!("data/", $name, ".toml")),
            include_str!(concat!("data/", $name, ".csv")),
        )
    };
}

/// Module, mapping and file, in the order in which they look each other up.
const SOURCES: [(&str, &str, &str); 11] = [
    source!("employees", "Employees"),
    source!("accounts", "Accounts"),
    source!("contacts", "Contacts"),
    source!("vendors", "Vendors"),
    source!("carriers", "Carriers"),
    source!("products", "Products"),
    source!("leads", "Leads"),
    source!("deals", "Deals"),
    source!("orders", "Sales_Orders"),
    source!("order-lines", "Order_Lines"),
    source!("cases", "Cases"),
];

/// Imports all files.
pub(super) async fn fill(app: &App, org: OrgId) -> Result<(), Error> {
    for (module, mapping, csv) in SOURCES {
        let ctx = app.system(org).await?;
        let csv = dated(csv, ctx.now.day());
        let imported = match Mapping::parse(mapping) {
            Ok(mapping) => run(&ctx, module, &mapping, Cursor::new(csv), OnError::Stop, |_| {}).await,
            Err(error) => Err(error),
        };
        imported.map_err(|error| match error {
            ImportError::App(error) => error,
            other => Error::Input("demonstration", format!("files that fit, but {module}: {other}")),
        })?;
    }
    Ok(())
}

/// The text with every value such as `@-12` turned into the day so far from today: the company never gets old.
fn dated(csv: &str, today: Day) -> String {
    let mut text = String::with_capacity(csv.len());
    for piece in csv.split_inclusive([',', '\n']) {
        let value = piece.trim_end_matches([',', '\n']);
        match value.strip_prefix('@').and_then(|days| days.parse::<i64>().ok()) {
            Some(days) => {
                Day(today.0 + days).write_iso(&mut text);
                text.push_str(piece.get(value.len()..).unwrap_or_default());
            }
            None => text.push_str(piece),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_today() {
        let today = Day::parse("2026-11-24").unwrap();
        assert_eq!(dated("a,@-1,@+7\nb@c,@x,\n", today), "a,2026-11-23,2026-12-01\nb@c,@x,\n");
    }
}
