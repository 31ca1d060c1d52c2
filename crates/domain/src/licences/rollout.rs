//! A roll-out: which organisations come to a new policy when, and what each gains.

use serde::{Serialize, Serializer};

use super::{FreeFor, LicencePolicy, SeatKind};
use crate::ids::OrgId;
use crate::orgs::Edition;

/// All of it, in per cent.
pub const PERCENT: u8 = 100;

/// Which organisations a roll-out takes. Nothing said is all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cohort {
    /// Only those of these data centres; none named is all.
    pub data_centres: Vec<String>,
    /// Only those of these editions; none named is all.
    pub editions: Vec<Edition>,
    /// Only those that hold at least so many seats, and at most so many.
    pub least: u64,
    pub most: Option<u64>,
    /// So many of a hundred, by their ids: whoever is among them is also among more.
    pub percent: u8,
}

impl Default for Cohort {
    fn default() -> Self {
        Self {
            data_centres: Vec::new(),
            editions: Vec::new(),
            least: 0,
            most: None,
            percent: PERCENT,
        }
    }
}

/// An organisation that may be moved.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    pub org: OrgId,
    pub data_centre: &'a str,
    pub edition: Edition,
    pub in_trial: bool,
    /// The operator wants it to stay.
    pub held: bool,
    pub consumed: u64,
    /// The policy that holds for it.
    pub policy: &'a LicencePolicy,
}

/// Why an organisation is not moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staying {
    /// It is under the policy already, or under a later one.
    Done,
    Trial,
    /// Its edition has no portals.
    Edition,
    Held,
    /// It is none of those that are taken.
    Cohort,
    /// The policy has no prices for what it has bought, and will renew.
    NoPrices,
}

/// How far a roll-out is. Only one at a time is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RolloutState {
    /// Organisations are moved one after another.
    Running,
    /// Nobody is moved until it is resumed.
    Paused,
    Done,
}

impl RolloutState {
    const ALL: [Self; 3] = [Self::Running, Self::Paused, Self::Done];

    /// `running`, `paused`, `done`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Done => "done",
        }
    }

    /// Reads [`RolloutState::name`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

impl Serialize for RolloutState {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

/// What became of an organisation in a roll-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RolloutOutcome {
    Moved,
    Failed,
    Stayed(Staying),
}

impl RolloutOutcome {
    /// `moved`, `failed`, or the name of the reason why it stayed.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Failed => "failed",
            Self::Stayed(why) => why.name(),
        }
    }

    /// Reads [`RolloutOutcome::name`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let stayed = Staying::ALL.map(Self::Stayed);
        [Self::Moved, Self::Failed]
            .into_iter()
            .chain(stayed)
            .find(|outcome| outcome.name() == name)
    }
}

impl Serialize for RolloutOutcome {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

impl Staying {
    const ALL: [Self; 6] = [Self::Done, Self::Trial, Self::Edition, Self::Held, Self::Cohort, Self::NoPrices];

    /// In words, as a table says it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Done => "is there already",
            Self::Trial => "on trial",
            Self::Edition => "edition without portals",
            Self::Held => "held",
            Self::Cohort => "not taken",
            Self::NoPrices => "no prices for what it has bought",
        }
    }

    /// `done`, `trial`, `edition`, `held`, `cohort`, `no_prices`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Trial => "trial",
            Self::Edition => "edition",
            Self::Held => "held",
            Self::Cohort => "cohort",
            Self::NoPrices => "no_prices",
        }
    }
}

impl Cohort {
    /// Why an organisation stays as it is when these are moved to a policy. None: it is moved.
    #[must_use]
    pub fn staying(&self, one: &Candidate<'_>, to: &LicencePolicy) -> Option<Staying> {
        if one.policy.since >= to.since {
            return Some(Staying::Done);
        }
        if one.in_trial {
            return Some(Staying::Trial);
        }
        if !to.limits.editions.contains(&one.edition) {
            return Some(Staying::Edition);
        }
        if one.held {
            return Some(Staying::Held);
        }
        (!self.takes(one)).then_some(Staying::Cohort)
    }

    fn takes(&self, one: &Candidate<'_>) -> bool {
        let named = self.data_centres.is_empty() || self.data_centres.iter().any(|name| name == one.data_centre);
        let sold = self.editions.is_empty() || self.editions.contains(&one.edition);
        let sized = one.consumed >= self.least && self.most.is_none_or(|most| one.consumed <= most);
        named && sold && sized && lot(one.org) < u64::from(self.percent)
    }
}

/// The lot that an organisation has drawn for ever, from 0 to 99. Ids that follow each other have quite different ones
/// (the finaliser of SplitMix64).
fn lot(org: OrgId) -> u64 {
    let mut x = org.0.unsigned_abs();
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (x ^ (x >> 31)) % u64::from(PERCENT)
}

/// What people in a user type, and those who invite them, gain by a new policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gain {
    /// They needed bought licences.
    FreeSeats,
    /// Nobody with an address of the own domain could be invited.
    OwnDomain,
    /// Employees could not be portal users.
    Employees,
}

