//! Random organisations in memory: modules, records with gaps and dangling look-ups, people and their policies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::access::{Actions, AnonymousGrant, Ceiling, PlanKey, Plans, Policy, Viewer};
use domain::ids::{FieldId, ModuleId, ProfileId, RecordId, UserTypeId};
use domain::modules::{Catalogue, Field, FieldKind, Module, ModuleSource, SHOWN_TO_CLIENT};
use domain::orgs::{Profile, Rights};
use domain::records::Value;
use domain::time::{Day, Moment};

use crate::dice::Dice;
use crate::values::{OPTIONS, lookup_value, pool};

pub const PEOPLE: ModuleId = ModuleId(10);
pub const EMPLOYEES: ModuleId = ModuleId(11);
/// As much of a recycle bin as there is.
pub const LATEST: store::records::Binned = store::records::Binned {
    since: None,
    skip: 0,
    limit: 200,
};

/// The version that a fresh database has.
pub const VERSION: i64 = 1;
/// The day on which everybody asks: one that some records have.
pub const TODAY: Day = Day(20_000);
/// An id that no record has.
pub const NOBODY: RecordId = RecordId(999_999);

#[derive(Clone)]
pub struct World {
    pub catalogue: Arc<Catalogue>,
    pub rows: BTreeMap<ModuleId, Vec<Entry>>,
    pub types: Vec<(UserTypeId, Policy)>,
    pub ceilings: Vec<Ceiling>,
    /// What visitors see who are not signed in.
    pub anonymous: Vec<AnonymousGrant>,
    /// Which records were shared with which people: `(anchor, record)`.
    pub shares: BTreeSet<(RecordId, RecordId)>,
    pub profiles: Vec<Profile>,
    pub viewers: Vec<Viewer>,
    pub actors: BTreeMap<i64, String>,
}

/// A record as it lies in its table.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: RecordId,
    pub name: String,
    pub deleted: bool,
    pub created_by: i64,
    pub modified_by: i64,
    pub created: Moment,
    pub modified: Moment,
    pub values: BTreeMap<FieldId, Value>,
}

impl Entry {
    pub fn value(&self, field: &Field) -> Value {
        match field.kind {
            FieldKind::CreatedTime => Value::Moment(self.created),
            FieldKind::ModifiedTime => Value::Moment(self.modified),
            FieldKind::CreatedBy => Value::Ref(RecordId(self.created_by)),
            FieldKind::ModifiedBy => Value::Ref(RecordId(self.modified_by)),
            _ => self.values.get(&field.id).cloned().unwrap_or(Value::Null),
        }
    }

    /// What a look-up of either sort points at.
    pub fn targets(&self, field: FieldId) -> Vec<RecordId> {
        match self.values.get(&field) {
            Some(Value::Ref(id)) => vec![*id],
            Some(Value::Refs(ids)) => ids.clone(),
            _ => Vec::new(),
        }
    }
}

impl World {
    pub fn random(seed: u64) -> Self {
        let dice = &mut Dice::new(seed);
        let catalogue = catalogue(dice);
        let rows = rows(dice, &catalogue);
        let types: Vec<_> = (0..dice.between(2, 3))
            .map(|n| {
                let id = UserTypeId(500 + i64::try_from(n).unwrap());
                (id, crate::policies::random(dice, &catalogue))
            })
            .collect();
        let profiles = profiles(dice, &catalogue);
        let mut world = Self {
            catalogue: Arc::new(catalogue),
            rows,
            ceilings: Vec::new(),
            anonymous: Vec::new(),
            shares: BTreeSet::new(),
            types,
            profiles,
            viewers: Vec::new(),
            actors: BTreeMap::from([(1, "Loggia".to_owned()), (2, "Änne Staff".to_owned()), (3, "Bo".to_owned())]),
        };
        let types: Vec<UserTypeId> = world.types.iter().map(|(id, _)| *id).collect();
        world.ceilings = crate::policies::ceilings(dice, &world.catalogue, &types);
        world.people(dice);
        world.share(dice);
        world.anonymous = crate::policies::anonymous(dice, &world.catalogue);
        world
    }

