//! Non-interference: two organisations that differ only in what a viewer may not know give the same bytes.
//!
//! What is different: hidden fields of seen records, everything about unseen records (also how many there are, and
//! whether they are deleted), what look-ups point at behind the viewer's back.

use std::collections::BTreeMap;

use domain::access::{Access, PlanKey, Scope, Viewer};
use domain::ids::{FieldId, ModuleId, RecordId};
use domain::modules::{Field, FieldKind, SHOWN_TO_CLIENT};
use domain::records::{Query, Value};
use domain::time::Moment;
use proptest::prelude::*;
use store::engine::Database;
use store::records::Shown;

use crate::dice::Dice;
use crate::differential::{runner, setting};
use crate::judge::runs_over;
use crate::oracle::Oracle;
use crate::places::Places;
use crate::values::{TEXTS, lookup_value, pool};
use crate::world::{Entry, LATEST, NOBODY, World, name};

/// Fields that decide who sees what, for this viewer: they stay.
fn authority(world: &World, viewer: Viewer) -> Vec<FieldId> {
    let PlanKey::UserType(id) = viewer.key else { return Vec::new() };
    let scopes: Vec<&Scope> = world.policy(id).grants.iter().map(|g| &g.scope).collect();
    let fields = world.catalogue.modules().flat_map(|m| &m.fields);
    let decides = |f: &&Field| f.api_name == SHOWN_TO_CLIENT || scopes.iter().any(|s| runs_over(s, f));
    fields.filter(decides).map(|f| f.id).collect()
}

/// Records of which the viewer may know the name, and whether they are there, without seeing them.
fn known_by_name(world: &World, oracle: &Oracle<'_>) -> Vec<RecordId> {
    let mut known = Vec::new();
    for module in world.catalogue.modules() {
        for entry in world.rows[&module.id].iter().filter(|e| oracle.sees(module.id, e)) {
            let named = module
                .fields
                .iter()
                .filter(|f| oracle.reads(f, entry) && oracle.names_only(f, entry));
            known.extend(named.flat_map(|f| entry.targets(f.id)));
        }
    }
    known
}

/// The same organisation to this viewer, another one to everybody else.
fn blurred(world: &World, viewer: Viewer, dice: &mut Dice) -> World {
    let oracle = Oracle { world, viewer };
    let (authority, known) = (authority(world, viewer), known_by_name(world, &oracle));
    let mut other = world.clone();
    for module in world.catalogue.modules() {
        let mut entries = Vec::new();
        for entry in &world.rows[&module.id] {
            let (seen, named) = (oracle.sees(module.id, entry), known.contains(&entry.id));
            let mut new = entry.clone();
            for field in module.fields.iter().filter(|f| !authority.contains(&f.id)) {
                if !(named && module.name_fields.contains(&field.id)) {
                    blur(&oracle, field, entry, seen, &mut new, dice);
                }
            }
            if !seen {
                new.created_by = dice.one(&[1, 2, 3, viewer.actor]);
                new.modified = Moment(dice.between(1, 1_000_000).try_into().unwrap());
                new.deleted = if named { entry.deleted } else { dice.chance(40) };
            }
            new.name = name(module, &new);
            if !seen && dice.chance(30) {
                let id = twin_of(entry.id);
                entries.push(Entry { id, ..new.clone() });
            }
            entries.push(new);
        }
        other.rows.insert(module.id, entries);
    }
    keep_out_of_sight(world, &mut other, viewer);
    keep_what_is_seen(world, &mut other, viewer);
    other
}

/// Everything that a viewer may know, as text.
fn knowledge(world: &World, viewer: Viewer) -> BTreeMap<RecordId, String> {
    let oracle = Oracle { world, viewer };
    let mut known = BTreeMap::new();
    for module in world.catalogue.modules() {
        for entry in world.rows[&module.id].iter().filter(|e| oracle.sees(module.id, e)) {
            let shown: Vec<_> = module
                .fields
                .iter()
                .map(|f| (oracle.reads(f, entry), oracle.shown(f, entry)))
                .collect();
            let said = (shown, oracle.reads_name(module, entry), oracle.rights(module.id, entry));
            known.insert(entry.id, format!("{said:?}"));
        }
    }
    known
}

/// Criteria and long paths may run over what is hidden: a change that the viewer ought to notice is no blur. Records are
/// taken back one after the other until nothing can be noticed, and then each of them is blurred again that can be: what was
/// to blame is mostly one of many.
fn keep_what_is_seen(world: &World, other: &mut World, viewer: Viewer) {
    let wanted = knowledge(world, viewer);
    let mut taken_back = Vec::new();
    for (module, entries) in &world.rows {
        for old in entries {
            if knowledge(other, viewer) == wanted {
                break;
            }
            taken_back.push((*module, old.id, put(other, *module, old.id, vec![old.clone()])));
        }
    }
    for (module, id, blurred) in taken_back {
        let plain = put(other, module, id, blurred);
        if knowledge(other, viewer) != wanted {
            put(other, module, id, plain);
        }
    }
}

