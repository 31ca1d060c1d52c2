//! Records: values, drafts and questions about them.

mod condition;
pub mod coql;
pub mod criteria;
mod duplicates;
pub mod expression;
mod parse;
mod query;
mod value;
mod write;

pub use condition::{Asker, Condition, Operand};
pub use duplicates::{duplicate_checks, is_key};
pub use parse::{FieldError, Problem, from_json, from_text, from_texts, normalise_email};
pub use query::{Cursor, Filter, MAX_DEPTH, MAX_PARTS, Operator, Order, Query, QueryError, Search, SortKey};
pub use value::{Value, decimal_text, write_decimal};
pub use write::{Draft, Prepared, name_of, prepare_change, prepare_new};
