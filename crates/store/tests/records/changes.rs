//! What becomes of a change, decided for records in memory from the access model alone.

use domain::access::{Grant, PlanKey, Scope};
use domain::ids::{FieldId, RecordId};
use domain::modules::{Field, FieldKind, Module, Storage};
use domain::records::{Draft, Value};
use domain::time::Moment;

use crate::oracle::Oracle;
use crate::world::{Entry, World, name};

/// When everything is written.
pub const NOW: Moment = Moment(1_800_000_000_000_000);

/// What somebody tries to do with the records of a module.
#[derive(Debug, Clone)]
pub enum Change {
    /// Several at once: all or none.
    Make(Vec<(RecordId, Draft)>),
    Edit(RecordId, Option<Moment>, Draft),
    Delete(RecordId),
    Restore(RecordId),
}

/// Why nothing comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refused {
    NotFound,
    Forbidden,
    /// A look-up leads to a record that the writer does not see.
    Target,
    OutOfScope,
    Changed,
}

impl Oracle<'_> {
    /// The organisation as it is afterwards.
    pub fn after(&self, module: &Module, change: &Change) -> Result<World, Refused> {
        match change {
            Change::Make(records) => self.made(module, records),
            Change::Edit(id, expected, draft) => self.edited(module, *id, *expected, draft),
            Change::Delete(id) => {
                let entry = self.found(module, *id)?;
                let rights = self.rights(module.id, entry).unwrap();
                self.with(module, rights.delete.then(|| deleted(entry, true)).ok_or(Refused::Forbidden)?)
            }
            Change::Restore(id) => {
                if !self.restores(module) {
                    return Err(Refused::Forbidden);
                }
                let entry = self.world.entry(module.id, *id).filter(|e| e.deleted);
                self.with(module, deleted(entry.ok_or(Refused::NotFound)?, false))
            }
        }
    }

    /// Whether the viewer sees what is in the recycle bin: who sees all of the module and may delete it.
    pub fn restores(&self, module: &Module) -> bool {
        let PlanKey::Staff(id) = self.viewer.key else { return false };
        let rights = &self.world.profiles.iter().find(|p| p.id == id).unwrap().rights;
        let parents = module.parent_field().map(|field| self.world.led_to(field)).unwrap_or_default();
        rights.of(module.id).view && rights.of(module.id).delete && parents.into_iter().all(|m| rights.of(m).view)
    }

    fn found(&self, module: &Module, id: RecordId) -> Result<&Entry, Refused> {
        let entry = self.world.entry(module.id, id).filter(|e| self.sees(module.id, e));
        entry.ok_or(Refused::NotFound)
    }

    fn edited(&self, module: &Module, id: RecordId, expected: Option<Moment>, draft: &Draft) -> Result<World, Refused> {
        let entry = self.found(module, id)?;
        if !self.may_edit(module, entry, draft) {
            return Err(Refused::Forbidden);
        }
        if expected.is_some_and(|at| at != entry.modified) {
            return Err(Refused::Changed);
        }
        self.check_targets(module, draft)?;
        let mut entry = self.filled(module, entry.clone(), draft);
        (entry.modified, entry.modified_by) = (Moment(NOW.0.max(entry.modified.0 + 1)), self.viewer.actor);
        let world = self.with(module, entry)?;
        let now = Oracle { world: &world, ..*self };
        let still = now.may_edit(module, world.entry(module.id, id).unwrap(), draft);
        if still { Ok(world) } else { Err(Refused::OutOfScope) }
    }

    fn may_edit(&self, module: &Module, entry: &Entry, draft: &Draft) -> bool {
        let Some(rights) = self.rights(module.id, entry) else {
            return false;
        };
        rights.edit && draft.iter().all(|(field, _)| rights.changeable.contains(&field))
    }

    fn made(&self, module: &Module, records: &[(RecordId, Draft)]) -> Result<World, Refused> {
        let mut ways = Vec::new();
        for (_, draft) in records {
            ways.push(self.ways(module, draft).ok_or(Refused::Forbidden)?);
        }
        for (_, draft) in records {
            self.check_targets(module, draft)?;
        }
        let mut world = self.world.clone();
        for ((id, draft), number) in records.iter().zip(1..) {
            let entry = self.filled(module, self.empty(module, *id, number), draft);
            world = Oracle { world: &world, ..*self }.with(module, entry)?;
        }
        let now = Oracle { world: &world, ..*self };
        let made = |id: RecordId| world.entry(module.id, id).unwrap();
        let fits = |(id, ways): (RecordId, &Option<Vec<&Grant>>)| ways.as_ref().is_none_or(|w| w.iter().any(|g| now.covers(g, made(id))));
        let all = records.iter().map(|(id, _)| *id).zip(&ways).all(fits);
        if all { Ok(world) } else { Err(Refused::OutOfScope) }
    }

    /// The grants by which a record with these values may be made, or that it may be made wherever it lies. None: it may not.
    fn ways(&self, module: &Module, draft: &Draft) -> Option<Option<Vec<&Grant>>> {
        if let PlanKey::Staff(_) = self.viewer.key {
            return self.staff_makes(module).then_some(None);
        }
        let takes = |g: &&Grant| draft.iter().all(|(field, _)| self.sets(g, module.field(field).unwrap()));
        let ways: Vec<&Grant> = self.growing(module).into_iter().filter(takes).collect();
        (!ways.is_empty()).then_some(Some(ways))
    }

    fn empty(&self, module: &Module, id: RecordId, number: u32) -> Entry {
        Entry {
            id,
            name: String::new(),
            deleted: false,
            created_by: self.viewer.actor,
            modified_by: self.viewer.actor,
            created: NOW,
            modified: NOW,
            values: module.fields.iter().filter_map(|field| auto_number(field, number)).collect(),
        }
    }

    fn staff_makes(&self, module: &Module) -> bool {
        let profile = self.world.profiles.iter().find(|p| self.viewer.key == PlanKey::Staff(p.id));
        profile.is_some_and(|p| p.rights.of(module.id).create)
    }

    /// The grants by which the viewer may make records.
    fn growing(&self, module: &Module) -> Vec<&Grant> {
        let grows = |g: &&Grant| self.allows(g).create && !matches!(g.scope, Scope::Own | Scope::Public | Scope::Shared);
        self.grants(module.id).into_iter().filter(grows).collect()
    }

    /// Whether a grant lets a new record have the field.
    fn sets(&self, grant: &Grant, field: &Field) -> bool {
        self.writes(grant, field) || self.anchors(grant, field)
    }

    /// Whether a grant points the look-up of a new record at the viewer.
    fn anchors(&self, grant: &Grant, field: &Field) -> bool {
        let home = self.policy().unwrap().personality;
        matches!(&grant.scope, Scope::Related { via } if via.contains(&field.id)) && field.kind.target() == Some(home)
    }

    fn check_targets(&self, module: &Module, draft: &Draft) -> Result<(), Refused> {
        let all_seen = draft.iter().all(|(id, value)| {
            let field = module.field(id).unwrap();
            let own = |id: &RecordId| self.viewer.anchor == Some(*id) && self.growing(module).iter().any(|g| self.anchors(g, field));
            let seen = |id: &RecordId| self.may_read(field) && self.seen_through(field, *id).is_some();
            pointed_at(value).iter().all(|id| own(id) || seen(id))
        });
        if all_seen { Ok(()) } else { Err(Refused::Target) }
    }

    /// The record with the values of a draft. Links to records out of sight stay.
    fn filled(&self, module: &Module, mut entry: Entry, draft: &Draft) -> Entry {
        for (id, value) in draft.iter() {
            let field = module.field(id).unwrap();
            let mut value = value.clone();
            if field.kind.storage() == Storage::Links {
                let out_of_sight = |id: &RecordId| self.seen_target(field.kind.target().unwrap(), *id).is_none();
                let mut ids: Vec<RecordId> = entry.targets(id).into_iter().filter(out_of_sight).collect();
                ids.extend(pointed_at(&value));
                value = Value::Refs(ids);
            }
            entry.values.insert(id, value);
        }
        entry.name = name(module, &entry);
        entry
    }

    fn with(&self, module: &Module, entry: Entry) -> Result<World, Refused> {
        let mut world = self.world.clone();
        let rows = world.rows.get_mut(&module.id).unwrap();
        rows.retain(|e| e.id != entry.id);
        rows.push(entry);
        Ok(world)
    }
}

fn deleted(entry: &Entry, deleted: bool) -> Entry {
    Entry { deleted, ..entry.clone() }
}

pub fn pointed_at(value: &Value) -> Vec<RecordId> {
    match value {
        Value::Ref(id) | Value::RefIn(_, id) => vec![*id],
        Value::Refs(ids) => ids.clone(),
        _ => Vec::new(),
    }
}

/// Nobody has made a numbered record before.
fn auto_number(field: &Field, number: u32) -> Option<(FieldId, Value)> {
    match &field.kind {
        FieldKind::AutoNumber { prefix } => Some((field.id, Value::Text(format!("{prefix}{number}")))),
        _ => None,
    }
}
