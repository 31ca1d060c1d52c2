//! Two databases and a naive oracle give the same answers to the same questions, whoever asks.
//!
//! `LOGGIA_ACCESS_CASES` says how many questions are asked, `LOGGIA_ACCESS_SEED` repeats a run. A failing question is
//! shrunk; the organisation it was asked in is named by its seed.

use domain::access::Access;
use domain::ids::RecordId;
use domain::records::Query;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use store::engine::Database;

use crate::answers::No;
use crate::dice::Dice;
use crate::oracle::Oracle;
use crate::places::{self, Places};
use crate::world::World;

/// How many questions are asked of one organisation.
const IN_ONE: u32 = 100;
const SEED: u64 = 20_261_124;

/// A number from the environment.
#[expect(clippy::disallowed_methods, reason = "how long a test run lasts is the developer's choice")]
pub fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// A seed nobody knows before.
fn fresh_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0)
}

pub fn runner(seed: u64, cases: u32) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// Every access of every viewer.
pub fn accesses(world: &World) -> Vec<Access> {
    let plans = world.plans();
    let modules: Vec<_> = world.catalogue.modules().map(|m| m.id).collect();
    let bound = world.viewers.iter().flat_map(|v| modules.iter().map(|m| plans.bind(*v, *m)));
    bound.flatten().collect()
}

#[derive(Clone)]
struct Case {
    access: Access,
    query: Query,
    word: String,
    record: RecordId,
    skipped: u32,
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let module = self.access.plan().module().id;
        write!(
            f,
            "{:?} asks {module}: {:?}, choices {:?}, rights {}",
            self.access.viewer(),
            self.query,
            self.word,
            self.record
        )
    }
}

fn cases(world: &World) -> BoxedStrategy<Case> {
    let world = world.clone();
    let words = ["", "a", "Ä", "%", "straSSe", "жук"];
    (proptest::sample::select(accesses(&world)), proptest::sample::select(words.to_vec()))
        .prop_flat_map(move |(access, word)| {
            let records: Vec<RecordId> = world.rows[&access.plan().module().id].iter().map(|e| e.id).collect();
            let query = crate::asks::query(&world, &access);
            (Just(access), query, proptest::sample::select(records), 1_u32..4).prop_map(move |(access, query, record, skipped)| Case {
                access,
                query,
                word: word.to_owned(),
                record,
                skipped,
            })
        })
        .boxed()
}

async fn compare(world: &World, databases: &[Database; 2], case: &Case) -> Result<(), TestCaseError> {
    let (access, query) = (&case.access, &case.query);
    let (module, viewer) = (access.plan().module().clone(), *access.viewer());
    let oracle = Oracle { world, viewer };
    let expected = oracle.answer(&module, query);
    let counted = oracle.answer(
        &module,
        &Query {
            columns: Vec::new(),
            after: None,
            order: domain::records::Order::NEWEST,
            ..query.clone()
        },
    );
    for db in databases {
        let found = places::whole_list(db, access, query).await;
        prop_assert_eq!(&found, &expected, "list on {:?} for {:?}", db.dialect(), viewer);
        // A place is looked for without columns: a hidden one is refused only where there is something to show.
        let rest = places::behind(db, access, query, case.skipped).await;
        let fits = match &expected {
            Ok(all) => rest.as_deref() == Ok(all.get(usize::try_from(case.skipped).unwrap()..).unwrap_or_default()),
            Err(_) => rest.as_ref().is_err() || rest == Ok(Vec::new()),
        };
        prop_assert!(fits, "behind {} on {:?}: {:?}", case.skipped, db.dialect(), rest);
        let count = places::count(db, access, query).await;
        let wanted = counted.as_ref().map(|found| u64::try_from(found.len()).unwrap()).map_err(|no| *no);
        prop_assert_eq!(count, wanted, "count on {:?}", db.dialect());
        let chosen = places::choices(db, access, &case.word, 5).await;
        prop_assert_eq!(chosen, oracle.choices(&module, &case.word, 5), "choices on {:?}", db.dialect());
        let rights = places::rights(db, access, case.record).await;
        let entry = world.entry(module.id, case.record).unwrap();
        prop_assert_eq!(rights, oracle.rights(module.id, entry), "rights on {:?}", db.dialect());
    }
    Ok(())
}

