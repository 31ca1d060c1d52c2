//! Migrations: once each, in order, and never another text.

use domain::ids::{ModuleId, UserTypeId};
use store::engine::{Conn, Dialect, Error, Migration};
use store::schema::ORG;
use store::testing::each_database;

const ONE: Migration = Migration {
    number: 1,
    name: "one",
    sql: "CREATE TABLE :db.a (id BIGINT PRIMARY KEY) :strict;",
};
const TWO: Migration = Migration {
    number: 2,
    name: "two",
    sql: "-- don't\nALTER TABLE :db.a ADD COLUMN n TEXT;\nCREATE INDEX a_n ON :db.a (n);",
};
const OTHER: Migration = Migration {
    number: 1,
    name: "one",
    sql: "CREATE TABLE :db.b (id BIGINT PRIMARY KEY) :strict;",
};
const BROKEN: Migration = Migration {
    number: 2,
    name: "broken",
    sql: "CREATE TABLE :db.c (id BIGINT); CREATE NONSENSE;",
};

static FIRST: &[Migration] = &[ONE];
static BOTH: &[Migration] = &[ONE, TWO];
static CHANGED: &[Migration] = &[OTHER, TWO];
static FAILING: &[Migration] = &[ONE, BROKEN];
static GAP: &[Migration] = &[TWO];

