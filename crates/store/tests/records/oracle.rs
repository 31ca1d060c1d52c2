//! What a viewer ought to see, written from the access model alone: over the policy and the records in memory, without
//! plan, predicate or SQL. Slow and plain on purpose.

use std::collections::BTreeSet;

use domain::access::{
    Actions, AnonymousGrant, Audience, Bound, FieldAccess, FieldGrant, Forbidden, Grant, Hop, PlanKey, Policy, Scope, Viewer,
};
use domain::ids::{FieldId, ModuleId, RecordId, UserTypeId};
use domain::modules::{Field, FieldKind, Module, Storage};
use domain::orgs::Profile;
use domain::records::Value;
use store::records::{Linked, RecordRights, Shown, Stored};

use crate::values::FILES;
use crate::world::{Entry, World};

/// One viewer in one organisation.
pub struct Oracle<'a> {
    pub world: &'a World,
    pub viewer: Viewer,
}

enum Ground<'a> {
    /// An employee: what the profile says of the module.
    Staff(Actions),
    /// A portal user: the policy and its grants for the module that show anything.
    Granted(Vec<&'a Grant>),
    /// A visitor who is not signed in: what everybody is shown of the module.
    Public(Vec<&'a AnonymousGrant>),
}

impl<'a> Oracle<'a> {
    /// On what ground the viewer sees a module at all.
    fn ground(&self, module: ModuleId) -> Option<Ground<'a>> {
        match self.viewer.key {
            PlanKey::Staff(id) => {
                let profile = self.world.profiles.iter().find(|p| p.id == id)?;
                let belongs = self.world.catalogue.module(module)?.parent_field().is_some();
                let beside = !belongs || self.staff_parents(profile).next().is_some();
                Some(Ground::Staff(profile.rights.of(module))).filter(|_| profile.rights.of(module).view && beside)
            }
            PlanKey::UserType(id) => {
                let grants = granted(self.world, id, module);
                (!grants.is_empty()).then_some(Ground::Granted(grants))
            }
            PlanKey::Anonymous => {
                let shown: Vec<_> = self.world.anonymous.iter().filter(|g| g.module == module).collect();
                let open = !shown.is_empty() && !is_closed(self.world, Audience::Anonymous, module);
                open.then_some(Ground::Public(shown))
            }
            PlanKey::SignUp(_) => None,
        }
    }

    /// The modules, to whose records others may belong, that a profile shows.
    fn staff_parents(&self, profile: &'a Profile) -> impl Iterator<Item = ModuleId> {
        let parents = self.world.catalogue.modules().filter(|m| m.may_be_parent());
        parents.map(|m| m.id).filter(|id| profile.rights.of(*id).view)
    }

    /// Whether an employee sees a record that belongs to another: with it, unless they see whatever it may belong to.
    fn staff_sees_beside(&self, module: ModuleId, entry: &Entry) -> bool {
        let PlanKey::Staff(id) = self.viewer.key else { return false };
        let profile = self.world.profiles.iter().find(|p| p.id == id).unwrap();
        let Some(field) = self.world.catalogue.module(module).unwrap().parent_field() else {
            return true;
        };
        let seen: Vec<ModuleId> = self.staff_parents(profile).collect();
        let all = self.world.led_to(field).iter().all(|m| seen.contains(m));
        let live = |id: &RecordId| seen.iter().any(|m| self.world.entry(*m, *id).is_some_and(|e| !e.deleted));
        all || entry.targets(field.id).iter().any(live)
    }

    /// Whether employees show a record to others, where that can be said.
    fn is_shown_to_others(&self, module: ModuleId, entry: &Entry) -> bool {
        let field = self.world.catalogue.module(module).unwrap().shown_to_client();
        field.is_none_or(|field| entry.value(field) == Value::Bool(true))
    }

    /// The record that a field of any sort holds, and its module, if the viewer sees it.
    pub fn seen_through(&self, field: &Field, id: RecordId) -> Option<(&'a Module, &'a Entry)> {
        let mut led = self.world.led_to(field).into_iter();
        led.find_map(|module| Some((&**self.world.catalogue.module(module)?, self.seen_target(module, id)?)))
    }

    /// Whom ceilings speak of; employees they do not bind.
    fn audience(&self) -> Option<Audience> {
        match self.viewer.key {
            PlanKey::UserType(id) => Some(Audience::UserType(id)),
            PlanKey::Anonymous => Some(Audience::Anonymous),
            PlanKey::Staff(_) | PlanKey::SignUp(_) => None,
        }
    }

    /// Whether everybody is shown this record.
    fn is_shown(&self, grant: &AnonymousGrant, entry: &Entry) -> bool {
        let fits = |criteria| crate::judge::fits(self, criteria, entry);
        let open = self.is_shown_to_others(grant.module, entry) && !self.is_forbidden(grant.module, entry);
        !entry.deleted && open && grant.criteria.as_ref().is_none_or(fits)
    }

    pub fn policy(&self) -> Option<&'a Policy> {
        match self.viewer.key {
            PlanKey::UserType(id) => Some(self.world.policy(id)),
            PlanKey::Staff(_) | PlanKey::Anonymous | PlanKey::SignUp(_) => None,
        }
    }

    pub fn sees_module(&self, module: ModuleId) -> bool {
        self.ground(module).is_some()
    }

    pub fn sees(&self, module: ModuleId, entry: &Entry) -> bool {
        match self.ground(module) {
            None => false,
            Some(Ground::Staff(_)) => !entry.deleted && self.staff_sees_beside(module, entry),
            Some(Ground::Granted(grants)) => grants.iter().any(|g| self.covers(g, entry)),
            Some(Ground::Public(shown)) => shown.iter().any(|g| self.is_shown(g, entry)),
        }
    }

    /// Whether a grant is for this viewer and about this record.
    pub fn covers(&self, grant: &Grant, entry: &Entry) -> bool {
        let open = self.is_shown_to_others(grant.module, entry) && !self.is_forbidden(grant.module, entry);
        !entry.deleted && open && self.is_for_me(grant) && self.is_about(grant, entry)
    }

    fn is_for_me(&self, grant: &Grant) -> bool {
        let home = self.policy().unwrap().personality;
        let me = self.viewer.anchor.and_then(|id| self.world.entry(home, id));
        let fits = |criteria| me.is_some_and(|me| !me.deleted && crate::judge::fits(self, criteria, me));
        grant.people.as_ref().is_none_or(fits)
    }

    fn is_about(&self, grant: &Grant, entry: &Entry) -> bool {
        let fits = |criteria| crate::judge::fits(self, criteria, entry);
        self.is_in(grant, entry) && grant.criteria.as_ref().is_none_or(fits)
    }

    fn is_forbidden(&self, module: ModuleId, entry: &Entry) -> bool {
        let Some(audience) = self.audience() else { return false };
        forbidden(self.world, audience, module).any(|f| match f {
            Forbidden::Module => true,
            Forbidden::Records(criteria) => crate::judge::fits(self, criteria, entry),
            Forbidden::Actions(actions) => actions.view,
            Forbidden::Fields(_) => false,
        })
    }

    fn is_in(&self, grant: &Grant, entry: &Entry) -> bool {
        let policy = self.policy().unwrap();
        let Some(anchor) = self.viewer.anchor else { return false };
        match &grant.scope {
            Scope::Public => true,
            Scope::Own => grant.module == policy.personality && anchor == entry.id,
            Scope::Attached => {
                let field = self.world.catalogue.module(grant.module).unwrap().parent_field().unwrap();
                entry.targets(field.id).iter().any(|id| self.seen_through(field, *id).is_some())
            }
            Scope::Created => entry.created_by == self.viewer.actor,
            Scope::Shared => self.world.shares.contains(&(anchor, entry.id)),
            Scope::Related { via } => via.iter().any(|&field| {
                let target = self.field(grant.module, field).kind.target().unwrap();
                entry.targets(field).iter().any(|&to| self.leads_home(policy, target, to))
            }),
            Scope::ChildrenOf { via } => {
                let target = self.field(grant.module, *via).kind.target().unwrap();
                let parents = entry.targets(*via);
                let mut parents = parents.iter().filter_map(|id| self.world.entry(target, *id));
                parents.any(|parent| self.sees(target, parent))
            }
            Scope::Path { hops } => self.walk(BTreeSet::from([anchor]), hops).contains(&entry.id),
            Scope::Account { account, parent, hops } => {
                let mut accounts = self.walk(BTreeSet::from([anchor]), &[Hop::To(*account)]);
                if let Some(parent) = parent {
                    self.add_children(&mut accounts, *parent);
                }
                self.walk(accounts, hops).contains(&entry.id)
            }
        }
    }

    /// The live records at the end of hops from live records.
    fn walk(&self, from: BTreeSet<RecordId>, hops: &[Hop]) -> BTreeSet<RecordId> {
        let live = |id: &RecordId| self.live(*id).is_some();
        hops.iter().fold(from, |at, hop| {
            let at: BTreeSet<RecordId> = at.into_iter().filter(live).collect();
            let next: BTreeSet<RecordId> = match hop {
                Hop::To(field) => at.iter().flat_map(|id| self.live(*id).unwrap().targets(*field)).collect(),
                Hop::From(field) => {
                    let pointing = |e: &&Entry| e.targets(*field).iter().any(|to| at.contains(to));
                    self.everything().filter(pointing).map(|e| e.id).collect()
                }
            };
            next.into_iter().filter(live).collect()
        })
    }

    fn add_children(&self, tree: &mut BTreeSet<RecordId>, parent: FieldId) {
        loop {
            let before = tree.len();
            let below = |e: &&Entry| !e.deleted && e.targets(parent).iter().any(|up| tree.contains(up));
            let more: Vec<RecordId> = self.everything().filter(below).map(|e| e.id).collect();
            tree.extend(more);
            if tree.len() == before {
                return;
            }
        }
    }

    fn everything(&self) -> impl Iterator<Item = &'a Entry> {
        self.world.rows.values().flatten()
    }

    fn live(&self, id: RecordId) -> Option<&'a Entry> {
        self.everything().find(|e| e.id == id && !e.deleted)
    }

    /// Whether a look-up that points at `to` relates the record to the viewer: it is the viewer's own record, or one
    /// that the viewer sees because it points at it.
    fn leads_home(&self, policy: &Policy, target: ModuleId, to: RecordId) -> bool {
        if target == policy.personality {
            return self.viewer.anchor == Some(to);
        }
        let Some(between) = self
            .world
            .entry(target, to)
            .filter(|e| !e.deleted && self.is_shown_to_others(target, e) && !self.is_forbidden(target, e))
        else {
            return false;
        };
        let PlanKey::UserType(id) = self.viewer.key else { return false };
        granted(self.world, id, target).into_iter().any(|grant| {
            let Scope::Related { via } = &grant.scope else { return false };
            let fits = grant.criteria.as_ref().is_none_or(|c| crate::judge::fits(self, c, between));
            let home = |f: &&FieldId| self.field(target, **f).kind.target() == Some(policy.personality);
            let mut straight = via.iter().filter(home);
            self.is_for_me(grant) && fits && straight.any(|f| between.targets(*f).iter().any(|to| self.viewer.anchor == Some(*to)))
        })
    }

    fn field(&self, module: ModuleId, id: FieldId) -> &'a Field {
        self.world.catalogue.module(module).unwrap().field(id).unwrap()
    }

    /// Whether the field exists for the viewer, on whatever record.
    pub fn may_read(&self, field: &Field) -> bool {
        match self.ground(field.module) {
            None => false,
            Some(Ground::Staff(_)) => true,
            Some(Ground::Granted(grants)) => self.leaves(field) && grants.iter().any(|g| names(g, field)),
            Some(Ground::Public(shown)) => self.leaves(field) && shown.iter().any(|g| g.fields.contains(&field.id)),
        }
    }

    /// Whether the viewer may read the field of this record: one grant is about both.
    pub fn reads(&self, field: &Field, entry: &Entry) -> bool {
        match self.ground(field.module) {
            None => false,
            Some(Ground::Staff(_)) => !entry.deleted,
            Some(Ground::Granted(grants)) => self.leaves(field) && grants.iter().any(|g| names(g, field) && self.covers(g, entry)),
            Some(Ground::Public(shown)) => {
                let mut on = shown.iter().filter(|g| g.fields.contains(&field.id));
                self.leaves(field) && on.any(|g| self.is_shown(g, entry))
            }
        }
    }

    /// No ceiling forbids the field.
    fn leaves(&self, field: &Field) -> bool {
        let Some(audience) = self.audience() else { return true };
        !forbidden(self.world, audience, field.module).any(|f| matches!(f, Forbidden::Fields(fields) if fields.contains(&field.id)))
    }

    /// Whether a look-up of this record shows names of records that are out of sight.
    pub fn names_only(&self, field: &Field, entry: &Entry) -> bool {
        match self.ground(field.module) {
            Some(Ground::Granted(grants)) => {
                let says = |g: &&Grant| g.fields.iter().any(|f| f.field == field.id && f.names);
                grants.into_iter().filter(says).any(|g| self.covers(g, entry))
            }
            _ => false,
        }
    }

    /// Whether the viewer may read everything that a record's name is made of.
    pub fn reads_name(&self, module: &Module, entry: &Entry) -> bool {
        self.sees(module.id, entry) && module.name_fields.iter().all(|id| self.reads(module.field(*id).unwrap(), entry))
    }

    /// Whether the viewer may read names of the module at all.
    pub fn may_read_names(&self, module: &Module) -> bool {
        self.sees_module(module.id) && module.name_fields.iter().all(|id| self.may_read(module.field(*id).unwrap()))
    }

    /// The record that a look-up shows, if the viewer sees it.
    pub fn seen_target(&self, target: ModuleId, id: RecordId) -> Option<&'a Entry> {
        self.world.entry(target, id).filter(|e| self.sees(target, e))
    }

    /// What a field shows of a record.
    pub fn shown(&self, field: &Field, entry: &Entry) -> Shown {
        if !self.reads(field, entry) {
            return Shown::Absent;
        }
        let value = entry.value(field);
        if let FieldKind::CreatedBy | FieldKind::ModifiedBy = field.kind {
            let Value::Ref(id) = value else { unreachable!() };
            return Shown::Link(Linked {
                id: Some(id),
                module: None,
                name: self.world.actors.get(&id.0).cloned(),
            });
        }
        if field.kind == FieldKind::Parent {
            let Value::Ref(id) = value else { return Shown::Value(Value::Null) };
            return self.seen_through(field, id).map_or(Shown::Absent, |(module, e)| {
                Shown::Link(Linked {
                    id: Some(id),
                    module: Some(module.id),
                    name: self.reads_name(module, e).then(|| e.name.clone()),
                })
            });
        }
        if let (Value::Int(id), true) = (&value, field.kind.holds_file()) {
            let known = FILES.iter().find(|(known, ..)| known == id);
            return Shown::File(Stored {
                id: *id,
                name: known.map(|(_, name, _)| (*name).to_owned()),
                size: known.map(|(.., size)| *size),
            });
        }
        let Some(target) = field.kind.target() else {
            return Shown::Value(value);
        };
        let module = self.world.catalogue.module(target).unwrap();
        let link = |e: &Entry, named: bool| Linked {
            id: Some(e.id),
            module: None,
            name: (named || self.reads_name(module, e)).then(|| e.name.clone()),
        };
        if field.kind.storage() == Storage::Links {
            let mut ids = entry.targets(field.id);
            ids.sort_unstable();
            let seen = ids.into_iter().filter_map(|id| self.seen_target(target, id));
            return Shown::Links(seen.map(|e| link(e, false)).collect());
        }
        let Value::Ref(id) = value else { return Shown::Value(Value::Null) };
        let names_only = self.names_only(field, entry);
        if let Some(e) = self.seen_target(target, id) {
            return Shown::Link(link(e, names_only));
        }
        match self.world.entry(target, id).filter(|e| !e.deleted && names_only) {
            Some(e) => Shown::Link(Linked {
                id: None,
                module: None,
                name: Some(e.name.clone()),
            }),
            None => Shown::Absent,
        }
    }

    /// What a filter or an order may know of a field: look-ups only by the record the viewer sees behind them, and
    /// nothing where the field is not granted.
    pub fn known(&self, field: &Field, entry: &Entry) -> Value {
        match (field.kind.target(), entry.value(field)) {
            (Some(_), Value::Refs(_)) if !self.reads(field, entry) => Value::Refs(Vec::new()),
            _ if !self.reads(field, entry) => Value::Null,
            (None, Value::Ref(id)) if field.kind == FieldKind::Parent => {
                self.seen_through(field, id).map_or(Value::Null, |(_, e)| Value::Ref(e.id))
            }
            (Some(target), Value::Ref(id)) => self.seen_target(target, id).map_or(Value::Null, |e| Value::Ref(e.id)),
            (Some(target), Value::Refs(ids)) => Value::Refs(ids.into_iter().filter(|&id| self.seen_target(target, id).is_some()).collect()),
            (_, value) => value,
        }
    }

    pub fn rights(&self, module: ModuleId, entry: &Entry) -> Option<RecordRights> {
        if !self.sees(module, entry) {
            return None;
        }
        let fields = &self.world.catalogue.module(module).unwrap().fields;
        let (edit, delete, changeable) = match self.ground(module)? {
            Ground::Staff(actions) => {
                let all = fields.iter().filter(|f| actions.edit && !f.kind.is_given()).map(|f| f.id).collect();
                (actions.edit, actions.delete, all)
            }
            Ground::Granted(grants) => {
                let covering: Vec<&Grant> = grants.into_iter().filter(|g| self.covers(g, entry)).collect();
                let edit = covering.iter().any(|g| self.edits(g, entry));
                let delete = covering.iter().any(|g| self.deletes(g, entry));
                let changes = |f: &&Field| covering.iter().any(|g| self.edits(g, entry) && self.changes(g, f));
                (edit, delete, fields.iter().filter(changes).map(|f| f.id).collect())
            }
            Ground::Public(_) => (false, false, Vec::new()),
        };
        Some(RecordRights {
            edit,
            delete,
            changeable,
            modified: entry.modified,
        })
    }

    pub fn allows(&self, grant: &Grant) -> Actions {
        let PlanKey::UserType(id) = self.viewer.key else { unreachable!() };
        forbidden(self.world, Audience::UserType(id), grant.module).fold(grant.actions, |left, f| match f {
            Forbidden::Actions(no) => left.without(*no),
            _ => left,
        })
    }

    fn edits(&self, grant: &Grant, entry: &Entry) -> bool {
        let (a, made) = (self.allows(grant), entry.created_by == self.viewer.actor);
        let own = grant.scope == Scope::Own;
        grant.scope != Scope::Public && (a.edit && (made || own) || a.edit_shared && (!made || own))
    }

    fn deletes(&self, grant: &Grant, entry: &Entry) -> bool {
        grant.scope != Scope::Public && self.allows(grant).delete && entry.created_by == self.viewer.actor
    }

    fn changes(&self, grant: &Grant, field: &Field) -> bool {
        let decides = self.world.types.iter().any(|(id, policy)| decides(self.world, *id, policy, field));
        self.writes(grant, field) && (!decides || self.allows(grant).link)
    }

    /// Whether a grant lets the field be written at all.
    pub fn writes(&self, grant: &Grant, field: &Field) -> bool {
        let named = |f: &FieldGrant| f.field == field.id && f.access == FieldAccess::ReadWrite;
        grant.fields.iter().any(named) && self.leaves(field) && !field.kind.is_given() && !field.unique
    }

    /// The viewer's grants for a module; none for those who have no policy.
    pub fn grants(&self, module: ModuleId) -> Vec<&'a Grant> {
        match self.ground(module) {
            Some(Ground::Granted(grants)) => grants,
            _ => Vec::new(),
        }
    }
}