/// No module is bound that the oracle does not know of, none is missing, and no field.
fn compare_what_exists(world: &World) {
    let plans = world.plans();
    for viewer in &world.viewers {
        let oracle = Oracle { world, viewer: *viewer };
        for module in world.catalogue.modules() {
            let Some(access) = plans.bind(*viewer, module.id) else {
                assert!(
                    !world.rows[&module.id].iter().any(|e| oracle.sees(module.id, e)),
                    "{viewer:?} sees none of {}",
                    module.id
                );
                continue;
            };
            assert!(oracle.sees_module(module.id));
            for field in &module.fields {
                assert_eq!(
                    access.plan().column(field.id).is_some(),
                    oracle.may_read(field),
                    "{}",
                    field.api_name
                );
            }
        }
    }
}

/// Asks so many questions in organisations of this seed. Returns how many of them got records, and how many records.
async fn ask(seed: u64, cases_wanted: u32) {
    let places = Places::open().await;
    let (mut dice, mut left) = (Dice::new(seed), cases_wanted);
    while left > 0 {
        let world_seed = dice.roll();
        let world = World::random(world_seed);
        compare_what_exists(&world);
        let databases = places.settle(&world).await;
        let cases_here = left.min(IN_ONE);
        left -= cases_here;
        let handle = tokio::runtime::Handle::current();
        let result = tokio::task::block_in_place(|| {
            runner(world_seed, cases_here)
                .run(&cases(&world), |case| handle.block_on(compare(&world, &databases, &case)))
                .map_err(|e| e.to_string())
        });
        if let Err(error) = result {
            panic!("seed {seed}, organisation {world_seed}: {error}");
        }
    }
    places.finish().await;
}

/// How many questions are asked: as many as are wanted, else so many.
fn cases_wanted(usual: u32) -> u32 {
    setting("LOGGIA_ACCESS_CASES").map_or(usual, |n| u32::try_from(n).unwrap().div_ceil(2))
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_postgresql_and_the_oracle_agree_for_a_fixed_seed() {
    ask(SEED, cases_wanted(5_000)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_postgresql_and_the_oracle_agree_for_a_new_seed() {
    let seed = setting("LOGGIA_ACCESS_SEED").unwrap_or_else(fresh_seed);
    println!("LOGGIA_ACCESS_SEED={seed}");
    ask(seed, cases_wanted(500)).await;
}

/// Guards the test itself: questions that find nothing prove nothing.
#[test]
fn the_questions_find_something_and_are_sometimes_refused() {
    let (mut full, mut empty, mut refused) = (0, 0, 0);
    let mut dice = Dice::new(SEED);
    for _ in 0..20 {
        let world = World::random(dice.roll());
        let counted = std::cell::RefCell::new((0, 0, 0));
        runner(1, 50)
            .run(&cases(&world), |case| {
                let oracle = Oracle {
                    world: &world,
                    viewer: *case.access.viewer(),
                };
                let mut counted = counted.borrow_mut();
                match oracle.answer(case.access.plan().module(), &case.query) {
                    Ok(found) if found.is_empty() => counted.1 += 1,
                    Ok(_) => counted.0 += 1,
                    Err(No::SuchField | No::Value | No::Cursor) => counted.2 += 1,
                }
                Ok(())
            })
            .unwrap();
        let (a, b, c) = counted.into_inner();
        (full, empty, refused) = (full + a, empty + b, refused + c);
    }
    println!("{full} found something, {empty} nothing, {refused} were refused");
    assert!(full > 300 && empty > 100 && refused > 50, "{full} {empty} {refused}");
}
