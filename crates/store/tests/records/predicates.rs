//! A predicate decided in memory and by either database comes to the same, also where no compiler has made it yet.

use domain::access::{Access, Facts, Predicate, Target, Viewer};
use domain::ids::{FieldId, ModuleId, RecordId};
use domain::modules::{Field, FieldKind};
use domain::records::{Asker, Condition, Operand, Operator, Value};

use crate::dice::Dice;
use crate::differential::accesses;
use crate::oracle::Oracle;
use crate::places::Places;
use crate::world::{Entry, World};

/// What is known of a world, as its records lie there.
pub struct InMemory<'a> {
    pub world: &'a World,
    pub viewer: Viewer,
}

impl InMemory<'_> {
    fn entry(&self, id: RecordId) -> Option<&Entry> {
        self.world.rows.values().flatten().find(|e| e.id == id)
    }
}

impl Facts for InMemory<'_> {
    fn asker(&self) -> Asker {
        self.viewer.asker()
    }

    fn made_by(&self, record: RecordId) -> Option<i64> {
        self.entry(record).map(|e| e.created_by)
    }

    fn is_shared(&self, record: RecordId) -> bool {
        self.viewer
            .anchor
            .is_some_and(|anchor| self.world.shares.contains(&(anchor, record)))
    }

    fn sources(&self, field: FieldId, record: RecordId) -> Vec<RecordId> {
        let pointing = self.world.rows.values().flatten().filter(|e| e.targets(field).contains(&record));
        pointing.map(|e| e.id).collect()
    }

    fn value(&self, field: &Field, record: RecordId) -> Value {
        self.entry(record).map_or(Value::Null, |e| e.value(field))
    }

    fn targets(&self, field: FieldId, record: RecordId) -> Vec<RecordId> {
        self.entry(record).map(|e| e.targets(field)).unwrap_or_default()
    }

    fn lies_in(&self, record: RecordId, module: ModuleId) -> bool {
        self.world.module_of(record).is_none_or(|of| of == module)
    }

    fn is_live(&self, record: RecordId) -> bool {
        self.entry(record).is_some_and(|e| !e.deleted)
    }
}

/// A predicate on a module that no policy would come to, but that the typed form can say.
pub fn random(dice: &mut Dice, world: &World, module: ModuleId, depth: usize) -> Predicate {
    let fields = &world.catalogue.module(module).unwrap().fields;
    let lookups: Vec<_> = fields.iter().filter(|f| !world.led_to(f).is_empty()).collect();
    let parts = |dice: &mut Dice| (0..dice.between(0, 3)).map(|_| random(dice, world, module, depth - 1)).collect();
    match dice.below(if depth == 0 { 7 } else { 12 }) {
        0 if dice.chance(50) => Predicate::Always,
        0 => Predicate::Never,
        1 => Predicate::IsAnchor,
        2 => Predicate::MadeByViewer,
        3..=5 => {
            let field = dice.one(&lookups);
            let target = match Some(dice.one(&world.led_to(field))) {
                Some(module) if depth > 0 => Target::Within {
                    module,
                    predicate: Box::new(random(dice, world, module, depth - 1)),
                },
                _ => Target::Anchor,
            };
            match field.kind {
                FieldKind::MultiLookup { .. } => Predicate::Links { field: field.id, target },
                _ => Predicate::Refers { field: field.id, target },
            }
        }
        6 => Predicate::SharedWithAnchor,
        7 => Predicate::All(parts(dice)),
        8 => Predicate::Any(parts(dice)),
        9 => referred(dice, world, module, depth),
        10 => below(dice, world, module, depth).unwrap_or(Predicate::IsAnchor),
        _ => Predicate::Not(Box::new(random(dice, world, module, depth - 1))),
    }
}

/// Pointed at by a record of some module.
fn referred(dice: &mut Dice, world: &World, module: ModuleId, depth: usize) -> Predicate {
    let back = world
        .catalogue
        .modules()
        .flat_map(|m| &m.fields)
        .filter(|f| f.kind.target() == Some(module));
    let back: Vec<&Field> = back.collect();
    if back.is_empty() {
        return Predicate::Never;
    }
    let field = dice.one(&back);
    Predicate::Referred {
        module: field.module,
        field: field.id,
        linked: matches!(field.kind, FieldKind::MultiLookup { .. }),
        predicate: Box::new(random(dice, world, field.module, depth - 1)),
    }
}

/// Below one of the same module, if the module is a tree.
fn below(dice: &mut Dice, world: &World, module: ModuleId, depth: usize) -> Option<Predicate> {
    let parent = FieldKind::Lookup { module };
    let parent = world.catalogue.module(module)?.fields.iter().find(|f| f.kind == parent)?.id;
    Some(Predicate::Below {
        module,
        parent,
        top: Box::new(random(dice, world, module, depth - 1)),
    })
}