/// Puts a record, and perhaps its twin, in the place of what stood there, and gives that back.
fn put(world: &mut World, module: ModuleId, id: RecordId, new: Vec<Entry>) -> Vec<Entry> {
    let entries = world.rows.get_mut(&module).unwrap();
    let at = entries.iter().position(|e| e.id == id || e.id == twin_of(id)).unwrap();
    let (old, mut rest): (Vec<Entry>, Vec<Entry>) = entries.drain(..).partition(|e| e.id == id || e.id == twin_of(id));
    rest.splice(at..at, new);
    *entries = rest;
    old
}

/// The id of the further record that may stand beside one.
fn twin_of(id: RecordId) -> RecordId {
    RecordId(id.0 + 500)
}

fn blur(oracle: &Oracle<'_>, field: &Field, entry: &Entry, seen: bool, new: &mut Entry, dice: &mut Dice) {
    let readable = seen && oracle.reads(field, entry);
    match field.kind.target() {
        None if field.kind == FieldKind::Parent => {
            let all = oracle.world.leading(field);
            let unseen: Vec<RecordId> = all.iter().copied().filter(|id| oracle.seen_through(field, *id).is_none()).collect();
            match oracle.shown(field, entry) {
                _ if !readable => drop(new.values.insert(field.id, lookup_value(dice, &field.kind, &all))),
                Shown::Absent => drop(new.values.insert(field.id, lookup_value(dice, &field.kind, &unseen))),
                _ => {}
            }
        }
        _ if readable && field.kind.target().is_none() => {}
        Some(target) if readable => {
            // The viewer knows of the look-up; what it points at out of sight may be something else.
            let unseen: Vec<RecordId> = oracle.world.rows[&target]
                .iter()
                .filter(|e| !oracle.sees(target, e))
                .map(|e| e.id)
                .chain([NOBODY])
                .collect();
            match oracle.shown(field, entry) {
                Shown::Absent if !oracle.names_only(field, entry) => drop(new.values.insert(field.id, Value::Ref(dice.one(&unseen)))),
                Shown::Links(links) => {
                    let mut ids: Vec<RecordId> = links.iter().filter_map(|l| l.id).chain(dice.some(&unseen, 20)).collect();
                    ids.sort_unstable();
                    new.values.insert(field.id, Value::Refs(ids));
                }
                _ => {}
            }
        }
        Some(target) => {
            let ids: Vec<RecordId> = oracle.world.rows[&target].iter().map(|e| e.id).collect();
            new.values.insert(field.id, lookup_value(dice, &field.kind, &ids));
        }
        None => match field.kind {
            FieldKind::CreatedTime => new.created = Moment(dice.between(1, 1_000_000).try_into().unwrap()),
            FieldKind::ModifiedBy => new.modified_by = dice.one(&[1, 2, 3]),
            // Who made it decides what may be done with it, and when it was changed is what an edit is checked against.
            FieldKind::CreatedBy | FieldKind::ModifiedTime => {}
            _ => drop(new.values.insert(field.id, dice.one(&pool(&field.kind)))),
        },
    }
}

/// What was not seen before must not come into sight by the change.
fn keep_out_of_sight(world: &World, other: &mut World, viewer: Viewer) {
    let before = Oracle { world, viewer };
    for module in world.catalogue.modules() {
        let after = Oracle { world: other, viewer };
        let seen = |id: RecordId| world.entry(module.id, id).is_some_and(|e| before.sees(module.id, e));
        let grown: Vec<RecordId> = other.rows[&module.id]
            .iter()
            .filter(|e| after.sees(module.id, e) && !seen(e.id))
            .map(|e| e.id)
            .collect();
        for entry in other.rows.get_mut(&module.id).unwrap() {
            entry.deleted |= grown.contains(&entry.id);
        }
    }
}

#[derive(Clone)]
struct Question {
    access: Access,
    query: Query,
    word: &'static str,
    id: RecordId,
}

impl std::fmt::Debug for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (viewer, module) = (self.access.viewer(), self.access.plan().module().id);
        write!(f, "{viewer:?} asks {module}: {:?}, {:?}, {}", self.query, self.word, self.id)
    }
}

