//! The same organisation on SQLite and on PostgreSQL, and what each answers.

use std::sync::atomic::{AtomicU32, Ordering};

use domain::access::Access;
use domain::files::Purpose;
use domain::ids::RecordId;
use domain::modules::{FieldKind, Storage};
use domain::records::{Query, QueryError, Value};
use store::engine::{Conn, Database, Error, Param};
use store::files::NewFile;
use store::records::{Lists, ReadError, Record, RecordRights, Shown};
use store::testing::Place;

use crate::answers::{Answer, No};
use crate::values::{FILES, param};
use crate::world::{Entry, World};

/// Both databases.
pub struct Places {
    sqlite: Place,
    postgres: Place,
}

impl Places {
    pub async fn open() -> Self {
        Self {
            sqlite: Place::sqlite(),
            postgres: Place::postgres().await,
        }
    }

    /// Puts an organisation on both.
    pub async fn settle(&self, world: &World) -> [Database; 2] {
        static NUMBER: AtomicU32 = AtomicU32::new(1);
        let name = format!("org_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        [settle(&self.sqlite, &name, world).await, settle(&self.postgres, &name, world).await]
    }

    pub async fn finish(self) {
        self.sqlite.finish().await;
        self.postgres.finish().await;
    }
}

/// Puts an organisation on one database.
pub async fn settle(place: &Place, name: &str, world: &World) -> Database {
    let db = place.engine.open(name, store::schema::ORG).await.unwrap();
    let world = world.clone();
    db.write(move |conn| fill(conn, &world)).await.unwrap();
    db
}

fn fill(conn: &mut Conn, world: &World) -> Result<(), Error> {
    for (id, name) in &world.actors {
        store::members::add_actor(conn, *id, name, "test")?;
    }
    for (id, name, size) in FILES {
        let file = NewFile {
            id,
            name: name.to_owned(),
            content_type: "application/pdf".to_owned(),
            purpose: Purpose::OfRecord,
            made_by: 1,
            made: domain::time::Moment(0),
        };
        store::files::begin(conn, &file)?;
        store::files::complete(conn, id, size)?;
    }
    let shares = world.shares.iter().map(|(anchor, record)| vec![anchor.0.into(), record.0.into()]);
    conn.bulk(
        "INSERT INTO :db.shares (anchor_id, record_id, created_time, created_by) VALUES ($1, $2, 0, 1)",
        shares.collect::<Vec<_>>(),
    )?;
    for (module, position) in world.catalogue.modules().zip(1..) {
        store::modules::create(conn, module, position)?;
        let columns: Vec<_> = module.fields.iter().filter(|f| f.column().starts_with("c_")).collect();
        let stored: Vec<_> = columns.into_iter().filter(|f| f.kind.storage() != Storage::Links).collect();
        let belonging = stored.iter().filter(|f| f.kind == FieldKind::Parent);
        let mut names: Vec<String> = stored.iter().map(|f| format!(", {}", f.column())).collect();
        names.extend(belonging.clone().map(|f| format!(", {}", f.parent_module_column())));
        let places: Vec<String> = (1..=8 + names.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "INSERT INTO :db.{} (id, name, created_time, modified_time, created_by, modified_by, deleted_time, deleted_by{}) VALUES ({})",
            module.table(),
            names.concat(),
            places.join(", ")
        );
        let entries = &world.rows[&module.id];
        let rows = entries.iter().map(|e| {
            let mut row = given(e);
            row.extend(stored.iter().map(|f| param(&e.value(f))));
            row.extend(belonging.clone().map(|f| parent_module(world, &e.value(f))));
            row
        });
        conn.bulk(&sql, rows.collect::<Vec<_>>())?;
        for field in module.fields.iter().filter(|f| matches!(f.kind, FieldKind::MultiLookup { .. })) {
            let sql = format!("INSERT INTO :db.{} (record_id, target_id) VALUES ($1, $2)", field.link_table());
            let links = entries
                .iter()
                .flat_map(|e| e.targets(field.id).into_iter().map(|to| vec![e.id.0.into(), to.0.into()]));
            conn.bulk(&sql, links.collect::<Vec<_>>())?;
        }
    }
    Ok(())
}

/// What stands beside a parent: its module, or none for a record that was never there.
fn parent_module(world: &World, value: &Value) -> Param {
    match value {
        Value::Ref(id) => world.module_of(*id).map(|module| module.0).into(),
        _ => Param::Null,
    }
}

fn given(entry: &Entry) -> Vec<Param> {
    let deleted = entry.deleted.then_some(entry.modified.0);
    vec![
        entry.id.0.into(),
        entry.name.as_str().into(),
        entry.created.0.into(),
        entry.modified.0.into(),
        entry.created_by.into(),
        entry.modified_by.into(),
        deleted.into(),
        deleted.map(|_| 2).into(),
    ]
}

fn no(error: ReadError) -> No {
    match error {
        ReadError::Query(QueryError::NoSuchField(_)) => No::SuchField,
        ReadError::Query(QueryError::BadValue(_)) => No::Value,
        ReadError::Query(QueryError::BadCursor) => No::Cursor,
        other => panic!("{other:?}"),
    }
}

async fn read<T: Send + 'static>(
    db: &Database,
    access: &Access,
    f: impl FnOnce(&mut Conn<'_>, &Access) -> Result<T, ReadError> + Send + 'static,
) -> Result<T, ReadError> {
    let access = access.clone();
    db.read(move |conn| f(conn, &access)).await
}

/// The list, all its pages joined, read by the typed way; and the same pages read as JSON must say the same.
pub async fn whole_list(db: &Database, access: &Access, query: &Query) -> Answer {
    let mut found: Vec<Record> = Vec::new();
    let mut query = query.clone();
    loop {
        let asked = query.clone();
        let page = read(db, access, move |conn, access| store::records::list(conn, access, &asked)).await;
        let json = store::records::json_list(db, &Lists::default(), access, &query).await;
        let (page, json) = match (page, json) {
            (Ok(page), Ok(json)) => (page, json),
            (Err(a), Err(b)) => {
                let (a, b) = (no(a), no(b));
                assert_eq!(a, b, "the typed list and the JSON are refused for the same reason");
                return Err(a);
            }
            (a, b) => panic!("one way is refused, the other is not: {a:?}, {b:?}"),
        };
        assert_eq!(usize::try_from(json.count).unwrap(), page.records.len());
        assert_eq!(json.next, page.next, "both ways go on at the same place");
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(&[&json.body[..], b"}"].concat()).unwrap(),
            serde_json::json!({ "data": crate::wire::records(access, &query, &page.records) }),
            "the JSON says what the typed list says"
        );
        assert!(page.records.len() <= usize::try_from(query.limit).unwrap(), "no page is too long");
        found.extend(page.records);
        match page.next {
            // Pages that do not end are longer than any list.
            Some(next) if found.len() < 300 => query.after = Some(next),
            _ => break,
        }
    }
    Ok(found.into_iter().map(|r| (r.id, r.values)).collect::<Vec<(RecordId, Vec<Shown>)>>())
}

pub async fn count(db: &Database, access: &Access, query: &Query) -> Result<u64, No> {
    let query = query.clone();
    read(db, access, move |conn, access| store::records::count(conn, access, &query))
        .await
        .map_err(no)
}

/// What is left of a list after its first records: by the place that `skip` finds.
pub async fn behind(db: &Database, access: &Access, query: &Query, skipped: u32) -> Answer {
    let asked = query.clone();
    let place = read(db, access, move |conn, access| store::records::skip(conn, access, &asked, skipped)).await;
    match place.map_err(no)? {
        None => Ok(Vec::new()),
        place => {
            let rest = Query {
                after: place,
                ..query.clone()
            };
            whole_list(db, access, &rest).await
        }
    }
}

pub async fn choices(db: &Database, access: &Access, word: &str, limit: u32) -> Vec<(RecordId, String)> {
    let word = word.to_owned();
    read(db, access, move |conn, access| store::records::choices(conn, access, &word, limit))
        .await
        .unwrap()
}

pub async fn rights(db: &Database, access: &Access, id: RecordId) -> Option<RecordRights> {
    read(db, access, move |conn, access| store::records::rights(conn, access, id))
        .await
        .unwrap()
}
