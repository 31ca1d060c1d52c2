//! Notifications: who wants to be told of which changes.

use serde::{Deserialize, Serialize};

use crate::ids::{FieldId, ModuleId};
use crate::time::Moment;

/// How long a channel stands if nothing is said, and the longest that it may, in seconds.
pub const USUAL_SECONDS: i64 = 3600;
pub const MOST_SECONDS: i64 = 7 * 86_400;
/// The most channels of one person, and the most modules of one channel.
pub const MOST_CHANNELS: usize = 50;
pub const MOST_WATCHES: usize = 50;
/// The most characters of the text by which whoever is told knows that it comes from here.
pub const MAX_TOKEN: usize = 50;
/// The most fields of a condition, and how deep it may be.
pub const MOST_FIELDS: usize = 10;
pub const MAX_DEPTH: usize = 5;

/// Until when a channel stands: an hour if nothing is said, a week at most. None: that is over already.
#[must_use]
pub fn expiry(wanted: Option<Moment>, now: Moment) -> Option<Moment> {
    match wanted {
        None => Some(now.plus_seconds(USUAL_SECONDS)),
        Some(at) if at <= now => None,
        Some(at) => Some(at.min(now.plus_seconds(MOST_SECONDS))),
    }
}

/// What was done to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    Create,
    Edit,
    Delete,
}

impl Event {
    pub const ALL: [Self; 3] = [Self::Create, Self::Edit, Self::Delete];

    /// As it is called in an event: `create`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Delete => "delete",
        }
    }

    fn bit(self) -> u8 {
        match self {
            Self::Create => 1,
            Self::Edit => 2,
            Self::Delete => 4,
        }
    }
}

/// Of which events somebody wants to be told: at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Events(u8);

impl Events {
    /// Reads what stands behind the dot of an event: `create`, `edit`, `delete`, `all`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "all" => Some(Self(7)),
            one => Event::ALL
                .into_iter()
                .find(|event| event.name() == one)
                .map(|event| Self(event.bit())),
        }
    }

    /// As a number that is kept: see [`Self::bits`].
    #[must_use]
    pub fn of_bits(bits: i64) -> Option<Self> {
        u8::try_from(bits).ok().filter(|bits| (1..8).contains(bits)).map(Self)
    }

    #[must_use]
    pub fn bits(self) -> i64 {
        self.0.into()
    }

    #[must_use]
    pub fn has(self, event: Event) -> bool {
        self.0 & event.bit() != 0
    }

    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is left without others; none if nothing is.
    #[must_use]
    pub fn without(self, other: Self) -> Option<Self> {
        Some(Self(self.0 & !other.0)).filter(|left| left.0 != 0)
    }

    /// Their names: `all` for all of them.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        match Event::ALL
            .into_iter()
            .filter(|event| self.has(*event))
            .map(Event::name)
            .collect::<Vec<_>>()
        {
            all if all.len() == Event::ALL.len() => vec!["all"],
            some => some,
        }
    }
}

/// The part of a channel that is about one module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    pub module: ModuleId,
    pub events: Events,
    /// A record that is edited counts only if the changed fields fulfil this.
    pub condition: Option<Condition>,
}

/// A condition on which fields were changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    Changed(FieldId),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

impl Condition {
    /// Whether it is fulfilled when these fields were changed.
    #[must_use]
    pub fn holds(&self, changed: &[FieldId]) -> bool {
        match self {
            Self::Changed(field) => changed.contains(field),
            Self::All(parts) => parts.iter().all(|part| part.holds(changed)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(changed)),
        }
    }

    /// The fields that it names.
    #[must_use]
    pub fn fields(&self) -> Vec<FieldId> {
        match self {
            Self::Changed(field) => vec![*field],
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::fields).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read_as_they_are_named() {
        let all = Events::named("all").unwrap();
        assert_eq!(all.names(), ["all"]);
        let some = Events::named("create").unwrap().and(Events::named("delete").unwrap());
        assert_eq!(some.names(), ["create", "delete"]);
        assert_eq!((some.has(Event::Create), some.has(Event::Edit)), (true, false));
        assert_eq!(Events::of_bits(some.bits()), Some(some));
        assert_eq!(some.and(Events::named("edit").unwrap()), all);
        assert_eq!(all.without(some), Events::named("edit"));
        assert_eq!(some.without(all), None);
        for name in ["", "ALL", "update", "create "] {
            assert_eq!(Events::named(name), None, "{name:?}");
        }
        for bits in [0, 8, -1, i64::MAX] {
            assert_eq!(Events::of_bits(bits), None, "{bits}");
        }
    }

    #[test]
    fn a_channel_stands_for_an_hour_and_a_week_at_most() {
        let now = Moment(1_000_000_000);
        assert_eq!(expiry(None, now), Some(now.plus_seconds(3600)));
        assert_eq!(expiry(Some(now.plus_seconds(60)), now), Some(now.plus_seconds(60)));
        assert_eq!(expiry(Some(Moment(i64::MAX)), now), Some(now.plus_seconds(7 * 86_400)));
        assert_eq!(expiry(Some(now), now), None);
    }

    #[test]
    fn a_condition_looks_at_the_fields_that_were_changed() {
        let [a, b, c] = [1, 2, 3].map(FieldId);
        let condition = Condition::Any(vec![
            Condition::Changed(a),
            Condition::All(vec![Condition::Changed(b), Condition::Changed(c)]),
        ]);
        for (changed, holds) in [(vec![a], true), (vec![b], false), (vec![c, b], true), (vec![], false)] {
            assert_eq!(condition.holds(&changed), holds, "{changed:?}");
        }
        assert_eq!(condition.fields(), [a, b, c]);
        let kept = serde_json::to_string(&condition).unwrap();
        assert_eq!(serde_json::from_str::<Condition>(&kept).unwrap(), condition);
    }
}
