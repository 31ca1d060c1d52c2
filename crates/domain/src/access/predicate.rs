//! Predicates: the typed form that scopes and criteria compile to.
//!
//! From this one form come the SQL of both databases and the decision in memory.

use std::collections::BTreeSet;

use crate::ids::{FieldId, ModuleId, RecordId};
use crate::modules::Field;
use crate::records::{Asker, Condition, Value};

/// A condition on a record, relative to the portal user's own record (the *anchor*).
///
/// Records in the recycle bin satisfy none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Predicate {
    Always,
    Never,
    /// The record is the anchor.
    IsAnchor,
    /// The record was made by the portal user.
    MadeByViewer,
    /// The record was shared with the anchor.
    SharedWithAnchor,
    /// The anchor, whatever the record, is one that satisfies the predicate.
    Person {
        module: ModuleId,
        predicate: Box<Predicate>,
    },
    /// A look-up of the record points at the target.
    Refers {
        field: FieldId,
        target: Target,
    },
    /// A multi-select look-up of the record holds the target.
    Links {
        field: FieldId,
        target: Target,
    },
    /// A record of `module` that satisfies the predicate points at the record by its look-up `field`, or holds it in its
    /// multi-select look-up if `linked`.
    Referred {
        module: ModuleId,
        field: FieldId,
        linked: bool,
        predicate: Box<Predicate>,
    },
    /// The record satisfies `top`, or its look-up `parent` leads over any number of records of its module to one that does.
    Below {
        module: ModuleId,
        parent: FieldId,
        top: Box<Predicate>,
    },
    /// A value of the record is like this.
    Compare(Condition),
    All(Vec<Predicate>),
    Any(Vec<Predicate>),
    Not(Box<Predicate>),
}

/// What a look-up must point at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Anchor,
    /// A live record of another module that satisfies the predicate.
    Within {
        module: ModuleId,
        predicate: Box<Predicate>,
    },
}

impl Predicate {
    /// Both, without what goes without saying.
    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Always, one) | (one, Self::Always) => one,
            (Self::Never, _) | (_, Self::Never) => Self::Never,
            (Self::All(mut parts), Self::All(more)) => {
                parts.extend(more);
                Self::All(parts)
            }
            (Self::All(mut parts), one) => {
                parts.push(one);
                Self::All(parts)
            }
            (one, other) => Self::All(vec![one, other]),
        }
    }

    /// Any of them, each said once; none is `Never`.
    #[must_use]
    pub(super) fn any(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all: Vec<Self> = Vec::new();
        for part in parts {
            match part {
                Self::Always => return Self::Always,
                Self::Never => {}
                Self::Any(inner) => inner.into_iter().for_each(|p| add(&mut all, p)),
                other => add(&mut all, other),
            }
        }
        match all.len() {
            0 => Self::Never,
            1 => all.remove(0),
            _ => Self::Any(all),
        }
    }

    /// Whether, by what it says, at most one record can satisfy it.
    #[must_use]
    pub fn is_of_one(&self) -> bool {
        match self {
            Self::Never | Self::IsAnchor => true,
            Self::Referred { linked, predicate, .. } => !linked && predicate.is_of_one(),
            Self::All(parts) => parts.iter().any(Self::is_of_one),
            _ => false,
        }
    }

    /// Whether it asks of the record itself if it was shared with the anchor.
    pub(super) fn asks_for_shares(&self) -> bool {
        match self {
            Self::SharedWithAnchor => true,
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::asks_for_shares),
            _ => false,
        }
    }

    /// Whether the records that satisfy it are found by way of several others, and so in no order.
    #[must_use]
    pub fn is_scattered(&self) -> bool {
        match self {
            // Where any record of the module will do, those that point are found by themselves.
            Self::Refers { target, .. } => match target {
                Target::Anchor => false,
                Target::Within { predicate, .. } => **predicate != Self::Always && !predicate.is_of_one(),
            },
            Self::Referred { .. } => !self.is_of_one(),
            Self::Links { .. } | Self::Below { .. } | Self::SharedWithAnchor => true,
            Self::All(parts) => parts.iter().any(Self::is_scattered),
            _ => false,
        }
    }

    /// Whether the predicate holds for one live record, decided in memory.
    #[must_use]
    pub fn holds(&self, facts: &dyn Facts, record: RecordId) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::IsAnchor => facts.asker().anchor == Some(record),
            Self::MadeByViewer => facts.made_by(record) == Some(facts.asker().actor),
            Self::SharedWithAnchor => facts.is_shared(record),
            Self::Person { predicate, .. } => {
                let anchor = facts.asker().anchor;
                anchor.is_some_and(|anchor| facts.is_live(anchor) && predicate.holds(facts, anchor))
            }
            Self::Refers { field, target } | Self::Links { field, target } => {
                facts.targets(*field, record).into_iter().any(|to| target.holds(facts, to))
            }
            Self::Referred { field, predicate, .. } => {
                let mut sources = predicate.sources(facts, *field, record).into_iter();
                sources.any(|from| facts.is_live(from) && predicate.holds(facts, from))
            }
            Self::Below { parent, top, .. } => is_below(facts, record, *parent, top),
            Self::Compare(condition) => condition.holds(&facts.value(&condition.field, record), &facts.asker()),
            Self::All(parts) => parts.iter().all(|part| part.holds(facts, record)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(facts, record)),
            Self::Not(part) => !part.holds(facts, record),
        }
    }

    /// The records that point at a record and may satisfy the predicate. Where that can only be the anchor, the others,
    /// of which there may be many, are not asked.
    pub(super) fn sources(&self, facts: &dyn Facts, field: FieldId, record: RecordId) -> Vec<RecordId> {
        match self {
            Self::IsAnchor => {
                let points = |anchor: &RecordId| facts.targets(field, *anchor).contains(&record);
                facts.asker().anchor.filter(points).into_iter().collect()
            }
            _ => facts.sources(field, record),
        }
    }
}

