//! The plan: what a policy compiles to, for one user type and one module.
//!
//! The typed form from which the store makes SQL. A plan cannot be made outside this module, and
//! the store gives records only for one: authorisation is a value, not a call to remember.

use std::collections::HashMap;
use std::sync::Arc;

use crate::ids::{FieldId, ModuleId, ProfileId, RecordId, UserTypeId};
use crate::modules::{Catalogue, Field, Module};
use crate::orgs::Profile;

/// A condition on a record, relative to the portal user's own record (the *anchor*).
///
/// Records in the recycle bin satisfy none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Predicate {
    Always,
    Never,
    /// The record is the anchor.
    IsAnchor,
    /// The record was made by the portal user.
    MadeByViewer,
    /// A look-up of the record points at the target.
    Refers {
        field: FieldId,
        target: Target,
    },
    /// A multi-select look-up of the record holds the target.
    Links {
        field: FieldId,
        target: Target,
    },
    All(Vec<Predicate>),
    Any(Vec<Predicate>),
    Not(Box<Predicate>),
}

/// What a look-up must point at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Anchor,
    /// A live record of another module that satisfies the predicate.
    Within {
        module: ModuleId,
        predicate: Box<Predicate>,
    },
}

/// A field the viewer may read, and how.
#[derive(Debug, Clone)]
pub struct Column {
    pub field: Arc<Field>,
    pub writable: bool,
    /// For look-ups: when the record it points at is shown.
    pub lookup: Option<LookupColumn>,
}

/// When a look-up's target is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupColumn {
    pub module: ModuleId,
    /// The targets whose name and id are shown. Others are absent.
    pub visible: Predicate,
    /// Whether the viewer may read the target's name.
    pub named: bool,
    /// Show the name, without the id, of targets that are out of sight too.
    pub names_only: bool,
}

/// Who a plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlanKey {
    UserType(UserTypeId),
    Staff(ProfileId),
}

/// What one kind of viewer may see and do in one module.
///
/// It can be read, but neither made nor widened by hand:
///
/// ```
/// use domain::access::{Plan, Predicate};
/// fn sees_all(plan: Plan) -> bool {
///     *plan.view() == Predicate::Always
/// }
/// ```
///
/// ```compile_fail,E0451
/// use domain::access::{Plan, Predicate};
/// fn widened(plan: Plan) -> Plan {
///     Plan { view: Predicate::Always, ..plan }
/// }
/// ```
///
/// ```compile_fail,E0616
/// use domain::access::{Plan, Predicate};
/// fn widen(plan: &mut Plan) {
///     plan.view = Predicate::Always;
/// }
/// ```
///
/// Nor does it come out of a text, as the policy does from which it is compiled:
///
/// ```
/// fn read(text: &str) -> Option<domain::access::Policy> {
///     serde_json::from_str(text).ok()
/// }
/// ```
///
/// ```compile_fail,E0277
/// fn read(text: &str) -> Option<domain::access::Plan> {
///     serde_json::from_str(text).ok()
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Plan {
    pub(super) module: Arc<Module>,
    pub(super) columns: Vec<Column>,
    pub(super) view: Predicate,
    pub(super) edit: Predicate,
    pub(super) delete: Predicate,
    pub(super) create: bool,
    pub(super) anchored: Vec<FieldId>,
    pub(super) authority: Vec<FieldId>,
}

impl Plan {
    /// The module the plan is about.
    #[must_use]
    pub fn module(&self) -> &Arc<Module> {
        &self.module
    }

    /// The fields that exist for the viewer, in the module's order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column of a field, if it exists for the viewer.
    #[must_use]
    pub fn column(&self, field: FieldId) -> Option<&Column> {
        self.columns.iter().find(|c| c.field.id == field)
    }

