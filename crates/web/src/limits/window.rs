//! How much there was in the minute that runs.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use domain::time::Moment;

/// Above this many keys those of earlier minutes are forgotten.
const MOST_KEYS: usize = 10_000;

/// Counts by key and minute.
pub(super) struct Window<K> {
    per_minute: u32,
    seen: Mutex<HashMap<K, (i64, u32)>>,
}

impl<K: Eq + Hash> Window<K> {
    pub(super) fn new(per_minute: u32) -> Self {
        Self {
            per_minute,
            seen: Mutex::default(),
        }
    }

    /// Whether there is a limit at all.
    pub(super) fn limits(&self) -> bool {
        self.per_minute > 0
    }

    /// Whether the key has used up this minute. A limit of 0 is none.
    pub(super) fn is_full(&self, key: &K, now: Moment) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let count = seen
            .get(key)
            .filter(|(minute, _)| *minute == minute_of(now))
            .map_or(0, |(_, count)| *count);
        self.per_minute > 0 && count >= self.per_minute
    }

    pub(super) fn count(&self, key: K, now: Moment) {
        let minute = minute_of(now);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST_KEYS {
            seen.retain(|_, (then, _)| *then == minute);
        }
        let entry = seen.entry(key).or_insert((minute, 0));
        *entry = if entry.0 == minute {
            (minute, entry.1.saturating_add(1))
        } else {
            (minute, 1)
        };
    }
}

fn minute_of(now: Moment) -> i64 {
    now.0.div_euclid(60_000_000)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    #[test]
    fn a_minute_holds_so_many_and_the_next_begins_anew() {
        let (window, here) = (Window::new(2), IpAddr::from([127, 0, 0, 1]));
        let (now, later) = (Moment(0), Moment(60_000_000));
        for full in [false, false, true] {
            assert_eq!(window.is_full(&here, now), full);
            window.count(here, now);
        }
        assert!(!window.is_full(&here, later) && !window.is_full(&IpAddr::from([127, 0, 0, 2]), now));
    }

    #[test]
    fn no_limit_is_never_full() {
        let (window, here) = (Window::new(0), IpAddr::from([127, 0, 0, 1]));
        window.count(here, Moment(0));
        assert!(!window.is_full(&here, Moment(0)));
    }
}
