//! From policy to plans. The one place where a permission is decided.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::ceiling::{Audience, Ceiling, Over};
use super::explain::Wish;
use super::plan::{Column, Creation, LookupColumn, Plan};
use super::policy::{Actions, Grant, Policy, Scope};
use super::predicate::Predicate;
use super::scope::{belonging, deciding};
use crate::ids::{FieldId, ModuleId, UserTypeId};
use crate::modules::{Catalogue, Field, FieldKind, Module};

/// What the plans of one audience are compiled from.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub catalogue: &'a Catalogue,
    pub policy: &'a Policy,
    pub over: Over<'a>,
}

/// A grant that shows something: on which records, and which of them may be changed.
pub(super) struct Rule<'a> {
    grant: &'a Grant,
    /// What the grant says, less what ceilings forbid.
    pub actions: Actions,
    pub records: Predicate,
    edit: Predicate,
}

/// Compiles a user type's policy: one plan for each module of which something can be viewed.
///
/// What has become invalid since it was published (a field or module that is gone, a look-up that
/// points elsewhere) grants nothing; the rest keeps its meaning. It never widens. `authority` holds the look-ups by
/// which anybody, of whatever user type, is related to records.
#[must_use]
pub fn compile(
    catalogue: &Catalogue,
    policy: &Policy,
    user_type: UserTypeId,
    ceilings: &[Ceiling],
    authority: &BTreeSet<FieldId>,
) -> Vec<Plan> {
    let ground = Ground::new(catalogue, policy, Audience::UserType(user_type), ceilings);
    let modules: BTreeSet<ModuleId> = policy.grants.iter().map(|g| g.module).collect();
    let plans = modules.into_iter().filter_map(|id| ground.plan(catalogue.module(id)?, authority));
    plans.collect()
}

/// The look-ups by which the people of a user type are related to records, and the fields that decide for whom and on
/// which people a grant or ceiling is: whoever changes them changes who sees what.
#[must_use]
pub fn authority(catalogue: &Catalogue, policy: &Policy, user_type: UserTypeId, ceilings: &[Ceiling]) -> BTreeSet<FieldId> {
    let ground = Ground::new(catalogue, policy, Audience::UserType(user_type), ceilings);
    let mut found = Vec::new();
    for module in catalogue.modules() {
        for rule in ground.rules(module, &[]) {
            found.extend(deciding(module, &rule.grant.scope));
            if let Some(people) = &rule.grant.people {
                people.fields(&mut found);
            }
        }
        ground.over.fields(module.id, &mut found);
    }
    found.into_iter().collect()
}

/// The plan of an employee, whose profile allows some actions on every record and field of the module.
///
/// `sees` says of a module whether the profile shows its records; behind look-ups they are shown no sooner, nor is what
/// belongs to them.
#[must_use]
pub fn staff(catalogue: &Catalogue, module: &Arc<Module>, actions: Actions, sees: impl Fn(ModuleId) -> bool) -> Option<Plan> {
    let writable = |field: &Field| !field.kind.is_given();
    let columns = module.fields.iter().map(|field| Column {
        field: Arc::new(field.clone()),
        readable: Predicate::Always,
        changeable: allowed(actions.edit && writable(field)),
        lookup: field.kind.target().map(|module| LookupColumn {
            module,
            visible: shown_to_staff(catalogue, module, &sees),
            named: allowed(sees(module)),
            names_only: Predicate::Never,
        }),
        parents: parents_of(catalogue, field, |_| Predicate::Always, |_| Predicate::Always)
            .filter(|parent| sees(parent.module))
            .collect(),
    });
    let view = shown_to_staff(catalogue, module.id, |other| other == module.id || sees(other));
    let creation = Creation {
        records: view.clone(),
        settable: module.fields.iter().filter(|f| writable(f)).map(|f| f.id).collect(),
        anchored: Vec::new(),
        shown: None,
        complete: true,
    };
    (actions.view && view != Predicate::Never).then(|| Plan {
        module: Arc::clone(module),
        columns: columns.collect(),
        view,
        edit: allowed(actions.edit),
        delete: allowed(actions.delete),
        creations: if actions.create { vec![creation] } else { Vec::new() },
        shown_beside: BTreeSet::new(),
    })
}

/// The records of a module that an employee sees.
fn shown_to_staff(catalogue: &Catalogue, module: ModuleId, sees: impl Fn(ModuleId) -> bool) -> Predicate {
    let belongs_by = catalogue.module(module).and_then(|m| m.parent_field());
    match belongs_by {
        _ if !sees(module) => Predicate::Never,
        Some(field) => of_seen(catalogue, field, sees),
        None => Predicate::Always,
    }
}

