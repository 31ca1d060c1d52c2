//! From policy to plans. The one place where a permission is decided.

use std::sync::Arc;

use super::check::leads_to_person;
use super::plan::{Column, LookupColumn, Plan, Predicate, Target};
use super::policy::{Actions, FieldAccess, Grant, Policy, Scope};
use crate::ids::{FieldId, ModuleId};
use crate::modules::{Catalogue, Field, FieldKind, Module};

/// Compiles a user type's policy: one plan for each module that can be viewed.
///
/// What has become invalid since it was published (a field or module that is gone, a look-up that
/// points elsewhere) grants nothing; the rest keeps its meaning. It never widens.
#[must_use]
pub fn compile(catalogue: &Catalogue, policy: &Policy) -> Vec<Plan> {
    policy
        .grants
        .iter()
        .filter(|g| g.actions.view && policy.grant(g.module).is_some())
        .filter_map(|g| plan(catalogue, policy, g))
        .collect()
}

/// The plan of an employee, whose profile allows some actions on every record and field of the module.
///
/// `sees` says of a module whether the profile shows its records; behind look-ups they are shown no sooner.
#[must_use]
pub fn staff(module: &Arc<Module>, actions: Actions, sees: impl Fn(ModuleId) -> bool) -> Option<Plan> {
    let allowed = |yes| if yes { Predicate::Always } else { Predicate::Never };
    let columns = module.fields.iter().map(|field| Column {
        field: Arc::new(field.clone()),
        writable: !field.kind.is_given(),
        lookup: field.kind.target().map(|module| LookupColumn {
            module,
            visible: allowed(sees(module)),
            named: sees(module),
            names_only: false,
        }),
    });
    actions.view.then(|| Plan {
        module: Arc::clone(module),
        columns: columns.collect(),
        view: Predicate::Always,
        edit: allowed(actions.edit),
        delete: allowed(actions.delete),
        create: actions.create,
        anchored: Vec::new(),
        authority: Vec::new(),
    })
}

fn plan(catalogue: &Catalogue, policy: &Policy, grant: &Grant) -> Option<Plan> {
    let module = catalogue.module(grant.module)?;
    let view = scope(catalogue, policy, grant);
    if view == Predicate::Never {
        return None;
    }
    let via = match &grant.scope {
        Scope::Related { via } => via.clone(),
        _ => Vec::new(),
    };
    let related = matches!(grant.scope, Scope::Related { .. });
    Some(Plan {
        module: Arc::clone(module),
        columns: columns(catalogue, policy, grant, module),
        edit: edit(grant),
        delete: if grant.actions.delete && grant.scope != Scope::Public {
            Predicate::MadeByViewer
        } else {
            Predicate::Never
        },
        create: grant.actions.create && related && out_of_reach(policy.personality, grant, module).next().is_none(),
        anchored: via
            .iter()
            .copied()
            .filter(|id| points_home(policy.personality, module, *id))
            .collect(),
        authority: via,
        view,
    })
}

fn points_home(personality: ModuleId, module: &Module, field: FieldId) -> bool {
    module.field(field).is_some_and(|f| f.kind.target() == Some(personality))
}

/// The mandatory fields that a portal user could not fill, and that are not pointed at the anchor either.
pub(super) fn out_of_reach<'a>(personality: ModuleId, grant: &'a Grant, module: &'a Module) -> impl Iterator<Item = &'a Field> {
    let filled = move |field: &Field| {
        let written = grant
            .fields
            .iter()
            .any(|g| g.field == field.id && g.access == FieldAccess::ReadWrite && !field.unique);
        let pointed = matches!(&grant.scope, Scope::Related { via } if via.contains(&field.id));
        written || pointed && points_home(personality, module, field.id)
    };
    module.fields.iter().filter(move |f| f.required && !f.kind.is_given() && !filled(f))
}

/// Which records the grant shows.
fn scope(catalogue: &Catalogue, policy: &Policy, grant: &Grant) -> Predicate {
    match &grant.scope {
        Scope::Public => Predicate::Always,
        Scope::Own if grant.module == policy.personality => Predicate::IsAnchor,
        Scope::Own => Predicate::Never,
        Scope::Related { via } => any(via.iter().map(|&id| path(catalogue, policy, grant.module, id))),
    }
}

