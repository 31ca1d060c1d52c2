//! Access: who may see and do what, and how that becomes one plan.
//!
//! A [`Policy`] is what an administrator writes for a user type. [`compile`] turns it, with the
//! catalogue, into [`Plan`]s: the only values for which the store hands out records. Nothing is
//! allowed until granted; grants name modules, actions, records and fields.

mod beginning;
mod bound;
mod check;
mod compile;
mod document;
mod named;
pub mod notation;
mod plan;
mod policy;
mod ways;
mod widening;

pub use beginning::{beginning, first_grant};
pub use bound::{Access, Viewer};
pub use check::{Fault, check, may_be_personality};
pub use compile::{compile, staff};
pub use document::PolicySet;
pub use named::{Action, NamedGrant, NamedPolicy, UnknownName};
pub use plan::{Column, Facts, LookupColumn, Plan, PlanKey, Plans, Predicate, Target};
pub use policy::{Actions, FieldAccess, FieldGrant, Grant, Policy, Scope};
pub use ways::{Way, ways};
pub use widening::{Widening, widenings};
