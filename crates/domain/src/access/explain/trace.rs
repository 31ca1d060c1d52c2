//! How a predicate is decided for a record: the same way as [`Predicate::holds`], with the records walked over.

use crate::access::predicate::{Facts, Predicate, Target};
use crate::ids::{FieldId, ModuleId, RecordId};
use crate::records::{Condition, Value};

/// The most records that are shown of those at which a step might have led on and did not.
const SHOWN: usize = 4;

/// A decision, and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    pub holds: bool,
    pub step: Step,
}

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Always,
    Never,
    /// Whether the record is the person's own.
    IsAnchor,
    /// Whether the person made the record, and who did.
    MadeByViewer {
        maker: Option<i64>,
    },
    /// Whether the record was shared with the person.
    Shared,
    /// The person's own record, if it is there.
    Person {
        module: ModuleId,
        anchor: Option<RecordId>,
        trace: Option<Box<Trace>>,
    },
    /// Where a look-up of the record leads.
    To {
        field: FieldId,
        linked: bool,
        module: Option<ModuleId>,
        stops: Vec<Stop>,
        /// How many further ones lead nowhere.
        more: usize,
    },
    /// Which records point at the record.
    From {
        module: ModuleId,
        field: FieldId,
        stops: Vec<Stop>,
        more: usize,
    },
    /// The records that lead up from the record, itself first; and the last of them.
    Below {
        module: ModuleId,
        parent: FieldId,
        climb: Vec<RecordId>,
        last: Option<Box<Trace>>,
    },
    Compare {
        condition: Condition,
        value: Value,
    },
    All(Vec<Trace>),
    Any(Vec<Trace>),
    Not(Box<Trace>),
}

/// A record come to by a hop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    pub record: RecordId,
    /// Whether the hop leads to what it must lead to.
    pub holds: bool,
    /// False: it is in the recycle bin, or not there at all.
    pub live: bool,
    /// How that was decided, where it was not simply whether it is the person's own record.
    pub trace: Option<Trace>,
}

impl Trace {
    /// Decides a predicate for a live record.
    #[must_use]
    pub fn of(predicate: &Predicate, facts: &dyn Facts, record: RecordId) -> Self {
        match predicate {
            Predicate::All(parts) => Self::parts(parts, facts, record, true),
            Predicate::Any(parts) => Self::parts(parts, facts, record, false),
            Predicate::Not(part) => {
                let part = Self::of(part, facts, record);
                Self::new(!part.holds, Step::Not(Box::new(part)))
            }
            Predicate::Person { module, predicate } => person(*module, predicate, facts),
            Predicate::Refers { field, target } => to(*field, false, target, facts, record),
            Predicate::Links { field, target } => to(*field, true, target, facts, record),
            Predicate::Referred {
                module, field, predicate, ..
            } => from(*module, *field, predicate, facts, record),
            Predicate::Below { module, parent, top } => below(*module, *parent, top, facts, record),
            Predicate::Compare(condition) => {
                let value = facts.value(&condition.field, record);
                let condition = condition.clone();
                Self::new(condition.holds(&value, &facts.asker()), Step::Compare { condition, value })
            }
            Predicate::Always => Self::new(true, Step::Always),
            Predicate::Never => Self::new(false, Step::Never),
            Predicate::IsAnchor => Self::new(predicate.holds(facts, record), Step::IsAnchor),
            Predicate::SharedWithAnchor => Self::new(predicate.holds(facts, record), Step::Shared),
            Predicate::MadeByViewer => {
                let maker = facts.made_by(record);
                Self::new(maker == Some(facts.asker().actor), Step::MadeByViewer { maker })
            }
        }
    }

    fn new(holds: bool, step: Step) -> Self {
        Self { holds, step }
    }

    fn parts(parts: &[Predicate], facts: &dyn Facts, record: RecordId, all: bool) -> Self {
        let parts: Vec<Self> = parts.iter().map(|part| Self::of(part, facts, record)).collect();
        match all {
            true => Self::new(parts.iter().all(|p| p.holds), Step::All(parts)),
            false => Self::new(parts.iter().any(|p| p.holds), Step::Any(parts)),
        }
    }
}

