//! Access: who may see and do what, and how that becomes one plan.
//!
//! A [`Policy`] is what an administrator writes for a user type. [`compile`] turns it, with the
//! catalogue, into [`Plan`]s: the only values for which the store hands out records. Nothing is
//! allowed until granted; grants name modules, actions, records and fields.

mod anonymous;
mod beginning;
mod bound;
mod ceiling;
mod check;
mod compile;
mod coverage;
mod criteria;
mod document;
mod explain;
mod named;
pub mod notation;
mod plan;
mod policy;
mod predicate;
mod scope;
mod sign_up;
mod ways;
mod widening;

pub use anonymous::{AnonymousGrant, check_anonymous};
pub use beginning::{attached_fields, beginning, first_grant};
pub use bound::{Access, Viewer};
pub use ceiling::{Audience, Bound, Ceiling, Forbidden, check_ceilings};
pub use check::{Fault, check, may_be_personality};
pub use compile::{authority, compile, staff};
pub use coverage::InModule;
pub use criteria::{Criteria, MAX_CONDITIONS, MAX_CRITERIA_DEPTH, Wanted};
pub use document::{Clash, PolicySet};
pub use explain::{
    CeilingAnswer, Change, Explanation, Flip, GrantAnswer, Lack, Question, Rules, Step, Stop, Trace, Wish, explain, flips, reasons,
};
pub use named::{Action, NamedAnonymous, NamedCeiling, NamedGrant, NamedPolicies, NamedPolicy, NamedSignUp, NamedType, UnknownName};
pub use plan::{Column, Creation, LookupColumn, Plan, PlanKey, Plans};
pub use policy::{Actions, FieldAccess, FieldGrant, Grant, Hop, MAX_HOPS, Policy, Scope};
pub use predicate::{Facts, Predicate, Target};
pub use sign_up::{Admission, SignUp, check_sign_ups, is_askable};
pub use ways::{Way, ways};
pub use widening::{Widening, widenings};
