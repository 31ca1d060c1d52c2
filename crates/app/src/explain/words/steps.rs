//! The steps of a decision in plain words.

use domain::access::{Explanation, Step, Stop, Trace};
use domain::ids::{FieldId, RecordId};
use domain::modules::FieldKind;
use domain::records::{Condition, Operand, Operator, Value};

use super::{Line, Words};
use crate::explain::sees_all;

impl Words<'_> {
    /// How it was decided for a record.
    pub(super) fn trace(&self, trace: &Trace, record: RecordId) -> Line {
        let holds = trace.holds;
        let (who, this) = (self.who(), self.record(record));
        let parts = |parts: &[Trace]| parts.iter().map(|part| self.trace(part, record)).collect();
        match &trace.step {
            Step::Always => Line::new(holds, "Every record is meant."),
            Step::Never => Line::new(
                holds,
                "It leads to no record: what it rests on is not granted, or a ceiling is over it.",
            ),
            Step::IsAnchor if holds => Line::new(holds, format!("{this} is {who}’s own record.")),
            Step::IsAnchor => Line::new(holds, format!("{this} is not {who}’s own record.")),
            Step::Shared if holds => Line::new(holds, format!("{this} was shared with {who}.")),
            Step::Shared => Line::new(holds, format!("{this} was not shared with {who}.")),
            Step::MadeByViewer { .. } if holds => Line::new(holds, format!("{who} made {this}.")),
            Step::MadeByViewer { maker } => Line::new(holds, format!("{} made {this}, not {who}.", self.maker(*maker))),
            Step::Person { anchor, trace, .. } => self.person_is(holds, *anchor, trace.as_deref()),
            Step::To { field, stops, more, .. } => self.to(holds, *field, stops, *more, record),
            Step::From { field, stops, more, .. } => self.from(holds, *field, stops, *more, record),
            Step::Below { parent, climb, last, .. } => self.below(holds, *parent, climb, last.as_deref()),
            Step::Compare { condition, value } => Line::new(holds, self.compared(condition, value, record)),
            Step::All(all) => one_or("All of this is needed:", holds, parts(all)),
            Step::Any(any) => one_or("One of this is needed:", holds, parts(any)),
            Step::Not(part) => Line::new(holds, "This must not be so:").with(vec![self.trace(part, record)]),
        }
    }

    fn maker(&self, maker: Option<i64>) -> String {
        let name = maker.and_then(|id| self.makers.get(&id));
        name.cloned().unwrap_or_else(|| "Somebody else".to_owned())
    }

    fn person_is(&self, holds: bool, anchor: Option<RecordId>, trace: Option<&Trace>) -> Line {
        match (anchor, trace) {
            (Some(anchor), Some(trace)) => Line::new(holds, "Of the person this is needed:").with(vec![self.trace(trace, anchor)]),
            _ => Line::new(false, format!("{}’s own record is in the recycle bin.", self.who())),
        }
    }

    fn to(&self, holds: bool, field: FieldId, stops: &[Stop], more: usize, record: RecordId) -> Line {
        let (label, this) = (self.field(field), self.record(record));
        let mut lines: Vec<Line> = stops
            .iter()
            .map(|stop| self.stop(stop, format!("{label} of {this} leads to {}", self.record(stop.record))))
            .collect();
        match (lines.len(), more) {
            (0, _) => Line::new(holds, format!("{label} of {this} is empty.")),
            (1, 0) => lines.remove(0),
            _ => Line::new(holds, format!("{label} of {this} leads on:")).with(self.and_more(lines, more)),
        }
    }

    fn from(&self, holds: bool, field: FieldId, stops: &[Stop], more: usize, record: RecordId) -> Line {
        let (label, this) = (self.field(field), self.record(record));
        let those = self
            .known_field(field)
            .map_or_else(String::new, |(module, _)| module.plural.clone());
        let mut lines: Vec<Line> = stops
            .iter()
            .map(|stop| self.stop(stop, format!("{} points at {this} by {label}", self.record(stop.record))))
            .collect();
        match (lines.len(), more) {
            (0, _) => Line::new(holds, format!("Of {those}, none that would count points at {this} by {label}.")),
            (1, 0) => lines.remove(0),
            _ => Line::new(holds, format!("Of {those}, these point at {this} by {label}:")).with(self.and_more(lines, more)),
        }
    }

    /// A record that was come to, after how.
    fn stop(&self, stop: &Stop, how: String) -> Line {
        if !stop.live && !stop.holds {
            return Line::new(false, format!("{how}, which is in the recycle bin or gone."));
        }
        match &stop.trace {
            None if stop.holds => Line::new(true, format!("{how}, which is {}’s own record.", self.who())),
            None => Line::new(false, format!("{how}, which is not {}’s own record.", self.who())),
            Some(trace) => Line::new(stop.holds, format!("{how}.")).with(vec![self.trace(trace, stop.record)]),
        }
    }

    fn and_more(&self, mut lines: Vec<Line>, more: usize) -> Vec<Line> {
        if more > 0 {
            lines.push(Line::new(
                false,
                format!("and {more} more, none of which leads on to {}.", self.who()),
            ));
        }
        lines
    }

    fn below(&self, holds: bool, parent: FieldId, climb: &[RecordId], last: Option<&Trace>) -> Line {
        let names: Vec<String> = climb.iter().map(|id| self.record(*id)).collect();
        let text = match names.as_slice() {
            [one] => format!("{one} itself, or one above it by {}:", self.field(parent)),
            _ => format!("Up by {}: {}.", self.field(parent), names.join(" → ")),
        };
        let end = climb.last().zip(last);
        Line::new(holds, text).with(end.map(|(record, trace)| self.trace(trace, *record)).into_iter().collect())
    }

    /// `Stage of “Acme renewal” (Deals 17) is Open; needed: is Won.`
    fn compared(&self, condition: &Condition, value: &Value, record: RecordId) -> String {
        let field = &condition.field;
        let known = match record == self.question.record || sees_all(self.ctx, field.module) {
            true if value.is_empty() => "empty".to_owned(),
            true => self.value(&field.kind, value),
            false => "(not for you to see)".to_owned(),
        };
        let wanted = match &condition.operand {
            Operand::Value(value) => self.value(&field.kind, value),
            Operand::Me => "the person".to_owned(),
            Operand::Today(0) => "today".to_owned(),
            Operand::Today(days) if *days < 0 => format!("{} days ago", days.unsigned_abs()),
            Operand::Today(days) => format!("in {days} days"),
        };
        let needed = match condition.operator {
            Operator::Empty | Operator::NotEmpty => condition.operator.verb().to_owned(),
            operator => format!("{} {wanted}", operator.verb()),
        };
        format!("{} of {} is {known}; needed: {needed}.", field.label, self.record(record))
    }

    pub(super) fn value(&self, kind: &FieldKind, value: &Value) -> String {
        match (kind, value) {
            (FieldKind::CreatedBy | FieldKind::ModifiedBy, Value::Ref(id)) => {
                self.makers.get(&id.0).cloned().unwrap_or_else(|| "somebody else".to_owned())
            }
            (_, Value::Ref(id)) => self.record(*id),
            (kind, value) => value.to_text(kind),
        }
    }
}

