//! Licence policies: how many seats are free and for whom, what more cost, and what else an organisation may have. Data, not
//! code: an operator writes their own.

use super::{PriceBook, Reading, Tax, Terms};
use crate::orgs::Edition;
use crate::portals::{MAX_PORTALS, MAX_USER_TYPES};
use crate::time::Day;

/// What holds for an organisation's licences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicencePolicy {
    /// The policy's name, as the ledger and each organisation under it have it.
    pub name: String,
    /// Names that it had before: organisations that have one of them are under it.
    pub formerly: Vec<String>,
    /// The first day on which organisations begin under it.
    pub since: Day,
    /// Seats that cost nothing. None means unlimited.
    pub free: Option<u64>,
    /// Who may take up those.
    pub free_for: FreeFor,
    pub limits: Limits,
    /// What purchased licences cost.
    pub prices: PriceBook,
    /// What is added to that.
    pub taxes: Vec<Tax>,
    pub terms: Terms,
    /// Who sells, in lines, as invoices say it.
    pub seller: String,
    /// How the promises are read when an organisation comes to this policy from another one.
    pub reading: Reading,
}

/// Who may take up the free seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FreeFor {
    /// People in whatever user type.
    #[default]
    Everybody,
    /// Only people in the user type that a portal begins with, who are contacts. Whoever else comes needs a bought one.
    Clients,
}

impl FreeFor {
    /// `everybody`, `clients`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Everybody => "everybody",
            Self::Clients => "clients",
        }
    }
}

/// What an organisation may have beside seats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Whether people can be invited whose address is of the organisation's own domain.
    pub own_domain: bool,
    /// Whether employees can be portal users.
    pub employees: bool,
    /// How many user types a portal may have, and how many portals there may be.
    pub user_types: usize,
    pub portals: usize,
    /// The editions that have portals.
    pub editions: Vec<Edition>,
    /// All seats of an organisation that only tries the product.
    pub trial: u64,
}

/// Seats in a trial, where nothing else is said.
const TRIAL: u64 = 10;
/// How many user types a portal could have before the change.
const TYPES_OF_2023: usize = 5;

impl Default for Limits {
    fn default() -> Self {
        Self {
            own_domain: true,
            employees: true,
            user_types: MAX_USER_TYPES,
            portals: MAX_PORTALS,
            editions: vec![Edition::Enterprise, Edition::Ultimate],
            trial: TRIAL,
        }
    }
}

impl Default for LicencePolicy {
    /// The policy of 2025: a thousand free seats over all user types.
    fn default() -> Self {
        Self {
            name: "2025".into(),
            formerly: Vec::new(),
            since: SINCE_2025,
            free: Some(1000),
            free_for: FreeFor::Everybody,
            limits: Limits::default(),
            prices: PriceBook::of_2025(),
            taxes: Vec::new(),
            terms: Terms::default(),
            seller: String::new(),
            reading: Reading::default(),
        }
    }
}

/// 2025-01-15: the first organisations began with free seats for all user types.
const SINCE_2025: Day = Day(20_103);
/// 2023-01-01
const SINCE_2023: Day = Day(19_358);

impl LicencePolicy {
    /// The policy before: ten thousand free seats for clients who are not of one's own domain; everybody else at five dollars
    /// a month.
    #[must_use]
    pub fn of_2023() -> Self {
        Self {
            name: "2023".into(),
            since: SINCE_2023,
            free: Some(10_000),
            free_for: FreeFor::Clients,
            limits: Limits {
                own_domain: false,
                employees: false,
                user_types: TYPES_OF_2023,
                portals: 1,
                ..Limits::default()
            },
            prices: PriceBook::of_2023(),
            ..Self::default()
        }
    }

    /// As many seats as are wanted, for one's own server.
    #[must_use]
    pub fn unlimited() -> Self {
        Self {
            name: "unlimited".into(),
            free: None,
            ..Self::default()
        }
    }

    /// The policies that come with the product, by their names.
    #[must_use]
    pub fn built_in(name: &str) -> Option<Self> {
        [Self::of_2023(), Self::default(), Self::unlimited()]
            .into_iter()
            .find(|policy| policy.name == name)
    }
}

/// The policies of an installation, in the order of their days. There is at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policies {
    first: LicencePolicy,
    later: Vec<LicencePolicy>,
}

/// Policies that cannot stand beside each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPolicies {
    #[error("expected at least one policy")]
    None,
    #[error("two policies are named {0:?}, now or formerly")]
    Name(String),
    #[error("{0:?} and {1:?} both hold since the same day: expected another day for one of them")]
    Day(String, String),
}

/// An organisation is under a policy that there is not any more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the organisation is under the licence policy {0:?}, which the policy file does not have any more: it has to come back, or \
     stand under \"formerly\" of the policy that has taken its place"
)]
pub struct UnknownPolicy(pub String);

impl LicencePolicy {
    /// All names by which it is found.
    fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name).chain(&self.formerly).map(String::as_str)
    }
}

