//! What can go wrong below the nouns.
//!
//! The text inside a variant is for the log, never for a visitor.

/// A failure of the database or of its use. It can be cloned because one failed commit answers a whole group of writes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A unique index or primary key refused a row: `members.email`, `memberships.org_id, memberships.email`, or, for
    /// an index over an expression, `index 'name'`. The text is the same on both databases.
    #[error("already exists: {0}")]
    Unique(String),
    /// A foreign key refused a row.
    #[error("foreign key violated: {0}")]
    ForeignKey(String),
    /// A CHECK or NOT NULL refused a row.
    #[error("constraint violated: {0}")]
    Constraint(String),
    /// The queue is full or the pool gave no connection in time: try again later.
    #[error("the database is busy")]
    Busy,
    /// The database was closed, or the connection was lost.
    #[error("the database is closed")]
    Closed,
    /// A lock was not free in time, or the statement was cancelled.
    #[error("the database did not answer in time")]
    Timeout,
    /// Two transactions stood in each other's way and the database chose this one: nothing was written.
    #[error("conflict between transactions: {0}")]
    Conflict(String),
    /// A statement failed inside a transaction and the closure returned `Ok` all the same: nothing was written. What
    /// may fail belongs into [`Conn::attempt`](super::Conn::attempt).
    #[error("the transaction was given up after a failed statement")]
    Aborted,
    /// The closure panicked: nothing was written.
    #[error("panic in a database closure: {0}")]
    Panicked(String),
    /// A statement names a table or a column that is not there, or not any more: it was written by what was known before a change.
    #[error("missing: {0}")]
    Missing(String),
    /// The disk failed under a commit: this process acknowledges no more writes to this database.
    #[error("writing has stopped after a storage failure: {0}")]
    Stopped(String),
    /// A row did not hold what the caller asked for.
    #[error("column {column}: wanted {wanted}, found {found}")]
    Decode {
        /// Position in the row, from 0.
        column: usize,
        /// What was asked for.
        wanted: &'static str,
        /// What is there.
        found: String,
    },
    /// The schema cannot be brought to what this program expects.
    #[error("migration: {0}")]
    Migration(String),
    /// The handle is one that [only reads](super::Database::looking).
    #[error("nothing is written through this handle")]
    OnlyLooking,
    /// Anything else the database said.
    #[error("database: {0}")]
    Database(String),
}

impl Error {
    /// Did a unique index or primary key refuse the row?
    #[must_use]
    pub fn is_unique(&self) -> bool {
        matches!(self, Self::Unique(_))
    }

    /// Did a foreign key refuse the row?
    #[must_use]
    pub fn is_foreign_key(&self) -> bool {
        matches!(self, Self::ForeignKey(_))
    }

    /// Is it worth trying the whole use case again?
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Busy | Self::Closed | Self::Timeout | Self::Conflict(_))
    }

    pub(super) fn decode(column: usize, wanted: &'static str, found: impl Into<String>) -> Self {
        Self::Decode {
            column,
            wanted,
            found: found.into(),
        }
    }

    /// From what `catch_unwind` caught.
    pub(super) fn panicked(payload: &(dyn std::any::Any + Send)) -> Self {
        let text = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned());
        Self::Panicked(text.unwrap_or_else(|| "no message".to_owned()))
    }
}
