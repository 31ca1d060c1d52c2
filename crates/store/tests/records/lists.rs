//! A statement that was written for one viewer gives another viewer what is theirs.

use domain::access::Access;
use domain::records::Query;
use proptest::strategy::{Strategy, ValueTree};
use store::engine::Database;
use store::records::{Lists, ReadError};

use crate::dice::Dice;
use crate::differential::{accesses, runner};
use crate::places::Places;
use crate::world::World;

async fn said(db: &Database, lists: &Lists, access: &Access, query: &Query) -> String {
    let list = store::records::json_list(db, lists, access, query).await;
    format!(
        "{:?}",
        list.map(|l| (String::from_utf8(l.body), l.count, l.next))
            .map_err(|e: ReadError| e.to_string())
    )
}

#[tokio::test]
async fn every_viewer_gets_the_same_from_a_statement_kept_as_from_a_new_one() {
    let places = Places::open().await;
    let mut dice = Dice::new(11);
    let mut found = 0;
    for _ in 0..4 {
        let seed = dice.roll();
        let world = World::random(seed);
        for db in places.settle(&world).await {
            let (kept, mut dice) = (Lists::default(), runner(seed, 1));
            // Those who share a plan follow each other, and each asks what the one before asked.
            let mut accesses = accesses(&world);
            accesses.sort_by_key(|a| (a.plan().module().id, format!("{:?}", a.viewer().key)));
            for asking in accesses.windows(2) {
                let asked = crate::asks::query(&world, &asking[0]).new_tree(&mut dice).unwrap().current();
                let query = Query {
                    columns: asked.columns,
                    order: asked.order,
                    ..Query::newest(Vec::new(), asked.limit)
                };
                for access in asking.iter().filter(|a| a.plan().module().id == asking[0].plan().module().id) {
                    let new = said(&db, &Lists::default(), access, &query).await;
                    found += usize::from(new.contains("\\\"id\\\""));
                    assert_eq!(said(&db, &kept, access, &query).await, new, "{:?} asks {query:?}", access.viewer());
                }
            }
        }
    }
    assert!(found > 50, "{found} lists with records prove little");
    places.finish().await;
}