#[tokio::test(flavor = "multi_thread")]
async fn each_migration_runs_once_and_an_old_program_refuses_a_newer_database() {
    each_database(async |place| {
        place.engine.open("a", FIRST).await.unwrap();
        // Open already: not looked at again.
        place.engine.open("a", BOTH).await.unwrap();

        let newer = place.another_engine();
        let database = newer.open("a", BOTH).await.unwrap();
        let rows = database.read(|conn| conn.rows("SELECT number, name FROM :db.schema_migrations ORDER BY 1", &[], |row| row.text(1)));
        assert_eq!(rows.await.unwrap(), ["one", "two"]);
        newer.close().await;

        let again = place.another_engine();
        let database = again.open("a", BOTH).await.unwrap();
        assert_eq!(
            database.write(|conn| conn.execute("INSERT INTO :db.a VALUES (1, 'x')", &[])).await,
            Ok(1)
        );
        again.close().await;

        let older = place.another_engine();
        let refused = older.open("a", FIRST).await.unwrap_err();
        assert_eq!(
            refused,
            Error::Migration("a has migration 2, this program knows 1: it is older than the database".into())
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_migration_and_a_gap_are_refused() {
    each_database(async |place| {
        place.engine.open("a", FIRST).await.unwrap();
        let refused = place.another_engine().open("a", CHANGED).await.unwrap_err();
        assert_eq!(
            refused,
            Error::Migration("a was given another text of migration 1 (one) than this program has".into())
        );
        assert!(matches!(place.engine.open("b", GAP).await, Err(Error::Migration(_))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_fails_leaves_nothing_behind() {
    each_database(async |place| {
        assert!(matches!(place.engine.open("a", FAILING).await, Err(Error::Migration(_))));
        let database = place.engine.open("a", BOTH).await.unwrap();
        assert!(
            database
                .read(|conn| conn.row("SELECT 1 FROM :db.c", &[], |_| Ok(())))
                .await
                .is_err()
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn engines_that_migrate_at_once_wait_for_each_other() {
    each_database(async |place| {
        let tasks: Vec<_> = (0..4)
            .map(|_| {
                let engine = place.another_engine();
                tokio::spawn(async move { engine.open("a", BOTH).await.map(drop) })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), Ok(()));
        }
    })
    .await;
}

/// Two user types as the first schema has them.
const BEFORE_VERSIONS: &str = r#"
INSERT INTO :db.modules VALUES (5, 'Contacts', 'Contact', 'Contacts', 'standard', '[]', 1);
INSERT INTO :db.portals VALUES (1, 'northwind', 'Northwind', 1, 10, 1, 10, 1);
INSERT INTO :db.user_types VALUES (7, 1, 'Clients', 1, 1, 5, '{"personality":"5","grants":[{"module":"5","scope":{"records":"own"},"actions":{"view":true},"fields":[]}]}', 10, 1, 20, 1);
INSERT INTO :db.user_types VALUES (8, 1, 'Partners', 0, 0, 5, '{"personality":"5","grants":[]}', 10, 1, 30, 1);
"#;

/// Three people before seats were counted by sort of user type: one in both, one a partner, one locked out.
const BEFORE_KINDS: &str = r#"
INSERT INTO :db.identities (id, email, created_time) VALUES (1, 'a@x', 0), (2, 'b@x', 0), (3, 'c@x', 0);
INSERT INTO :db.members (id, user_type_id, module_id, record_id, identity_id, email, name, status, invited_time, invited_by, changed_time)
VALUES (11, 7, 5, 1, 1, 'a@x', '', 'active', 0, 1, 0), (12, 8, 5, 1, 1, 'a@x', '', 'invited', 0, 1, 0),
    (13, 8, 5, 2, 2, 'b@x', '', 'active', 0, 1, 0), (14, 8, 5, 3, 3, 'c@x', '', 'deactivated', 0, 1, 0);
INSERT INTO :db.seats (email, memberships) VALUES ('a@x', 2), ('b@x', 1);
UPDATE :db.pool SET consumed = 2;
"#;

#[tokio::test(flavor = "multi_thread")]
async fn seats_are_counted_by_sort_of_user_type_from_what_is_there() {
    each_database(async |place| {
        let first = place.another_engine();
        let database = first.open("old", ORG.split_at(7).0).await.unwrap();
        database.write(|conn| conn.script(BEFORE_VERSIONS)).await.unwrap();
        database.write(|conn| conn.script(BEFORE_KINDS)).await.unwrap();
        first.close().await;
        let database = place.engine.open("old", ORG).await.unwrap();
        let held = async |email: &'static str| {
            let held = database.read(|conn| store::licences::held(conn, email)).await.unwrap();
            (held.memberships, held.beyond)
        };
        assert_eq!([held("a@x").await, held("b@x").await, held("c@x").await], [(2, 1), (1, 1), (0, 0)]);
        let policies = domain::licences::Policies::default();
        let pool = database
            .read::<_, store::licences::PoolError>(move |conn| {
                let licensed = store::licences::pool(conn, &policies)?;
                Ok((licensed.pool, licensed.edition, licensed.trial_ends))
            })
            .await
            .unwrap();
        assert_eq!((pool.0.consumed, pool.0.beyond, pool.1, pool.2), (2, 2, None, None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_policies_of_user_types_become_version_1_and_the_schema_is_that_of_a_fresh_installation() {
    each_database(async |place| {
        let first = place.another_engine();
        let database = first.open("old", ORG.split_at(1).0).await.unwrap();
        database.write(|conn| conn.script(BEFORE_VERSIONS)).await.unwrap();
        let nothing = first.open("empty", ORG.split_at(1).0).await.unwrap();
        drop(nothing);
        first.close().await;

        let database = place.engine.open("old", ORG).await.unwrap();
        let (number, set) = database.read(store::policies::published).await.unwrap();
        let set = set.unwrap();
        assert_eq!(number, 1);
        let clients = set.get(UserTypeId(7)).unwrap();
        assert!(clients.grant(ModuleId(5)).unwrap().actions.view);
        assert!(set.get(UserTypeId(8)).unwrap().grants.is_empty());
        assert_eq!((set.policies().count(), set.unreadable().count()), (2, 0));
        let version = database.read(|conn| store::policies::version(conn, 1)).await.unwrap().unwrap();
        assert_eq!((version.published.0, version.published_by.name.as_str()), (30, "Loggia"));
        let in_force = database.read(store::access::in_force).await.unwrap();
        let open: Vec<bool> = in_force.policies.iter().map(|(_, _, open)| *open).collect();
        assert_eq!((in_force.version, open), (1, vec![true, false]));
        // A server of the version before, running still, reads what it always read.
        let copies = database.read(|conn| conn.row("SELECT count(*) FROM :db.user_types WHERE policy LIKE '{%'", &[], |row| row.int(0)));
        assert_eq!(copies.await.unwrap(), Some(2));

        // Where there was no user type there is no version, and nothing is granted.
        let empty = place.engine.open("empty", ORG).await.unwrap();
        let published = empty.read(store::policies::published).await.unwrap();
        assert_eq!(published, (0, Some(domain::access::PolicySet::default())));

        let fresh = place.engine.open("fresh", ORG).await.unwrap();
        let (fresh, upgraded) = (
            fresh.read(|conn| columns(conn, "fresh")),
            database.read(|conn| columns(conn, "old")),
        );
        assert_eq!(fresh.await.unwrap(), upgraded.await.unwrap());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_cannot_be_read_grants_nothing_to_anybody() {
    each_database(async |place| {
        let first = place.another_engine();
        let database = first.open("old", ORG.split_at(1).0).await.unwrap();
        database.write(|conn| conn.script(BEFORE_VERSIONS)).await.unwrap();
        first.close().await;
        let database = place.engine.open("old", ORG).await.unwrap();
        for (document, readable) in [
            (r#"{"types":{"7":{"personality":"5","grants":[]},"8":{"grants":7}}}"#, vec![7]),
            (r#"{"types":{"7":{"personality":"5","grants":[]}},"limits":[]}"#, vec![]),
            (r#"{"types":{"9":{"personality":"5","grants":[]}}}"#, vec![]),
            ("not JSON", vec![]),
            ("", vec![]),
        ] {
            let in_force = database
                .write::<_, Error>(move |conn| {
                    conn.execute("UPDATE :db.policy_versions SET document = $1", &[document.into()])?;
                    store::access::in_force(conn)
                })
                .await
                .unwrap();
            let found: Vec<i64> = in_force.policies.iter().map(|(id, ..)| id.0).collect();
            assert_eq!(found, readable, "{document}");
            let unreadable: Vec<i64> = in_force.unreadable.iter().map(|id| id.0).collect();
            let expected = match document.contains("\"9\"") {
                true => vec![],
                false => [7, 8].into_iter().filter(|id| !readable.contains(id)).collect(),
            };
            assert_eq!(unreadable, expected, "{document}");
        }
        // A pointer to a version that is not there grants nothing either.
        let lost = database.write::<_, Error>(|conn| {
            conn.execute("UPDATE :db.state SET policy_version = 12", &[])?;
            store::access::in_force(conn)
        });
        assert!(lost.await.unwrap().policies.is_empty());
    })
    .await;
}

/// Every column of every table: its name, its type, whether it may be empty.
fn columns(conn: &mut Conn, schema: &str) -> Result<Vec<String>, Error> {
    let (sql, params) = match conn.dialect() {
        Dialect::Sqlite => (
            "SELECT t.name || '.' || c.name || ' ' || c.type || ' ' || c.\"notnull\" FROM sqlite_master t
             JOIN pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY 1",
            vec![],
        ),
        Dialect::Postgres => (
            "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable FROM information_schema.columns
             WHERE table_schema = $1 ORDER BY 1",
            vec![schema.into()],
        ),
    };
    conn.rows(sql, &params, |row| row.text(0))
}

/// Somebody who was moved, locked out, moved again and removed; and somebody who was moved and is still there.
const BEFORE_CHANGES: &str = r#"
INSERT INTO :db.identities (id, email, created_time) VALUES (1, 'a@x', 0), (2, 'b@x', 0);
INSERT INTO :db.members (id, user_type_id, module_id, record_id, identity_id, email, name, status, invited_time, invited_by, changed_time)
VALUES (12, 8, 5, 2, 2, 'b@x', '', 'active', 0, 1, 0);
INSERT INTO :db.ledger (id, number, at, event, actor, member_id, user_type_id, email, consumed) VALUES
    (1, 1, 0, 'invited', 1, 11, 7, 'a@x', 1), (2, 2, 0, 'confirmed', 1, 11, 7, 'a@x', 1),
    (3, 3, 0, 'transferred', 1, 11, 7, 'a@x', 1), (4, 4, 0, 'deactivated', 1, 11, 8, 'a@x', 0),
    (5, 5, 0, 'transferred', 1, 11, 8, 'a@x', 0), (6, 6, 0, 'removed', 1, 11, 7, 'a@x', 0),
    (7, 7, 0, 'invited', 1, 12, 7, 'b@x', 1), (8, 8, 0, 'transferred', 1, 12, 7, 'b@x', 1);
INSERT INTO :db.seats (email, memberships, beyond) VALUES ('b@x', 1, 1);
UPDATE :db.pool SET consumed = 1, beyond = 1, events = 8;
"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_old_entries_mean_for_user_types_is_worked_out() {
    each_database(async |place| {
        let first = place.another_engine();
        let database = first.open("old", ORG.split_at(9).0).await.unwrap();
        database.write(|conn| conn.script(BEFORE_VERSIONS)).await.unwrap();
        database.write(|conn| conn.script(BEFORE_CHANGES)).await.unwrap();
        first.close().await;
        let database = place.engine.open("old", ORG).await.unwrap();
        let seen = database.read(|conn| {
            let (mut seen, mut replay) = (Vec::new(), domain::licences::Replay::default());
            store::licences::each(conn, |entry| {
                assert_eq!(replay.take(entry), Ok(()));
                if let domain::licences::About::Seat(seat) = &entry.about {
                    seen.push((seat.user_type.0, seat.to.map(|to| to.0), seat.change));
                }
            })?;
            Ok::<_, store::engine::Error>((seen, replay.holding().map(|(_, held)| held.0).collect::<Vec<_>>()))
        });
        let (seen, held) = seen.await.unwrap();
        let expected = [
            (7, None, 1),
            (7, None, 0),
            (7, Some(8), -1),
            (8, None, -1),
            (8, Some(7), 0),
            (7, None, 0),
            (7, None, 1),
            (7, Some(8), -1),
        ];
        assert_eq!((seen.as_slice(), held.as_slice()), (&expected[..], &[8][..]));
    })
    .await;
}