fn in_memory(world: &World, access: &Access, module: ModuleId, predicate: &Predicate) -> Vec<RecordId> {
    let facts = InMemory {
        world,
        viewer: *access.viewer(),
    };
    let live = world.rows[&module].iter().filter(|e| !e.deleted);
    live.map(|e| e.id).filter(|&id| predicate.holds(&facts, id)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_and_both_databases_decide_any_predicate_alike() {
    let places = Places::open().await;
    let mut dice = Dice::new(4);
    let (mut some, mut all) = (0, 0);
    for _ in 0..4 {
        let world = World::random(dice.roll());
        let databases = places.settle(&world).await;
        let accesses = accesses(&world);
        for _ in 0..100 {
            let access = dice.one(&accesses);
            let module = access.plan().module().id;
            let predicate = random(&mut dice, &world, module, 3);
            let expected = in_memory(&world, &access, module, &predicate);
            for db in &databases {
                let (access, asked) = (access.clone(), predicate.clone());
                let found = db
                    .read(move |conn| store::records::probe::satisfying(conn, &access, module, &asked))
                    .await
                    .unwrap();
                assert_eq!(found, expected, "{predicate:?} on {:?}", db.dialect());
            }
            some += usize::from(!expected.is_empty());
            all += 1;
        }
    }
    assert!(some * 3 > all, "only {some} of {all} predicates let anything through");
    places.finish().await;
}

/// Every condition on a field that asks for whoever asks, or for the day.
fn about_the_asker(field: &Field) -> Vec<Predicate> {
    let days = [Operand::Today(0), Operand::Today(-10_319), Operand::Today(1)];
    let (operators, operands): (&[Operator], &[Operand]) = match field.kind {
        FieldKind::CreatedBy | FieldKind::ModifiedBy | FieldKind::Lookup { .. } | FieldKind::Owner { .. } => {
            (&[Operator::Equals, Operator::NotEquals], &[Operand::Me])
        }
        FieldKind::Date | FieldKind::DateTime | FieldKind::CreatedTime | FieldKind::ModifiedTime => (
            &[
                Operator::Equals,
                Operator::NotEquals,
                Operator::Less,
                Operator::LessOrEqual,
                Operator::Greater,
                Operator::GreaterOrEqual,
            ],
            &days,
        ),
        _ => (&[], &[]),
    };
    let condition = |(operator, operand): (&Operator, &Operand)| {
        Predicate::Compare(Condition {
            field: field.clone(),
            operator: *operator,
            operand: operand.clone(),
        })
    };
    let pairs = operators
        .iter()
        .flat_map(|operator| operands.iter().map(move |operand| (operator, operand)));
    pairs.map(condition).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_and_both_databases_know_who_asks_and_on_which_day() {
    let places = Places::open().await;
    let mut dice = Dice::new(6);
    let (mut some, mut all) = (0, 0);
    for _ in 0..4 {
        let world = World::random(dice.roll());
        let databases = places.settle(&world).await;
        let accesses = accesses(&world);
        for _ in 0..10 {
            let access = dice.one(&accesses);
            let module = access.plan().module().clone();
            for predicate in module.fields.iter().flat_map(about_the_asker) {
                let expected = in_memory(&world, &access, module.id, &predicate);
                for db in &databases {
                    let (access, asked, id) = (access.clone(), predicate.clone(), module.id);
                    let found = db
                        .read(move |conn| store::records::probe::satisfying(conn, &access, id, &asked))
                        .await
                        .unwrap();
                    assert_eq!(found, expected, "{predicate:?} on {:?}", db.dialect());
                }
                some += usize::from(!expected.is_empty());
                all += 1;
            }
        }
    }
    assert!(some * 4 > all && all > 500, "only {some} of {all} conditions hold anywhere");
    places.finish().await;
}

/// What a policy compiles to is what the policy says, decided in memory: for events, webhooks and caches.
#[test]
fn the_plan_in_memory_shows_what_the_policy_says() {
    let mut dice = Dice::new(5);
    for _ in 0..60 {
        let world = World::random(dice.roll());
        for access in accesses(&world) {
            let (plan, module, viewer) = (access.plan(), access.plan().module().id, *access.viewer());
            let oracle = Oracle { world: &world, viewer };
            let seen: Vec<RecordId> = world.rows[&module]
                .iter()
                .filter(|e| oracle.sees(module, e))
                .map(|e| e.id)
                .collect();
            assert_eq!(in_memory(&world, &access, module, plan.view()), seen);
            let facts = InMemory { world: &world, viewer };
            for entry in world.rows[&module].iter().filter(|e| seen.contains(&e.id)) {
                let rights = oracle.rights(module, entry).unwrap();
                assert_eq!(plan.edit().holds(&facts, entry.id), rights.edit);
                for column in plan.columns() {
                    let (field, id) = (&column.field, entry.id);
                    assert_eq!(column.readable.holds(&facts, id), oracle.reads(field, entry), "{}", field.api_name);
                    let changed = rights.edit && column.changeable.holds(&facts, id);
                    assert_eq!(changed, rights.changeable.contains(&field.id), "{}", field.api_name);
                }
                assert_eq!(plan.delete().holds(&facts, entry.id), rights.delete);
            }
        }
    }
}
