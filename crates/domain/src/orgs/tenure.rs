//! What an organisation may do with its portals: by its edition, while it is on trial, and after that.

use super::Edition;
use crate::time::Day;

/// The edition that an organisation has, and until when it tries more than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tenure {
    pub edition: Edition,
    /// The first day on which it has this edition.
    pub since: Day,
    /// The day on which a trial ends; the edition is what it has then.
    pub trial_ends: Option<Day>,
}

/// What that means for its portals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// The edition has portals.
    Open,
    /// It has none, but they can be tried, with few seats.
    Trial { ends: Day },
    /// Those that are there are kept as they are: who is in stays in, nobody else comes, nothing is changed.
    Kept,
    /// The same until the day on which they are deleted.
    Closing { on: Day },
}

/// So many days what is free of charge altogether keeps its portals.
const DAYS_KEPT: i64 = 30;
/// So many days before portals are deleted somebody is told.
const WARNINGS: [i64; 3] = [1, 7, 30];

/// How an organisation was warned that its portals are deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// So many days before.
    pub days: i64,
    pub on: Day,
}

impl Tenure {
    /// What it means on a day, where these editions have portals.
    #[must_use]
    pub fn availability(&self, with_portals: &[Edition], today: Day) -> Availability {
        match self.trial_ends {
            _ if with_portals.contains(&self.edition) => Availability::Open,
            Some(ends) if today < ends => Availability::Trial { ends },
            ends if self.edition == Edition::Free => {
                let fell = ends.map_or(self.since, |ends| ends.max(self.since));
                let on = Day(fell.0.saturating_add(DAYS_KEPT));
                Availability::Closing { on }
            }
            _ => Availability::Kept,
        }
    }
}

impl Availability {
    /// Whether people can be invited and portals be changed.
    #[must_use]
    pub fn may_change(self) -> bool {
        matches!(self, Self::Open | Self::Trial { .. })
    }

    /// Whether portals are deleted today: the day has come, and the last warning was given on a day before. Nobody loses
    /// anything who was not warned, whatever stood still meanwhile.
    #[must_use]
    pub fn is_over(self, told: Option<Told>, today: Day) -> bool {
        let Self::Closing { on } = self else { return false };
        let [last, ..] = WARNINGS;
        on <= today && told.is_some_and(|told| told.days == last && told.on < today)
    }

    /// How many days before its portals are deleted an organisation is told today, if it was told `told` days before last.
    #[must_use]
    pub fn warning(self, told: Option<i64>, today: Day) -> Option<i64> {
        let Self::Closing { on } = self else { return None };
        let left = on.0.saturating_sub(today.0);
        let step = WARNINGS.into_iter().find(|step| left <= *step)?;
        told.is_none_or(|told| step < told).then_some(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORTALS: [Edition; 2] = [Edition::Enterprise, Edition::Ultimate];

    fn tenure(edition: Edition, trial_ends: Option<i64>) -> Tenure {
        Tenure {
            edition,
            since: Day(100),
            trial_ends: trial_ends.map(Day),
        }
    }

    #[test]
    fn portals_belong_to_some_editions_and_can_be_tried_in_the_others() {
        use Availability::{Closing, Kept, Open, Trial};
        use Edition::{Enterprise, Free, Professional, Standard, Ultimate};
        for (edition, trial_ends, today, expected) in [
            (Enterprise, None, 100, Open),
            (Ultimate, None, 999, Open),
            (Enterprise, Some(115), 200, Open),
            (Free, Some(115), 114, Trial { ends: Day(115) }),
            (Professional, Some(115), 100, Trial { ends: Day(115) }),
            (Professional, Some(115), 115, Kept),
            (Standard, Some(115), 9999, Kept),
            (Standard, None, 100, Kept),
            (Free, Some(115), 115, Closing { on: Day(145) }),
            (Free, Some(90), 115, Closing { on: Day(130) }),
            (Free, None, 100, Closing { on: Day(130) }),
        ] {
            let found = tenure(edition, trial_ends).availability(&PORTALS, Day(today));
            assert_eq!(found, expected, "{edition:?} {trial_ends:?} on {today}");
            assert_eq!(found.may_change(), matches!(found, Open | Trial { .. }));
        }
    }

    #[test]
    fn whoever_loses_portals_is_told_three_times() {
        let closing = Availability::Closing { on: Day(130) };
        let mut told = None;
        let mut days = Vec::new();
        for today in [99, 100, 101, 122, 123, 124, 128, 129, 130, 131] {
            if let Some(step) = closing.warning(told, Day(today)) {
                days.push((today, step));
                told = Some(step);
            }
        }
        assert_eq!(days, [(100, 30), (123, 7), (129, 1)]);
        assert_eq!(closing.warning(None, Day(125)), Some(7), "who was not told in time is told once");
        assert_eq!(Availability::Kept.warning(None, Day(125)), None);
        let told = |days, on| Some(Told { days, on: Day(on) });
        assert!(closing.is_over(told(1, 129), Day(130)));
        for (told, today) in [(told(1, 129), 129), (told(7, 123), 130), (None, 999), (told(1, 200), 200)] {
            assert!(!closing.is_over(told, Day(today)), "{told:?} on {today}");
        }
    }
}
