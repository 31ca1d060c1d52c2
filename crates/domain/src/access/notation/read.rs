//! From the notation to a policy.

use serde_json::{Map, Value};

use super::Misread;
use super::fields::{self, Place, flag, list, thing};
use crate::access::{Actions, FieldAccess, FieldGrant, Grant, Policy, Scope, attached_fields};
use crate::ids::{FieldId, LayoutId, ModuleId, ViewId};
use crate::modules::{Catalogue, Field, Module};

/// The most entries of a list.
const MAX_MODULES: usize = 500;
const MAX_FIELDS: usize = 503;
const MAX_LAYOUTS: usize = 7;
const MAX_FILTERS: usize = 20;

/// Reads the modules of a user type. `old` is the policy that is written over, if there is one: a
/// single module then takes the place of its old grant; what the notation cannot say is kept.
pub fn read(catalogue: &Catalogue, personality: ModuleId, modules: &[Value], old: Option<&Policy>) -> Result<Policy, Misread> {
    if modules.len() > MAX_MODULES {
        return Err(Misread::TooMany {
            path: "modules".into(),
            limit: MAX_MODULES,
        });
    }
    let mut named = Vec::with_capacity(modules.len());
    for (n, json) in modules.iter().enumerate() {
        let place = Place::new(format!("modules[{n}]"));
        let object = place.object(json)?;
        named.push((module(catalogue, object, &place)?, object, place));
    }
    let old = old.filter(|policy| policy.personality == personality);
    let part = old.filter(|_| named.len() == 1);
    let has = |id: ModuleId| named.iter().any(|(module, ..)| module.id == id);
    let notes = catalogue.named("Notes").is_none_or(|notes| has(notes.id));
    if part.is_none() && !(has(personality) && notes) {
        return Err(Misread::MandatoryModules);
    }
    let mut grants = Vec::with_capacity(named.len());
    for (module, object, place) in named {
        let before = old.and_then(|policy| policy.plain(module.id));
        grants.push(grant(module, object, &place, personality, before)?);
    }
    Ok(match old {
        Some(old) => old.with_plain(&grants, part.is_some()),
        None => Policy { personality, grants },
    })
}

fn module<'a>(catalogue: &'a Catalogue, object: &Map<String, Value>, place: &Place) -> Result<&'a Module, Misread> {
    let by_id = |id| catalogue.module(ModuleId(id)).map(|m| &**m);
    thing(object, place, by_id, |name| catalogue.named(name).map(|m| &**m))
}

fn grant(
    module: &Module,
    object: &Map<String, Value>,
    place: &Place,
    personality: ModuleId,
    old: Option<&Grant>,
) -> Result<Grant, Misread> {
    let public = fields::shared_type(object, place)?;
    let related = !list(object, "filters", place, MAX_FILTERS)?.is_empty();
    let attached = !public && !related && module.parent_field().is_some();
    let actions = actions(object, place)?;
    let layouts: Vec<LayoutId> = layouts(module, object, place)?;
    // Null means every layout; an empty list, or none where one is due, is a mistake.
    if layouts.is_empty() && !public && !attached && object.get("layouts") != Some(&Value::Null) {
        return Err(Misread::NoLayouts { path: place.of("layouts") });
    }
    let scope = match public {
        true => Scope::Public,
        false if module.id == personality => Scope::Own,
        false if attached => Scope::Attached,
        false => Scope::Related {
            via: filters(module, object, place, personality, &layouts)?,
        },
    };
    let fields = match object.get("fields").filter(|fields| !fields.is_null()) {
        None if attached => match old.filter(|old| old.scope == Scope::Attached) {
            Some(old) => old.fields.clone(),
            None => attached_fields(module),
        },
        _ => field_grants(module, object, place, old)?,
    };
    let listed = |id: &FieldId| fields.iter().any(|f| f.field == *id);
    Ok(Grant {
        people: None,
        criteria: None,
        module: module.id,
        scope,
        actions: Actions {
            link: old.is_some_and(|g| g.actions.link) && (actions.edit || actions.edit_shared),
            ..actions
        },
        columns: old.map_or_else(Vec::new, |g| g.columns.iter().copied().filter(listed).collect()),
        view: view(module, object, place)?,
        layouts,
        fields,
    })
}

