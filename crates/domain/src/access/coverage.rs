//! Coverage: which grants a test of policies says something about.
//!
//! An answer proves something of one grant only where it hangs on that grant. A question about a record is answered by
//! the grants whose records it is one of; a question about a module only where a single grant could answer it.

use super::explain::{Explanation, GrantAnswer};
use super::policy::{Grant, Policy, Scope};
use crate::ids::{FieldId, ModuleId};

/// What can be asked of a module without naming a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InModule {
    View,
    Create,
    Read(FieldId),
    Write(FieldId),
}

impl Grant {
    /// Whether the grant, by its words alone, lets people do that in its module.
    #[must_use]
    pub fn says(&self, asked: InModule) -> bool {
        self.actions.view
            && match asked {
                InModule::View => true,
                InModule::Create => self.actions.create,
                InModule::Read(field) => self.field(field).is_some(),
                InModule::Write(field) => self.writes(field),
            }
    }

    /// Whether it shows every record to everybody: there is no record that it could keep out.
    #[must_use]
    pub fn keeps_nothing_out(&self) -> bool {
        self.scope == Scope::Public && self.people.is_none() && self.criteria.is_none()
    }
}

impl Policy {
    /// The place of the grant that alone can answer what is asked of a module. None: several can, or none.
    #[must_use]
    pub fn only_answer(&self, module: ModuleId, asked: InModule) -> Option<usize> {
        let says = |(_, grant): &(usize, &Grant)| grant.module == module && grant.says(asked);
        let mut found = self.grants.iter().enumerate().filter(says);
        match (found.next(), found.next()) {
            (Some((at, _)), None) => Some(at),
            _ => None,
        }
    }
}

impl GrantAnswer {
    /// Whether the grant says what is wished, only not of this record: with wider records it would have been allowed.
    #[must_use]
    pub fn keeps_out(&self) -> bool {
        self.fault.is_none() && self.lacks.is_empty() && !self.covers
    }
}

impl Explanation {
    /// The places of the grants each of which alone allows what was asked.
    pub fn allowing(&self) -> impl Iterator<Item = usize> {
        let allowing = self.grants.iter().filter(|g| self.allowed && g.allows);
        allowing.map(|g| g.at)
    }

    /// The places of the grants that would have allowed what was denied, had their records been more. Where a ceiling
    /// forbids it whatever is granted, or the record is not there, none would.
    pub fn keeping_out(&self) -> impl Iterator<Item = usize> {
        let stopped = self.allowed || !self.live || self.ceilings.iter().any(|c| c.stops);
        let keeping = self.grants.iter().filter(move |g| !stopped && g.keeps_out());
        keeping.map(|g| g.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Actions, CeilingAnswer, Fault, FieldAccess, FieldGrant, Lack};

    const DEALS: ModuleId = ModuleId(1);
    const AMOUNT: FieldId = FieldId(7);

    fn grant(scope: Scope, create: bool, field: Option<FieldAccess>) -> Grant {
        let access = |access| FieldGrant {
            field: AMOUNT,
            access,
            names: false,
        };
        Grant {
            actions: Actions {
                view: true,
                create,
                ..Actions::default()
            },
            fields: field.map(access).into_iter().collect(),
            ..Grant::new(DEALS, scope)
        }
    }

    #[test]
    fn a_question_about_a_module_proves_something_only_of_the_one_grant_that_answers_it() {
        let policy = Policy {
            personality: ModuleId(2),
            grants: vec![
                grant(Scope::Created, true, Some(FieldAccess::ReadWrite)),
                grant(Scope::Shared, false, Some(FieldAccess::ReadOnly)),
            ],
        };
        let only = |asked| policy.only_answer(DEALS, asked);
        assert_eq!(only(InModule::View), None, "both show records");
        assert_eq!(only(InModule::Read(AMOUNT)), None, "both show the field");
        assert_eq!(only(InModule::Create), Some(0));
        assert_eq!(only(InModule::Write(AMOUNT)), Some(0));
        assert_eq!(only(InModule::Read(FieldId(8))), None, "neither");
        assert_eq!(policy.only_answer(ModuleId(9), InModule::View), None);
    }

    #[test]
    fn only_a_grant_of_every_record_to_everybody_keeps_nothing_out() {
        assert!(grant(Scope::Public, false, None).keeps_nothing_out());
        assert!(!grant(Scope::Shared, false, None).keeps_nothing_out());
    }

    fn answer(at: usize, allows: bool, covers: bool) -> GrantAnswer {
        GrantAnswer {
            at,
            allows,
            covers,
            fault: None,
            scope: None,
            criteria: None,
            people: None,
            lacks: Vec::new(),
        }
    }

    /// Four grants: the third lacks what is wished, the fourth does not fit the modules any more.
    fn explanation(allowed: bool, allows: [bool; 2], covers: [bool; 2]) -> Explanation {
        let mut grants: Vec<_> = (0..4).map(|at| answer(at, at < 2 && allows[at], at < 2 && covers[at])).collect();
        grants[2].lacks.push(Lack::Field);
        grants[3].fault = Some(Fault::PersonalityNotGranted);
        Explanation {
            allowed,
            live: true,
            grants,
            ceilings: Vec::new(),
            flips: Vec::new(),
        }
    }

    fn covered(explanation: &Explanation) -> (Vec<usize>, Vec<usize>) {
        (explanation.allowing().collect(), explanation.keeping_out().collect())
    }

    #[test]
    fn what_is_allowed_hangs_on_the_grants_that_allow_it() {
        assert_eq!(covered(&explanation(true, [true, false], [true, true])), (vec![0], vec![]));
        assert_eq!(covered(&explanation(true, [true, true], [true, true])), (vec![0, 1], vec![]));
        assert_eq!(covered(&explanation(true, [true, false], [true, false])), (vec![0], vec![]));
    }

    #[test]
    fn what_is_denied_hangs_on_the_grants_that_would_have_allowed_it_with_wider_records() {
        let denied = explanation(false, [false, false], [true, false]);
        assert_eq!(covered(&denied), (vec![], vec![1]));
        assert_eq!(covered(&explanation(false, [false; 2], [false; 2])), (vec![], vec![0, 1]));
        assert_eq!(covered(&explanation(false, [false; 2], [true; 2])), (vec![], vec![]));
        assert_eq!(
            covered(&explanation(false, [true, false], [false; 2])).0,
            Vec::<usize>::new(),
            "a ceiling took it away"
        );
    }

    #[test]
    fn a_ceiling_and_a_record_that_is_gone_deny_whatever_is_granted() {
        let denied = || explanation(false, [false; 2], [false; 2]);
        let gone = Explanation { live: false, ..denied() };
        assert_eq!(covered(&gone), (vec![], vec![]));
        let over = |stops| Explanation {
            ceilings: vec![CeilingAnswer { at: 0, stops, left: None }],
            ..denied()
        };
        assert_eq!(covered(&over(true)), (vec![], vec![]));
        assert_eq!(covered(&over(false)), (vec![], vec![0, 1]));
    }
}
