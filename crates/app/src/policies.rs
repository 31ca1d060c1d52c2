//! Policies: their versions, drafts, publishing, and the second administrator.
//!
//! All policies of an organisation are one document ([`PolicySet`]). Publishing puts a document into force as the next
//! version, in one transaction with one swap of a pointer; nothing else changes what is in force.

mod assertions;
mod difference;
mod drafts;
mod force;
mod publish;
mod rule;
mod text;

use std::fmt;

use domain::access::{Fault, PolicySet};
use domain::ids::UserTypeId;
use store::policies::Version;

use crate::{Ctx, Error};

pub use assertions::{Failed, Key, Report, Test, Tests, read_tests, run_tests};
pub use difference::{Change, ModuleDifference, TypeDifference};
pub use drafts::{change_type, discard, draft, drafts, propose, start, update};
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
