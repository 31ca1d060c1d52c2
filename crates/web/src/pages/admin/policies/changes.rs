//! What would be different, in the fewest words: by user type, the modules whose permissions change.

use app::Ctx;
use domain::access::{Grant, PolicySet, widenings};
use domain::ids::{ModuleId, UserTypeId};
use domain::portals::UserType;

/// What would be different for a user type.
pub struct Change {
    pub name: String,
    pub opened: bool,
    pub modules: Vec<ModuleChange>,
    /// It may let people see or do more.
    pub more: bool,
}

/// What would be different in a module.
pub struct ModuleChange {
    pub name: String,
    /// `added`, `changed` or `taken away`.
    pub what: &'static str,
    pub more: bool,
}

/// What `set` says other than what is in force. `opens`: the user types that are activated with it.
pub fn changes(ctx: &Ctx, set: &PolicySet, opens: &[UserTypeId]) -> Vec<Change> {
    let mut present = PolicySet::default();
    for (id, policy) in &ctx.snapshot.policies {
        present.put(*id, policy.clone());
    }
    let open = |id: UserTypeId| ctx.snapshot.user_type(id).is_some_and(|t| t.active);
    let more = widenings(&present.only(open), &set.only(|id| open(id) || opens.contains(&id)));
    let is_more = |id, module: Option<ModuleId>| {
        more.iter()
            .any(|w| w.user_type == Some(id) && (module.is_none() || w.module == module))
    };
    let change = |user_type: &UserType| {
        let opened = opens.contains(&user_type.id) && !user_type.active;
        let mut modules = modules(ctx, &present, set, user_type.id);
        if modules.is_empty() && !opened {
            return None;
        }
        for (id, module) in &mut modules {
            module.more = is_more(user_type.id, Some(*id));
        }
        Some(Change {
            name: user_type.name.clone(),
            opened,
            modules: modules.into_iter().map(|(_, module)| module).collect(),
            more: is_more(user_type.id, None),
        })
    };
    ctx.snapshot.user_types.iter().filter_map(change).collect()
}

fn modules(ctx: &Ctx, before: &PolicySet, after: &PolicySet, id: UserTypeId) -> Vec<(ModuleId, ModuleChange)> {
    let grants = |set: &PolicySet| set.get(id).map(|p| p.grants.clone()).unwrap_or_default();
    let (before, after) = (grants(before), grants(after));
    let of = |grants: &[Grant], module| grants.iter().find(|g| g.module == module).cloned();
    let change = |module: &std::sync::Arc<domain::modules::Module>| {
        let what = match (of(&before, module.id), of(&after, module.id)) {
            (None, Some(_)) => "added",
            (Some(_), None) => "taken away",
            (Some(old), Some(new)) if old != new => "changed",
            _ => return None,
        };
        let change = ModuleChange {
            name: module.plural.clone(),
            what,
            more: false,
        };
        Some((module.id, change))
    };
    ctx.snapshot.catalogue.modules().filter_map(change).collect()
}