    fn share(&mut self, dice: &mut Dice) {
        let anchors: Vec<RecordId> = self.viewers.iter().filter_map(|v| v.anchor).collect();
        let records: Vec<RecordId> = self.rows.values().flatten().map(|e| e.id).collect();
        for record in dice.some(&records, 20) {
            self.shares.insert((dice.one(&anchors), record));
        }
    }

    /// Two people of each user type and an employee with each profile; some records are theirs.
    fn people(&mut self, dice: &mut Dice) {
        let mut actor = 700;
        for (id, policy) in self.types.clone() {
            for _ in 0..2 {
                actor += 1;
                let homes: Vec<RecordId> = self.rows[&policy.personality].iter().filter(|e| !e.deleted).map(|e| e.id).collect();
                self.actors.insert(actor, format!("Member {actor}"));
                self.viewers.push(Viewer {
                    key: PlanKey::UserType(id),
                    anchor: Some(dice.one(&homes)),
                    actor,
                    session: None,
                    today: TODAY,
                });
            }
        }
        for profile in &self.profiles {
            self.viewers.push(Viewer {
                key: PlanKey::Staff(profile.id),
                anchor: None,
                actor: 2,
                session: None,
                today: TODAY,
            });
        }
        self.viewers.push(Viewer {
            key: PlanKey::Anonymous,
            anchor: None,
            actor: 0,
            session: None,
            today: TODAY,
        });
        let makers: Vec<i64> = self.actors.keys().copied().collect();
        for entry in self.rows.values_mut().flatten() {
            entry.created_by = dice.one(&makers);
            entry.modified_by = dice.one(&makers);
        }
        self.draw_to_the_viewers(dice);
    }

    /// Without this hardly any look-up would lead to one of the viewers.
    fn draw_to_the_viewers(&mut self, dice: &mut Dice) {
        let anchors: Vec<RecordId> = self.viewers.iter().filter_map(|v| v.anchor).collect();
        let fields: Vec<Field> = self.catalogue.modules().flat_map(|m| m.fields.clone()).collect();
        for field in fields
            .iter()
            .filter(|f| f.kind.target().is_some_and(|t| [PEOPLE, EMPLOYEES].contains(&t)))
        {
            let near: Vec<RecordId> = self.rows[&field.kind.target().unwrap()]
                .iter()
                .map(|e| e.id)
                .filter(|id| anchors.contains(id))
                .collect();
            for entry in self.rows.get_mut(&field.module).unwrap() {
                if near.is_empty() || !dice.chance(35) {
                    continue;
                }
                let value = match field.kind {
                    FieldKind::MultiLookup { .. } => {
                        let mut ids = entry.targets(field.id);
                        ids.push(dice.one(&near));
                        ids.sort_unstable();
                        ids.dedup();
                        Value::Refs(ids)
                    }
                    _ => Value::Ref(dice.one(&near)),
                };
                entry.values.insert(field.id, value);
            }
        }
    }

    pub fn plans(&self) -> Plans {
        let types = self.types.iter().map(|(id, policy)| (*id, policy));
        let plans = Plans::of(VERSION, &self.catalogue, types, &self.ceilings, self.profiles.iter());
        plans.with_anonymous(&self.anonymous, &self.ceilings)
    }

    pub fn policy(&self, id: UserTypeId) -> &Policy {
        &self.types.iter().find(|(t, _)| *t == id).unwrap().1
    }

    /// The modules whose records a field can hold.
    pub fn led_to(&self, field: &Field) -> Vec<ModuleId> {
        led_to(&self.catalogue, field)
    }

    /// The ids of the records that a field can hold.
    pub fn leading(&self, field: &Field) -> Vec<RecordId> {
        self.led_to(field)
            .iter()
            .flat_map(|module| &self.rows[module])
            .map(|e| e.id)
            .collect()
    }

