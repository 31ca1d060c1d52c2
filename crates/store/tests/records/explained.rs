//! Explanations: they say what the oracle says, and the changes they name do what they say.

use domain::access::{Change, Explanation, Facts, PlanKey, Question, Rules, Trace, Viewer, Wish, explain};
use domain::ids::{FieldId, RecordId, UserTypeId};
use domain::modules::FieldKind;
use domain::records::Value;
use store::records::{Known, ReadError};

use crate::dice::Dice;
use crate::differential::accesses;
use crate::oracle::Oracle;
use crate::places::Places;
use crate::predicates::{InMemory, random};
use crate::world::{Entry, World};

#[test]
fn the_trace_of_any_predicate_comes_to_what_the_predicate_comes_to() {
    let mut dice = Dice::new(6);
    for _ in 0..40 {
        let world = World::random(dice.roll());
        let accesses = accesses(&world);
        for _ in 0..60 {
            let access = dice.one(&accesses);
            let module = access.plan().module().id;
            let predicate = random(&mut dice, &world, module, 3);
            let facts = InMemory {
                world: &world,
                viewer: *access.viewer(),
            };
            for entry in world.rows[&module].iter().filter(|e| !e.deleted) {
                let trace = Trace::of(&predicate, &facts, entry.id);
                assert_eq!(trace.holds, predicate.holds(&facts, entry.id), "{predicate:?}");
            }
        }
    }
}

fn rules(world: &World) -> Rules<'_> {
    Rules {
        catalogue: &world.catalogue,
        types: world.types.clone(),
        ceilings: world.ceilings.clone(),
    }
}

fn wish(dice: &mut Dice, world: &World, question: Question) -> Wish {
    let field = dice.one(&world.catalogue.module(question.module).unwrap().fields).id;
    match dice.below(8) {
        0 => Wish::View,
        1 => Wish::Edit,
        2 => Wish::Delete,
        3 | 4 => Wish::Read(field),
        _ => Wish::Write(field),
    }
}

fn entry(world: &World, question: Question) -> &Entry {
    world.entry(question.module, question.record).unwrap()
}

/// What the oracle says.
fn said(world: &World, viewer: Viewer, question: Question) -> bool {
    let (oracle, entry) = (Oracle { world, viewer }, entry(world, question));
    let rights = || oracle.rights(question.module, entry);
    let field = |id| world.catalogue.module(question.module).unwrap().field(id).unwrap();
    match question.wish {
        Wish::View => oracle.sees(question.module, entry),
        Wish::Edit => rights().is_some_and(|r| r.edit),
        Wish::Delete => rights().is_some_and(|r| r.delete),
        Wish::Read(id) => oracle.reads(field(id), entry),
        Wish::Write(id) => rights().is_some_and(|r| r.changeable.contains(&id)),
    }
}

/// The world after changes.
fn changed(world: &World, viewer: Viewer, user_type: UserTypeId, changes: &[Change]) -> World {
    let mut after = world.clone();
    let Rules { types, ceilings, .. } = rules(world).changed(user_type, changes);
    (after.types, after.ceilings) = (types, ceilings);
    let at = |world: &mut World, id: RecordId, change: &mut dyn FnMut(&mut Entry)| {
        change(world.rows.values_mut().flatten().find(|e| e.id == id).unwrap());
    };
    for change in changes {
        match change.clone() {
            Change::Point { record, field, linked, to } => at(&mut after, record, &mut |e| {
                let ids = [e.targets(field), vec![to]].concat();
                e.values.insert(field, if linked { Value::Refs(ids) } else { Value::Ref(to) });
            }),
            Change::Set { record, field, value } => at(&mut after, record, &mut |e| drop(e.values.insert(field.id, value.clone()))),
            Change::Restore { record } => at(&mut after, record, &mut |e| e.deleted = false),
            Change::Share { record } => drop(after.shares.insert((viewer.anchor.unwrap(), record))),
            _ => {}
        }
    }
    after
}

