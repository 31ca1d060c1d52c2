//! How much may be asked for at once, what it costs, and which statements are kept.

use domain::ids::{FieldId, RecordId};
use domain::records::{Cursor, Filter, Operator, Order, Query, QueryError, Search, SortKey, Value};
use store::records::{Lists, ReadError};
use store::testing::each_database;

use crate::edges::{ask, office};
use crate::world::PEOPLE;

fn bad_limit<T: std::fmt::Debug>(answer: Result<T, ReadError>) -> bool {
    matches!(answer, Err(ReadError::Query(QueryError::BadLimit)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_holds_1_to_200_records_and_at_most_2000_are_passed_over() {
    each_database(async |place| {
        let (_, db, access) = office(place).await;
        for (limit, fits) in [(0, false), (1, true), (200, true), (201, false)] {
            let found = ask(&db, &access, Query::newest(Vec::new(), limit)).await;
            assert_eq!(found.is_ok(), fits, "{limit}");
            assert!(fits || found == Err(QueryError::BadLimit));
        }
        for (passed, fits) in [(0, false), (1, true), (2000, true), (2001, false)] {
            let access = access.clone();
            let query = Query::newest(Vec::new(), 10);
            let place = db.read(move |conn| store::records::skip(conn, &access, &query, passed)).await;
            assert_eq!(bad_limit(place), !fits, "{passed}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_the_last_record_there_is_no_place() {
    each_database(async |place| {
        let (world, db, access) = office(place).await;
        let live = world.rows[&PEOPLE].iter().filter(|e| !e.deleted).count();
        let live = u32::try_from(live).unwrap();
        for (passed, is_there) in [(live - 1, true), (live, false), (live + 1, false)] {
            let access = access.clone();
            let query = Query::newest(Vec::new(), 10);
            let place = db.read(move |conn| store::records::skip(conn, &access, &query, passed)).await;
            assert_eq!(place.unwrap().is_some(), is_there, "{passed} of {live}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_page_costs_is_told_and_more_rows_cost_no_less() {
    each_database(async |place| {
        let (_, db, access) = office(place).await;
        let cost = async |limit| {
            let access = access.clone();
            let cost = db.read(move |conn| store::records::cost(conn, &access, &Query::newest(Vec::new(), limit)));
            cost.await.unwrap()
        };
        let (one, all) = (cost(1).await, cost(200).await);
        assert!(1 < one && one <= all, "one costs {one}, all {all}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_among_texts_is_a_text_and_among_numbers_a_number() {
    each_database(async |place| {
        let (world, db, access) = office(place).await;
        let fields = &access.plan().module().fields;
        let owner = fields.iter().find(|f| !f.kind.is_line() && f.kind.is_sortable()).unwrap();
        let (text, number) = (Value::Text("Alpha".into()), Value::Int(5));
        for (field, value, fits) in [
            (&fields[0], &text, true),
            (&fields[0], &number, false),
            (owner, &number, true),
            (owner, &text, false),
        ] {
            let query = Query {
                order: by(field.id),
                after: Some(Cursor {
                    value: value.clone(),
                    id: world.rows[&PEOPLE][0].id,
                }),
                ..Query::newest(Vec::new(), 10)
            };
            let found = ask(&db, &access, query).await;
            assert_eq!(found == Err(QueryError::BadCursor), !fits, "{:?} after {value:?}", field.kind);
        }
    })
    .await;
}

fn by(field: FieldId) -> Order {
    Order {
        key: SortKey::Field(field),
        descending: false,
    }
}

/// Whatever holds values of its own would fill the place of those that are asked again and again.
#[tokio::test(flavor = "multi_thread")]
async fn only_statements_that_hold_no_values_are_kept() {
    each_database(async |place| {
        let (_, db, access) = office(place).await;
        let name = access.plan().module().fields[0].id;
        let plain = || Query::newest(Vec::new(), 10);
        let compare = Filter::Compare {
            field: name,
            operator: Operator::NotEmpty,
            value: Value::Null,
        };
        let cursor = Cursor {
            value: Value::Null,
            id: RecordId(1),
        };
        let kept = async |questions: &[Query]| {
            let lists = Lists::default();
            for query in questions {
                store::records::json_list(&db, &lists, &access, query).await.unwrap();
            }
            format!("{lists:?}")
        };
        for query in [
            Query {
                filter: Some(compare),
                ..plain()
            },
            Query {
                search: Some(Search("a".into())),
                ..plain()
            },
            Query {
                ids: vec![RecordId(1)],
                ..plain()
            },
            Query {
                after: Some(cursor),
                ..plain()
            },
        ] {
            assert_eq!(kept(std::slice::from_ref(&query)).await, "Lists { kept: 0 }", "{query:?}");
        }
        let by_name = Query {
            order: by(name),
            ..plain()
        };
        assert_eq!(kept(&[plain(), plain(), by_name]).await, "Lists { kept: 2 }");
    })
    .await;
}
