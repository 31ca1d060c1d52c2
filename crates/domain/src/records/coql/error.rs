//! Why a query is not answered.

use std::fmt;

/// A place in a text, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

impl Place {
    /// Where the byte `at` stands in a text.
    pub(super) fn of(text: &str, at: usize) -> Self {
        let before = text.get(..at).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    }
}

/// Why a query cannot be read, or asks for what there is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CoqlError {
    /// What stands at a place is not what was expected there.
    Syntax {
        place: Place,
        near: String,
        expected: &'static str,
    },
    /// A part that must be there is not.
    NoClause(&'static str),
    /// Unknown and hidden fields look the same.
    NoColumn(String),
    /// The field cannot be used so.
    Unsuitable {
        column: String,
        data_type: &'static str,
        by: String,
    },
    BadValue {
        column: String,
        data_type: &'static str,
    },
    /// It is neither grouped by nor inside a function.
    NotGrouped(String),
    BadAlias(String),
    SameAlias(String),
    SameColumn(String),
    TooMuch {
        what: &'static str,
        limit: usize,
    },
}

impl fmt::Display for CoqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { place, near, expected } => {
                write!(f, "line {}, column {}: expected {expected}, not {near:?}", place.line, place.column)
            }
            Self::NoClause(clause) => write!(f, "{clause} is missing"),
            Self::NoColumn(column) => write!(f, "{column:?} is not a field that can be used here"),
            Self::Unsuitable { column, data_type, by } => write!(f, "{column} is of the type {data_type}, which does not go with {by}"),
            Self::BadValue { column, data_type } => write!(f, "{column} is of the type {data_type} and cannot be compared with this value"),
            Self::NotGrouped(column) => write!(f, "{column} must stand after group by, or inside a function"),
            Self::BadAlias(alias) => write!(f, "{alias:?} is no name for a column: expected letters, digits and underscores"),
            Self::SameAlias(alias) => write!(f, "two columns are called {alias}"),
            Self::SameColumn(column) => write!(f, "{column} is selected twice"),
            Self::TooMuch { what, limit } => write!(f, "at most {limit} {what} are allowed"),
        }
    }
}

impl std::error::Error for CoqlError {}