/// The records that belong to one of a module that is seen: all of them, where every module is.
pub(super) fn of_seen(catalogue: &Catalogue, field: &Field, sees: impl Fn(ModuleId) -> bool) -> Predicate {
    let parents = || catalogue.modules().map(|m| &**m).filter(|m| m.may_be_parent());
    match parents().all(|m| sees(m.id)) {
        true => Predicate::Always,
        false => belonging(field, parents().filter(|m| sees(m.id))),
    }
}

/// The modules that the parent of a record may be of, if the field holds one, and which of their records are shown, with which names.
fn parents_of(
    catalogue: &Catalogue,
    field: &Field,
    visible: impl Fn(ModuleId) -> Predicate,
    named: impl Fn(ModuleId) -> Predicate,
) -> impl Iterator<Item = LookupColumn> {
    let holds_one = field.kind == FieldKind::Parent;
    let parents = catalogue.modules().filter(move |m| holds_one && m.may_be_parent());
    parents.map(move |m| LookupColumn {
        module: m.id,
        visible: visible(m.id),
        named: named(m.id),
        names_only: Predicate::Never,
    })
}

impl<'a> Ground<'a> {
    pub fn new(catalogue: &'a Catalogue, policy: &'a Policy, audience: Audience, ceilings: &'a [Ceiling]) -> Self {
        Self {
            catalogue,
            policy,
            over: Over::new(ceilings, audience),
        }
    }

    /// The grants that show records of a module. `below` as in [`Ground::records`].
    fn rules(&self, module: &Module, below: &[ModuleId]) -> Vec<Rule<'a>> {
        let left = self.over.records(module);
        let grants = self.policy.grants_for(module.id);
        grants.filter_map(|grant| self.rule(module, grant, &left, below)).collect()
    }

    /// What a grant shows of the records that ceilings have `left`, if anything.
    pub(super) fn rule(&self, module: &Module, grant: &'a Grant, left: &Predicate, below: &[ModuleId]) -> Option<Rule<'a>> {
        let actions = self.over.actions(module.id, grant.actions);
        let records = self.records(grant, below).unwrap_or(Predicate::Never).and(left.clone());
        (actions.view && records != Predicate::Never).then(|| Rule {
            grant,
            actions,
            edit: edit(grant, actions),
            records,
        })
    }

    /// On which of its records a rule grants what is wished.
    pub(super) fn says(&self, rule: &Rule, module: &Module, wish: Wish, authority: &BTreeSet<FieldId>) -> Predicate {
        let field = |id| module.field(id);
        match wish {
            Wish::View => Predicate::Always,
            Wish::Edit => rule.edit.clone(),
            Wish::Delete => rule.delete(),
            Wish::Read(id) => field(id).map_or(Predicate::Never, |f| self.reads(rule, f)),
            Wish::Write(id) => field(id).map_or(Predicate::Never, |f| self.changes(rule, f, authority)),
        }
    }

    /// The records of a module that can be viewed.
    pub(super) fn view(&self, module: ModuleId, below: &[ModuleId]) -> Predicate {
        match self.module(module) {
            Ok(module) => Predicate::any(self.rules(module, below).into_iter().map(|r| r.records)),
            Err(_) => Predicate::Never,
        }
    }

    pub(super) fn plan(&self, module: &Arc<Module>, authority: &BTreeSet<FieldId>) -> Option<Plan> {
        let rules = self.rules(module, &[]);
        let view = Predicate::any(rules.iter().map(|r| r.records.clone()));
        if view == Predicate::Never {
            return None;
        }
        Some(Plan {
            module: Arc::clone(module),
            columns: module.fields.iter().filter_map(|f| self.column(&rules, f, authority)).collect(),
            edit: among(&rules, |r| r.edit.clone()),
            delete: among(&rules, |r| r.delete()),
            creations: rules.iter().filter_map(|r| self.creation(module, r)).collect(),
            shown_beside: BTreeSet::new(),
            view,
        })
    }

    /// A field as far as some grant names it, each on its own records.
    fn column(&self, rules: &[Rule], field: &Field, authority: &BTreeSet<FieldId>) -> Option<Column> {
        let readable = among(rules, |r| self.reads(r, field));
        let names_only = |r: &Rule| allowed(r.grant.field(field.id).is_some_and(|g| g.names));
        (readable != Predicate::Never).then(|| Column {
            field: Arc::new(field.clone()),
            readable,
            changeable: among(rules, |r| self.changes(r, field, authority)),
            lookup: field.kind.target().map(|target| LookupColumn {
                module: target,
                visible: self.view(target, &[]),
                named: self.named(target),
                names_only: among(rules, names_only),
            }),
            parents: parents_of(self.catalogue, field, |target| self.view(target, &[]), |target| self.named(target))
                .filter(|parent| parent.visible != Predicate::Never)
                .collect(),
        })
    }

    fn reads(&self, rule: &Rule, field: &Field) -> Predicate {
        allowed(self.over.leaves(field.module, field.id) && rule.grant.field(field.id).is_some())
    }

    fn changes(&self, rule: &Rule, field: &Field, authority: &BTreeSet<FieldId>) -> Predicate {
        let bearing = authority.contains(&field.id);
        match self.may_write(rule, field) && (!bearing || rule.actions.link) {
            true => rule.edit.clone(),
            false => Predicate::Never,
        }
    }

    /// Whoever may write a unique field learns by trying which values others have: no portal user may.
    fn may_write(&self, rule: &Rule, field: &Field) -> bool {
        let open = !field.kind.is_given() && !field.unique;
        open && rule.grant.writes(field.id) && self.over.leaves(field.module, field.id)
    }

    /// On which of the visible records of a module everything can be read that their names are made of.
    fn named(&self, module: ModuleId) -> Predicate {
        let Ok(module) = self.module(module) else { return Predicate::Never };
        let rules = self.rules(module, &[]);
        let readable = |id: &FieldId| match module.field(*id) {
            Some(field) => among(&rules, |r| self.reads(r, field)),
            None => Predicate::Never,
        };
        module.name_fields.iter().map(readable).fold(Predicate::Always, Predicate::and)
    }

    /// How a grant lets records be made, if it does.
    fn creation(&self, module: &Module, rule: &Rule) -> Option<Creation> {
        let grows = !matches!(rule.grant.scope, Scope::Own | Scope::Public | Scope::Shared);
        if !rule.actions.create || !grows {
            return None;
        }
        let settable = module.fields.iter().filter(|f| self.may_write(rule, f));
        Some(Creation {
            records: rule.records.clone(),
            settable: settable.map(|f| f.id).collect(),
            anchored: self.anchored(rule.grant, module),
            shown: module.shown_to_client().map(|field| field.id),
            complete: self.out_of_reach(rule.grant, module).next().is_none(),
        })
    }

    /// The look-ups of a grant that lead straight to the people.
    fn anchored(&self, grant: &Grant, module: &Module) -> Vec<FieldId> {
        let Scope::Related { via } = &grant.scope else { return Vec::new() };
        let home = |id: &&FieldId| module.field(**id).is_some_and(|f| f.kind.target() == Some(self.policy.personality));
        via.iter().filter(home).copied().collect()
    }

    /// The mandatory fields that a portal user could not fill, and that are not pointed at the anchor either.
    pub(super) fn out_of_reach<'m>(&self, grant: &Grant, module: &'m Module) -> impl Iterator<Item = &'m Field> {
        let mut anchored = self.anchored(grant, module);
        anchored.extend(module.shown_to_client().map(|field| field.id));
        let filled = move |field: &Field| {
            let writable = grant.writes(field.id) && !field.unique && self.over.leaves(module.id, field.id);
            writable || anchored.contains(&field.id)
        };
        // A record that is a file needs it, or to say where else it lies.
        let lies_elsewhere = module.link_field().is_some_and(&filled);
        let needed = move |f: &Field| f.required || (f.kind == FieldKind::Attachment && !lies_elsewhere);
        module.fields.iter().filter(move |f| needed(f) && !f.kind.is_given() && !filled(f))
    }
}

