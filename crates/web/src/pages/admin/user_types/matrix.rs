//! The permission matrix: modules down, actions across, and how records are related.

use std::sync::Arc;

use app::Ctx;
use domain::access::{Actions, Fault, Grant, Policy, Scope, first_grant, ways};
use domain::ids::{FieldId, ModuleId};
use domain::modules::Module;

use super::super::posted::Posted;
use super::{faults, sentences};
use crate::pages::shell::module_icon;

/// The actions, as the boxes call them.
pub const ACTIONS: [(&str, &str); 5] = [
    ("view", "View"),
    ("create", "Create"),
    ("edit", "Edit own"),
    ("edit_shared", "Edit shared"),
    ("delete", "Delete"),
];

/// Modules that stand together.
pub struct Group {
    pub title: &'static str,
    pub text: &'static str,
    pub rows: Vec<Row>,
}

/// A module.
pub struct Row {
    pub id: ModuleId,
    pub name: String,
    pub api_name: String,
    pub icon: &'static str,
    pub own: bool,
    pub ways: Vec<WayBox>,
    pub public: bool,
    pub cells: Vec<Cell>,
    pub faults: Vec<String>,
    pub warnings: Vec<String>,
    pub meaning: Option<String>,
    /// How many fields, where the module is granted and saved.
    pub fields: Option<String>,
}

/// A look-up that may relate the module.
pub struct WayBox {
    pub id: FieldId,
    pub label: String,
    pub target: String,
    pub straight: bool,
    pub ticked: bool,
}

/// An action. None: it makes no sense here.
pub struct Cell {
    pub key: &'static str,
    pub label: &'static str,
    pub ticked: Option<bool>,
}

/// The boxes of an action in the form: `17.view`.
fn key(module: ModuleId, what: &str) -> String {
    format!("{module}.{what}")
}

/// Reads the matrix: the policy as it was, with the ticks that were sent.
pub fn read(ctx: &Ctx, old: &Policy, posted: &Posted) -> Policy {
    let grant = |module: &Arc<Module>| {
        let has = |what: &str| posted.has(&key(module.id, what));
        let own = module.id == old.personality;
        let actions = Actions {
            view: has("view"),
            create: has("create"),
            edit: has("edit"),
            edit_shared: if own { has("edit") } else { has("edit_shared") },
            delete: has("delete"),
            link: old.plain(module.id).is_some_and(|g| g.actions.link) && (has("edit") || has("edit_shared")),
        };
        if actions == Actions::default() && !own {
            return None;
        }
        let via = posted.all(&key(module.id, "via")).filter_map(|id| id.parse().ok()).collect();
        let scope = match (own, has("public")) {
            (true, _) => Scope::Own,
            (false, true) => Scope::Public,
            (false, false) => related(module, via),
        };
        Some(match old.plain(module.id) {
            Some(old) => Grant {
                scope,
                actions,
                ..old.clone()
            },
            None => first_grant(module, scope, actions),
        })
    };
    let grants: Vec<Grant> = ctx.snapshot.catalogue.modules().filter_map(grant).collect();
    old.with_plain(&grants, false)
}

/// By the look-ups that are ticked; what belongs to other records goes with these where none is.
fn related(module: &Module, via: Vec<FieldId>) -> Scope {
    match via.is_empty() && module.parent_field().is_some() {
        true => Scope::Attached,
        false => Scope::Related { via },
    }
}

/// The modules that `new` grants and `old` did not.
pub fn has_new(old: &Policy, new: &Policy) -> bool {
    new.grants.iter().any(|g| old.grant(g.module).is_none())
}

