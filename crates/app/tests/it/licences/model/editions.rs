//! Steps of the operator, who gives the organisation other editions, trials and seats.

use app::orgs::set_edition;
use domain::orgs::Edition;
use domain::time::Day;

use super::World;

/// Which edition an organisation should have: the model knows only what follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tenure {
    pub has_portals: bool,
    /// The day on which a trial ends, or has ended.
    pub trial_ends: Option<i64>,
}

impl Default for Tenure {
    fn default() -> Self {
        Self {
            has_portals: true,
            trial_ends: None,
        }
    }
}

impl Tenure {
    /// Whether people can come, and be moved.
    pub fn may_change(self, today: i64) -> bool {
        self.has_portals || self.trial_ends.is_some_and(|ends| today < ends)
    }
}

impl World {
    /// A few more seats, or all of them taken back.
    pub async fn grant(&mut self) {
        let seats = self.dice.below(4);
        app::licences::grant(self.ctx(), seats, "for their patience").await.unwrap();
        self.model.granted = seats;
    }

    /// Often an edition that has portals, for the histories go on; sometimes what cannot be.
    pub async fn change_edition(&mut self) {
        let edition = match self.dice.below(6) {
            0 => Edition::Standard,
            1 => Edition::Professional,
            2 => Edition::Free,
            3 => Edition::Ultimate,
            _ => Edition::Enterprise,
        };
        let has_portals = matches!(edition, Edition::Enterprise | Edition::Ultimate);
        let days = i64::try_from(self.dice.below(20)).unwrap() - 2;
        let wants_trial = self.dice.below(if has_portals { 8 } else { 2 }) == 0;
        let trial_ends = wants_trial.then(|| self.today() + days);
        let expected = trial_ends.is_none_or(|ends| ends > self.today() && !has_portals);
        let set = set_edition(self.ctx(), edition, trial_ends.map(Day)).await;
        if expected {
            self.model.tenure = Tenure { has_portals, trial_ends };
        }
        self.note(set.is_ok(), expected, "another edition");
    }
}
