//! Pages of records, the same for every site: lists, a record, forms, look-ups.
//!
//! A site says who asks, where its addresses begin and what stands around a page ([`Site`]); then
//! [`routes`] gives it all the pages. The views are templates of their own, so that other pages can
//! show a [`table::Table`] or a [`value::Cell`] too.

pub mod address;
mod attach;
mod delete;
pub mod form;
pub mod list;
pub mod lookup;
pub mod notes;
mod pages;
pub mod record;
pub mod related;
pub mod site;
pub mod table;
pub mod text;
pub mod value;

pub use pages::{readable, routes};
pub use site::Site;
