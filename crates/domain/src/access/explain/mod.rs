//! Explaining: whether somebody may do something with a record, why, and what would change it.
//!
//! The answer is the compiled plan's. What stands beside it says how each grant and ceiling comes to it, with the records
//! walked over; and every change that is named has been tried before it is named.

mod answer;
mod change;
mod flip;
mod mend;
mod trace;

use std::collections::BTreeSet;

use super::ceiling::{Audience, Ceiling};
use super::check::Fault;
use super::compile::Ground;
use super::named::Action;
use super::plan::Plan;
use super::policy::Policy;
use super::predicate::Facts;
use crate::ids::{FieldId, ModuleId, RecordId, UserTypeId};
use crate::modules::Catalogue;

pub use change::Change;
pub use trace::{Step, Stop, Trace};

/// What somebody wishes to do with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    View,
    Edit,
    Delete,
    /// Read a field.
    Read(FieldId),
    /// Change a field.
    Write(FieldId),
}

impl Wish {
    /// The field that it is about, if it is about one.
    #[must_use]
    pub fn field(self) -> Option<FieldId> {
        match self {
            Self::View | Self::Edit | Self::Delete => None,
            Self::Read(field) | Self::Write(field) => Some(field),
        }
    }
}

/// What is asked of one who is known by the [`Facts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    pub user_type: UserTypeId,
    pub module: ModuleId,
    pub record: RecordId,
    pub wish: Wish,
}

/// All rules by which it is decided.
#[derive(Debug, Clone)]
pub struct Rules<'a> {
    pub catalogue: &'a Catalogue,
    /// The policies of all user types whose people come in: a look-up that decides for one of them is out of reach for all.
    pub types: Vec<(UserTypeId, Policy)>,
    pub ceilings: Vec<Ceiling>,
}

/// The answer, and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    pub allowed: bool,
    /// Whether the record is there and not in the recycle bin.
    pub live: bool,
    /// What each grant of the user type for the module comes to, in the policy's order.
    pub grants: Vec<GrantAnswer>,
    /// The ceilings over the user type in the module that speak of what is wished.
    pub ceilings: Vec<CeilingAnswer>,
    /// What would turn the answer round, the smallest first. Each has been tried.
    pub flips: Vec<Flip>,
}

/// What a grant comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantAnswer {
    /// Its place among all grants of the policy.
    pub at: usize,
    /// It alone grants what is wished.
    pub allows: bool,
    /// The record is one of the grant's, whatever ceilings say.
    pub covers: bool,
    /// Why it grants nothing at all: it does not fit the modules any more.
    pub fault: Option<Fault>,
    pub scope: Option<Trace>,
    pub criteria: Option<Trace>,
    pub people: Option<Trace>,
    /// What it does not say, although it had to.
    pub lacks: Vec<Lack>,
}

/// What stands in the way within a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// It does not grant the action.
    Action(Action),
    /// It grants the action, but the ceiling at this place forbids it.
    Forbidden(Action, usize),
    /// It does not name the field.
    Field,
    /// It names the field only to be read.
    Writing,
    /// The product sets the field.
    Given,
    /// Public records can only be viewed.
    Public,
    /// Only records that people made themselves can be deleted.
    NotTheirs,
}

/// What a ceiling comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CeilingAnswer {
    /// Its place among all ceilings.
    pub at: usize,
    /// It stands in the way, whatever is granted.
    pub stops: bool,
    /// For one about records: how the record is found to be left or not.
    pub left: Option<Trace>,
}

/// Changes that together turn the answer round; none of them can be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flip {
    pub changes: Vec<Change>,
}

/// Explains the answer to a question.
#[must_use]
pub fn explain(rules: &Rules, facts: &dyn Facts, question: Question) -> Explanation {
    let mut explanation = reasons(rules, facts, question);
    explanation.flips = flips(rules, facts, question, &explanation);
    explanation
}

/// The answer and its reasons, without what would turn it round.
#[must_use]
pub fn reasons(rules: &Rules, facts: &dyn Facts, question: Question) -> Explanation {
    Explanation {
        allowed: rules.allow(facts, question),
        live: facts.is_live(question.record),
        grants: answer::grants(rules, facts, question),
        ceilings: answer::ceilings(rules, facts, question),
        flips: Vec::new(),
    }
}

/// What would turn an answer round, the smallest first.
#[must_use]
pub fn flips(rules: &Rules, facts: &dyn Facts, question: Question, answer: &Explanation) -> Vec<Flip> {
    match answer.allowed {
        true => flip::to_no(rules, facts, question, &answer.grants),
        false => flip::to_yes(rules, facts, question),
    }
}

impl Rules<'_> {
    /// The answer alone, by the compiled plan.
    #[must_use]
    pub fn allow(&self, facts: &dyn Facts, question: Question) -> bool {
        let plan = self.plan(question);
        plan.is_some_and(|plan| plan.allows(question.wish, facts, question.record))
    }

    fn plan(&self, question: Question) -> Option<Plan> {
        let module = self.catalogue.module(question.module)?;
        self.ground(question.user_type)?.plan(module, &self.authority(question.wish))
    }

    /// The policy of a user type, if its people come in.
    #[must_use]
    pub fn policy(&self, user_type: UserTypeId) -> Option<&Policy> {
        self.types.iter().find(|(id, _)| *id == user_type).map(|(_, policy)| policy)
    }

    fn ground(&self, user_type: UserTypeId) -> Option<Ground<'_>> {
        Some(Ground::new(
            self.catalogue,
            self.policy(user_type)?,
            Audience::UserType(user_type),
            &self.ceilings,
        ))
    }

    /// The look-ups that decide who sees what. They matter only where a field is to be changed.
    fn authority(&self, wish: Wish) -> BTreeSet<FieldId> {
        self.authority_under(wish, &self.ceilings)
    }

    /// Those that may decide once a ceiling is gone that keeps them from it.
    fn possible_authority(&self, wish: Wish) -> BTreeSet<FieldId> {
        let mut found = self.authority(wish);
        found.extend(self.authority_under(wish, &[]));
        found
    }

    fn authority_under(&self, wish: Wish, ceilings: &[Ceiling]) -> BTreeSet<FieldId> {
        let all = |(id, policy): &(UserTypeId, Policy)| super::authority(self.catalogue, policy, *id, ceilings);
        match wish {
            Wish::Write(_) => self.types.iter().flat_map(all).collect(),
            _ => BTreeSet::new(),
        }
    }
}