/// The matrix of a policy.
pub fn groups(ctx: &Ctx, policy: &Policy, saved: &Policy, people: &str, found: &[Fault]) -> Vec<Group> {
    let catalogue = &ctx.snapshot.catalogue;
    let all: Vec<Row> = catalogue.modules().map(|m| row(ctx, policy, saved, people, found, m)).collect();
    let (own, rest): (Vec<Row>, Vec<Row>) = all.into_iter().partition(|r| r.own);
    let belongs = |r: &Row| catalogue.module(r.id).is_some_and(|m| m.parent_field().is_some());
    let (belonging, rest): (Vec<Row>, Vec<Row>) = rest.into_iter().partition(belongs);
    let (straight, rest): (Vec<Row>, Vec<Row>) = rest.into_iter().partition(|r| r.ways.iter().any(|w| w.straight));
    let (over, none): (Vec<Row>, Vec<Row>) = rest.into_iter().partition(|r| !r.ways.is_empty());
    let groups = [
        ("Themselves", "Their own record.", own),
        ("Related to them", "A look-up of the record points at the person.", straight),
        (
            "Related over a module between",
            "A look-up points at a record of a module they see.",
            over,
        ),
        (
            "Beside what they see",
            "Of the records that they see: those that employees show to clients, and what they write there themselves.",
            belonging,
        ),
        (
            "Not related",
            "These can only be shown as a whole, to everybody of this type.",
            none,
        ),
    ];
    groups
        .into_iter()
        .filter(|(_, _, rows)| !rows.is_empty())
        .map(|(title, text, rows)| Group { title, text, rows })
        .collect()
}

fn row(ctx: &Ctx, policy: &Policy, saved: &Policy, people: &str, found: &[Fault], module: &Arc<Module>) -> Row {
    let grant = policy.plain(module.id);
    let own = module.id == policy.personality;
    let fields = saved
        .plain(module.id)
        .filter(|_| grant.is_some())
        .map(|g| sentences::fields(module, g));
    Row {
        id: module.id,
        name: module.plural.clone(),
        api_name: module.api_name.clone(),
        icon: module_icon(&module.api_name),
        own,
        ways: if own { Vec::new() } else { boxes(ctx, policy, module, grant) },
        public: grant.is_some_and(|g| g.scope == Scope::Public),
        cells: cells(grant, own),
        faults: faults::about(found, module),
        warnings: grant
            .filter(|_| fields.is_some())
            .map(|g| sentences::warnings(module, g))
            .unwrap_or_default(),
        meaning: sentences::meanings(&ctx.snapshot.catalogue, policy, module.id, people),
        fields,
    }
}

/// The look-ups to choose from. Where the module is not granted and only one leads straight to the
/// people, it is ticked beforehand: it does nothing without View.
fn boxes(ctx: &Ctx, policy: &Policy, module: &Module, grant: Option<&Grant>) -> Vec<WayBox> {
    let ways = ways(&ctx.snapshot.catalogue, policy.personality, module);
    let straight: Vec<FieldId> = ways.iter().filter(|w| w.straight).map(|w| w.field.id).collect();
    let chosen: Vec<FieldId> = match grant.map(|g| &g.scope) {
        Some(Scope::Related { via }) => via.clone(),
        Some(_) => Vec::new(),
        None if straight.len() == 1 && module.parent_field().is_none() => straight,
        None => Vec::new(),
    };
    let way = |way: domain::access::Way<'_>| WayBox {
        id: way.field.id,
        label: way.field.label.clone(),
        target: way.target.plural.clone(),
        straight: way.straight,
        ticked: chosen.contains(&way.field.id),
    };
    ways.into_iter().map(way).collect()
}

fn cells(grant: Option<&Grant>, own: bool) -> Vec<Cell> {
    let a = grant.map(|g| g.actions).unwrap_or_default();
    let ticks = [
        Some(a.view),
        (!own).then_some(a.create),
        Some(if own { a.edit || a.edit_shared } else { a.edit }),
        (!own).then_some(a.edit_shared),
        (!own).then_some(a.delete),
    ];
    ACTIONS
        .into_iter()
        .zip(ticks)
        .map(|((key, label), ticked)| Cell { key, label, ticked })
        .collect()
}