    /// The module of a record.
    pub fn module_of(&self, id: RecordId) -> Option<ModuleId> {
        let mut rows = self.rows.iter();
        rows.find(|(_, entries)| entries.iter().any(|e| e.id == id))
            .map(|(module, _)| *module)
    }

    pub fn entry(&self, module: ModuleId, id: RecordId) -> Option<&Entry> {
        self.rows.get(&module)?.iter().find(|e| e.id == id)
    }
}

/// All but attachments: a record that is a file cannot be made without one.
fn kinds() -> Vec<FieldKind> {
    let options: Vec<String> = OPTIONS.iter().map(|&o| o.to_owned()).collect();
    vec![
        FieldKind::Text { max: 255 },
        FieldKind::TextArea { max: 2000 },
        FieldKind::RichText { max: 2000 },
        FieldKind::Email,
        FieldKind::Phone,
        FieldKind::Website,
        FieldKind::Picklist { options: options.clone() },
        FieldKind::MultiPicklist { options },
        FieldKind::Integer,
        FieldKind::BigInteger,
        FieldKind::Decimal { scale: 3 },
        FieldKind::Currency { scale: 2 },
        FieldKind::Percent { scale: 0 },
        FieldKind::Boolean,
        FieldKind::Date,
        FieldKind::DateTime,
        FieldKind::AutoNumber { prefix: "A-".into() },
        FieldKind::File,
        FieldKind::Image,
        FieldKind::FileSize,
    ]
}

fn catalogue(dice: &mut Dice) -> Catalogue {
    let count = i64::try_from(dice.between(3, 6)).unwrap();
    let ids: Vec<ModuleId> = (0..count).map(|n| ModuleId(PEOPLE.0 + n)).collect();
    let modules = ids.iter().map(|&id| module(dice, id, &ids)).collect();
    Catalogue::new(modules)
}

fn kinds_of(dice: &mut Dice, id: ModuleId, all: &[ModuleId]) -> Vec<FieldKind> {
    let mut wanted = vec![FieldKind::Text { max: 255 }, FieldKind::Text { max: 255 }];
    wanted.push(FieldKind::Email);
    wanted.extend(dice.some(&kinds(), 35));
    // A look-up to the people, so that most modules can be granted, and some to anywhere.
    if id != PEOPLE && dice.chance(75) {
        wanted.push(FieldKind::Lookup { module: PEOPLE });
    }
    if dice.chance(40) {
        wanted.push(FieldKind::MultiLookup { module: PEOPLE });
    }
    for _ in 0..dice.between(0, 2) {
        wanted.push(FieldKind::Lookup { module: dice.one(all) });
    }
    // A tree, as accounts have it.
    if dice.chance(40) {
        wanted.push(FieldKind::Lookup { module: id });
    }
    for _ in 0..dice.between(0, 1) {
        wanted.push(FieldKind::MultiLookup { module: dice.one(all) });
    }
    // What belongs to records of any other module, as notes do.
    if Some(&id) == all.last() && dice.chance(70) {
        wanted.push(FieldKind::Parent);
    }
    wanted.push(FieldKind::Owner { module: EMPLOYEES });
    wanted.extend([
        FieldKind::CreatedTime,
        FieldKind::ModifiedTime,
        FieldKind::CreatedBy,
        FieldKind::ModifiedBy,
    ]);
    wanted
}