fn one_or(text: &str, holds: bool, mut parts: Vec<Line>) -> Line {
    match parts.len() {
        1 => parts.remove(0),
        _ => Line::new(holds, text).with(parts),
    }
}

/// The ids of those who made records, as far as an explanation speaks of them.
pub fn makers(explanation: &Explanation) -> Vec<i64> {
    let mut found = Vec::new();
    for grant in &explanation.grants {
        let traces = [&grant.scope, &grant.criteria, &grant.people].into_iter().flatten();
        traces.for_each(|trace| collect(trace, &mut found));
    }
    for ceiling in &explanation.ceilings {
        ceiling.left.iter().for_each(|trace| collect(trace, &mut found));
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn collect(trace: &Trace, found: &mut Vec<i64>) {
    match &trace.step {
        Step::MadeByViewer { maker } => found.extend(maker),
        Step::Compare { condition, value } => {
            let maker = matches!(condition.field.kind, FieldKind::CreatedBy | FieldKind::ModifiedBy);
            if let (true, Value::Ref(id)) = (maker, value) {
                found.push(id.0);
            }
        }
        Step::To { stops, .. } | Step::From { stops, .. } => {
            stops
                .iter()
                .filter_map(|s| s.trace.as_ref())
                .for_each(|trace| collect(trace, found));
        }
        Step::Person { trace, .. } | Step::Below { last: trace, .. } => trace.iter().for_each(|trace| collect(trace, found)),
        Step::All(parts) | Step::Any(parts) => parts.iter().for_each(|part| collect(part, found)),
        Step::Not(part) => collect(part, found),
        Step::Always | Step::Never | Step::IsAnchor | Step::Shared => {}
    }
}
