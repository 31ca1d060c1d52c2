//! Records: the only way to them leads through an [`Access`].
//!
//! Reading is one statement: the predicate, the columns, the viewer's session and the version of
//! the policies are all in it. Writing decides and applies in one transaction.

mod cost;
mod criteria;
mod difference;
mod facts;
mod filter;
mod find;
mod gate;
mod joins;
mod json;
mod lists;
mod merge;
mod page;
mod parents;
#[cfg(feature = "testing")]
pub mod probe;
mod select;
mod selection;
mod sql;
mod write;

pub use cost::cost;
pub use difference::{Only, only_in};
pub use facts::{Known, Seen};
pub use find::{Binned, ByKey, Deleted, RecordRights, allows, bin, by_key, choices, gone, rights};
pub use gate::is_current;
pub use json::{JsonList, json_list};
pub use lists::Lists;
pub use page::{Linked, Page, Record, Shown, Stored, count, leap, list, one, skip, stride};
pub use select::MAX_STRIDE;
pub use selection::{Answer, answer};
pub use write::{WriteError, Writing};

use domain::records::QueryError;

use crate::engine;

/// Why records could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The session has ended or the policies have changed since the access was bound.
    #[error("the access is out of date")]
    Stale,
    #[error(transparent)]
    Query(#[from] QueryError),
    #[error(transparent)]
    Engine(engine::Error),
}

impl From<engine::Error> for ReadError {
    /// What a statement names and the database has no more, was deleted since the access was bound.
    fn from(error: engine::Error) -> Self {
        match error {
            engine::Error::Missing(what) => {
                tracing::warn!(what, "a statement about records named what is not there");
                Self::Stale
            }
            error => Self::Engine(error),
        }
    }
}
