//! What a grant means, in plain words.

use domain::access::{Actions, Admission, AnonymousGrant, FieldAccess, Grant, Hop, Policy, PolicySet, Scope, SignUp};
use domain::ids::ModuleId;
use domain::modules::{Catalogue, Field, Module};

use super::super::moments::thousands;
use super::conditions;

/// A name as it stands within a sentence: `sales orders`, but `VIP customers`.
fn within(name: &str) -> String {
    let shouts = |word: &str| word.chars().filter(|c| c.is_uppercase()).count() > 1;
    let word = |word: &str| if shouts(word) { word.to_owned() } else { word.to_lowercase() };
    name.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Joins with commas and a last word between: `a, b or c`.
fn listed(parts: &[String], last: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// What the grants for a module mean, one after the other.
pub fn meanings(catalogue: &Catalogue, policy: &Policy, module: ModuleId, people: &str) -> Option<String> {
    let all = policy.grants_for(module).filter_map(|g| meaning(catalogue, policy, g, people));
    let all: Vec<String> = all.collect();
    (!all.is_empty()).then(|| all.join(" "))
}

/// `Clients see the sales orders whose Contact is themselves, and may edit those they made.`
pub fn meaning(catalogue: &Catalogue, policy: &Policy, grant: &Grant, people: &str) -> Option<String> {
    let module = catalogue.module(grant.module)?;
    if !grant.actions.view {
        return None;
    }
    let mut seen = records(catalogue, policy, module, &grant.scope);
    if let Some(criteria) = &grant.criteria {
        seen += &format!(", where {}", conditions::words(module, criteria));
    }
    let people = match (&grant.people, catalogue.module(policy.personality)) {
        (Some(criteria), Some(home)) => format!("{people} whose {} ", conditions::words(home, criteria)),
        _ => format!("{people} "),
    };
    let people = people.trim_end();
    let deeds = deeds(grant.actions, grant.scope == Scope::Own);
    Some(match deeds.is_empty() {
        true => format!("{people} see {seen}."),
        false => format!("{people} see {seen}, and may {}.", listed(&deeds, "and")),
    })
}

/// `Visitors see the products where Active is true, 500 at most.`
pub fn shown(module: &Module, grant: &AnonymousGrant) -> String {
    let those = within(&module.plural);
    let records = match &grant.criteria {
        Some(criteria) => format!("the {those} where {}", conditions::words(module, criteria)),
        None => format!("all {those}"),
    };
    format!("Visitors see {records}, {} at most.", thousands(u64::from(grant.at_most)))
}

/// `An employee lets them in. Asked for: E-mail, Last Name.`
pub fn signing_up(catalogue: &Catalogue, set: &PolicySet, form: &SignUp) -> String {
    let module = set.get(form.user_type).and_then(|p| catalogue.module(p.personality));
    let email = module.and_then(|m| m.email_field()).map(|f| f.label.clone());
    let asked = form.fields.iter().filter_map(|id| Some(module?.field(*id)?.label.clone()));
    let asked: Vec<String> = email.into_iter().chain(asked).collect();
    let who = match form.admission {
        Admission::Checked => "An employee lets them in.",
        Admission::Open => "Whoever proves an address comes in.",
    };
    format!("{who} Asked for: {}.", asked.join(", "))
}

/// Which records a scope shows.
fn records(catalogue: &Catalogue, policy: &Policy, module: &Module, scope: &Scope) -> String {
    let those = within(&module.plural);
    match scope {
        Scope::Own => format!("their own {}", within(&module.singular)),
        Scope::Public => format!("all {those}"),
        Scope::Attached => format!("the {those} of records that they see"),
        Scope::Created => format!("the {those} they made themselves"),
        Scope::Shared => format!("the {those} that were shared with them"),
        Scope::Related { via } => {
            let ways: Vec<String> = via.iter().filter_map(|id| way(catalogue, policy, module.field(*id)?)).collect();
            format!("the {those} {}", listed(&ways, "or"))
        }
        Scope::ChildrenOf { via } => match module.field(*via) {
            Some(field) => format!("the {those} whose {} is one that they see", field.label),
            None => format!("no {those}"),
        },
        Scope::Path { hops } => format!("the {those} reached over {}", path(catalogue, hops)),
        Scope::Account { parent, hops, .. } => {
            let below = parent.map_or("", |_| " and the accounts below it");
            match hops.as_slice() {
                [] | [_] => format!("the {those} of their account{below}"),
                longer => format!("the {those} of their account{below}, reached over {}", path(catalogue, longer)),
            }
        }
    }
}

/// `Account Name, then the deals by Account Name`.
fn path(catalogue: &Catalogue, hops: &[Hop]) -> String {
    let step = |hop: &Hop| {
        let (module, field) = catalogue.modules().find_map(|m| Some((m, m.field(hop.field())?)))?;
        Some(match hop {
            Hop::To(_) => field.label.clone(),
            Hop::From(_) => format!("the {} by {}", within(&module.plural), field.label),
        })
    };
    hops.iter().filter_map(step).collect::<Vec<_>>().join(", then ")
}

fn way(catalogue: &Catalogue, policy: &Policy, field: &Field) -> Option<String> {
    let target = catalogue.module(field.kind.target()?)?;
    Some(match target.id == policy.personality {
        true => format!("whose {} is themselves", field.label),
        false => format!("whose {} is one of their {}", field.label, within(&target.plural)),
    })
}

fn deeds(actions: Actions, own: bool) -> Vec<String> {
    let edit = match (actions.edit, actions.edit_shared) {
        (false, false) => None,
        _ if own => Some("edit it"),
        (true, true) => Some("edit them all"),
        (true, false) => Some("edit those they made themselves"),
        (false, true) => Some("edit those that others made"),
    };
    let all = [
        actions.create.then_some("add new ones").filter(|_| !own),
        edit,
        actions.delete.then_some("delete those they made themselves").filter(|_| !own),
    ];
    all.into_iter().flatten().map(str::to_owned).collect()
}

/// What a grant allows that its fields do not let happen.
pub fn warnings(module: &Module, grant: &Grant) -> Vec<String> {
    let writable = |f: &Field| grant.fields.iter().any(|g| g.field == f.id && g.access == FieldAccess::ReadWrite);
    let a = grant.actions;
    let mut found = Vec::new();
    if grant.fields.is_empty() {
        found.push("No field is chosen: the records would be empty.".to_owned());
    }
    if (a.edit || a.edit_shared) && !module.fields.iter().any(writable) {
        found.push("Nothing can be edited until a field is set to Write.".to_owned());
    }
    found
}

/// `12 of 31 fields, 3 can be changed`.
pub fn fields(module: &Module, grant: &Grant) -> String {
    let writable = grant.fields.iter().filter(|g| g.access == FieldAccess::ReadWrite).count();
    let all = format!("{} of {} fields", grant.fields.len(), module.fields.len());
    match writable {
        0 => format!("{all}, none can be changed"),
        n => format!("{all}, {n} can be changed"),
    }
}
