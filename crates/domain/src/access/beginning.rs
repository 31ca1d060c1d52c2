//! How a policy begins: the least that makes sense, for an administrator to build on.

use super::policy::{Actions, FieldAccess, FieldGrant, Grant, Policy, Scope};
use crate::ids::FieldId;
use crate::modules::{Field, Module};

/// The policy of a new user type: its people see the name and address of their own record.
#[must_use]
pub fn beginning(personality: &Module) -> Policy {
    let view = Actions {
        view: true,
        ..Actions::default()
    };
    let mut own = first_grant(personality, Scope::Own, view);
    let email = personality
        .email_field()
        .map(|f| f.id)
        .filter(|id| !personality.name_fields.contains(id));
    own.fields.extend(email.map(read));
    Policy {
        personality: personality.id,
        grants: vec![own],
    }
}

/// A grant for a module that was not granted before: names and no other field, until fields are
/// chosen. Where records may be created, what is mandatory can be written, or none could be.
#[must_use]
pub fn first_grant(module: &Module, scope: Scope, actions: Actions) -> Grant {
    let mut fields: Vec<FieldGrant> = module.name_fields.iter().copied().map(read).collect();
    let needed = |f: &&Field| match &scope {
        Scope::Related { via } => actions.create && f.required && !f.kind.is_given() && !via.contains(&f.id),
        _ => false,
    };
    for field in module.fields.iter().filter(needed) {
        fields.retain(|g| g.field != field.id);
        fields.push(FieldGrant {
            access: FieldAccess::ReadWrite,
            ..read(field.id)
        });
    }
    Grant {
        actions,
        fields,
        layouts: module.layouts.iter().map(|l| l.id).collect(),
        view: module.views.first().map(|v| v.id),
        ..Grant::new(module.id, scope)
    }
}

fn read(field: FieldId) -> FieldGrant {
    FieldGrant {
        field,
        access: FieldAccess::ReadOnly,
        names: false,
    }
}
