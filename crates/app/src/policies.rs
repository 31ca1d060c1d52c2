//! Policies: their versions, drafts, publishing, and the second administrator.
//!
//! All policies of an organisation are one document ([`PolicySet`]). Publishing puts a document into force as the next
//! version, in one transaction with one swap of a pointer; nothing else changes what is in force.

mod assertions;
mod cost;
mod difference;
mod drafts;
mod exposure;
mod force;
mod kept;
mod part;
mod publish;
mod rule;
mod text;

use std::fmt;

use domain::access::{Fault, Policy, PolicySet, check, check_anonymous, check_ceilings, check_sign_ups};
use domain::ids::UserTypeId;
use domain::modules::Catalogue;
use domain::portals::UserType;
use store::policies::Version;

use crate::{Ctx, Error};

pub use assertions::{
    Coverage, Failed, Failing, GrantCoverage, Key, MAX_TESTS, MAX_TEXT, Report, Test, Tests, Word, read_tests, run_tests,
};
pub use cost::{BUDGET, Costly, Source, costly};
pub use difference::{Change, ModuleDifference, TypeDifference, difference};
pub use drafts::{change_type, discard, draft, drafts, propose, start, update};
pub use exposure::{Beyond, Exposure, OfType, Reached, VISITORS, beyond_reach, exposure};
pub use kept::{Which, keep_tests, kept_coverage, kept_tests, run_kept};
pub use part::{Part, change_part, change_part_in_draft};
pub use publish::{Asked, Outcome, approve, publish, roll_back, withdraw};
pub use rule::{agree_to_off, ask_for_off, keep_on, rule, turn_on};
pub use text::{Applied, Planned, apply, export, plan};

pub(crate) use force::{InForce, Present};

/// How many drafts there can be at once.
pub const MAX_DRAFTS: usize = 50;

/// How many versions a list shows.
pub const LATEST: u32 = 200;

/// What is wrong with the policy of one user type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeFaults {
    pub user_type: UserTypeId,
    pub name: String,
    /// None: the policy cannot be read at all.
    pub faults: Option<Vec<Fault>>,
}

impl fmt::Display for TypeFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.faults {
            None => write!(f, "{}: the policy cannot be read", self.name),
            Some(faults) => {
                let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
                write!(f, "{}: {}", self.name, all.join("; "))
            }
        }
    }
}

/// What is in force and does not fit the modules any more: such grants are off, such ceilings close their module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alerts {
    pub types: Vec<TypeFaults>,
    /// In what visitors see.
    pub anonymous: Vec<Fault>,
    pub ceilings: Vec<Fault>,
    /// In the forms by which people ask to come in: such a form is closed.
    pub sign_ups: Vec<Fault>,
}

impl Alerts {
    /// What of `set` does not fit the catalogue.
    pub(crate) fn of(catalogue: &Catalogue, set: &PolicySet, types: &[UserType]) -> Self {
        // Those of user types that are not there are nobody's.
        let there = set.only(|id| types.iter().any(|t| t.id == id));
        let faults = |t: &UserType| type_faults(catalogue, t, set.get(t.id), set.unreadable().any(|id| id == t.id));
        Self {
            types: types.iter().filter_map(faults).collect(),
            anonymous: check_anonymous(catalogue, &set.anonymous),
            ceilings: check_ceilings(catalogue, &set.ceilings),
            sign_ups: check_sign_ups(catalogue, &there),
        }
    }

    /// What was not amiss in `before`.
    pub(crate) fn beyond(mut self, before: &Self) -> Self {
        self.types.retain(|found| !before.types.contains(found));
        self.anonymous.retain(|found| !before.anonymous.contains(found));
        self.ceilings.retain(|found| !before.ceilings.contains(found));
        self.sign_ups.retain(|found| !before.sign_ups.contains(found));
        self
    }

    /// Refuses a change by what would not fit after it.
    pub(crate) fn refuse(self) -> Result<(), Error> {
        if !self.types.is_empty() {
            return Err(Error::Policies(self.types));
        }
        let mut faults = self.anonymous;
        faults.extend(self.ceilings);
        faults.extend(self.sign_ups);
        if faults.is_empty() { Ok(()) } else { Err(Error::Policy(faults)) }
    }

    /// Where something is amiss, in words.
    pub(crate) fn places(self) -> Vec<String> {
        let mut places: Vec<String> = self.types.into_iter().map(|t| format!("the user type {}", t.name)).collect();
        let others = [
            (self.anonymous, "what visitors see"),
            (self.ceilings, "a ceiling"),
            (self.sign_ups, "a form to sign up"),
        ];
        places.extend(
            others
                .into_iter()
                .filter(|(found, _)| !found.is_empty())
                .map(|(_, place)| place.to_owned()),
        );
        places
    }
}

/// What an administrator has to mend: somebody changed modules or fields since the policies were published.
pub fn alerts(ctx: &Ctx) -> Result<Alerts, Error> {
    ctx.need_manage_portals()?;
    let snapshot = &ctx.snapshot;
    let faults = |user_type: &UserType| {
        let unreadable = snapshot.unreadable.contains(&user_type.id);
        type_faults(&snapshot.catalogue, user_type, snapshot.policies.get(&user_type.id), unreadable)
    };
    Ok(Alerts {
        types: snapshot.user_types.iter().filter_map(faults).collect(),
        anonymous: check_anonymous(&snapshot.catalogue, &snapshot.anonymous),
        ceilings: check_ceilings(&snapshot.catalogue, &snapshot.ceilings),
        sign_ups: check_sign_ups(&snapshot.catalogue, &snapshot.document()),
    })
}

/// What is wrong with the policy of a user type, if it has one.
fn type_faults(catalogue: &Catalogue, user_type: &UserType, policy: Option<&Policy>, unreadable: bool) -> Option<TypeFaults> {
    let faults = match policy {
        Some(policy) => Some(check(catalogue, policy)).filter(|found| !found.is_empty())?.into(),
        None if unreadable => None,
        None => return None,
    };
    Some(TypeFaults {
        user_type: user_type.id,
        name: user_type.name.clone(),
        faults,
    })
}

/// The latest versions, newest first.
pub async fn versions(ctx: &Ctx) -> Result<Vec<Version>, Error> {
    ctx.need_manage_portals()?;
    ctx.tenant.db.read(|conn| Ok(store::policies::versions(conn, LATEST)?)).await
}

/// One version, and what it says; None if that cannot be read.
pub async fn version(ctx: &Ctx, number: i64) -> Result<(Version, Option<PolicySet>), Error> {
    ctx.need_manage_portals()?;
    ctx.tenant
        .db
        .read(move |conn| {
            let version = store::policies::version(conn, number)?.ok_or(Error::NotFound("version"))?;
            Ok((version, store::policies::document(conn, number)?))
        })
        .await
}
