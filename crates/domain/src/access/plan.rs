//! The plan: what a policy compiles to, for one user type and one module.
//!
//! The typed form from which the store makes SQL. A plan cannot be made outside this module, and
//! the store gives records only for one: authorisation is a value, not a call to remember.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::anonymous::AnonymousGrant;
use super::ceiling::Ceiling;
use super::explain::Wish;
use super::predicate::{Facts, Predicate};
use super::sign_up::SignUp;
use crate::ids::{FieldId, ModuleId, ProfileId, RecordId, UserTypeId};
use crate::modules::{Catalogue, Field, Module};
use crate::orgs::Profile;

/// A field the viewer may read, and how.
#[derive(Debug, Clone)]
pub struct Column {
    pub field: Arc<Field>,
    /// The records, among those seen, on which the field exists. On others it is absent.
    pub readable: Predicate,
    /// The records, among those that may be changed, on which the field may be.
    pub changeable: Predicate,
    /// For look-ups: when the record it points at is shown.
    pub lookup: Option<LookupColumn>,
    /// For parents: when they are shown, by the modules that they may be of.
    pub parents: Vec<LookupColumn>,
}

/// When a look-up's target is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupColumn {
    pub module: ModuleId,
    /// The targets whose name and id are shown. Others are absent.
    pub visible: Predicate,
    /// The targets, among those, whose name the viewer may read.
    pub named: Predicate,
    /// The records, among those on which the field exists, on which also the name of a target out of sight is shown,
    /// without its id.
    pub names_only: Predicate,
}

impl LookupColumn {
    /// Nothing of what is pointed at is shown.
    fn hidden(module: ModuleId) -> Self {
        Self {
            module,
            visible: Predicate::Never,
            named: Predicate::Never,
            names_only: Predicate::Never,
        }
    }
}

/// One way in which the viewer may make records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creation {
    /// Where a record must lie once it is made.
    pub records: Predicate,
    /// The fields that may be set.
    pub settable: BTreeSet<FieldId>,
    /// The look-ups that get pointed at the anchor.
    pub anchored: Vec<FieldId>,
    /// The field that gets set so that portal users see the record.
    pub shown: Option<FieldId>,
    /// Whether everything mandatory can be filled: if not, no record is made in this way.
    pub complete: bool,
}

impl Creation {
    /// Whether a field of a new record may hold something.
    #[must_use]
    pub fn takes(&self, field: FieldId) -> bool {
        self.settable.contains(&field) || self.anchored.contains(&field) || self.shown == Some(field)
    }
}

