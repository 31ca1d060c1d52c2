//! What became of each row, as rows of a file.

use crate::imports::{Fate, RowCode, RowError, Told};

/// The columns before the file's own.
pub(super) const HEADER: [&str; 3] = ["STATUS", "RECORD_ID", "ERRORS"];

/// A row with what became of it before its values: as many as the file has columns, also where the row has others.
pub(super) fn row(told: &Told, columns: usize) -> Vec<String> {
    let (status, id, errors) = match &told.fate {
        Fate::Made(id) => ("ADDED", id.to_string(), String::new()),
        Fate::Changed(id) => ("UPDATED", id.to_string(), String::new()),
        Fate::LeftOut(errors) => ("SKIPPED", String::new(), all(errors)),
        // The row comes a second time: first as what it made.
        Fate::Incomplete(id, errors) => ("SKIPPED", id.to_string(), all(errors)),
    };
    let values = (0..columns).map(|at| told.cells.get(at).unwrap_or_default().to_owned());
    [status.to_owned(), id, errors].into_iter().chain(values).collect()
}

fn all(errors: &[RowError]) -> String {
    errors.iter().map(error).collect::<Vec<_>>().join("; ")
}

/// `MANDATORY_NOT_FOUND:Last_Name:a value is needed`.
fn error(error: &RowError) -> String {
    let code = match error.code {
        RowCode::Invalid => "INVALID_DATA",
        RowCode::Missing => "MANDATORY_NOT_FOUND",
        RowCode::Duplicate => "DUPLICATE_DATA",
        RowCode::NotFound => "RESOURCE_NOT_FOUND",
        RowCode::Ambiguous => "AMBIGUITY_DURING_PROCESSING",
        RowCode::NotAllowed => "NOT_ALLOWED",
    };
    match &error.field {
        Some(field) => format!("{code}:{field}:{}", error.reason),
        None => format!("{code}::line {}: {}", error.line, error.reason),
    }
}
