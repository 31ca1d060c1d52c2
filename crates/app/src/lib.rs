//! What the product does: one use case, one function, one transaction, called by every door.
//!
//! A use case takes a [`Ctx`] (who, when, in which organisation), asks `domain`, reads and writes
//! through `store`, and appends audit and outbox rows in the same transaction.

pub mod accounts;
pub mod audit;
mod authority;
pub mod bulk;
pub mod clients;
pub mod clock;
mod context;
pub mod demo;
pub mod error;
pub mod explain;
pub mod files;
pub mod imports;
pub mod licences;
pub mod mail;
pub mod members;
pub mod modules;
pub mod notifications;
pub mod operators;
pub mod orgs;
pub mod policies;
pub mod portals;
pub mod records;
pub mod repeats;
pub mod rollouts;
pub mod settings;
pub mod sign_ups;
pub mod single_sign_on;
pub mod staff;
mod tenant;
#[cfg(feature = "testing")]
pub mod testing;
pub mod upkeep;
pub mod view_as;
pub mod visitors;

pub use context::{App, Ctx};
pub use error::{Error, Kind};
pub use settings::Settings;
pub use tenant::{Snapshot, Tenant};
