//! What would be different, in the fewest words: by user type, the modules whose permissions change.

use std::sync::Arc;

use app::Ctx;
use app::policies::VISITORS;
use domain::access::{AnonymousGrant, Audience, FieldAccess, Grant, Policy, PolicySet, SignUp, widenings};
use domain::ids::{ModuleId, UserTypeId};
use domain::modules::Module;
use domain::portals::UserType;

use super::super::user_types::{people, sentences};

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
    /// What it means then, and which fields.
    pub details: Vec<String>,
    pub more: bool,
}

/// What `set` says other than what is in force. `opens`: the user types that are activated with it.
pub fn changes(ctx: &Ctx, set: &PolicySet, opens: &[UserTypeId]) -> Vec<Change> {
    let present = ctx.snapshot.document();
    let open = |id: UserTypeId| ctx.snapshot.user_type(id).is_some_and(|t| t.active);
    let more = widenings(&present.only(open), &set.only(|id| open(id) || opens.contains(&id)));
    let is_more = |audience, module: Option<ModuleId>| {
        more.iter()
            .any(|w| w.audience == Some(audience) && (module.is_none() || w.module == module))
    };
    let change = |user_type: &UserType| {
        let opened = opens.contains(&user_type.id) && !user_type.active;
        let mut modules = modules(ctx, &present, set, user_type);
        if modules.is_empty() && !opened {
            return None;
        }
        for (id, module) in &mut modules {
            module.more = is_more(Audience::UserType(user_type.id), Some(*id));
        }
        Some(Change {
            name: user_type.name.clone(),
            opened,
            modules: modules.into_iter().map(|(_, module)| module).collect(),
            more: is_more(Audience::UserType(user_type.id), None),
        })
    };
    let visitors = visitors(ctx, set, |module| is_more(Audience::Anonymous, Some(module)));
    let sign_ups = sign_ups(ctx, set, |user_type| is_more(Audience::UserType(user_type), None));
    visitors
        .into_iter()
        .chain(ctx.snapshot.user_types.iter().filter_map(change))
        .chain(sign_ups)
        .collect()
}

/// What would be different in how people sign up.
fn sign_ups(ctx: &Ctx, set: &PolicySet, is_more: impl Fn(UserTypeId) -> bool) -> Option<Change> {
    let form = |all: &[SignUp], id| all.iter().find(|f| f.user_type == id).cloned();
    let change = |user_type: &UserType| {
        let (old, new) = (form(&ctx.snapshot.sign_ups, user_type.id), form(&set.sign_ups, user_type.id));
        let what = match (&old, &new) {
            _ if old == new => return None,
            (None, _) => "added",
            (_, None) => "taken away",
            _ => "changed",
        };
        Some(ModuleChange {
            name: ctx.snapshot.called(user_type),
            what,
            details: new.iter().map(|f| sentences::signing_up(&ctx.snapshot.catalogue, set, f)).collect(),
            more: is_more(user_type.id),
        })
    };
    let modules: Vec<ModuleChange> = ctx.snapshot.user_types.iter().filter_map(change).collect();
    (!modules.is_empty()).then(|| Change {
        name: "Signing up".to_owned(),
        opened: false,
        more: modules.iter().any(|m| m.more),
        modules,
    })
}

/// What would be different for visitors who are not signed in.
fn visitors(ctx: &Ctx, set: &PolicySet, is_more: impl Fn(ModuleId) -> bool) -> Option<Change> {
    let shown = |grants: &[AnonymousGrant], module| grants.iter().find(|g| g.module == module).cloned();
    let change = |module: &Arc<Module>| {
        let (old, new) = (shown(&ctx.snapshot.anonymous, module.id), shown(&set.anonymous, module.id));
        let what = match (&old, &new) {
            _ if old == new => return None,
            (None, _) => "added",
            (_, None) => "taken away",
            _ => "changed",
        };
        let as_grants = |shown: &Option<AnonymousGrant>| shown.iter().map(|g| g.grant(module)).collect::<Vec<_>>();
        let same_records = old.as_ref().map(|g| (&g.criteria, g.at_most)) == new.as_ref().map(|g| (&g.criteria, g.at_most));
        let mut details: Vec<String> = new.iter().filter(|_| !same_records).map(|g| sentences::shown(module, g)).collect();
        details.extend(fields(module, &as_grants(&old), &as_grants(&new)));
        Some(ModuleChange {
            name: module.plural.clone(),
            what,
            details,
            more: is_more(module.id),
        })
    };
    let modules: Vec<ModuleChange> = ctx.snapshot.catalogue.modules().filter_map(change).collect();
    (!modules.is_empty()).then(|| Change {
        name: VISITORS.to_owned(),
        opened: false,
        more: modules.iter().any(|m| m.more),
        modules,
    })
}

fn modules(ctx: &Ctx, before: &PolicySet, after: &PolicySet, user_type: &UserType) -> Vec<(ModuleId, ModuleChange)> {
    let (before, after) = (before.get(user_type.id), after.get(user_type.id));
    let of = |policy: Option<&Policy>, module: ModuleId| -> Vec<Grant> {
        let grants = policy.map(|p| p.grants.as_slice()).unwrap_or_default();
        grants.iter().filter(|g| g.module == module).cloned().collect()
    };
    let change = |module: &Arc<Module>| {
        let (old, new) = (of(before, module.id), of(after, module.id));
        let what = match (old.is_empty(), new.is_empty()) {
            _ if old == new => return None,
            (true, _) => "added",
            (_, true) => "taken away",
            _ => "changed",
        };
        let means = |grant: &Grant| sentences::meaning(&ctx.snapshot.catalogue, after?, grant, &people(&user_type.name));
        let mut details: Vec<String> = match new.iter().all(|g| old.iter().any(|o| o.scope == g.scope && o.actions == g.actions)) {
            true => Vec::new(),
            false => new.iter().filter_map(means).collect(),
        };
        details.extend(fields(module, &old, &new));
        let change = ModuleChange {
            name: module.plural.clone(),
            what,
            details,
            more: false,
        };
        Some((module.id, change))
    };
    ctx.snapshot.catalogue.modules().filter_map(change).collect()
}

/// Which fields are hidden, read and written other than before.
fn fields(module: &Module, old: &[Grant], new: &[Grant]) -> Vec<String> {
    let level = |grants: &[Grant], id| {
        let all = grants.iter().flat_map(|g| &g.fields).filter(|f| f.field == id);
        all.map(|f| if f.access == FieldAccess::ReadWrite { 2 } else { 1 })
            .max()
            .unwrap_or(0)
    };
    let named = |wanted: fn(i32, i32) -> bool| {
        let fits = module.fields.iter().filter(|f| wanted(level(old, f.id), level(new, f.id)));
        fits.map(|f| f.label.as_str()).collect::<Vec<_>>().join(", ")
    };
    let lines = [
        ("Shown from now on", named(|old, new| old == 0 && new > 0)),
        ("To be written from now on", named(|old, new| old < 2 && new == 2)),
        ("Only to be read from now on", named(|old, new| old == 2 && new == 1)),
        ("Hidden from now on", named(|old, new| old > 0 && new == 0)),
    ];
    let said = lines.into_iter().filter(|(_, fields)| !fields.is_empty());
    said.map(|(what, fields)| format!("{what}: {fields}.")).collect()
}
