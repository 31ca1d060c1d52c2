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

use domain::access::{Fault, PolicySet, check, check_anonymous, check_ceilings, check_sign_ups};
use domain::ids::UserTypeId;
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

/// What an administrator has to mend: somebody changed modules or fields since the policies were published.
pub fn alerts(ctx: &Ctx) -> Result<Alerts, Error> {
    ctx.need_manage_portals()?;
    let snapshot = &ctx.snapshot;
    let faults = |user_type: &UserType| {
        let faults = match snapshot.policies.get(&user_type.id) {
            Some(policy) => Some(check(&snapshot.catalogue, policy)),
            None if snapshot.unreadable.contains(&user_type.id) => None,
            None => return None,
        };
        let fits = faults.as_ref().is_some_and(Vec::is_empty);
        (!fits).then(|| TypeFaults {
            user_type: user_type.id,
            name: user_type.name.clone(),
            faults,
        })
    };
    Ok(Alerts {
        types: snapshot.user_types.iter().filter_map(faults).collect(),
        anonymous: check_anonymous(&snapshot.catalogue, &snapshot.anonymous),
        ceilings: check_ceilings(&snapshot.catalogue, &snapshot.ceilings),
        sign_ups: check_sign_ups(&snapshot.catalogue, &snapshot.document()),
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