impl Policies {
    /// Puts policies into the order of their days.
    pub fn new(mut all: Vec<LicencePolicy>) -> Result<Self, BadPolicies> {
        all.sort_by_key(|policy| policy.since);
        for (policy, next) in all.iter().zip(all.iter().skip(1)) {
            if policy.since == next.since {
                return Err(BadPolicies::Day(policy.name.clone(), next.name.clone()));
            }
        }
        let mut names: Vec<&str> = all.iter().flat_map(LicencePolicy::names).collect();
        names.sort_unstable();
        if let Some((twice, _)) = names.iter().zip(names.iter().skip(1)).find(|(name, next)| name == next) {
            return Err(BadPolicies::Name((*twice).to_owned()));
        }
        let mut all = all.into_iter();
        let first = all.next().ok_or(BadPolicies::None)?;
        Ok(Self {
            first,
            later: all.collect(),
        })
    }

    /// All of them, the earliest first.
    pub fn all(&self) -> impl Iterator<Item = &LicencePolicy> {
        std::iter::once(&self.first).chain(&self.later)
    }

    /// The policy under which an organisation begins on a day: the latest of those that hold then, else the earliest.
    #[must_use]
    pub fn on(&self, day: Day) -> &LicencePolicy {
        self.later.iter().rev().find(|policy| policy.since <= day).unwrap_or(&self.first)
    }

    /// The policy with this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&LicencePolicy> {
        self.all().find(|policy| policy.name == name)
    }

    /// The policy of an organisation that is under the one with this name. Where there is one only, that is it.
    pub fn holding(&self, name: &str) -> Result<&LicencePolicy, UnknownPolicy> {
        if self.later.is_empty() {
            return Ok(&self.first);
        }
        let found = self.all().find(|policy| policy.names().any(|known| known == name));
        found.ok_or_else(|| UnknownPolicy(name.to_owned()))
    }
}

impl From<LicencePolicy> for Policies {
    fn from(only: LicencePolicy) -> Self {
        Self {
            first: only,
            later: Vec::new(),
        }
    }
}

impl Default for Policies {
    fn default() -> Self {
        LicencePolicy::default().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both() -> Policies {
        Policies::new(vec![LicencePolicy::default(), LicencePolicy::of_2023()]).unwrap()
    }

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn an_organisation_begins_under_the_policy_of_its_first_day() {
        let policies = both();
        for (began, name) in [
            ("2019-05-01", "2023"),
            ("2023-01-01", "2023"),
            ("2025-01-14", "2023"),
            ("2025-01-15", "2025"),
            ("2031-01-01", "2025"),
        ] {
            assert_eq!(policies.on(day(began)).name, name, "{began}");
        }
    }

    #[test]
    fn an_organisation_is_under_the_policy_whose_name_it_has_whatever_that_is_called_now() {
        let renamed = LicencePolicy {
            name: "Large".into(),
            formerly: vec!["2024".into(), "big".into()],
            since: day("2030-01-01"),
            ..LicencePolicy::default()
        };
        let policies = Policies::new(vec![LicencePolicy::default(), LicencePolicy::of_2023(), renamed]).unwrap();
        let of = |name| policies.holding(name).map(|policy| policy.name.as_str());
        for (name, holds) in [
            ("2023", "2023"),
            ("2025", "2025"),
            ("Large", "Large"),
            ("2024", "Large"),
            ("big", "Large"),
        ] {
            assert_eq!(of(name), Ok(holds), "{name}");
        }
        assert_eq!(of("2022"), Err(UnknownPolicy("2022".into())));
        assert_eq!(Policies::default().holding("2022").unwrap().name, "2025");
    }

    #[test]
    fn policies_that_cannot_stand_beside_each_other_are_refused() {
        assert_eq!(Policies::new(Vec::new()), Err(BadPolicies::None));
        let same_day = LicencePolicy {
            name: "own".into(),
            ..LicencePolicy::default()
        };
        let twice = Policies::new(vec![LicencePolicy::default(), same_day]).unwrap_err();
        assert_eq!(
            twice.to_string(),
            "\"2025\" and \"own\" both hold since the same day: expected another day for one of them"
        );
        let later = LicencePolicy {
            since: day("2030-01-01"),
            ..LicencePolicy::of_2023()
        };
        assert_eq!(
            Policies::new(vec![later, LicencePolicy::of_2023()]),
            Err(BadPolicies::Name("2023".into()))
        );
        let taken = LicencePolicy {
            formerly: vec!["2023".into()],
            ..LicencePolicy::default()
        };
        assert_eq!(
            Policies::new(vec![taken, LicencePolicy::of_2023()]),
            Err(BadPolicies::Name("2023".into()))
        );
    }

    #[test]
    fn what_comes_with_the_product_is_found_by_name() {
        for name in ["2023", "2025", "unlimited"] {
            assert_eq!(LicencePolicy::built_in(name).unwrap().name, name);
        }
        assert_eq!(LicencePolicy::built_in("2024"), None);
        assert_eq!((SINCE_2025.iso(), SINCE_2023.iso()), ("2025-01-15".into(), "2023-01-01".into()));
    }
}
