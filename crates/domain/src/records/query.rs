//! Questions about records: filters, search, order and pages.
//!
//! A question names fields only through the columns a plan issued, so that a field somebody may
//! not read cannot be asked about: it is unknown, like one that does not exist.

use serde::{Deserialize, Serialize};

use super::Value;
use crate::ids::{FieldId, RecordId};

/// What is asked of a module. Field ids must have come from [`crate::access::Plan::column_named`].
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// The fields wanted, in this order.
    pub columns: Vec<FieldId>,
    pub filter: Option<Filter>,
    pub search: Option<Search>,
    pub order: Order,
    /// The most records wanted, 1 to 200.
    pub limit: u32,
    /// Where the page before ended.
    pub after: Option<Cursor>,
    /// Only these records, where it is not empty.
    pub ids: Vec<RecordId>,
}

/// A word looked for in every readable line of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search(pub String);

/// A condition on a record's readable fields.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    Compare { field: FieldId, operator: Operator, value: Value },
    All(Vec<Filter>),
    Any(Vec<Filter>),
}

/// How a field is compared with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    Equals,
    NotEquals,
    Contains,
    StartsWith,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Empty,
    NotEmpty,
}

impl Operator {
    /// The operator between a field and a value, in plain words: `Stage` *is not* `Won`.
    #[must_use]
    pub fn verb(self) -> &'static str {
        match self {
            Self::Equals => "is",
            Self::NotEquals => "is not",
            Self::Contains => "contains",
            Self::StartsWith => "starts with",
            Self::Less => "is below",
            Self::LessOrEqual => "is at most",
            Self::Greater => "is above",
            Self::GreaterOrEqual => "is at least",
            Self::Empty => "is empty",
            Self::NotEmpty => "is not empty",
        }
    }
}

/// The order of a list. Records that are equal in it follow by id, in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Order {
    pub key: SortKey,
    pub descending: bool,
}

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// The id, which is the order in which records were made.
    Id,
    /// A field; records without a value come last.
    Field(FieldId),
}

/// The last record of a page, as its order sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The sort field's value; `Value::Null` when sorted by id.
    pub value: Value,
    pub id: RecordId,
}

impl Order {
    /// Newest first.
    pub const NEWEST: Self = Self {
        key: SortKey::Id,
        descending: true,
    };
}

impl Query {
    /// The newest records with these columns.
    #[must_use]
    pub fn newest(columns: Vec<FieldId>, limit: u32) -> Self {
        Self {
            columns,
            filter: None,
            search: None,
            order: Order::NEWEST,
            limit,
            after: None,
            ids: Vec::new(),
        }
    }
}

/// The most comparisons and groups in a filter.
pub const MAX_PARTS: usize = 500;
/// How deep the groups of a filter may lie in one another.
pub const MAX_DEPTH: usize = 12;

impl Filter {
    /// Whether the filter is small enough to be asked.
    pub fn check_size(&self) -> Result<(), QueryError> {
        let mut left = MAX_PARTS;
        if self.fits(MAX_DEPTH, &mut left) {
            Ok(())
        } else {
            Err(QueryError::TooComplex)
        }
    }

    fn fits(&self, depth: usize, left: &mut usize) -> bool {
        if *left == 0 {
            return false;
        }
        *left -= 1;
        match self {
            Self::Compare { .. } => true,
            Self::All(parts) | Self::Any(parts) => depth > 0 && parts.iter().all(|p| p.fits(depth - 1, left)),
        }
    }

    /// All the fields the filter compares.
    pub fn fields(&self, found: &mut Vec<FieldId>) {
        match self {
            Self::Compare { field, .. } => found.push(*field),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.fields(found)),
        }
    }
}

/// Why a question cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// Unknown, hidden and unsuitable fields all look the same.
    #[error("{0:?} is not a field that can be used here")]
    NoSuchField(String),
    #[error("{0:?} cannot be compared with this value")]
    BadValue(String),
    #[error("a page holds 1 to 200 records")]
    BadLimit,
    #[error("the page token is not one of ours")]
    BadCursor,
    #[error("a filter holds at most {MAX_PARTS} comparisons and groups, nested at most {MAX_DEPTH} deep")]
    TooComplex,
}
