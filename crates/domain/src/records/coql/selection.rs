//! A query that is bound to what its viewer may read.

use crate::access::{Access, Column, LookupColumn};
use crate::ids::FieldId;
use crate::modules::Field;
use crate::records::{Operator, Value};

/// A query as the store answers it. All that it names came from the plans of its sources.
#[derive(Debug, Clone)]
pub struct Selection {
    /// The module that is asked, and the modules behind look-ups; a source comes after the one that leads to it.
    pub sources: Vec<Source>,
    pub outputs: Vec<Output>,
    pub condition: Option<Condition>,
    /// What is grouped by; functions without it are over all records.
    pub groups: Vec<Reference>,
    pub order: Vec<Key>,
    /// 1 to [`super::MAX_LIMIT`].
    pub limit: u32,
    pub offset: u32,
}

/// Records that are asked about, as far as the viewer sees them.
#[derive(Debug, Clone)]
pub struct Source {
    pub access: Access,
    /// The source that leads here and its field; none for the module that is asked.
    pub through: Option<(usize, FieldId)>,
}

/// A column of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    pub source: usize,
    pub what: What,
}

/// What of a record is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Id,
    Field(FieldId),
}

/// A column of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Its name in the answer.
    pub name: String,
    pub function: Option<Function>,
    /// None: the records themselves are counted.
    pub of: Option<Reference>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    Count,
    Sum,
    Avg,
    Min,
    Max,
}

/// Something that the answer is ordered by. Nothing comes last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub by: Output,
    pub descending: bool,
}

/// Which records are wanted.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    Compare {
        of: Reference,
        operator: Operator,
        value: Value,
    },
    /// A text ends with another.
    EndsWith {
        of: Reference,
        text: String,
    },
    All(Vec<Condition>),
    Any(Vec<Condition>),
    /// It does not hold, or there is nothing to compare.
    Not(Box<Condition>),
}

impl Selection {
    /// Whether rows of the answer stand for several records.
    #[must_use]
    pub fn is_summary(&self) -> bool {
        !self.groups.is_empty() || self.outputs.iter().any(|output| output.function.is_some())
    }

    /// The plan's column of a reference; none for an id.
    #[must_use]
    pub fn column(&self, of: Reference) -> Option<&Column> {
        match of.what {
            What::Id => None,
            What::Field(field) => self.sources.get(of.source)?.access.plan().column(field),
        }
    }

    /// The field of a reference; none for an id.
    #[must_use]
    pub fn field(&self, of: Reference) -> Option<&Field> {
        self.column(of).map(|column| &*column.field)
    }

    /// The source behind a look-up.
    #[must_use]
    pub fn behind(&self, source: usize, field: FieldId) -> Option<usize> {
        self.sources.iter().position(|s| s.through == Some((source, field)))
    }

    /// The sources that columns are named of, and those that lead there. Others only show what a look-up to them shows anywhere.
    pub fn named_sources(&self) -> impl Iterator<Item = &Source> {
        let outputs = self
            .outputs
            .iter()
            .chain(self.order.iter().map(|key| &key.by))
            .filter_map(|output| output.of);
        let mut named: Vec<Reference> = outputs.chain(self.groups.iter().copied()).collect();
        if let Some(condition) = &self.condition {
            condition.references(&mut named);
        }
        let mut sources: Vec<usize> = vec![0];
        for of in named {
            let mut at = Some(of.source);
            while let Some(source) = at.filter(|source| !sources.contains(source)) {
                sources.push(source);
                at = self.sources.get(source).and_then(|source| source.through).map(|(from, _)| from);
            }
        }
        sources.into_iter().filter_map(|at| self.sources.get(at))
    }

    /// The look-up that leads to a source.
    #[must_use]
    pub fn lookup(&self, source: &Source) -> Option<(&Column, &LookupColumn)> {
        let (from, field) = source.through?;
        let column = self.sources.get(from)?.access.plan().column(field)?;
        Some((column, column.lookup.as_ref()?))
    }
}

impl Condition {
    fn references(&self, found: &mut Vec<Reference>) {
        match self {
            Self::Compare { of, .. } | Self::EndsWith { of, .. } => found.push(*of),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.references(found)),
            Self::Not(part) => part.references(found),
        }
    }
}

impl Function {
    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "COUNT",
            Self::Sum => "SUM",
            Self::Avg => "AVG",
            Self::Min => "MIN",
            Self::Max => "MAX",
        }
    }
}
