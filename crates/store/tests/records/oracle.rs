//! What a viewer ought to see, written from the access model alone: over the policy and the records in memory, without
//! plan, predicate or SQL. Slow and plain on purpose.

use domain::access::{Actions, Grant, PlanKey, Policy, Scope, Viewer};
use domain::ids::{ModuleId, RecordId};
use domain::modules::{Field, FieldKind, Module, Storage};
use domain::records::Value;
use store::records::{Linked, RecordRights, Shown};

use crate::world::{Entry, World};

/// One viewer in one organisation.
pub struct Oracle<'a> {
    pub world: &'a World,
    pub viewer: Viewer,
}

enum Ground<'a> {
    /// An employee: what the profile says of the module.
    Staff(Actions),
    /// A portal user: the policy and its grant for the module.
    Granted(&'a Policy, &'a Grant),
}

impl<'a> Oracle<'a> {
    /// On what ground the viewer sees a module at all.
    fn ground(&self, module: ModuleId) -> Option<Ground<'a>> {
        match self.viewer.key {
            PlanKey::Staff(id) => {
                let profile = self.world.profiles.iter().find(|p| p.id == id)?;
                Some(Ground::Staff(profile.rights.of(module))).filter(|_| profile.rights.of(module).view)
            }
            PlanKey::UserType(id) => {
                let policy = self.world.policy(id);
                let grant = policy.grants.iter().find(|g| g.module == module && g.actions.view)?;
                Some(Ground::Granted(policy, grant))
            }
        }
    }

    pub fn sees_module(&self, module: ModuleId) -> bool {
        self.ground(module).is_some()
    }

    pub fn sees(&self, module: ModuleId, entry: &Entry) -> bool {
        if entry.deleted {
            return false;
        }
        match self.ground(module) {
            None => false,
            Some(Ground::Staff(_)) => true,
            Some(Ground::Granted(policy, grant)) => match &grant.scope {
                Scope::Public => true,
                Scope::Own => module == policy.personality && self.viewer.anchor == Some(entry.id),
                Scope::Related { via } => via.iter().any(|&field| {
                    let target = self.field(module, field).kind.target().unwrap();
                    entry.targets(field).iter().any(|&to| self.leads_home(policy, target, to))
                }),
            },
        }
    }

    /// Whether a look-up that points at `to` relates the record to the viewer: it is the viewer's own record, or one
    /// of a granted module that points at it.
    fn leads_home(&self, policy: &Policy, target: ModuleId, to: RecordId) -> bool {
        if target == policy.personality {
            return self.viewer.anchor == Some(to);
        }
        let Some(between) = self.world.entry(target, to).filter(|e| !e.deleted) else {
            return false;
        };
        let Some(Grant {
            scope: Scope::Related { via },
            ..
        }) = policy.grants.iter().find(|g| g.module == target && g.actions.view)
        else {
            return false;
        };
        via.iter()
            .filter(|&&field| self.field(target, field).kind.target() == Some(policy.personality))
            .any(|&field| between.targets(field).iter().any(|&home| self.viewer.anchor == Some(home)))
    }

    fn field(&self, module: ModuleId, id: domain::ids::FieldId) -> &'a Field {
        self.world.catalogue.module(module).unwrap().field(id).unwrap()
    }

    pub fn may_read(&self, field: &Field) -> bool {
        match self.ground(field.module) {
            None => false,
            Some(Ground::Staff(_)) => true,
            Some(Ground::Granted(_, grant)) => grant.fields.iter().any(|g| g.field == field.id),
        }
    }

    pub fn names_only(&self, field: &Field) -> bool {
        match self.ground(field.module) {
            Some(Ground::Granted(_, grant)) => grant.fields.iter().any(|g| g.field == field.id && g.names),
            _ => false,
        }
    }

    /// Whether the viewer may read everything that a record's name is made of.
    pub fn may_read_names(&self, module: &Module) -> bool {
        self.sees_module(module.id) && module.name_fields.iter().all(|id| self.may_read(module.field(*id).unwrap()))
    }

    /// The record that a look-up shows, if the viewer sees it.
    fn seen_target(&self, target: ModuleId, id: RecordId) -> Option<&'a Entry> {
        self.world.entry(target, id).filter(|e| self.sees(target, e))
    }

    /// What a field shows of a record.
    pub fn shown(&self, field: &Field, entry: &Entry) -> Shown {
        let value = entry.value(field);
        if let FieldKind::CreatedBy | FieldKind::ModifiedBy = field.kind {
            let Value::Ref(id) = value else { unreachable!() };
            return Shown::Link(Linked {
                id: Some(id),
                name: self.world.actors.get(&id.0).cloned(),
            });
        }
        let Some(target) = field.kind.target() else {
            return Shown::Value(value);
        };
        let named = self.may_read_names(self.world.catalogue.module(target).unwrap());
        let link = |e: &Entry, named: bool| Linked {
            id: Some(e.id),
            name: named.then(|| e.name.clone()),
        };
        if field.kind.storage() == Storage::Links {
            let mut ids = entry.targets(field.id);
            ids.sort_unstable();
            let seen = ids.into_iter().filter_map(|id| self.seen_target(target, id));
            return Shown::Links(seen.map(|e| link(e, named)).collect());
        }
        let Value::Ref(id) = value else { return Shown::Value(Value::Null) };
        if let Some(e) = self.seen_target(target, id) {
            return Shown::Link(link(e, named || self.names_only(field)));
        }
        match self.world.entry(target, id).filter(|e| !e.deleted && self.names_only(field)) {
            Some(e) => Shown::Link(Linked {
                id: None,
                name: Some(e.name.clone()),
            }),
            None => Shown::Absent,
        }
    }

    /// What a filter or an order may know of a field: look-ups only by the record the viewer sees behind them.
    pub fn known(&self, field: &Field, entry: &Entry) -> Value {
        match (field.kind.target(), entry.value(field)) {
            (Some(target), Value::Ref(id)) => self.seen_target(target, id).map_or(Value::Null, |e| Value::Ref(e.id)),
            (Some(target), Value::Refs(ids)) => Value::Refs(ids.into_iter().filter(|&id| self.seen_target(target, id).is_some()).collect()),
            (_, value) => value,
        }
    }

    pub fn rights(&self, module: ModuleId, entry: &Entry) -> Option<RecordRights> {
        if !self.sees(module, entry) {
            return None;
        }
        let made = entry.created_by == self.viewer.actor;
        let (edit, delete) = match self.ground(module)? {
            Ground::Staff(actions) => (actions.edit, actions.delete),
            Ground::Granted(_, grant) => {
                let a = grant.actions;
                let own = grant.scope == Scope::Own;
                (a.edit && (made || own) || a.edit_shared && (!made || own), a.delete && made)
            }
        };
        Some(RecordRights {
            edit,
            delete,
            modified: entry.modified,
        })
    }
}
