//! What came of an import, and what went wrong.

use std::fmt;

use csv::StringRecord;
use domain::ids::RecordId;
use domain::records::Problem;
use serde::{Deserialize, Serialize};

use crate::{Error, Kind};

/// How many bad values are told one by one; the rest are only counted.
const REPORTED: usize = 1000;

/// What happens when a row cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// Nothing is imported, and nothing is changed.
    Stop,
    /// The row is left out.
    Skip,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Rows that were looked at.
    pub done: u64,
    /// Rows in the file.
    pub total: u64,
}

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// Rows in the file, beside the first line.
    pub rows: u64,
    /// Records that were made.
    pub created: u64,
    /// Records that were there and were changed.
    #[serde(default)]
    pub changed: u64,
    /// Rows that were left out.
    pub skipped: u64,
    /// What was wrong with them: the first thousand bad values.
    pub errors: Vec<RowError>,
    /// How many bad values there were.
    pub errors_total: u64,
}

/// A value that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// The line of the file in which the row begins; the first is 1.
    pub line: u64,
    /// The column, if the value came from one.
    pub column: Option<String>,
    /// The field's API name, if it is about a field.
    pub field: Option<String>,
    /// The beginning of the value.
    pub value: Option<String>,
    #[serde(default)]
    pub code: RowCode,
    pub reason: String,
}

/// What sort of thing is wrong with a row, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowCode {
    #[default]
    Invalid,
    Missing,
    Duplicate,
    NotFound,
    Ambiguous,
    NotAllowed,
}

impl RowCode {
    pub(super) fn of(problem: &Problem) -> Self {
        match problem {
            Problem::Mandatory => Self::Missing,
            Problem::NotUnique => Self::Duplicate,
            Problem::NoSuchRecord | Problem::NoSuchFile => Self::NotFound,
            Problem::NotWritable => Self::NotAllowed,
            _ => Self::Invalid,
        }
    }
}

/// What became of a row.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub line: u64,
    /// Its values, if it has as many as there are columns.
    pub cells: StringRecord,
    pub fate: Fate,
}

/// Whether there is a record of it now.
#[derive(Debug, Clone)]
pub(crate) enum Fate {
    Made(RecordId),
    Changed(RecordId),
    LeftOut(Vec<RowError>),
    /// The record is there, without what could only be written when all records were.
    Incomplete(RecordId, Vec<RowError>),
}

impl Told {
    /// Says of what could not be written that the record is there without it.
    pub(super) fn add_that_the_rest_stays(&mut self) {
        if let Fate::Incomplete(_, errors) = &mut self.fate {
            errors
                .iter_mut()
                .for_each(|error| error.reason += "; the record was imported without it");
        }
    }
}

impl Outcome {
    pub(super) fn count(&mut self, told: &Told) {
        match &told.fate {
            Fate::Made(_) => self.created += 1,
            Fate::Changed(_) => self.changed += 1,
            Fate::LeftOut(errors) => {
                self.skipped += 1;
                errors.iter().for_each(|error| self.report(error.clone()));
            }
            Fate::Incomplete(_, errors) => errors.iter().for_each(|error| self.report(error.clone())),
        }
    }

    fn report(&mut self, error: RowError) {
        self.errors_total += 1;
        if self.errors.len() < REPORTED {
            self.errors.push(error);
        }
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column {column:?}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ", field {field}")?;
        }
        if let Some(value) = &self.value {
            write!(f, ", value {value:?}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// Why nothing was imported. Only [`ImportError::BrokenOff`] leaves records behind.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// What is wrong, with its place.
    #[error("the mapping cannot be used: {0}")]
    Mapping(String),
    #[error("the file is empty: expected a first line with the names of the columns")]
    Empty,
    #[error("the first line names the column {0:?} twice")]
    HeaderTwice(String),
    #[error("{column:?} is not a column of the file: expected one of {}", .there.join(", "))]
    NoSuchColumn { column: String, there: Vec<String> },
    #[error("there is no column {index}: the file has {columns}, counted from 0")]
    NoSuchPlace { index: usize, columns: usize },
    #[error("{module} has no field {field:?}: expected one of {}; or give the field a type, and it is made", .there.join(", "))]
    NoSuchField { module: String, field: String, there: Vec<String> },
    #[error("there is no module {0:?}: expected one that exists, or [create] in the mapping")]
    NoSuchModule(String),
    /// The file itself cannot be read as CSV.
    #[error("line {line}: {reason}")]
    File { line: u64, reason: String },
    /// Some rows cannot be taken.
    #[error("nothing was imported: {}", summary(.0))]
    Rows(Box<Outcome>),
    /// Bad rows were to be left out, and the database failed on the way.
    #[error("broken off after {rows} rows, of which {created} were imported or changed: {error}")]
    BrokenOff { rows: u64, created: u64, error: Box<ImportError> },
    /// What has to hold with each batch holds no more.
    #[error("somebody else works on it")]
    Lost,
    #[error(transparent)]
    App(#[from] Error),
}

fn summary(outcome: &Outcome) -> String {
    let values = match outcome.errors_total {
        1 => "one value cannot be taken".to_owned(),
        n => format!("{n} values cannot be taken, the first one"),
    };
    let first = outcome.errors.first().map_or_else(String::new, |e| format!(": {e}"));
    format!("{values}{first}")
}

impl ImportError {
    /// What sort of failure it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::App(error) => error.kind(),
            Self::BrokenOff { error, .. } => error.kind(),
            _ => Kind::Invalid,
        }
    }
}

impl From<store::engine::Error> for ImportError {
    fn from(error: store::engine::Error) -> Self {
        Self::App(error.into())
    }
}

/// The beginning of a value, for a report.
pub(super) fn shortened(value: &str) -> String {
    match value.char_indices().nth(100) {
        Some((at, _)) => format!("{}…", value.get(..at).unwrap_or_default()),
        None => value.to_owned(),
    }
}