fn actions(object: &Map<String, Value>, place: &Place) -> Result<Actions, Misread> {
    let place = place.below("permissions");
    let given = object.get("permissions").filter(|v| !v.is_null());
    let permissions = place.object(given.ok_or_else(|| Misread::Missing { path: place.path() })?)?;
    if !flag(permissions, "view", &place)?.ok_or_else(|| Misread::Missing { path: place.of("view") })? {
        return Err(Misread::Unsupported {
            path: place.of("view"),
            supported: &["true"],
        });
    }
    let allowed = |key: &str| Ok(flag(permissions, key, &place)?.unwrap_or(false));
    Ok(Actions {
        view: true,
        create: allowed("create")?,
        edit: allowed("edit")?,
        edit_shared: allowed("edit_shared_records")?,
        delete: allowed("delete")?,
        link: false,
    })
}

fn layouts(module: &Module, object: &Map<String, Value>, place: &Place) -> Result<Vec<LayoutId>, Misread> {
    let mut found = Vec::new();
    for (json, place) in list(object, "layouts", place, MAX_LAYOUTS)? {
        let by_id = |id| module.layouts.iter().find(|l| l.id.0 == id);
        let by_name = |name: &str| module.layouts.iter().find(|l| l.name == name);
        let layout = thing(place.object(json)?, &place, by_id, by_name)?;
        if !found.contains(&layout.id) {
            found.push(layout.id);
        }
    }
    Ok(found)
}

/// The look-ups named; where none is, the only one that leads to the people.
fn filters(
    module: &Module,
    object: &Map<String, Value>,
    place: &Place,
    personality: ModuleId,
    layouts: &[LayoutId],
) -> Result<Vec<FieldId>, Misread> {
    let mut via = Vec::new();
    for (json, place) in list(object, "filters", place, MAX_FILTERS)? {
        let field = field(module, place.object(json)?, &place)?;
        if !layouts.is_empty() && !on_layout(module, layouts, field.id) {
            return Err(Misread::NotOnLayout { path: place.path() });
        }
        if !via.contains(&field.id) {
            via.push(field.id);
        }
    }
    if !via.is_empty() {
        return Ok(via);
    }
    let home: Vec<FieldId> = module
        .fields
        .iter()
        .filter(|f| f.kind.target() == Some(personality))
        .map(|f| f.id)
        .collect();
    match home.as_slice() {
        [only] => Ok(vec![*only]),
        _ => Err(Misread::Missing { path: place.of("filters") }),
    }
}

fn on_layout(module: &Module, layouts: &[LayoutId], field: FieldId) -> bool {
    let chosen = module.layouts.iter().filter(|l| layouts.contains(&l.id));
    chosen.flat_map(|l| &l.sections).any(|s| s.fields.iter().any(|f| f.id == field))
}

fn field<'a>(module: &'a Module, object: &Map<String, Value>, place: &Place) -> Result<&'a Field, Misread> {
    thing(object, place, |id| module.field(FieldId(id)), |name| module.field_named(name))
}

fn field_grants(module: &Module, object: &Map<String, Value>, place: &Place, old: Option<&Grant>) -> Result<Vec<FieldGrant>, Misread> {
    let mut grants = Vec::new();
    for (json, place) in list(object, "fields", place, MAX_FIELDS)? {
        let object = place.object(json)?;
        let field = field(module, object, &place)?;
        let read_only = flag(object, "read_only", &place)?.ok_or_else(|| Misread::NoReadOnly { path: place.path() })?;
        let before = old.and_then(|g| g.fields.iter().find(|f| f.field == field.id));
        grants.push(FieldGrant {
            field: field.id,
            // What the product writes itself can only be read, whatever is sent back.
            access: match read_only || field.kind.is_given() {
                true => FieldAccess::ReadOnly,
                false => FieldAccess::ReadWrite,
            },
            names: flag(object, "names", &place)?.unwrap_or_else(|| before.is_some_and(|f| f.names)),
        });
    }
    Ok(grants)
}

fn view(module: &Module, object: &Map<String, Value>, place: &Place) -> Result<Option<ViewId>, Misread> {
    let place = place.below("views");
    let Some(json) = object.get("views").filter(|v| !v.is_null()) else {
        return Ok(None);
    };
    let object = place.object(json)?;
    match object.get("type").and_then(Value::as_str) {
        None | Some("custom_view" | "canvas_view") => {}
        Some(_) => {
            return Err(Misread::Unsupported {
                path: place.of("type"),
                supported: &["canvas_view", "custom_view"],
            });
        }
    }
    let by_id = |id| module.views.iter().find(|v| v.id.0 == id);
    let by_name = |name: &str| module.views.iter().find(|v| v.name == name);
    Ok(Some(thing(object, &place, by_id, by_name)?.id))
}