/// Who a plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlanKey {
    UserType(UserTypeId),
    Staff(ProfileId),
    /// Visitors who are not signed in.
    Anonymous,
    /// The form by which people ask to come into a user type: the product itself, on behalf of whoever fills it in.
    SignUp(UserTypeId),
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
    pub(super) creations: Vec<Creation>,
    pub(super) shown_beside: BTreeSet<ModuleId>,
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

    /// Whether the viewer sees records, or some of them, because they were shared one by one.
    #[must_use]
    pub fn shows_shared(&self) -> bool {
        self.view.asks_for_shares()
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

    /// What must hold of a live record for the viewer to do what is wished with it. None: it never may be.
    #[must_use]
    pub fn conditions(&self, wish: Wish) -> Option<Vec<&Predicate>> {
        let further = match wish {
            Wish::View => vec![],
            Wish::Edit => vec![&self.edit],
            Wish::Delete => vec![&self.delete],
            Wish::Read(field) => vec![&self.column(field)?.readable],
            Wish::Write(field) => vec![&self.edit, &self.column(field)?.changeable],
        };
        Some([vec![&self.view], further].concat())
    }

    /// Whether the viewer may do what is wished with a record, decided in memory.
    #[must_use]
    pub fn allows(&self, wish: Wish, facts: &dyn Facts, record: RecordId) -> bool {
        let conditions = self.conditions(wish);
        facts.is_live(record) && conditions.is_some_and(|all| all.iter().all(|c| c.holds(facts, record)))
    }

    /// Whether the viewer may make records.
    #[must_use]
    pub fn may_create(&self) -> bool {
        self.creations.iter().any(|c| c.complete)
    }

    /// The ways in which the viewer may make records. A new record goes by one of them as a whole.
    #[must_use]
    pub fn creations(&self) -> &[Creation] {
        &self.creations
    }

    /// For records that belong to others: the modules beside whose records some portal user sees those that are shown.
    #[must_use]
    pub fn shown_beside(&self) -> &BTreeSet<ModuleId> {
        &self.shown_beside
    }

    /// Whether a look-up of a new record gets pointed at the anchor.
    #[must_use]
    pub fn is_anchored(&self, field: FieldId) -> bool {
        self.creations.iter().any(|c| c.anchored.contains(&field))
    }

    /// Whether the viewer may set the field on some new record.
    #[must_use]
    pub fn may_set(&self, field: FieldId) -> bool {
        self.creations.iter().any(|c| c.settable.contains(&field))
    }

    /// Whether the viewer may change the field on some record that is there.
    #[must_use]
    pub fn may_change(&self, field: FieldId) -> bool {
        self.column(field).is_some_and(|c| c.changeable != Predicate::Never)
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
        ceilings: &[Ceiling],
        profiles: impl Iterator<Item = &'a Profile>,
    ) -> Self {
        let mut plans = HashMap::new();
        let types: Vec<_> = types.collect();
        let authority: BTreeSet<FieldId> = types
            .iter()
            .flat_map(|(id, policy)| super::authority(catalogue, policy, *id, ceilings))
            .collect();
        for (id, policy) in types {
            for plan in super::compile(catalogue, policy, id, ceilings, &authority) {
                plans.insert((PlanKey::UserType(id), plan.module.id), plan);
            }
        }
        for profile in profiles {
            let sees = |module| profile.rights.of(module).view;
            for plan in catalogue
                .modules()
                .filter_map(|m| super::staff(catalogue, m, profile.rights.of(m.id), sees))
            {
                plans.insert((PlanKey::Staff(profile.id), plan.module.id), plan);
            }
        }
        for module in catalogue.modules().filter(|m| m.parent_field().is_some()) {
            show_beside(&mut plans, module);
        }
        Self {
            plans: plans.into_iter().map(|(key, plan)| (key, Arc::new(plan))).collect(),
            catalogue: Arc::clone(catalogue),
            version,
        }
    }

    /// The same with plans for visitors who are not signed in. Without, there is nothing for them.
    #[must_use]
    pub fn with_anonymous(mut self, grants: &[AnonymousGrant], ceilings: &[Ceiling]) -> Self {
        for plan in super::anonymous::compile(&self.catalogue, grants, ceilings) {
            self.plans.insert((PlanKey::Anonymous, plan.module.id), Arc::new(plan));
        }
        self
    }

    /// The same with plans for the forms by which people ask to come in; `policy` knows those of the user types that are
    /// open. Without, nobody can.
    #[must_use]
    pub fn with_sign_ups<'p>(
        mut self,
        forms: &[SignUp],
        ceilings: &[Ceiling],
        policy: impl Fn(UserTypeId) -> Option<&'p super::Policy>,
    ) -> Self {
        for (id, plan) in super::sign_up::compile(&self.catalogue, forms, ceilings, policy) {
            self.plans.insert((PlanKey::SignUp(id), plan.module.id), Arc::new(plan));
        }
        self
    }

    /// The plans of one kind of viewer, as somebody else sees them who sees some modules only (`sees`): the others are
    /// left out with what belongs to their records, and no look-up shows what it points at there.
    ///
    /// Whoever looks as another person must not see by that what their own profile hides. It never widens.
    #[must_use]
    pub fn seen_by(&self, key: PlanKey, sees: impl Fn(ModuleId) -> bool) -> Self {
        let mine = self.plans.iter().filter(|((of, module), _)| *of == key && sees(*module));
        let narrowed = |plan: &Arc<Plan>| {
            let mut plan = Plan::clone(plan);
            let lookups = plan.columns.iter_mut().filter_map(|c| c.lookup.as_mut());
            for lookup in lookups {
                match self.beside_seen(lookup.module, &sees) {
                    _ if !sees(lookup.module) => *lookup = LookupColumn::hidden(lookup.module),
                    Predicate::Always => {}
                    beside => {
                        lookup.visible = lookup.visible.clone().and(beside);
                        lookup.names_only = Predicate::Never;
                    }
                }
            }
            for column in &mut plan.columns {
                column.parents.retain(|parent| sees(parent.module));
            }
            plan.view = plan.view.and(self.beside_seen(plan.module.id, &sees));
            Arc::new(plan)
        };
        Self {
            plans: mine.map(|(of, plan)| (*of, narrowed(plan))).collect(),
            catalogue: Arc::clone(&self.catalogue),
            version: self.version,
        }
    }

    /// Of a module whose records belong to others: those that belong to one of a module that is seen.
    fn beside_seen(&self, module: ModuleId, sees: impl Fn(ModuleId) -> bool) -> Predicate {
        let belongs_by = self.catalogue.module(module).and_then(|m| m.parent_field());
        belongs_by.map_or(Predicate::Always, |field| super::compile::of_seen(&self.catalogue, field, sees))
    }

    /// The plan of a viewer for a module. None means: nothing is granted.
    #[must_use]
    pub fn plan(&self, key: PlanKey, module: ModuleId) -> Option<&Arc<Plan>> {
        self.plans.get(&(key, module))
    }
}

/// Says in every plan for a module whose records belong to others beside which of these portal users see them.
fn show_beside(plans: &mut HashMap<(PlanKey, ModuleId), Plan>, module: &Module) {
    let types: Vec<PlanKey> = plans
        .keys()
        .filter(|(key, of)| matches!(key, PlanKey::UserType(_)) && *of == module.id)
        .map(|(key, _)| *key)
        .collect();
    let seen = plans.keys().filter(|(key, _)| types.contains(key)).map(|(_, of)| *of);
    let beside: BTreeSet<ModuleId> = seen.collect();
    for plan in plans.values_mut().filter(|plan| plan.module.id == module.id) {
        plan.shown_beside.clone_from(&beside);
    }
}
