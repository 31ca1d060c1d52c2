//! From policies to names, so that reading them comes to the same.

use super::{Action, NamedAnonymous, NamedCeiling, NamedGrant, NamedPolicy, criteria};
use crate::access::policy::{Actions, FieldAccess, FieldGrant, Grant, Hop, Policy, Scope};
use crate::access::{AnonymousGrant, Bound, Ceiling, Forbidden};
use crate::ids::{FieldId, ModuleId, UserTypeId};
use crate::modules::{Catalogue, Module};

impl NamedPolicy {
    /// The policy in names.
    #[must_use]
    pub fn of(catalogue: &Catalogue, policy: &Policy) -> Self {
        let people = catalogue.module(policy.personality).map(|m| &**m);
        Self {
            people: module_name(catalogue, policy.personality),
            grants: policy.grants.iter().map(|g| grant(catalogue, people, g)).collect(),
        }
    }
}

impl NamedAnonymous {
    /// The grant in names.
    #[must_use]
    pub fn of(catalogue: &Catalogue, grant: &AnonymousGrant) -> Self {
        let module = catalogue.module(grant.module).map(|m| &**m);
        Self {
            module: module_name(catalogue, grant.module),
            criteria: grant.criteria.as_ref().and_then(|c| Some(criteria::write(module?, c))),
            every_record: grant.criteria.is_none(),
            read: grant.fields.iter().map(|id| field_name(module, *id)).collect(),
            at_most: grant.at_most,
        }
    }
}

impl NamedCeiling {
    /// The ceiling in names; `user_type` knows the names of the user types.
    #[must_use]
    pub fn of(catalogue: &Catalogue, ceiling: &Ceiling, user_type: impl Fn(UserTypeId) -> Option<String>) -> Self {
        let types = |ids: &[UserTypeId]| ids.iter().map(|id| user_type(*id).unwrap_or_else(|| format!("#{id}"))).collect();
        let module = catalogue.module(ceiling.module).map(|m| &**m);
        let (mut only, mut all_but) = (None, None);
        match &ceiling.binds {
            Bound::Everybody | Bound::Anonymous => {}
            Bound::Only(ids) => only = Some(types(ids)),
            Bound::AllBut(ids) => all_but = Some(types(ids)),
        }
        let (mut fields, mut acts, mut condition) = (None, None, None);
        match &ceiling.forbids {
            Forbidden::Module => {}
            Forbidden::Fields(ids) => fields = Some(ids.iter().map(|id| field_name(module, *id)).collect()),
            Forbidden::Actions(no) => acts = Some(actions(*no)),
            Forbidden::Records(of) => condition = module.map(|module| criteria::write(module, of)),
        }
        Self {
            name: ceiling.name.clone(),
            only,
            all_but,
            anonymous: ceiling.binds == Bound::Anonymous,
            module: module_name(catalogue, ceiling.module),
            fields,
            actions: acts,
            criteria: condition,
        }
    }
}

fn grant(catalogue: &Catalogue, people: Option<&Module>, grant: &Grant) -> NamedGrant {
    let module = catalogue.module(grant.module).map(|m| &**m);
    let name = |id: &FieldId| field_name(module, *id);
    let with = |wanted: FieldAccess| {
        let some = grant.fields.iter().filter(|f| f.access == wanted);
        in_order(module, some).into_iter().map(|id| name(&id)).collect()
    };
    let names = in_order(module, grant.fields.iter().filter(|f| f.names));
    let mut named = NamedGrant {
        module: module_name(catalogue, grant.module),
        people: grant.people.as_ref().and_then(|c| Some(criteria::write(people?, c))),
        criteria: grant.criteria.as_ref().and_then(|c| Some(criteria::write(module?, c))),
        actions: actions(grant.actions),
        read: with(FieldAccess::ReadOnly),
        write: with(FieldAccess::ReadWrite),
        names: names.iter().map(name).collect(),
        columns: Some(grant.columns.iter().map(name).collect()),
        layouts: layouts(module, grant),
        view: view(module, grant),
        ..NamedGrant::default()
    };
    scope(catalogue, people, module, &grant.scope, &mut named);
    named
}