fn person(module: ModuleId, predicate: &Predicate, facts: &dyn Facts) -> Trace {
    let anchor = facts.asker().anchor;
    let live = anchor.filter(|anchor| facts.is_live(*anchor));
    let trace = live.map(|anchor| Box::new(Trace::of(predicate, facts, anchor)));
    let holds = trace.as_ref().is_some_and(|t| t.holds);
    Trace::new(holds, Step::Person { module, anchor, trace })
}

fn to(field: FieldId, linked: bool, target: &Target, facts: &dyn Facts, record: RecordId) -> Trace {
    let module = match target {
        Target::Anchor => None,
        Target::Within { module, .. } => Some(*module),
    };
    let mut targets = facts.targets(field, record);
    targets.retain(|to| module.is_none_or(|module| facts.lies_in(*to, module)));
    let (stops, more) = stops(targets, |record| stop(target, facts, record));
    let step = Step::To {
        field,
        linked,
        module,
        more,
        stops,
    };
    Trace::new(step.arrives(), step)
}

fn from(module: ModuleId, field: FieldId, predicate: &Predicate, facts: &dyn Facts, record: RecordId) -> Trace {
    let sources = predicate.sources(facts, field, record);
    let (stops, more) = stops(sources, |record| within(predicate, facts, record));
    let step = Step::From {
        module,
        field,
        stops,
        more,
    };
    Trace::new(step.arrives(), step)
}

impl Step {
    fn arrives(&self) -> bool {
        match self {
            Self::To { stops, .. } | Self::From { stops, .. } => stops.iter().any(|s| s.holds),
            _ => false,
        }
    }
}

/// The first record that leads on; if none does, some of those that do not, and how many more there are.
fn stops(records: Vec<RecordId>, decide: impl Fn(RecordId) -> Stop) -> (Vec<Stop>, usize) {
    let all = records.len();
    let mut shown = Vec::new();
    for record in records {
        let stop = decide(record);
        if stop.holds {
            return (vec![stop], 0);
        }
        if shown.len() < SHOWN {
            shown.push(stop);
        }
    }
    let more = all.saturating_sub(shown.len());
    (shown, more)
}

fn stop(target: &Target, facts: &dyn Facts, record: RecordId) -> Stop {
    match target {
        Target::Anchor => Stop {
            record,
            holds: facts.asker().anchor == Some(record),
            live: facts.is_live(record),
            trace: None,
        },
        Target::Within { predicate, .. } => within(predicate, facts, record),
    }
}

fn within(predicate: &Predicate, facts: &dyn Facts, record: RecordId) -> Stop {
    let live = facts.is_live(record);
    let trace = live.then(|| Trace::of(predicate, facts, record));
    Stop {
        record,
        holds: trace.as_ref().is_some_and(|t| t.holds),
        live,
        trace,
    }
}

fn below(module: ModuleId, parent: FieldId, top: &Predicate, facts: &dyn Facts, record: RecordId) -> Trace {
    let (mut climb, mut last, mut at) = (Vec::new(), None, Some(record));
    while let Some(here) = at.filter(|here| facts.is_live(*here) && !climb.contains(here)) {
        climb.push(here);
        let trace = Trace::of(top, facts, here);
        let there = trace.holds;
        last = Some(Box::new(trace));
        if there {
            break;
        }
        at = facts.targets(parent, here).first().copied();
    }
    let holds = last.as_ref().is_some_and(|t| t.holds);
    Trace::new(
        holds,
        Step::Below {
            module,
            parent,
            climb,
            last,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(records: &[i64], leads_on: i64) -> (Vec<i64>, usize) {
        let records = records.iter().map(|id| RecordId(*id)).collect();
        let (stops, more) = stops(records, |record| Stop {
            record,
            holds: record.0 == leads_on,
            live: true,
            trace: None,
        });
        (stops.iter().map(|s| s.record.0).collect(), more)
    }

    #[test]
    fn the_record_that_leads_on_is_shown_else_some_that_do_not_and_how_many_more() {
        assert_eq!(shown(&[1, 2, 3, 4, 5, 6], 6), (vec![6], 0));
        assert_eq!(shown(&[1, 2, 3, 4], 0), (vec![1, 2, 3, 4], 0));
        assert_eq!(shown(&[1, 2, 3, 4, 5, 6], 0), (vec![1, 2, 3, 4], 2));
        assert_eq!(shown(&[], 0), (vec![], 0));
    }
}