impl Gain {
    /// As a table says it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::FreeSeats => "free seats",
            Self::OwnDomain => "people of the own domain",
            Self::Employees => "employees",
        }
    }
}

/// What a user type gains that comes from one policy to another.
#[must_use]
pub fn gains(kind: SeatKind, from: &LicencePolicy, to: &LicencePolicy) -> Vec<Gain> {
    let free = kind == SeatKind::Other && from.free_for == FreeFor::Clients && to.free_for == FreeFor::Everybody;
    let more = |before: bool, after: bool| !before && after;
    [
        (free, Gain::FreeSeats),
        (more(from.limits.own_domain, to.limits.own_domain), Gain::OwnDomain),
        // The first user type of a portal keeps its module.
        (
            kind == SeatKind::Other && more(from.limits.employees, to.limits.employees),
            Gain::Employees,
        ),
    ]
    .into_iter()
    .filter_map(|(is_gained, gain)| is_gained.then_some(gain))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(policy: &LicencePolicy) -> Candidate<'_> {
        Candidate {
            org: OrgId(7),
            data_centre: "eu",
            edition: Edition::Enterprise,
            in_trial: false,
            held: false,
            consumed: 500,
            policy,
        }
    }

    #[test]
    fn states_and_outcomes_are_read_as_they_are_written() {
        for state in RolloutState::ALL {
            assert_eq!(RolloutState::parse(state.name()), Some(state));
        }
        for outcome in [
            RolloutOutcome::Moved,
            RolloutOutcome::Failed,
            RolloutOutcome::Stayed(Staying::NoPrices),
        ] {
            assert_eq!(RolloutOutcome::parse(outcome.name()), Some(outcome));
        }
        assert_eq!(RolloutState::parse("stopped"), None);
        assert_eq!(RolloutOutcome::parse("running"), None);
    }

    #[test]
    fn who_stays_is_told_why() {
        let (old, new) = (LicencePolicy::of_2023(), LicencePolicy::default());
        let one = candidate(&old);
        let why = |cohort: &Cohort, one: Candidate<'_>| cohort.staying(&one, &new);
        let all = Cohort::default();
        assert_eq!(why(&all, one), None);
        assert_eq!(why(&all, Candidate { policy: &new, ..one }), Some(Staying::Done));
        assert_eq!(why(&all, Candidate { in_trial: true, ..one }), Some(Staying::Trial));
        let small = Candidate {
            edition: Edition::Professional,
            ..one
        };
        assert_eq!(why(&all, small), Some(Staying::Edition));
        assert_eq!(why(&all, Candidate { held: true, ..one }), Some(Staying::Held));
    }

    #[test]
    fn a_cohort_is_those_of_whom_all_is_true_that_is_said() {
        let (old, all) = (LicencePolicy::of_2023(), Cohort::default());
        let one = candidate(&old);
        for (cohort, is_in) in [
            (
                Cohort {
                    data_centres: vec!["us".into(), "eu".into()],
                    ..all.clone()
                },
                true,
            ),
            (
                Cohort {
                    data_centres: vec!["us".into()],
                    ..all.clone()
                },
                false,
            ),
            (
                Cohort {
                    editions: vec![Edition::Ultimate],
                    ..all.clone()
                },
                false,
            ),
            (
                Cohort {
                    editions: vec![Edition::Enterprise],
                    ..all.clone()
                },
                true,
            ),
            (
                Cohort {
                    least: 500,
                    most: Some(500),
                    ..all.clone()
                },
                true,
            ),
            (Cohort { least: 501, ..all.clone() }, false),
            (
                Cohort {
                    most: Some(499),
                    ..all.clone()
                },
                false,
            ),
            (Cohort { percent: 0, ..all.clone() }, false),
        ] {
            assert_eq!(cohort.takes(&one), is_in, "{cohort:?}");
        }
    }

    #[test]
    fn a_share_grows_and_loses_nobody() {
        let old = LicencePolicy::of_2023();
        let taken = |percent: u8| -> Vec<i64> {
            let cohort = Cohort {
                percent,
                ..Cohort::default()
            };
            let takes = |id: &i64| {
                cohort.takes(&Candidate {
                    org: OrgId(*id),
                    ..candidate(&old)
                })
            };
            (1_000_000..1_010_000).filter(takes).collect()
        };
        let (few, more) = (taken(10), taken(30));
        assert!(
            (900..1100).contains(&few.len()) && (2800..3200).contains(&more.len()),
            "{} {}",
            few.len(),
            more.len()
        );
        assert!(few.iter().all(|id| more.contains(id)));
        assert_eq!(taken(100).len(), 10_000);
    }

    #[test]
    fn each_user_type_gains_what_it_did_not_have() {
        let (old, new) = (LicencePolicy::of_2023(), LicencePolicy::default());
        assert_eq!(gains(SeatKind::Client, &old, &new), [Gain::OwnDomain]);
        assert_eq!(
            gains(SeatKind::Other, &old, &new),
            [Gain::FreeSeats, Gain::OwnDomain, Gain::Employees]
        );
        assert_eq!(gains(SeatKind::Other, &new, &new), []);
    }
}