fn questions(world: &World, dice: &mut Dice) -> Vec<(Viewer, Question)> {
    let people: Vec<(Viewer, UserTypeId)> = world
        .viewers
        .iter()
        .filter_map(|v| match v.key {
            PlanKey::UserType(id) => Some((*v, id)),
            PlanKey::Staff(_) | PlanKey::Anonymous | PlanKey::SignUp(_) => None,
        })
        .collect();
    let records: Vec<_> = world
        .rows
        .iter()
        .flat_map(|(module, rows)| rows.iter().map(|e| (*module, e.id)))
        .collect();
    (0..60)
        .map(|_| {
            let ((viewer, user_type), (module, record)) = (dice.one(&people), dice.one(&records));
            let question = Question {
                user_type,
                module,
                record,
                wish: Wish::View,
            };
            let wish = wish(dice, world, question);
            (viewer, Question { wish, ..question })
        })
        .collect()
}

#[derive(Debug, Default)]
struct Counted {
    allowed: usize,
    denied: usize,
    turned: usize,
    of_records: usize,
    of_several: usize,
    without: usize,
}

/// No answer stands beside a reason that says otherwise.
fn check_reasons(explanation: &Explanation, question: Question) {
    let stopped = explanation.ceilings.iter().any(|c| c.stops);
    assert_eq!(explanation.allowed, explanation.grants.iter().any(|g| g.allows), "{question:?}");
    for grant in &explanation.grants {
        let reasons = grant.covers && grant.lacks.is_empty() && !stopped;
        assert_eq!(grant.allows, reasons, "{question:?} {grant:?} {:?}", explanation.ceilings);
    }
}

/// What is pointed is a look-up, and to a record that it can lead to.
fn check_look_up(world: &World, change: &Change) {
    let Change::Point { record, field, linked, to } = change else {
        return;
    };
    let field = world.catalogue.modules().flat_map(|m| &m.fields).find(|f| f.id == *field).unwrap();
    assert_eq!(*linked, matches!(field.kind, FieldKind::MultiLookup { .. }));
    let leads = world.entry(field.module, *record).is_some() && world.leading(field).contains(to);
    assert!(leads, "{change:?} of {field:?}");
}

fn check_flips(world: &World, viewer: Viewer, question: Question, explanation: &Explanation, counted: &mut Counted) {
    for flip in &explanation.flips {
        flip.changes.iter().for_each(|change| check_look_up(world, change));
        let after = |changes: &[Change]| said(&changed(world, viewer, question.user_type, changes), viewer, question);
        assert_ne!(after(&flip.changes), explanation.allowed, "{question:?} {flip:?}");
        counted.turned += 1;
        counted.of_records += usize::from(flip.changes.iter().any(|c| matches!(c, Change::Point { .. } | Change::Set { .. })));
        counted.of_several += usize::from(flip.changes.len() > 1);
        for at in 0..flip.changes.len() {
            let mut fewer = flip.changes.clone();
            fewer.remove(at);
            assert_eq!(after(&fewer), explanation.allowed, "{question:?} {flip:?} says more than is needed");
        }
    }
}

#[test]
fn explanations_say_what_the_oracle_says_and_the_changes_they_name_turn_it_round() {
    let (mut dice, mut counted) = (Dice::new(7), Counted::default());
    for _ in 0..40 {
        let world = World::random(dice.roll());
        for (viewer, question) in questions(&world, &mut dice) {
            let facts = InMemory { world: &world, viewer };
            let explanation = explain(&rules(&world), &facts, question);
            assert_eq!(explanation.allowed, said(&world, viewer, question), "{question:?}");
            check_reasons(&explanation, question);
            check_flips(&world, viewer, question, &explanation, &mut counted);
            match explanation.allowed {
                true => counted.allowed += 1,
                false => counted.denied += 1,
            }
            let given = |id| world.catalogue.module(question.module).unwrap().field(id).unwrap().kind.is_given();
            let never = match question.wish {
                Wish::Write(field) => given(field),
                Wish::Delete => entry(&world, question).created_by != viewer.actor,
                _ => false,
            };
            assert!(!never || !explanation.allowed && explanation.flips.is_empty(), "{question:?}");
            counted.without += usize::from(explanation.flips.is_empty() && !never);
        }
    }
    println!("{counted:?}");
    assert!(
        counted.allowed > 100 && counted.denied > 1500 && counted.turned > 3000,
        "{counted:?}"
    );
    assert!(counted.of_records > 500 && counted.of_several > 500, "{counted:?}");
    assert_eq!(counted.without, 0, "{counted:?}");
}

