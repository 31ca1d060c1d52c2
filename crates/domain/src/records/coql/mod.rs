//! COQL, the query language of the CRM API: `select Last_Name, Account_Name.Industry from Contacts where … order by … limit 10`.
//!
//! A text is [`parse`]d without knowing any field, then bound ([`Parsed::bind`]) to what the one who asks may read. What comes of it names
//! fields only through the columns of a plan: hidden and unknown ones are the same.

mod bind;
mod compare;
mod error;
mod parse;
mod selection;
mod syntax;
#[cfg(test)]
mod tests;
mod token;

pub use error::{CoqlError, Place};
pub use parse::parse;
pub use selection::{Condition, Function, Key, Output, Reference, Selection, Source, What};
pub use syntax::Parsed;

/// The longest query, in bytes.
pub const MAX_LENGTH: usize = 20_000;
/// The most columns that are selected, grouped by or ordered by.
pub const MAX_COLUMNS: usize = 50;
/// The most comparisons.
pub const MAX_CONDITIONS: usize = 25;
/// How deep parentheses may lie in one another.
pub const MAX_DEPTH: usize = 12;
/// The most values after `in`.
pub const MAX_VALUES: usize = 100;
/// The most look-ups from one record to the next: `Account_Name.Parent_Account.Phone` goes through two.
pub const MAX_HOPS: usize = 2;
/// The most different look-ups that a query goes through.
pub const MAX_SOURCES: usize = 10;
/// The most records of one answer, and how many come where nothing is said.
pub const MAX_LIMIT: u32 = 2000;
pub const USUAL_LIMIT: u32 = 200;
/// How many records may be passed over.
pub const MAX_OFFSET: u32 = 100_000;