/// The records whose look-up `field` leads to the anchor, straight or over one granted module.
fn path(catalogue: &Catalogue, policy: &Policy, module: ModuleId, field: FieldId) -> Predicate {
    let Some(field) = catalogue.module(module).and_then(|m| m.field(field)) else {
        return Predicate::Never;
    };
    match field.kind.target() {
        Some(home) if home == policy.personality => refers(field, Target::Anchor),
        Some(between) if leads_to_person(catalogue, policy, between) => match straight(catalogue, policy, between) {
            Predicate::Never => Predicate::Never,
            predicate => refers(
                field,
                Target::Within {
                    module: between,
                    predicate: Box::new(predicate),
                },
            ),
        },
        _ => Predicate::Never,
    }
}

/// The part of a module's grant that leads straight to the anchor.
fn straight(catalogue: &Catalogue, policy: &Policy, module: ModuleId) -> Predicate {
    let Some(Grant {
        scope: Scope::Related { via },
        ..
    }) = policy.grant(module)
    else {
        return Predicate::Never;
    };
    let field = |&id: &FieldId| {
        catalogue
            .module(module)?
            .field(id)
            .filter(|f| f.kind.target() == Some(policy.personality))
    };
    any(via.iter().filter_map(field).map(|f| refers(f, Target::Anchor)))
}

fn refers(field: &Field, target: Target) -> Predicate {
    match field.kind {
        FieldKind::MultiLookup { .. } => Predicate::Links { field: field.id, target },
        _ => Predicate::Refers { field: field.id, target },
    }
}

fn any(parts: impl Iterator<Item = Predicate>) -> Predicate {
    let mut parts: Vec<Predicate> = parts.filter(|p| *p != Predicate::Never).collect();
    match parts.len() {
        0 => Predicate::Never,
        1 => parts.remove(0),
        _ => Predicate::Any(parts),
    }
}

/// Which of the visible records may be changed.
fn edit(grant: &Grant) -> Predicate {
    let own = grant.scope == Scope::Own;
    match (grant.actions.edit, grant.actions.edit_shared) {
        // Public records can only be viewed, whatever a policy that was never checked says.
        _ if grant.scope == Scope::Public => Predicate::Never,
        (true, true) => Predicate::Always,
        (true, false) if own => Predicate::Always,
        (false, true) if own => Predicate::Always,
        (true, false) => Predicate::MadeByViewer,
        (false, true) => Predicate::Not(Box::new(Predicate::MadeByViewer)),
        (false, false) => Predicate::Never,
    }
}

/// The fields of a grant. Whoever may write a unique field learns by trying which values others have: no portal user may.
fn columns(catalogue: &Catalogue, policy: &Policy, grant: &Grant, module: &Module) -> Vec<Column> {
    let granted = |field: &Field| grant.fields.iter().find(|g| g.field == field.id).copied();
    let column = |field: &Field| {
        let g = granted(field)?;
        Some(Column {
            field: Arc::new(field.clone()),
            writable: g.access == FieldAccess::ReadWrite && !field.kind.is_given() && !field.unique,
            lookup: field.kind.target().map(|target| lookup(catalogue, policy, target, g.names)),
        })
    };
    module.fields.iter().filter_map(column).collect()
}

/// When the record behind a look-up is shown: when the viewer sees it in its own module.
fn lookup(catalogue: &Catalogue, policy: &Policy, target: ModuleId, names_only: bool) -> LookupColumn {
    let grant = policy.grant(target).filter(|g| g.actions.view);
    let visible = grant.map_or(Predicate::Never, |g| scope(catalogue, policy, g));
    let named = grant
        .zip(catalogue.module(target))
        .is_some_and(|(g, module)| module.name_fields.iter().all(|id| g.fields.iter().any(|f| f.field == *id)));
    LookupColumn {
        module: target,
        visible,
        named,
        names_only,
    }
}