/// The same explanation out of both databases, and the database decides as it says.
#[tokio::test(flavor = "multi_thread")]
async fn both_databases_know_what_is_explained() {
    let places = Places::open().await;
    let mut dice = Dice::new(9);
    for _ in 0..4 {
        let world = World::random(dice.roll());
        let databases = places.settle(&world).await;
        for (viewer, question) in questions(&world, &mut dice).into_iter().take(40) {
            let expected = explain(&rules(&world), &InMemory { world: &world, viewer }, question);
            for db in &databases {
                let world = world.clone();
                let found = db.read::<_, ReadError>(move |conn| {
                    let access = world.plans().bind(viewer, question.module);
                    let decided = match access {
                        Some(access) => store::records::allows(conn, &access, question.record, question.wish)?,
                        None => false,
                    };
                    let home = world.policy(question.user_type).personality;
                    let start = [(question.module, question.record), (home, viewer.anchor.unwrap())];
                    let known = Known::new(conn, &world.catalogue, viewer.asker(), &start);
                    let explanation = explain(&rules(&world), &known, question);
                    assert!(known.is_complete());
                    Ok((decided, explanation, known.finish()?))
                });
                let (decided, explanation, seen) = found.await.unwrap();
                assert_eq!(decided, expected.allowed, "{question:?} on {:?}", db.dialect());
                assert_eq!(explanation, expected, "{question:?} on {:?}", db.dialect());
                assert!(seen.records.contains_key(&question.record));
            }
        }
    }
    places.finish().await;
}

/// A look-up to a record, and an organisation in which so many records point at it by that look-up alone.
fn crowd(size: usize) -> (World, FieldId, RecordId) {
    let mut world = World::random(12);
    let mut fields = world.catalogue.modules().flat_map(|m| m.fields.clone());
    let field = fields.find(|f| matches!(f.kind, FieldKind::Lookup { .. })).unwrap();
    drop(fields);
    let target = world.rows[&field.kind.target().unwrap()][0].id;
    let rows = world.rows.get_mut(&field.module).unwrap();
    let first = rows[0].clone();
    *rows = (1..=size)
        .map(|n| {
            let mut entry = first.clone();
            entry.id = RecordId(field.module.0 * 100_000 + i64::try_from(n).unwrap());
            entry.values.insert(field.id, Value::Ref(target));
            entry
        })
        .collect();
    (world, field.id, target)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_to_be_read_is_not_said_to_be_all() {
    let places = Places::open().await;
    for (size, complete) in [(999, true), (1_000, true), (1_001, false), (1_100, false)] {
        let (world, field, target) = crowd(size);
        let viewer = world.viewers[0];
        for db in places.settle(&world).await {
            let world = world.clone();
            let read = db.read::<_, store::engine::Error>(move |conn| {
                let known = Known::new(conn, &world.catalogue, viewer.asker(), &[]);
                let found = known.sources(field, target).len();
                Ok((found, known.is_complete()))
            });
            assert_eq!(read.await.unwrap(), (size.min(1_000), complete));
        }
    }
    let (world, field, _) = crowd(1);
    let viewer = world.viewers[0];
    for db in places.settle(&world).await {
        let world = world.clone();
        let read = db.read::<_, store::engine::Error>(move |conn| {
            let known = Known::new(conn, &world.catalogue, viewer.asker(), &[]);
            let ask = |n: i64| known.sources(field, RecordId(n));
            (1..2_000).for_each(|n| drop(ask(n)));
            let enough = known.is_complete();
            ask(1);
            assert!(known.is_complete() == enough, "what is known is not read again");
            ask(2_000);
            Ok((enough, known.is_complete()))
        });
        assert_eq!(read.await.unwrap(), (true, false));
    }
    places.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_shared_is_known() {
    let places = Places::open().await;
    let world = World::random(13);
    let shared: Vec<_> = world.shares.iter().copied().collect();
    let viewers = world.viewers.iter().filter(|v| v.anchor.is_some());
    let viewers: Vec<Viewer> = viewers.copied().collect();
    for db in places.settle(&world).await {
        for viewer in viewers.clone() {
            let (world, shared) = (world.clone(), shared.clone());
            let read = db.read::<_, store::engine::Error>(move |conn| {
                let known = Known::new(conn, &world.catalogue, viewer.asker(), &[]);
                for (_, record) in &shared {
                    assert_eq!(known.is_shared(*record), world.shares.contains(&(viewer.anchor.unwrap(), *record)));
                }
                Ok(shared.len())
            });
            assert!(read.await.unwrap() > 3);
        }
    }
    places.finish().await;
}