fn names(grant: &Grant, field: &Field) -> bool {
    grant.fields.iter().any(|f| f.field == field.id)
}

/// What the ceilings forbid these people in a module.
fn forbidden(world: &World, audience: Audience, module: ModuleId) -> impl Iterator<Item = &Forbidden> {
    let binds = move |bound: &Bound| match (bound, audience) {
        (Bound::Everybody, _) | (Bound::Anonymous, Audience::Anonymous) => true,
        (Bound::Only(types), Audience::UserType(id)) => types.contains(&id),
        (Bound::AllBut(types), Audience::UserType(id)) => !types.contains(&id),
        // Visitors are of no user type.
        (Bound::AllBut(_), Audience::Anonymous) => true,
        (Bound::Only(_), Audience::Anonymous) | (Bound::Anonymous, Audience::UserType(_)) => false,
    };
    let binding = world.ceilings.iter().filter(move |c| c.module == module && binds(&c.binds));
    binding.map(|c| &c.forbids)
}

/// Whether a ceiling closes a module for these people as a whole.
fn is_closed(world: &World, audience: Audience, module: ModuleId) -> bool {
    forbidden(world, audience, module).any(|f| match f {
        Forbidden::Module => true,
        Forbidden::Actions(actions) => actions.view,
        _ => false,
    })
}

