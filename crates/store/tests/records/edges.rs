//! What an attacker would try by hand: ended sessions, old versions, strange texts, huge questions, raw keys.

use domain::access::{Access, Viewer};
use domain::ids::RecordId;
use domain::modules::FieldKind;
use domain::records::{Filter, MAX_DEPTH, MAX_PARTS, Operator, Order, Query, QueryError, Search, SortKey, Value};
use domain::time::Moment;
use store::engine::{Conn, Database, Error};
use store::records::{ByKey, Lists, ReadError, WriteError, Writing};
use store::testing::{Place, each_database};

use crate::places::settle;
use crate::world::{LATEST, PEOPLE, World};

const SESSION: i64 = 77;

/// An organisation and an employee who may do everything, signed in.
pub async fn office(place: &Place) -> (World, Database, Access) {
    let world = World::random(3);
    let db = settle(place, "org_1", &world).await;
    db.write::<_, Error>(|conn| {
        conn.execute("INSERT INTO :db.identities (id, email, created_time) VALUES (1, 'a@example.com', 0)", &[])?;
        conn.execute(
            "INSERT INTO :db.sessions (id, hash, kind, identity_id, scope, created_time, expires_time) VALUES ($1, 'x', 'staff', 1, '', 0, 1)",
            &[SESSION.into()],
        )
    })
    .await
    .unwrap();
    let staff = world.viewers.iter().find(|v| v.anchor.is_none()).unwrap();
    let viewer = Viewer {
        session: Some(SESSION),
        ..*staff
    };
    let access = world.plans().bind(viewer, PEOPLE).unwrap();
    (world, db, access)
}

/// Runs every reader and writer there is and says which of them did not find the access out of date.
fn still_open(conn: &mut Conn, access: &Access, id: RecordId) -> Vec<&'static str> {
    let query = Query::newest(Vec::new(), 10);
    let name = &access.plan().module().fields[0];
    let stale = |refused: Result<(), ReadError>| matches!(refused, Err(ReadError::Stale));
    let answers = [
        ("list", stale(store::records::list(conn, access, &query).map(drop))),
        ("count", stale(store::records::count(conn, access, &query).map(drop))),
        ("one", stale(store::records::one(conn, access, id, Vec::new()).map(drop))),
        ("choices", stale(store::records::choices(conn, access, "", 10).map(drop))),
        ("rights", stale(store::records::rights(conn, access, id).map(drop))),
        ("bin", stale(store::records::bin(conn, access, LATEST).map(drop))),
        (
            "by_key",
            stale(store::records::by_key(conn, access, name, &["Alpha".into()]).map(drop)),
        ),
        (
            "write",
            matches!(Writing::begin(conn, access, Moment(0)).map(drop), Err(WriteError::Stale)),
        ),
    ];
    answers.into_iter().filter(|(_, closed)| !closed).map(|(name, _)| name).collect()
}

async fn look(db: &Database, access: &Access) -> Vec<&'static str> {
    let asked = access.clone();
    let mut open = db
        .read::<_, Error>(move |conn| Ok(still_open(conn, &asked, RecordId(PEOPLE.0 * 1000 + 1))))
        .await
        .unwrap();
    let json = store::records::json_list(db, &Lists::default(), access, &Query::newest(Vec::new(), 10)).await;
    if !matches!(json, Err(ReadError::Stale)) {
        open.push("json_list");
    }
    open
}

