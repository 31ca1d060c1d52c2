//! How a policy begins: the least that makes sense, for an administrator to build on.

use super::policy::{Actions, FieldAccess, FieldGrant, Grant, Policy, Scope};
use crate::ids::FieldId;
use crate::modules::{Field, FieldKind, Module, SHOWN_TO_CLIENT};

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
/// chosen. Where records may be created, what is mandatory can be written, or none could be. Notes have what is said in them.
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
    if scope == Scope::Attached {
        fields = attached_fields(module);
    }
    Grant {
        actions,
        fields,
        layouts: module.layouts.iter().map(|l| l.id).collect(),
        view: module.views.first().map(|v| v.id),
        ..Grant::new(module.id, scope)
    }
}

/// The fields of a grant for what belongs to other records, where nobody has chosen any: all that is said in it, what it belongs to,
/// by whom it is and when. Who shows it to portal users, whose it is among employees, and what the organisation has added are not for
/// them until somebody says so.
#[must_use]
pub fn attached_fields(module: &Module) -> Vec<FieldGrant> {
    let is_open = |f: &&Field| f.api_name != SHOWN_TO_CLIENT && !f.custom && !matches!(f.kind, FieldKind::Owner { .. });
    let open = module.fields.iter().filter(is_open);
    let grant = |f: &Field| FieldGrant {
        access: match f.kind.is_given() || f.unique {
            true => FieldAccess::ReadOnly,
            false => FieldAccess::ReadWrite,
        },
        ..read(f.id)
    };
    open.map(grant).collect()
}

fn read(field: FieldId) -> FieldGrant {
    FieldGrant {
        field,
        access: FieldAccess::ReadOnly,
        names: false,
    }
}
