//! Explanations in plain words.

mod changes;
mod rules;
mod steps;

use std::collections::HashMap;

use domain::access::{Change, Explanation, Lack, Question, Rules, Wish};
use domain::ids::{FieldId, ModuleId, RecordId};
use domain::modules::{Field, Module};
use domain::portals::UserType;
use serde::Serialize;
use store::records::Seen;

use super::person::{Barrier, Person};
use super::{Explained, sees_all};
use crate::Ctx;

pub use steps::makers;

/// A sentence, and those that it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    pub mark: Mark,
    pub text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Line>,
}

/// Whether a sentence speaks for what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    Yes,
    No,
    /// It speaks neither for it nor against it.
    Note,
}

impl Line {
    fn new(holds: bool, text: impl Into<String>) -> Self {
        Self {
            mark: if holds { Mark::Yes } else { Mark::No },
            text: text.into(),
            parts: Vec::new(),
        }
    }

    fn with(self, parts: Vec<Self>) -> Self {
        Self { parts, ..self }
    }
}

/// What is needed to put an explanation into words.
pub struct Words<'a> {
    pub ctx: &'a Ctx,
    pub rules: &'a Rules<'a>,
    pub question: Question,
    pub user_type: &'a UserType,
    pub person: &'a Person,
    pub seen: &'a Seen,
    pub makers: &'a HashMap<i64, String>,
}

impl Words<'_> {
    /// The whole answer.
    pub fn explained(&self, explanation: &Explanation, barriers: &[Barrier], complete: bool) -> Explained {
        let allowed = explanation.allowed && barriers.is_empty();
        let mut grants: Vec<Line> = explanation.grants.iter().map(|g| self.grant(g)).collect();
        if !explanation.live {
            let gone = format!("{} is in the recycle bin: nobody sees it.", self.record(self.question.record));
            grants.insert(0, Line::new(false, gone));
        }
        Explained {
            allowed,
            answer: self.answer(allowed),
            user_type: self.user_type.id,
            person: self.person.record,
            module: self.module(self.question.module).map(|m| m.api_name.clone()).unwrap_or_default(),
            record: self.question.record,
            grants,
            ceilings: explanation.ceilings.iter().map(|c| self.ceiling(c)).collect(),
            changes: self.ways(explanation, barriers),
            final_because: self.final_because(explanation, barriers),
            barriers: barriers.iter().map(|b| b.text.clone()).collect(),
            complete,
        }
    }

    /// `Maria Anders may not read Amount of “Acme renewal” (Deals 17).`
    fn answer(&self, allowed: bool) -> String {
        let may = if allowed { "may" } else { "may not" };
        let record = self.record(self.question.record);
        let what = match self.question.wish {
            Wish::View => format!("see {record}"),
            Wish::Edit => format!("edit {record}"),
            Wish::Delete => format!("delete {record}"),
            Wish::Read(field) => format!("read {} of {record}", self.field(field)),
            Wish::Write(field) => format!("change {} of {record}", self.field(field)),
        };
        format!("{} {may} {what}.", self.who())
    }

    /// Ways to turn the answer round. Who is kept out has to be let in besides.
    fn ways(&self, explanation: &Explanation, barriers: &[Barrier]) -> Vec<Vec<String>> {
        let remedies: Vec<String> = barriers.iter().map(|b| b.remedy.clone()).collect();
        if explanation.allowed && !remedies.is_empty() {
            return vec![remedies];
        }
        let way = |changes: &[Change]| [self.changes(changes), remedies.clone()].concat();
        explanation.flips.iter().map(|flip| way(&flip.changes)).collect()
    }

    /// Why no change of rules or records would let it be.
    fn final_because(&self, explanation: &Explanation, barriers: &[Barrier]) -> Option<String> {
        if !explanation.flips.is_empty() || explanation.allowed && !barriers.is_empty() {
            return None;
        }
        let given = match self.question.wish {
            Wish::Write(field) => self.known_field(field).is_some_and(|(_, f)| f.kind.is_given()),
            _ => false,
        };
        let delete = self.question.wish == Wish::Delete && explanation.grants.iter().all(|g| g.lacks.contains(&Lack::NotTheirs));
        Some(match (explanation.allowed, given, delete) {
            (false, true, _) => "The product sets this field: no portal user can change it.".to_owned(),
            (false, _, true) => "Portal users can delete only records that they made themselves.".to_owned(),
            _ => "No small change was found that would.".to_owned(),
        })
    }

    fn who(&self) -> String {
        match self.person.name.as_str() {
            "" => self.record(self.person.record),
            name => name.to_owned(),
        }
    }

    fn module(&self, id: ModuleId) -> Option<&Module> {
        self.rules.catalogue.module(id).map(|m| &**m)
    }

    fn plural(&self, id: ModuleId) -> String {
        self.module(id).map_or_else(|| format!("module {id}"), |m| m.plural.clone())
    }

    fn known_field(&self, id: FieldId) -> Option<(&Module, &Field)> {
        self.rules.catalogue.modules().find_map(|m| Some((&**m, m.field(id)?)))
    }

    fn field(&self, id: FieldId) -> String {
        self.known_field(id)
            .map_or_else(|| "a field that is gone".to_owned(), |(_, f)| f.label.clone())
    }

    /// `“Acme renewal” (Deals 17)`; without the name where the one who asks may not see the record.
    fn record(&self, id: RecordId) -> String {
        match self.seen.records.get(&id) {
            Some((module, name)) if id == self.question.record || sees_all(self.ctx, *module) => {
                format!("“{name}” ({} {id})", self.plural(*module))
            }
            Some((module, _)) => format!("a record of {} ({id})", self.plural(*module)),
            None => format!("the record {id}"),
        }
    }
}
