//! Random changes by random people: what the model allows is done, exactly that, and what it does not changes nothing.

use std::collections::HashMap;

use domain::access::{Access, Actions, Criteria, FieldAccess, FieldGrant, Grant, PlanKey, Policy, Scope, Wanted};
use domain::ids::{FieldId, RecordId};
use domain::modules::{Field, Module};
use domain::records::{Draft, Operator, Prepared, Problem, Query, Value, prepare_new};
use domain::time::Moment;
use store::engine::{Conn, Database, Error};
use store::records::{ReadError, Record, WriteError, Writing};

use crate::changes::{Change, NOW, Refused};
use crate::dice::Dice;
use crate::differential::accesses;
use crate::oracle::Oracle;
use crate::places::Places;
use crate::values::{lookup_value, pool};
use crate::world::{LATEST, PEOPLE, World};

/// How a change ended, and all records of the module afterwards.
type End = (Result<(), Refused>, Vec<Record>);

/// What a transaction ends with that must leave nothing behind.
enum Undone {
    End(End),
    Engine(Error),
}

impl From<Error> for Undone {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

/// The access of one who may do everything.
fn administrator(world: &World, module: &Module) -> Access {
    let mut staff = world.viewers.iter().filter(|v| matches!(v.key, PlanKey::Staff(_)));
    world.plans().bind(*staff.next().unwrap(), module.id).unwrap()
}

fn everything(access: &Access) -> Query {
    let columns = access.plan().columns().iter().map(|c| c.field.id).collect();
    Query::newest(columns, 200)
}

fn value(dice: &mut Dice, world: &World, access: &Access, field: &Field) -> Value {
    if world.led_to(field).is_empty() {
        let pool = pool(&field.kind);
        return if pool.is_empty() || dice.chance(20) {
            Value::Null
        } else {
            dice.one(&pool)
        };
    }
    let all = world.leading(field);
    let ids: Vec<RecordId> = match access.viewer().anchor {
        Some(own) if dice.chance(50) && all.contains(&own) => vec![own],
        _ => all,
    };
    lookup_value(dice, &field.kind, &ids)
}

/// Values for some of the fields that somebody may write, mostly for those that this viewer may.
fn draft(dice: &mut Dice, world: &World, access: &Access, may: impl Fn(&Field) -> bool) -> Draft {
    let fields = access.plan().module().fields.iter();
    let open: Vec<&Field> = fields.filter(|f| !f.kind.is_given() && !f.kind.holds_file()).collect();
    let own: Vec<&Field> = open.iter().copied().filter(|f| may(f)).collect();
    let from = if own.is_empty() || dice.chance(10) { open } else { own };
    let mut draft = Draft::default();
    for _ in 0..dice.between(1, 2) {
        let field = dice.one(&from);
        draft.set(field.id, value(dice, world, access, field));
    }
    draft
}

fn change(dice: &mut Dice, world: &World, access: &Access) -> Change {
    let plan = access.plan();
    let rows = &world.rows[&plan.module().id];
    let oracle = Oracle {
        world,
        viewer: *access.viewer(),
    };
    let seen: Vec<RecordId> = rows.iter().filter(|e| oracle.sees(plan.module().id, e)).map(|e| e.id).collect();
    let id = if seen.is_empty() || dice.chance(10) {
        dice.one(rows).id
    } else {
        dice.one(&seen)
    };
    match dice.below(10) {
        0 => Change::Delete(id),
        1 => Change::Restore(dice.one(rows).id),
        2..=4 => {
            let first = plan.module().id.0 * 1000 + 900;
            let ids = first..=first + i64::try_from(dice.below(3)).unwrap();
            let new = |id| (RecordId(id), draft(dice, world, access, |f| plan.may_set(f.id)));
            Change::Make(ids.map(new).collect())
        }
        _ => {
            let now = world.entry(plan.module().id, id).unwrap().modified;
            let expected = match dice.below(4) {
                0 => Some(now),
                1 if dice.chance(30) => Some(Moment(now.0 - 1)),
                _ => None,
            };
            Change::Edit(id, expected, draft(dice, world, access, |f| plan.may_change(f.id)))
        }
    }
}

/// What is written is prepared by one who may do everything, so that nothing but the store says no.
fn prepared(world: &World, access: &Access, draft: &Draft) -> Prepared {
    prepare_new(&administrator(world, access.plan().module()), draft.clone()).unwrap()
}

fn write(conn: &mut Conn, world: &World, access: &Access, change: &Change) -> Result<(), WriteError> {
    let mut writing = Writing::begin(conn, access, NOW)?;
    match change {
        Change::Make(records) => {
            let prepared: Vec<_> = records.iter().map(|(id, draft)| (*id, prepared(world, access, draft))).collect();
            let records: Vec<_> = prepared.iter().map(|(id, prepared)| (*id, prepared)).collect();
            match records.as_slice() {
                [(id, prepared)] => writing.insert(*id, prepared),
                several => writing.insert_many(several),
            }
        }
        Change::Edit(id, expected, draft) => writing.update(*id, *expected, &prepared(world, access, draft)).map(drop),
        Change::Delete(id) => writing.delete(*id),
        Change::Restore(id) => writing.restore(*id),
    }
}

fn refused(why: WriteError) -> Refused {
    match why {
        WriteError::NotFound => Refused::NotFound,
        WriteError::Forbidden => Refused::Forbidden,
        WriteError::OutOfScope => Refused::OutOfScope,
        WriteError::Changed => Refused::Changed,
        WriteError::Fields(errors) if errors.iter().all(|e| e.problem == Problem::NoSuchRecord) => Refused::Target,
        WriteError::Fields(errors) if errors.iter().all(|e| e.problem == Problem::NotWritable) => Refused::Forbidden,
        other => panic!("{other:?}"),
    }
}

/// Tries a change, looks at what there is then, and takes it back.
async fn attempt(db: &Database, world: &World, access: &Access, change: &Change) -> End {
    let (world, access, change) = (world.clone(), access.clone(), change.clone());
    let undone = db.write::<(), Undone>(move |conn| {
        let end = conn.attempt(|conn| write(conn, &world, &access, &change)).map_err(refused);
        let all = administrator(&world, access.plan().module());
        match store::records::list(conn, &all, &everything(&all)) {
            Ok(page) => Err(Undone::End((end, page.records))),
            Err(ReadError::Engine(error)) => Err(error.into()),
            Err(other) => panic!("{other:?}"),
        }
    });
    match undone.await.unwrap_err() {
        Undone::End(end) => end,
        Undone::Engine(error) => panic!("{error}"),
    }
}

/// What the model says of a change.
fn expected(world: &World, access: &Access, change: &Change) -> End {
    let module = access.plan().module();
    let oracle = Oracle {
        world,
        viewer: *access.viewer(),
    };
    let (end, after) = match oracle.after(module, change) {
        Ok(after) => (Ok(()), after),
        Err(why) => (Err(why), world.clone()),
    };
    let all = administrator(world, module);
    let eye = Oracle {
        world: &after,
        viewer: *all.viewer(),
    };
    let found = eye.answer(module, &everything(&all)).unwrap();
    let record = |(id, values)| Record {
        id,
        modified: after.entry(module.id, id).unwrap().modified,
        values,
    };
    (end, found.into_iter().map(record).collect())
}

/// Tries many changes on both databases. Returns how often each end was met.
async fn try_changes(places: &Places, dice: &mut Dice, organisations: usize) -> HashMap<Option<Refused>, usize> {
    let mut met = HashMap::new();
    for _ in 0..organisations {
        let world = World::random(dice.roll());
        let databases = places.settle(&world).await;
        let accesses = accesses(&world);
        for _ in 0..60 {
            let access = dice.one(&accesses);
            let change = change(dice, &world, &access);
            let wanted = expected(&world, &access, &change);
            *met.entry(wanted.0.err()).or_default() += 1;
            for db in &databases {
                let end = attempt(db, &world, &access, &change).await;
                let module = access.plan().module().id;
                assert_eq!(end, wanted, "{change:?} of {module} by {:?} on {:?}", access.viewer(), db.dialect());
            }
        }
    }
    met
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_ends_as_the_model_says_and_what_is_refused_changes_nothing() {
    let places = Places::open().await;
    let met = try_changes(&places, &mut Dice::new(41), 12).await;
    println!("{met:?}");
    let refusals = [
        Refused::NotFound,
        Refused::Forbidden,
        Refused::Target,
        Refused::OutOfScope,
        Refused::Changed,
    ];
    for end in [None].into_iter().chain(refusals.map(Some)) {
        assert!(met.get(&end).is_some_and(|times| *times > 3), "{end:?} is hardly ever met: {met:?}");
    }
    places.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recycle_bin_is_for_those_who_may_take_records_out_of_it() {
    let places = Places::open().await;
    let mut dice = Dice::new(42);
    let (mut full, mut closed) = (0, 0);
    for _ in 0..4 {
        let world = World::random(dice.roll());
        for db in places.settle(&world).await {
            for access in accesses(&world) {
                let module = access.plan().module().clone();
                let oracle = Oracle {
                    world: &world,
                    viewer: *access.viewer(),
                };
                let mut wanted: Vec<_> = world.rows[&module.id].iter().filter(|e| e.deleted).collect();
                wanted.retain(|_| oracle.restores(&module));
                wanted.sort_by_key(|e| std::cmp::Reverse((e.modified, e.id)));
                let found = db.read(move |conn| store::records::bin(conn, &access, LATEST)).await.unwrap();
                let told = |d: &store::records::Deleted| d.deleted_by.as_ref().is_some_and(|(_, name)| name == "Änne Staff");
                assert!(found.iter().all(told));
                let found: Vec<_> = found.iter().map(|d| (d.id, d.name.as_str(), d.deleted)).collect();
                let wanted: Vec<_> = wanted.into_iter().map(|e| (e.id, e.name.as_str(), e.modified)).collect();
                assert_eq!(found, wanted, "{:?} in {}", oracle.viewer, module.id);
                full += usize::from(!found.is_empty());
                closed += usize::from(found.is_empty());
            }
        }
    }
    assert!(full > 10 && closed > 10, "{full} bins with records, {closed} without");
    places.finish().await;
}

/// People may make records with this field alone, and only with this value in it.
fn making(field: FieldId, value: &str) -> Grant {
    Grant {
        module: PEOPLE,
        people: None,
        scope: Scope::Created,
        criteria: Some(Criteria::Is {
            field,
            operator: Operator::Equals,
            value: Wanted::Text(value.into()),
        }),
        actions: Actions {
            view: true,
            create: true,
            ..Actions::default()
        },
        fields: vec![FieldGrant {
            field,
            access: FieldAccess::ReadWrite,
            names: false,
        }],
        layouts: Vec::new(),
        view: None,
        columns: Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_record_of_a_batch_must_lie_where_its_own_way_leads() {
    let places = Places::open().await;
    let (first, second) = (FieldId(PEOPLE.0 * 100 + 1), FieldId(PEOPLE.0 * 100 + 2));
    let mut world = World::random(43);
    world.ceilings.clear();
    world.types[0].1 = Policy {
        personality: PEOPLE,
        grants: vec![making(first, "red"), making(second, "blue")],
    };
    let key = PlanKey::UserType(world.types[0].0);
    let viewer = *world.viewers.iter().find(|v| v.key == key).unwrap();
    let access = world.plans().bind(viewer, PEOPLE).unwrap();
    let databases = places.settle(&world).await;
    for (texts, end) in [
        ([(first, "red"), (second, "blue")], Ok(())),
        ([(second, "blue"), (first, "red")], Ok(())),
        ([(first, "red"), (first, "red")], Ok(())),
        ([(first, "red"), (second, "green")], Err(Refused::OutOfScope)),
        ([(first, "green"), (second, "blue")], Err(Refused::OutOfScope)),
    ] {
        let draft = |(field, text): (FieldId, &str)| [(field, Value::Text(text.into()))].into_iter().collect();
        let ids = (PEOPLE.0 * 1000 + 900..).map(RecordId);
        let change = Change::Make(ids.zip(texts.map(draft)).collect());
        let wanted = expected(&world, &access, &change);
        assert_eq!(wanted.0, end, "{change:?}");
        for db in &databases {
            assert_eq!(attempt(db, &world, &access, &change).await, wanted, "{change:?}");
        }
    }
    places.finish().await;
}
