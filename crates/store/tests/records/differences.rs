//! What one policy shows and another does not: the database counts what the oracle counts.

use domain::access::{PlanKey, Policy, Viewer};
use domain::ids::{FieldId, ModuleId, RecordId};
use store::engine::Error;
use store::records::{Only, only_in};

use crate::dice::Dice;
use crate::oracle::Oracle;
use crate::places::Places;
use crate::world::{Entry, World};

/// A policy that shows less, more or something else than this one; now and then the same.
fn changed(dice: &mut Dice, policy: &Policy) -> Policy {
    let mut other = policy.clone();
    for grant in &mut other.grants {
        match dice.below(5) {
            0 => grant.fields = dice.some(&grant.fields, 60),
            1 => grant.criteria = None,
            2 => grant.people = None,
            3 => grant.actions.view = false,
            _ => {}
        }
    }
    other
}

/// The same organisation under other policies.
fn other_policies(dice: &mut Dice, world: &World) -> World {
    let mut other = world.clone();
    for (_, policy) in &mut other.types {
        *policy = changed(dice, policy);
    }
    other
}

fn shows(world: &World, viewer: Viewer, module: ModuleId, field: Option<FieldId>, entry: &Entry) -> bool {
    let oracle = Oracle { world, viewer };
    match field.map(|id| world.catalogue.module(module).unwrap().field(id).unwrap()) {
        None => oracle.sees(module, entry),
        Some(field) => oracle.reads(field, entry),
    }
}

fn expected(world: &World, other: &World, viewer: Viewer, module: ModuleId, field: Option<FieldId>, most: usize) -> Only {
    let only = |e: &&Entry| shows(world, viewer, module, field, e) && !shows(other, viewer, module, field, e);
    let mut ids: Vec<RecordId> = world.rows[&module].iter().filter(only).map(|e| e.id).collect();
    ids.sort_unstable();
    Only {
        count: u64::try_from(ids.len()).unwrap(),
        first: ids.into_iter().take(most).collect(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_one_of_two_policies_shows_is_counted_as_the_oracle_counts_it() {
    let places = Places::open().await;
    let (mut dice, mut found, mut none) = (Dice::new(11), 0, 0);
    for _ in 0..12 {
        let world = World::random(dice.roll());
        let other = other_policies(&mut dice, &world);
        let databases = places.settle(&world).await;
        let (plans, others) = (world.plans(), other.plans());
        let people = world.viewers.iter().filter(|v| matches!(v.key, PlanKey::UserType(_)));
        for viewer in people {
            for module in world.catalogue.modules() {
                let Some(access) = plans.bind(*viewer, module.id) else { continue };
                let rival = others.bind(*viewer, module.id);
                for field in std::iter::once(None).chain(module.fields.iter().map(|f| Some(f.id))) {
                    let wanted = expected(&world, &other, *viewer, module.id, field, 2);
                    found += usize::from(wanted.count > 0);
                    none += usize::from(wanted.count == 0);
                    for db in &databases {
                        let (access, rival) = (access.clone(), rival.clone());
                        let only = db
                            .read::<_, Error>(move |conn| only_in(conn, &access, rival.as_ref(), field, 2))
                            .await;
                        assert_eq!(only.unwrap(), wanted, "{viewer:?} {field:?} of {} on {:?}", module.id, db.dialect());
                    }
                }
            }
        }
    }
    println!("{found} differences, {none} times the same");
    assert!(found > 100 && none > 100, "{found} differences, {none} times the same");
    places.finish().await;
}