    /// The column with this API name, if it exists for the viewer.
    #[must_use]
    pub fn column_named(&self, api_name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.field.api_name == api_name)
    }

    /// The records the viewer sees.
    #[must_use]
    pub fn view(&self) -> &Predicate {
        &self.view
    }

    /// The records, among those seen, that the viewer may change.
    #[must_use]
    pub fn edit(&self) -> &Predicate {
        &self.edit
    }

    /// The records, among those seen, that the viewer may delete.
    #[must_use]
    pub fn delete(&self) -> &Predicate {
        &self.delete
    }

    /// Whether the viewer may make records, which must lie in [`Plan::view`] once they are made.
    #[must_use]
    pub fn may_create(&self) -> bool {
        self.create
    }

    /// The look-ups that a new record gets pointed at the anchor.
    #[must_use]
    pub fn anchored(&self) -> &[FieldId] {
        &self.anchored
    }

    /// Whether a look-up decides who sees the record: it cannot be changed once the record is made.
    #[must_use]
    pub fn is_authority(&self, field: FieldId) -> bool {
        self.authority.contains(&field)
    }

    /// Whether the viewer may set the field on a new record.
    #[must_use]
    pub fn may_set(&self, field: FieldId) -> bool {
        self.column(field).is_some_and(|c| c.writable)
    }

    /// Whether the viewer may change the field on a record that is there.
    #[must_use]
    pub fn may_change(&self, field: FieldId) -> bool {
        self.may_set(field) && !self.is_authority(field)
    }
}

/// All plans of one version of an organisation's policies. Immutable; a new version is a new value.
#[derive(Debug, Clone)]
pub struct Plans {
    pub(super) plans: HashMap<(PlanKey, ModuleId), Arc<Plan>>,
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) version: i64,
}

impl Plans {
    /// Compiles the plans of every user type, and of the staff with each profile.
    ///
    /// A look-up that decides for one user type who sees a record is out of reach for all of them: nobody hands a
    /// record to the people of another type, or takes it from them.
    #[must_use]
    pub fn of<'a>(
        version: i64,
        catalogue: &Arc<Catalogue>,
        types: impl Iterator<Item = (UserTypeId, &'a super::Policy)>,
        profiles: impl Iterator<Item = &'a Profile>,
    ) -> Self {
        let mut plans = HashMap::new();
        let types: Vec<_> = types.map(|(id, policy)| (id, super::compile(catalogue, policy))).collect();
        let mut authority: HashMap<ModuleId, Vec<FieldId>> = HashMap::new();
        for plan in types.iter().flat_map(|(_, plans)| plans) {
            authority.entry(plan.module.id).or_default().extend(&plan.authority);
        }
        for (id, compiled) in types {
            for mut plan in compiled {
                plan.authority = authority.get(&plan.module.id).cloned().unwrap_or_default();
                plans.insert((PlanKey::UserType(id), plan.module.id), Arc::new(plan));
            }
        }
        for profile in profiles {
            let sees = |module| profile.rights.of(module).view;
            for plan in catalogue.modules().filter_map(|m| super::staff(m, profile.rights.of(m.id), sees)) {
                plans.insert((PlanKey::Staff(profile.id), plan.module.id), Arc::new(plan));
            }
        }
        Self {
            plans,
            catalogue: Arc::clone(catalogue),
            version,
        }
    }

    /// The plan of a viewer for a module. None means: nothing is granted.
    #[must_use]
    pub fn plan(&self, key: PlanKey, module: ModuleId) -> Option<&Arc<Plan>> {
        self.plans.get(&(key, module))
    }
}

impl Predicate {
    /// The predicate decided in memory for one record: `refers` answers what a look-up points at.
    #[must_use]
    pub fn holds(&self, facts: &dyn Facts, record: RecordId) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::IsAnchor => facts.anchor() == Some(record),
            Self::MadeByViewer => facts.made_by_viewer(record),
            Self::Refers { field, target } | Self::Links { field, target } => {
                facts.targets(*field, record).into_iter().any(|to| target.holds(facts, to))
            }
            Self::All(parts) => parts.iter().all(|part| part.holds(facts, record)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(facts, record)),
            Self::Not(part) => !part.holds(facts, record),
        }
    }
}

impl Target {
    fn holds(&self, facts: &dyn Facts, record: RecordId) -> bool {
        match self {
            Self::Anchor => facts.anchor() == Some(record),
            Self::Within { predicate, .. } => facts.is_live(record) && predicate.holds(facts, record),
        }
    }
}

/// What the in-memory decision needs to know about records.
pub trait Facts {
    /// The viewer's own record.
    fn anchor(&self) -> Option<RecordId>;
    /// Whether the viewer made the record.
    fn made_by_viewer(&self, record: RecordId) -> bool;
    /// What a look-up or multi-select look-up of the record points at.
    fn targets(&self, field: FieldId, record: RecordId) -> Vec<RecordId>;
    /// Whether the record exists and is not in the recycle bin.
    fn is_live(&self, record: RecordId) -> bool;
}