#[tokio::test(flavor = "multi_thread")]
async fn i11_nothing_reads_or_writes_with_an_ended_session() {
    each_database(async |place| {
        let (_, db, access) = office(place).await;
        assert_eq!(look(&db, &access).await.len(), 9, "all doors are open before");
        db.write::<_, Error>(|conn| conn.execute("DELETE FROM :db.sessions WHERE id = $1", &[SESSION.into()]))
            .await
            .unwrap();
        assert_eq!(look(&db, &access).await, [] as [&str; 0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i19_nothing_reads_or_writes_with_plans_of_an_old_version() {
    each_database(async |place| {
        let (_, db, access) = office(place).await;
        db.write::<_, Error>(store::state::raise).await.unwrap();
        assert_eq!(look(&db, &access).await, [] as [&str; 0]);
    })
    .await;
}

pub async fn ask(db: &Database, access: &Access, query: Query) -> Result<Vec<RecordId>, QueryError> {
    let asked = access.clone();
    let page = db.read(move |conn| store::records::list(conn, &asked, &query)).await;
    match page {
        Ok(page) => Ok(page.records.into_iter().map(|r| r.id).collect()),
        Err(ReadError::Query(why)) => Err(why),
        Err(other) => panic!("{other:?}"),
    }
}

fn where_is(field: domain::ids::FieldId, operator: Operator, text: &str) -> Query {
    Query {
        filter: Some(Filter::Compare {
            field,
            operator,
            value: Value::Text(text.into()),
        }),
        ..Query::newest(Vec::new(), 200)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_no_database_can_hold_is_found_nowhere_and_breaks_nothing() {
    each_database(async |place| {
        let (_, db, access) = office(place).await;
        let name = access.plan().module().fields[0].clone();
        let nul = "a\0b";
        for operator in [
            Operator::Equals,
            Operator::NotEquals,
            Operator::Contains,
            Operator::StartsWith,
            Operator::Less,
        ] {
            let refused = ask(&db, &access, where_is(name.id, operator, nul)).await;
            assert_eq!(refused, Err(QueryError::BadValue(name.api_name.clone())), "{operator:?}");
        }
        let search = Query {
            search: Some(Search(nul.into())),
            ..Query::newest(Vec::new(), 200)
        };
        assert_eq!(ask(&db, &access, search).await, Ok(Vec::new()));
        let cursor = Query {
            order: Order {
                key: SortKey::Field(name.id),
                descending: false,
            },
            after: Some(domain::records::Cursor {
                value: Value::Text(nul.into()),
                id: RecordId(1),
            }),
            ..Query::newest(Vec::new(), 200)
        };
        assert_eq!(ask(&db, &access, cursor).await, Err(QueryError::BadCursor));
        let asked = access.clone();
        let (choices, keys) = db
            .read::<_, ReadError>(move |conn| {
                let choices = store::records::choices(conn, &asked, nul, 10)?;
                Ok((choices, store::records::by_key(conn, &asked, &name, &[nul.into(), "Alpha".into()])?))
            })
            .await
            .unwrap();
        assert!(choices.is_empty() && !keys.contains_key(nul));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn text_beyond_ascii_is_found_by_itself_and_in_order() {
    each_database(async |place| {
        let (world, db, access) = office(place).await;
        let name = access.plan().module().fields[0].id;
        let live = || world.rows[&PEOPLE].iter().filter(|e| !e.deleted);
        for text in ["ÄPFEL", "Äpfel", "Ωmega", "ИЖ жук", "Straße"] {
            let same = live()
                .filter(|e| matches!(&e.values[&name], Value::Text(t) if t.eq_ignore_ascii_case(text)))
                .count();
            for operator in [Operator::Equals, Operator::StartsWith] {
                let found = ask(&db, &access, where_is(name, operator, text)).await.unwrap();
                assert_eq!(found.len(), same, "{text} {operator:?}");
            }
        }
        assert!(
            live().any(|e| matches!(&e.values[&name], Value::Text(t) if !t.is_ascii())),
            "there is such a text"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wildcards_are_only_characters() {
    each_database(async |place| {
        let (world, db, access) = office(place).await;
        let name = access.plan().module().fields[0].id;
        for (operator, text) in [
            (Operator::Contains, "%"),
            (Operator::Contains, "_"),
            (Operator::Contains, "a_b"),
            (Operator::StartsWith, "a%"),
            (Operator::Contains, "\\"),
            (Operator::Contains, "' OR 1 = 1 --"),
        ] {
            let wanted = world.rows[&PEOPLE]
                .iter()
                .filter(|e| !e.deleted)
                .filter(|e| match &e.values[&name] {
                    Value::Text(t) if operator == Operator::Contains => t.contains(text),
                    Value::Text(t) => t.starts_with(text),
                    _ => false,
                });
            let wanted = wanted.count();
            assert_eq!(
                ask(&db, &access, where_is(name, operator, text)).await.unwrap().len(),
                wanted,
                "{text}"
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_is_too_large_is_refused_and_a_long_list_of_ids_is_not() {
    each_database(async |place| {
        let (world, db, access) = office(place).await;
        let name = access.plan().module().fields[0].id;
        let one = || Filter::Compare {
            field: name,
            operator: Operator::Empty,
            value: Value::Null,
        };
        let ask_for = async |filter| {
            let query = Query {
                filter: Some(filter),
                ..Query::newest(Vec::new(), 200)
            };
            ask(&db, &access, query).await.map(drop)
        };
        let nested = |depth| (0..depth).fold(one(), |inner, _| Filter::All(vec![inner]));
        let wide = |count| Filter::Any((0..count).map(|_| one()).collect());
        assert_eq!(ask_for(nested(MAX_DEPTH)).await, Ok(()));
        assert_eq!(ask_for(nested(MAX_DEPTH + 1)).await, Err(QueryError::TooComplex));
        assert_eq!(ask_for(wide(MAX_PARTS - 1)).await, Ok(()));
        assert_eq!(ask_for(wide(MAX_PARTS)).await, Err(QueryError::TooComplex));
        let empties = Filter::Any(vec![Filter::Any(vec![Filter::All(Vec::new()); 50]); 50]);
        assert_eq!(
            ask_for(empties).await,
            Err(QueryError::TooComplex),
            "groups without comparisons count too"
        );
        let query = Query {
            ids: (1..50_000).map(RecordId).collect(),
            ..Query::newest(Vec::new(), 200)
        };
        let live = world.rows[&PEOPLE].iter().filter(|e| !e.deleted).count();
        assert_eq!(ask(&db, &access, query).await.unwrap().len(), live);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_lines_and_whole_numbers_and_never_what_a_look_up_holds() {
    each_database(async |place| {
        let (world, db, access) = office(place).await;
        for module in world.catalogue.modules() {
            let access = world.plans().bind(*access.viewer(), module.id).unwrap();
            for field in module.fields.clone() {
                let entry = world.rows[&module.id].iter().find(|e| !e.deleted).unwrap();
                let (key, may) = match (&field.kind, entry.value(&field)) {
                    (FieldKind::Integer | FieldKind::BigInteger, Value::Int(n)) => (n.to_string(), true),
                    (kind, Value::Text(text)) => (text, kind.is_line()),
                    (_, Value::Ref(id)) => (id.to_string(), false),
                    _ => continue,
                };
                let (asked, wanted, kind) = (access.clone(), vec![key.clone()], field.kind.clone());
                let found = db
                    .read(move |conn| store::records::by_key(conn, &asked, &field, &wanted))
                    .await
                    .unwrap();
                assert_eq!(found.contains_key(&key), may, "{kind:?}");
                assert!(found.values().all(|to| *to != ByKey::One(entry.id) || may));
            }
        }
    })
    .await;
}