impl Rule<'_> {
    fn delete(&self) -> Predicate {
        match self.actions.delete && self.grant.scope != Scope::Public {
            true => Predicate::MadeByViewer,
            false => Predicate::Never,
        }
    }
}

fn allowed(yes: bool) -> Predicate {
    if yes { Predicate::Always } else { Predicate::Never }
}

/// Where, among the records that the rules show, something holds that each rule says of its own records.
///
/// Where all of them say the same, their records need not be asked again.
fn among(rules: &[Rule], says: impl Fn(&Rule) -> Predicate) -> Predicate {
    let said: Vec<Predicate> = rules.iter().map(says).collect();
    match said.split_first() {
        Some((first, rest)) if rest.iter().all(|s| s == first) => first.clone(),
        _ => Predicate::any(rules.iter().zip(said).map(|(rule, said)| said.and(rule.records.clone()))),
    }
}

/// Which of a grant's records may be changed.
fn edit(grant: &Grant, actions: Actions) -> Predicate {
    match (actions.edit, actions.edit_shared) {
        // Public records can only be viewed, whatever a policy that was never checked says.
        _ if grant.scope == Scope::Public => Predicate::Never,
        (false, false) => Predicate::Never,
        (true, true) => Predicate::Always,
        _ if grant.scope == Scope::Own => Predicate::Always,
        (true, false) => Predicate::MadeByViewer,
        (false, true) => Predicate::Not(Box::new(Predicate::MadeByViewer)),
    }
}
