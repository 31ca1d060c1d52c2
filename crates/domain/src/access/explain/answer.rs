//! What each grant and each ceiling comes to.

use std::collections::BTreeSet;

use super::{CeilingAnswer, GrantAnswer, Lack, Question, Rules, Trace, Wish};
use crate::access::ceiling::{Ceiling, Forbidden};
use crate::access::compile::Ground;
use crate::access::named::Action;
use crate::access::policy::{Actions, Grant, Scope};
use crate::access::predicate::Facts;
use crate::ids::FieldId;
use crate::modules::Module;

/// One grant, the question, and what is known.
pub(super) struct Asked<'a> {
    pub ground: Ground<'a>,
    pub module: &'a Module,
    pub facts: &'a dyn Facts,
    pub question: Question,
    pub authority: &'a BTreeSet<FieldId>,
}

pub(super) fn grants(rules: &Rules, facts: &dyn Facts, question: Question) -> Vec<GrantAnswer> {
    let authority = rules.authority(question.wish);
    let (Some(ground), Some(module)) = (rules.ground(question.user_type), rules.catalogue.module(question.module)) else {
        return Vec::new();
    };
    let asked = Asked {
        ground,
        module,
        facts,
        question,
        authority: &authority,
    };
    let all = ground.policy.grants.iter().enumerate();
    let of_module = all.filter(|(_, grant)| grant.module == module.id);
    of_module.map(|(at, grant)| asked.answer(at, grant)).collect()
}

impl Asked<'_> {
    fn answer(&self, at: usize, grant: &Grant) -> GrantAnswer {
        let record = self.question.record;
        let trace = |predicate| Trace::of(predicate, self.facts, record);
        let (mut scope, mut criteria, mut people, mut fault) = (None, None, None, None);
        match self.ground.parts(grant, &[]) {
            Ok(parts) => {
                scope = Some(trace(&parts.scope));
                criteria = parts.criteria.as_ref().map(trace);
                people = parts.people.as_ref().map(trace);
            }
            Err(why) => fault = Some(why),
        }
        let fits = |part: &Option<Trace>| part.as_ref().is_none_or(|t| t.holds);
        GrantAnswer {
            at,
            allows: self.allows(grant),
            covers: self.facts.is_live(record) && fault.is_none() && [&scope, &criteria, &people].into_iter().all(fits),
            fault,
            scope,
            criteria,
            people,
            lacks: self.lacks(grant),
        }
    }

    /// Whether the rule that the grant compiles to says so by itself.
    fn allows(&self, grant: &Grant) -> bool {
        let Question { record, wish, .. } = self.question;
        let left = self.ground.over.records(self.module);
        let says = |rule| self.ground.says(&rule, self.module, wish, self.authority).and(rule.records);
        let rule = self.ground.rule(self.module, grant, &left, &[]);
        self.facts.is_live(record) && rule.is_some_and(|rule| says(rule).holds(self.facts, record))
    }

    /// What a grant does not say that is needed for what is wished.
    pub fn lacks(&self, grant: &Grant) -> Vec<Lack> {
        let mut lacks = Vec::new();
        let deed = matches!(self.question.wish, Wish::Edit | Wish::Delete | Wish::Write(_));
        if deed && grant.scope == Scope::Public {
            lacks.push(Lack::Public);
        }
        self.need(grant, Action::View, &mut lacks);
        match self.question.wish {
            Wish::View => {}
            Wish::Edit => self.need(grant, self.editing(grant), &mut lacks),
            Wish::Delete => {
                self.need(grant, Action::Delete, &mut lacks);
                if !self.is_theirs() {
                    lacks.push(Lack::NotTheirs);
                }
            }
            Wish::Read(field) => {
                if grant.field(field).is_none() {
                    lacks.push(Lack::Field);
                }
            }
            Wish::Write(field) => self.needs_to_write(grant, field, &mut lacks),
        }
        lacks
    }

    fn needs_to_write(&self, grant: &Grant, field: FieldId, lacks: &mut Vec<Lack>) {
        self.need(grant, self.editing(grant), lacks);
        if self.module.field(field).is_none_or(|f| f.kind.is_given()) {
            lacks.push(Lack::Given);
        }
        if grant.field(field).is_none() {
            lacks.push(Lack::Field);
        } else if !grant.writes(field) {
            lacks.push(Lack::Writing);
        }
        if self.authority.contains(&field) {
            self.need(grant, Action::Link, lacks);
        }
    }

    fn is_theirs(&self) -> bool {
        self.facts.made_by(self.question.record) == Some(self.facts.asker().actor)
    }

    /// The action that lets this record be edited: it depends on who made it.
    fn editing(&self, grant: &Grant) -> Action {
        let left = self.ground.over.actions(self.module.id, grant.actions);
        match grant.scope {
            // Either of them is enough for people's own record.
            Scope::Own if left.edit_shared && !left.edit => Action::EditShared,
            Scope::Own if !left.edit && grant.actions.edit_shared && !grant.actions.edit => Action::EditShared,
            Scope::Own => Action::Edit,
            _ if self.is_theirs() => Action::Edit,
            _ => Action::EditShared,
        }
    }

    fn need(&self, grant: &Grant, action: Action, lacks: &mut Vec<Lack>) {
        if !has(grant.actions, action) {
            lacks.push(Lack::Action(action));
        } else if action != Action::View {
            // One that forbids viewing forbids the module, and is told of among the ceilings.
            let forbids = |c: &Ceiling| c.module == self.module.id && matches!(&c.forbids, Forbidden::Actions(no) if has(*no, action));
            let over = self.ground.over.binding().filter(|(_, c)| forbids(c));
            lacks.extend(over.map(|(at, _)| Lack::Forbidden(action, at)));
        }
    }
}

pub(super) fn has(actions: Actions, action: Action) -> bool {
    match action {
        Action::View => actions.view,
        Action::Create => actions.create,
        Action::Edit => actions.edit,
        Action::EditShared => actions.edit_shared,
        Action::Delete => actions.delete,
        Action::Link => actions.link,
    }
}

pub(super) fn ceilings(rules: &Rules, facts: &dyn Facts, question: Question) -> Vec<CeilingAnswer> {
    let (Some(ground), Some(module)) = (rules.ground(question.user_type), rules.catalogue.module(question.module)) else {
        return Vec::new();
    };
    let over = ground.over.binding().filter(|(_, c)| c.module == module.id);
    over.filter_map(|(at, ceiling)| {
        let left = match &ceiling.forbids {
            Forbidden::Fields(fields) => {
                let stops = question.wish.field().is_some_and(|f| fields.contains(&f));
                return stops.then_some(CeilingAnswer { at, stops, left: None });
            }
            // What it takes from a grant is said with the grant.
            Forbidden::Actions(no) if !no.view => return None,
            Forbidden::Module | Forbidden::Actions(_) => None,
            Forbidden::Records(_) => Some(Trace::of(&ceiling.forbids.leaves(module), facts, question.record)),
        };
        Some(CeilingAnswer {
            at,
            stops: left.as_ref().is_none_or(|t| !t.holds),
            left,
        })
    })
    .collect()
}
