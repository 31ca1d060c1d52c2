//! Access: a plan bound to the one who asks.

use std::sync::Arc;

use super::plan::{Plan, PlanKey, Plans};
use crate::ids::{ModuleId, RecordId};
use crate::modules::Catalogue;
use crate::records::Asker;
use crate::time::Day;

/// Whoever asks, as the session in memory knows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    pub key: PlanKey,
    /// The record that a portal user is; none for employees.
    pub anchor: Option<RecordId>,
    /// As whom records are made and changed: the member's or the employee's id.
    pub actor: i64,
    /// The session whose end ends the access; none for the command line and jobs.
    pub session: Option<i64>,
    /// The day of the request in UTC: what criteria call today.
    pub today: Day,
}

impl Viewer {
    /// The viewer as conditions speak of them.
    #[must_use]
    pub fn asker(&self) -> Asker {
        Asker {
            anchor: self.anchor,
            actor: self.actor,
            today: self.today,
        }
    }
}

/// A plan bound to a viewer: the value without which the store gives no record.
///
/// It can only be had from [`Plans::bind`], which looks the plan up by who the viewer is:
///
/// ```
/// use domain::access::{Access, Plans, Viewer};
/// fn bind(plans: &Plans, viewer: Viewer, module: domain::ids::ModuleId) -> Option<Access> {
///     plans.bind(viewer, module)
/// }
/// ```
///
/// Nobody puts a plan of one's own into it, or another viewer:
///
/// ```compile_fail,E0451
/// use domain::access::{Access, Plan};
/// fn forge(access: Access, plan: std::sync::Arc<Plan>) -> Access {
///     Access { plan, ..access }
/// }
/// ```
///
/// ```compile_fail,E0616
/// use domain::access::{Access, Viewer};
/// fn become_another(access: &mut Access, viewer: Viewer) {
///     access.viewer = viewer;
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Access {
    plan: Arc<Plan>,
    catalogue: Arc<Catalogue>,
    viewer: Viewer,
    version: i64,
}

impl Plans {
    /// The viewer's access to a module. None means that the module does not exist for the viewer.
    #[must_use]
    pub fn bind(&self, viewer: Viewer, module: ModuleId) -> Option<Access> {
        let plan = Arc::clone(self.plan(viewer.key, module)?);
        Some(Access {
            plan,
            catalogue: Arc::clone(&self.catalogue),
            viewer,
            version: self.version,
        })
    }
}

impl Access {
    /// What may be seen and done.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The modules that the plan was compiled against.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Who asks.
    #[must_use]
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// The version of metadata and policies that the plan was compiled from.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }
}