fn add(all: &mut Vec<Predicate>, part: Predicate) {
    if !all.contains(&part) {
        all.push(part);
    }
}

/// Climbs from the record until one satisfies `top`; a ring among parents ends the climb.
fn is_below(facts: &dyn Facts, record: RecordId, parent: FieldId, top: &Predicate) -> bool {
    let mut climbed = BTreeSet::new();
    let mut at = record;
    while facts.is_live(at) && climbed.insert(at) {
        if top.holds(facts, at) {
            return true;
        }
        match facts.targets(parent, at).first() {
            Some(up) => at = *up,
            None => return false,
        }
    }
    false
}

impl Target {
    fn holds(&self, facts: &dyn Facts, record: RecordId) -> bool {
        match self {
            Self::Anchor => facts.asker().anchor == Some(record),
            Self::Within { module, predicate } => facts.lies_in(record, *module) && facts.is_live(record) && predicate.holds(facts, record),
        }
    }
}

/// What the in-memory decision needs to know about records.
pub trait Facts {
    /// Whoever asks, and when.
    fn asker(&self) -> Asker;
    /// Who made the record.
    fn made_by(&self, record: RecordId) -> Option<i64>;
    /// Whether the record was shared with the viewer's own record.
    fn is_shared(&self, record: RecordId) -> bool;
    /// What a look-up or multi-select look-up of the record points at.
    fn targets(&self, field: FieldId, record: RecordId) -> Vec<RecordId>;
    /// The records that point at the record by a look-up or multi-select look-up.
    fn sources(&self, field: FieldId, record: RecordId) -> Vec<RecordId>;
    /// Whether the record, which was come to from another, is one of this module: a parent may be of any. One that is not there is of
    /// none, and lies wherever it is looked for.
    fn lies_in(&self, record: RecordId, module: ModuleId) -> bool;
    /// Whether the record exists and is not in the recycle bin.
    fn is_live(&self, record: RecordId) -> bool;
    /// The value of a field of the record.
    fn value(&self, field: &Field, record: RecordId) -> Value;
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: ModuleId = ModuleId(1);
    const FIELD: FieldId = FieldId(1);

    fn within(predicate: Predicate) -> Target {
        Target::Within {
            module: MODULE,
            predicate: Box::new(predicate),
        }
    }

    fn refers(target: Target) -> Predicate {
        Predicate::Refers { field: FIELD, target }
    }

    fn referred(linked: bool, predicate: Predicate) -> Predicate {
        Predicate::Referred {
            module: MODULE,
            field: FIELD,
            linked,
            predicate: Box::new(predicate),
        }
    }

    fn all(part: Predicate) -> Predicate {
        Predicate::All(vec![Predicate::MadeByViewer, part])
    }

    #[test]
    fn what_a_look_up_of_the_anchor_points_at_is_one_and_what_it_holds_are_many() {
        use Predicate::{Always, IsAnchor, MadeByViewer, Never};
        let mine = || referred(false, IsAnchor);
        for one in [Never, IsAnchor, mine(), referred(false, mine()), all(mine())] {
            assert!(one.is_of_one(), "{one:?}");
        }
        for many in [
            Always,
            MadeByViewer,
            referred(true, IsAnchor),
            referred(false, MadeByViewer),
            all(Always),
        ] {
            assert!(!many.is_of_one(), "{many:?}");
        }
    }

    #[test]
    fn records_are_in_no_order_that_are_found_by_way_of_several_others() {
        use Predicate::{Always, IsAnchor, MadeByViewer, SharedWithAnchor};
        let linked = Predicate::Links {
            field: FIELD,
            target: Target::Anchor,
        };
        for scattered in [
            refers(within(MadeByViewer)),
            referred(false, MadeByViewer),
            referred(true, IsAnchor),
            linked,
            SharedWithAnchor,
            all(refers(within(MadeByViewer))),
        ] {
            assert!(scattered.is_scattered(), "{scattered:?}");
        }
        for ordered in [
            Always,
            IsAnchor,
            MadeByViewer,
            refers(Target::Anchor),
            refers(within(Always)),
            refers(within(referred(false, IsAnchor))),
            referred(false, IsAnchor),
            all(refers(Target::Anchor)),
        ] {
            assert!(!ordered.is_scattered(), "{ordered:?}");
        }
    }
}
