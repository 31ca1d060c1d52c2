//! Every operator on every field that a viewer may read, against the oracle: random questions draw some of them rarely.

use domain::records::{Filter, Query};

use crate::asks::OPERATORS;
use crate::dice::Dice;
use crate::differential::accesses;
use crate::oracle::Oracle;
use crate::places::{Places, whole_list};
use crate::values::asked;
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn every_operator_on_every_field_finds_what_the_oracle_finds() {
    let places = Places::open().await;
    let mut dice = Dice::new(51);
    let (mut some, mut none, mut refused) = (0, 0, 0);
    for _ in 0..4 {
        let world = World::random(dice.roll());
        let databases = places.settle(&world).await;
        let accesses = accesses(&world);
        for _ in 0..8 {
            let access = dice.one(&accesses);
            let module = access.plan().module().clone();
            let oracle = Oracle {
                world: &world,
                viewer: *access.viewer(),
            };
            for (column, operator) in access.plan().columns().iter().flat_map(|c| OPERATORS.map(|operator| (c, operator))) {
                let query = Query {
                    filter: Some(Filter::Compare {
                        field: column.field.id,
                        operator,
                        value: dice.one(&asked(&world, &column.field)),
                    }),
                    ..Query::newest(Vec::new(), 200)
                };
                let expected = oracle.answer(&module, &query);
                match &expected {
                    Ok(found) if found.is_empty() => none += 1,
                    Ok(_) => some += 1,
                    Err(_) => refused += 1,
                }
                for db in &databases {
                    let found = whole_list(db, &access, &query).await;
                    assert_eq!(found, expected, "{query:?} on {:?} for {:?}", db.dialect(), access.viewer());
                }
            }
        }
    }
    println!("{some} found something, {none} nothing, {refused} were refused");
    assert!(some > 500 && none > 300 && refused > 300, "{some} {none} {refused}");
    places.finish().await;
}
