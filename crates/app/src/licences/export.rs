//! The ledger as a table for spreadsheets.

use domain::licences::About;
use store::licences::Entry;

use super::types_of;
use crate::{Ctx, Error};

const HEAD: [&str; 10] = [
    "Number",
    "Time",
    "Event",
    "Person",
    "User type",
    "Licences",
    "Invoice",
    "By",
    "Seats after it",
    "Bought after it",
];

/// The first line.
pub fn csv_head() -> Result<Vec<u8>, Error> {
    write([HEAD.map(str::to_owned)])
}

/// A line for each entry. Times are ISO 8601 in UTC.
pub fn csv_lines(ctx: &Ctx, entries: &[Entry]) -> Result<Vec<u8>, Error> {
    write(entries.iter().map(|entry| line(ctx, entry)))
}

fn write(lines: impl IntoIterator<Item = [String; 10]>) -> Result<Vec<u8>, Error> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    for line in lines {
        csv.write_record(line).map_err(|e| unwritable(&e))?;
    }
    csv.into_inner().map_err(|e| unwritable(&e))
}

fn unwritable(why: &dyn std::fmt::Display) -> Error {
    Error::Internal(store::engine::Error::Database(format!("a table cannot be written: {why}")))
}

fn line(ctx: &Ctx, entry: &Entry) -> [String; 10] {
    let recorded = &entry.recorded;
    let (person, user_type) = match &recorded.about {
        About::Seat(seat) => (text(&seat.email), text(&types_of(ctx, seat))),
        _ => Default::default(),
    };
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    [
        recorded.number.to_string(),
        entry.at.iso(),
        recorded.event.name().to_owned(),
        person,
        user_type,
        number(recorded.licences()),
        number(recorded.invoice()),
        text(&entry.actor),
        recorded.consumed.to_string(),
        recorded.purchased.to_string(),
    ]
}

/// What somebody else has written. A spreadsheet would take some first characters for the beginning of a formula.
fn text(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_a_formula() {
        for (name, cell) in [
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("@SUM(1)", "'@SUM(1)"),
            ("-1", "'-1"),
            ("maria@example.com", "maria@example.com"),
            ("", ""),
        ] {
            assert_eq!(text(name), cell);
        }
    }
}
