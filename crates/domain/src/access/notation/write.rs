//! From a policy to the notation.

use serde_json::{Map, Value, json};

use crate::access::{FieldAccess, FieldGrant, Grant, Policy, Scope};
use crate::ids::{FieldId, LayoutId};
use crate::modules::{Catalogue, Module};

/// The `modules` of a user type with this policy. Grants for what is gone are left out, and those that the notation cannot
/// say: conditions, longer paths, second grants for a module.
#[must_use]
pub fn write(catalogue: &Catalogue, policy: &Policy) -> Vec<Value> {
    let grants = policy.grants.iter().filter(|g| policy.is_spoken_of(g));
    grants.filter_map(|g| Some(module(catalogue.module(g.module)?, g))).collect()
}

fn module(module: &Module, grant: &Grant) -> Value {
    let view = grant.view.and_then(|id| module.views.iter().find(|v| v.id == id));
    json!({
        "id": module.id,
        "api_name": module.api_name,
        "plural_label": module.plural,
        "shared_type": if grant.scope == Scope::Public { "public" } else { "private" },
        "permissions": permissions(module, grant),
        "filters": match &grant.scope {
            Scope::Related { via } => Some(filters(module, via)),
            _ => None,
        },
        "fields": grant.fields.iter().filter_map(|f| field(module, f)).collect::<Vec<_>>(),
        "layouts": match grant.layouts.is_empty() {
            true => None,
            false => Some(grant.layouts.iter().filter_map(|id| layout(module, *id)).collect::<Vec<_>>()),
        },
        "views": view.map(|v| json!({"id": v.id, "name": v.name, "display_label": v.name, "type": "custom_view"})),
    })
}

fn permissions(module: &Module, grant: &Grant) -> Value {
    let a = grant.actions;
    if grant.scope == Scope::Public {
        return json!({ "view": a.view });
    }
    let mut permissions = json!({
        "view": a.view,
        "create": a.create,
        "edit": a.edit,
        "edit_shared_records": a.edit_shared,
        "delete": a.delete,
    });
    if let Some(object) = permissions.as_object_mut().filter(|_| module.api_name == "Notes") {
        object.insert("create_attachment".into(), json!(false));
        object.insert("delete_attachment".into(), json!(false));
    }
    permissions
}

fn filters(module: &Module, via: &[FieldId]) -> Vec<Value> {
    let filter = |id: &FieldId| {
        let field = module.field(*id)?;
        Some(json!({"id": field.id, "api_name": field.api_name, "display_label": field.label}))
    };
    via.iter().filter_map(filter).collect()
}

fn field(module: &Module, grant: &FieldGrant) -> Option<Value> {
    let field = module.field(grant.field)?;
    let mut json = Map::new();
    json.insert("id".into(), json!(field.id));
    json.insert("api_name".into(), json!(field.api_name));
    json.insert("read_only".into(), json!(grant.access == FieldAccess::ReadOnly));
    if grant.names {
        json.insert("names".into(), json!(true));
    }
    Some(Value::Object(json))
}

fn layout(module: &Module, id: LayoutId) -> Option<Value> {
    let layout = module.layouts.iter().find(|l| l.id == id)?;
    let name = &layout.name;
    Some(json!({
        "id": id,
        "name": name,
        "display_label": name,
        "_default_view": {"id": id, "name": name, "display_label": name, "type": "layout"},
    }))
}