/// Everything the store says to a question, as text.
async fn transcript(db: &Database, question: &Question) -> String {
    let Question { access, query, word, id } = question.clone();
    let mut said = String::new();
    let mut page = query.clone();
    for _ in 0..10 {
        let json = store::records::json_list(db, &store::records::Lists::default(), &access, &page).await;
        let next = json.as_ref().ok().and_then(|j| j.next.clone());
        said += &format!("{:?}\n", json.map(|j| (String::from_utf8(j.body), j.count, j.next)));
        match next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    let more = db.read::<_, store::engine::Error>(move |conn| {
        let columns = query.columns.clone();
        let mut said = format!("{:?}\n", store::records::list(conn, &access, &query));
        said += &format!("{:?}\n", store::records::count(conn, &access, &query));
        said += &format!("{:?}\n", store::records::one(conn, &access, id, columns));
        said += &format!("{:?}\n", store::records::choices(conn, &access, word, 20));
        said += &format!("{:?}\n", store::records::rights(conn, &access, id));
        // Employees who may restore a record may know what they restore.
        if access.viewer().anchor.is_some() {
            said += &format!("{:?}\n", store::records::bin(conn, &access, LATEST));
        }
        let keys: Vec<String> = TEXTS.iter().map(|&t| t.to_owned()).chain([id.to_string()]).collect();
        for field in &access.plan().module().fields {
            let mut found: Vec<_> = store::records::by_key(conn, &access, field, &keys).unwrap().into_iter().collect();
            found.sort_by(|a, b| a.0.cmp(&b.0));
            said += &format!("{found:?}\n");
        }
        Ok(said)
    });
    said + &more.await.unwrap()
}

async fn compare(seed: u64, places: &Places, cases: u32) {
    let mut dice = Dice::new(seed);
    let world = World::random(dice.roll());
    // The last one sees everything: there is nothing to hide.
    let hidden_from: Vec<Viewer> = world
        .viewers
        .iter()
        .copied()
        .filter(|v| v.key != PlanKey::Staff(world.profiles[0].id))
        .collect();
    let viewer = dice.one(&hidden_from);
    let other = blurred(&world, viewer, &mut dice);
    let plans = world.plans();
    let accesses: Vec<Access> = world.catalogue.modules().filter_map(|m| plans.bind(viewer, m.id)).collect();
    if accesses.is_empty() {
        return;
    }
    let (a, b) = (places.settle(&world).await, places.settle(&other).await);
    let every: Vec<RecordId> = other.rows.values().flatten().map(|e| e.id).collect();
    let asked = world.clone();
    let question = (
        proptest::sample::select(accesses),
        proptest::sample::select(every),
        proptest::sample::select(TEXTS.to_vec()),
    )
        .prop_flat_map(move |(access, id, word)| {
            crate::asks::query(&asked, &access).prop_map(move |query| Question {
                access: access.clone(),
                query,
                word,
                id,
            })
        });
    let handle = tokio::runtime::Handle::current();
    let result = tokio::task::block_in_place(|| {
        runner(seed, cases)
            .run(&question, |question| {
                for (one, two) in a.iter().zip(&b) {
                    let one = handle.block_on(transcript(one, &question));
                    prop_assert_eq!(one, handle.block_on(transcript(two, &question)));
                }
                Ok(())
            })
            .map_err(|error| error.to_string())
    });
    if let Err(error) = result {
        panic!("organisation {seed}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i02_what_a_viewer_may_not_read_changes_no_byte_of_any_answer() {
    let cases = setting("LOGGIA_ACCESS_CASES").map_or(400, |n| u32::try_from(n).unwrap() / 2);
    let places = Places::open().await;
    let mut dice = Dice::new(7);
    for _ in 0..cases.div_ceil(50) {
        compare(dice.roll(), &places, 50).await;
    }
    places.finish().await;
}

/// Guards the test itself: most of what is out of sight is really different.
#[test]
fn the_other_organisation_is_another_one() {
    let (mut different, mut of) = (0, 0);
    let mut dice = Dice::new(8);
    for _ in 0..20 {
        let world = World::random(dice.roll());
        let viewer = world.viewers[0];
        let other = blurred(&world, viewer, &mut dice);
        let (before, after) = (Oracle { world: &world, viewer }, Oracle { world: &other, viewer });
        for (module, entries) in &world.rows {
            for entry in entries {
                let twin = other.entry(*module, entry.id).unwrap();
                assert_eq!(before.sees(*module, entry), after.sees(*module, twin));
                if !before.sees(*module, entry) {
                    of += 1;
                    different += usize::from(entry.values != twin.values);
                }
            }
        }
    }
    assert!(of > 500 && different * 10 > of * 9, "{different} of {of}");
}