/// The grants of a user type for a module that show anything.
fn granted(world: &World, id: UserTypeId, module: ModuleId) -> Vec<&Grant> {
    let open = viewed(world, id, module);
    open.into_iter().filter(|g| leads_somewhere(world, id, g)).collect()
}

/// The grants of a user type for a module, if no ceiling closes it.
fn viewed(world: &World, id: UserTypeId, module: ModuleId) -> Vec<&Grant> {
    let closed = is_closed(world, Audience::UserType(id), module);
    let grants = world.policy(id).grants.iter();
    grants.filter(|g| g.module == module && g.actions.view && !closed).collect()
}

/// What leads over a module that is closed to these people leads nowhere.
fn leads_somewhere(world: &World, id: UserTypeId, grant: &Grant) -> bool {
    let home = Some(world.policy(id).personality);
    let target = |module: ModuleId, field: FieldId| world.catalogue.module(module).unwrap().field(field).unwrap().kind.target();
    match &grant.scope {
        Scope::Attached => {
            let field = world.catalogue.module(grant.module).unwrap().parent_field().unwrap();
            world.led_to(field).into_iter().any(|module| !granted(world, id, module).is_empty())
        }
        Scope::ChildrenOf { via } => !granted(world, id, target(grant.module, *via).unwrap()).is_empty(),
        Scope::Related { via } => via.iter().any(|field| {
            let between = target(grant.module, *field);
            let straight = |g: &&Grant| match &g.scope {
                Scope::Related { via } => via.iter().any(|f| target(g.module, *f) == home),
                _ => false,
            };
            between == home || viewed(world, id, between.unwrap()).iter().any(straight)
        }),
        _ => true,
    }
}

/// Whether a field decides for people of a user type what they see.
fn decides(world: &World, id: UserTypeId, policy: &Policy, field: &Field) -> bool {
    let granted = policy.grants.iter().filter(|g| granted(world, id, g.module).contains(g));
    granted.into_iter().any(|g| {
        let here = g.module == field.module;
        let shows = here && field.api_name == domain::modules::SHOWN_TO_CLIENT;
        let over = crate::judge::runs_over(&g.scope, field) && (here || field.kind != FieldKind::Parent);
        shows || over || crate::judge::asks(g.people.as_ref(), field.id)
    }) || forbidden(world, Audience::UserType(id), field.module)
        .any(|f| matches!(f, Forbidden::Records(c) if crate::judge::asks(Some(c), field.id)))
}