fn module(dice: &mut Dice, id: ModuleId, all: &[ModuleId]) -> Module {
    let mut fields: Vec<Field> = kinds_of(dice, id, all)
        .into_iter()
        .zip(1..)
        .map(|(kind, n)| Field {
            id: FieldId(id.0 * 100 + n),
            module: id,
            api_name: format!("F{n}"),
            label: format!("Field {n}"),
            kind,
            required: false,
            unique: false,
            custom: true,
        })
        .collect();
    if fields.iter().any(|f| f.kind == FieldKind::Parent)
        && let Some(flag) = fields.iter_mut().find(|f| f.kind == FieldKind::Boolean)
    {
        flag.api_name = SHOWN_TO_CLIENT.into();
    }
    Module {
        id,
        api_name: format!("M{id}"),
        singular: format!("One of {id}"),
        plural: format!("All of {id}"),
        source: if id == EMPLOYEES {
            ModuleSource::Employees
        } else {
            ModuleSource::Custom
        },
        name_fields: fields.iter().take(dice.between(1, 2)).map(|f| f.id).collect(),
        fields,
        layouts: Vec::new(),
        views: Vec::new(),
    }
}

fn rows(dice: &mut Dice, catalogue: &Catalogue) -> BTreeMap<ModuleId, Vec<Entry>> {
    let sizes: Vec<(ModuleId, usize)> = catalogue.modules().map(|m| (m.id, dice.between(5, 22))).collect();
    let ids = |module: ModuleId| {
        let size = sizes.iter().find(|(m, _)| *m == module).map_or(0, |(_, size)| *size);
        (1..=i64::try_from(size).unwrap()).map(move |n| RecordId(module.0 * 1000 + n))
    };
    let mut rows = BTreeMap::new();
    for module in catalogue.modules() {
        let entries: Vec<Entry> = ids(module.id)
            .zip(0..)
            .map(|(id, n)| {
                let mut entry = Entry {
                    id,
                    name: String::new(),
                    // Never the first: every module has somebody to be.
                    deleted: n > 0 && dice.chance(15),
                    created_by: 1,
                    modified_by: 1,
                    created: Moment(1_700_000_000_000_000 + i64::try_from(dice.below(4)).unwrap() * 86_400_000_000),
                    modified: Moment(1_750_000_000_000_000 + i64::try_from(dice.below(4)).unwrap() * 999_999),
                    values: BTreeMap::new(),
                };
                for field in &module.fields {
                    let led: Vec<ModuleId> = led_to(catalogue, field);
                    let targets: Vec<RecordId> = led.iter().flat_map(|m| ids(*m)).collect();
                    let value = match led.first() {
                        Some(_) => lookup_value(dice, &field.kind, &targets),
                        None if dice.chance(25) => Value::Null,
                        None => dice.one(&pool(&field.kind)),
                    };
                    entry.values.insert(field.id, value);
                }
                entry.name = name(module, &entry);
                entry
            })
            .collect();
        rows.insert(module.id, entries);
    }
    rows
}

fn led_to(catalogue: &Catalogue, field: &Field) -> Vec<ModuleId> {
    match field.kind {
        FieldKind::Parent => catalogue.modules().filter(|m| m.may_be_parent()).map(|m| m.id).collect(),
        _ => field.kind.target().into_iter().collect(),
    }
}

/// What the record is called: its name fields, joined by a space.
pub fn name(module: &Module, entry: &Entry) -> String {
    let texts = module.name_fields.iter().filter_map(|id| match entry.values.get(id) {
        Some(Value::Text(text)) if !text.is_empty() => Some(text.clone()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join(" ")
}

/// One who may do everything, and one who may see only some modules.
fn profiles(dice: &mut Dice, catalogue: &Catalogue) -> Vec<Profile> {
    let all = Rights::administrator();
    let some = catalogue
        .modules()
        .map(|m| {
            let view = dice.chance(60);
            let actions = Actions {
                view,
                edit: view && dice.chance(50),
                delete: view && dice.chance(50),
                ..Actions::default()
            };
            (m.id, actions)
        })
        .collect();
    let profile = |id, name: &str, rights| Profile {
        id: ProfileId(id),
        name: name.into(),
        rights,
    };
    vec![
        profile(301, "All", all.clone()),
        profile(302, "Some", Rights { modules: some, ..all }),
    ]
}