/// Fields in the order of their module, those that are gone last.
fn in_order<'g>(module: Option<&Module>, fields: impl Iterator<Item = &'g FieldGrant>) -> Vec<FieldId> {
    let mut ids: Vec<FieldId> = fields.map(|f| f.field).collect();
    let place = |id: &FieldId| module.and_then(|m| m.fields.iter().position(|f| f.id == *id)).unwrap_or(usize::MAX);
    ids.sort_by_key(place);
    ids
}

fn scope(catalogue: &Catalogue, people: Option<&Module>, module: Option<&Module>, scope: &Scope, named: &mut NamedGrant) {
    let name = |id: &FieldId| field_name(module, *id);
    match scope {
        Scope::Own => {}
        Scope::Attached => named.attached = true,
        Scope::Created => named.created = true,
        Scope::Shared => named.shared = true,
        Scope::Public => named.public = true,
        Scope::Related { via } => named.via = Some(via.iter().map(name).collect()),
        Scope::ChildrenOf { via } => named.children_of = Some(name(via)),
        Scope::Path { hops } => named.path = Some(hop_names(catalogue, people, hops)),
        Scope::Account { account, parent, hops } => {
            let accounts = people
                .and_then(|m| m.field(*account)?.kind.target())
                .and_then(|id| catalogue.module(id));
            let accounts = accounts.map(|m| &**m);
            named.account = Some(field_name(people, *account));
            named.parent = parent.map(|id| field_name(accounts, id));
            named.path = Some(hop_names(catalogue, accounts, hops));
        }
    }
}

fn hop_names(catalogue: &Catalogue, start: Option<&Module>, hops: &[Hop]) -> Vec<String> {
    let mut at = start;
    let mut names = Vec::with_capacity(hops.len());
    for hop in hops {
        match hop {
            Hop::To(id) => {
                names.push(field_name(at, *id));
                at = at
                    .and_then(|m| m.field(*id)?.kind.target())
                    .and_then(|id| catalogue.module(id))
                    .map(|m| &**m);
            }
            Hop::From(id) => {
                let owner = catalogue.modules().find(|m| m.field(*id).is_some()).map(|m| &**m);
                let module = owner.map_or_else(|| "#0".to_owned(), |m| m.api_name.clone());
                names.push(format!("{module}.{}", field_name(owner, *id)));
                at = owner;
            }
        }
    }
    names
}

/// The layouts, if they are not simply all of them.
fn layouts(module: Option<&Module>, grant: &Grant) -> Option<Vec<String>> {
    let all: Vec<_> = module.map(|m| m.layouts.iter().map(|l| l.id).collect()).unwrap_or_default();
    let name = |id: &crate::ids::LayoutId| {
        let same = |name: &str| module.is_some_and(|m| m.layouts.iter().filter(|l| l.name == name).count() > 1);
        let found = module.and_then(|m| m.layouts.iter().find(|l| l.id == *id)).map(|l| l.name.clone());
        found.filter(|name| !same(name)).unwrap_or_else(|| format!("#{id}"))
    };
    (grant.layouts != all).then(|| grant.layouts.iter().map(name).collect())
}

/// The view, if it is not simply the first.
fn view(module: Option<&Module>, grant: &Grant) -> Option<String> {
    let views = module.map(|m| m.views.as_slice()).unwrap_or_default();
    if grant.view == views.first().map(|v| v.id) {
        return None;
    }
    let Some(id) = grant.view else { return Some(String::new()) };
    let found = views.iter().find(|v| v.id == id).map(|v| v.name.clone());
    let unique = found.filter(|name| views.iter().filter(|v| v.name == *name).count() == 1);
    Some(unique.unwrap_or_else(|| format!("#{id}")))
}

fn module_name(catalogue: &Catalogue, id: ModuleId) -> String {
    catalogue.module(id).map_or_else(|| format!("#{id}"), |m| m.api_name.clone())
}

pub(super) fn field_name(module: Option<&Module>, id: FieldId) -> String {
    let found = module.and_then(|m| m.field(id));
    found.map_or_else(|| format!("#{id}"), |f| f.api_name.clone())
}

fn actions(actions: Actions) -> Vec<Action> {
    let all = [
        (actions.view, Action::View),
        (actions.create, Action::Create),
        (actions.edit, Action::Edit),
        (actions.edit_shared, Action::EditShared),
        (actions.delete, Action::Delete),
        (actions.link, Action::Link),
    ];
    all.into_iter().filter(|(is, _)| *is).map(|(_, action)| action).collect()
}
