//! How full the pool is: when that is worth a word, and when it will be full.

use super::Pool;

/// From how many per cent on somebody is told.
const STEPS: [u64; 3] = [100, 95, 80];
/// So many per cent below a step it is forgotten that it was told: who comes and goes at the step is no news.
const SLACK: u64 = 5;

impl Pool {
    /// The highest step that is reached, in per cent: 80, 95, 100; 0 for none.
    #[must_use]
    pub fn fullness(&self) -> u64 {
        self.reaches(0)
    }

    /// What there is to tell, if `told` was told last; and what is told then.
    #[must_use]
    pub fn news(&self, told: u64) -> (Option<u64>, u64) {
        let now = self.fullness();
        if now > told {
            (Some(now), now)
        } else {
            (None, told.min(self.reaches(SLACK)))
        }
    }

    fn reaches(&self, slack: u64) -> u64 {
        let Some(allowance) = self.allowance() else { return 0 };
        let percent = |step: u64| u128::from(self.consumed) * 100 >= u128::from(allowance) * u128::from(step - slack);
        STEPS.into_iter().find(|step| percent(*step)).unwrap_or(0)
    }

    /// In how many days the last seat is taken, if as many more are as in the last `days`, at the beginning of which `then`
    /// were. None: never, or there is none left.
    #[must_use]
    pub fn days_left(&self, then: u64, days: u64) -> Option<u64> {
        let left = self.allowance()?.checked_sub(self.consumed).filter(|left| *left > 0)?;
        let more = self.consumed.checked_sub(then).filter(|more| *more > 0)?;
        u64::try_from(u128::from(left) * u128::from(days) / u128::from(more)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::licences::FreeFor;

    fn pool(free: Option<u64>, consumed: u64) -> Pool {
        Pool {
            free,
            free_for: FreeFor::Everybody,
            grandfathered: 0,
            granted: 0,
            purchased: 0,
            consumed,
            beyond: 0,
        }
    }

    #[test]
    fn somebody_is_told_at_80_95_and_100_per_cent() {
        for (consumed, fullness) in [
            (0, 0),
            (799, 0),
            (800, 80),
            (949, 80),
            (950, 95),
            (999, 95),
            (1000, 100),
            (1200, 100),
        ] {
            assert_eq!(pool(Some(1000), consumed).fullness(), fullness, "{consumed}");
        }
        assert_eq!((pool(Some(0), 0).fullness(), pool(None, 5000).fullness()), (100, 0));
        assert_eq!(pool(Some(1), 0).fullness(), 0);
    }

    #[test]
    fn it_is_told_once_and_again_only_after_it_was_clearly_less() {
        let mut told = 0;
        let mut news = Vec::new();
        for consumed in [799, 800, 799, 800, 960, 1000, 999, 1000, 940, 960, 700, 810] {
            let (new, now) = pool(Some(1000), consumed).news(told);
            news.extend(new.map(|step| (consumed, step)));
            told = now;
        }
        assert_eq!(news, [(800, 80), (960, 95), (1000, 100), (810, 80)]);
    }

    #[test]
    fn the_pool_is_full_when_the_present_rate_fills_it() {
        assert_eq!(pool(Some(1000), 700).days_left(400, 30), Some(30));
        assert_eq!(pool(Some(1000), 999).days_left(0, 30), Some(0));
        for (consumed, then) in [(700, 700), (700, 800), (1000, 0), (1001, 0)] {
            assert_eq!(pool(Some(1000), consumed).days_left(then, 30), None, "{consumed} after {then}");
        }
        assert_eq!(pool(None, 700).days_left(0, 30), None);
    }
}
