//! Fields that come and go while others read.

use std::sync::mpsc;
use std::time::Duration;

use app::modules::{add_field, delete_field};
use app::testing::Bench;
use app::{Ctx, Error, Settings};
use domain::ids::FieldId;
use domain::modules::standard::{FieldBlueprint, KindBlueprint};
use domain::records::Query;
use store::engine::{self, Dialect};
use store::testing::each_database;

use crate::people::contact;

async fn add(ctx: &Ctx, name: &str) -> Result<FieldId, Error> {
    let contacts = ctx.snapshot.catalogue.named("Contacts").unwrap().id;
    add_field(ctx, contacts, FieldBlueprint::new(name, KindBlueprint::Text(30))).await
}

/// How many contacts are read, with all their fields that are kept in columns, and as JSON.
async fn read(ctx: &Ctx) -> Result<usize, Error> {
    let access = app::records::access(ctx, "Contacts")?;
    let columns = access.plan().columns().iter().map(|column| column.field.id).collect();
    let query = Query::newest(columns, 10);
    app::records::json_list(ctx, &access, &query).await?;
    Ok(app::records::list(ctx, &access, query).await?.records.len())
}

#[tokio::test]
async fn who_knows_a_field_whose_column_is_gone_looks_again() {
    each_database(async |place| {
        let bench = Bench::with(place, Settings::default()).await;
        let staff = bench.system().await;
        contact(&staff, "maria").await;
        let field = add(&staff, "Shoe_Size").await.unwrap();
        let elsewhere = bench.reopened(place, Settings::default()).await;
        let (idle, fresh) = (elsewhere.system().await, bench.system().await);
        assert_eq!(read(&idle).await.unwrap(), 1);

        let contacts = fresh.snapshot.catalogue.named("Contacts").unwrap().id;
        delete_field(&fresh, contacts, field).await.unwrap();
        bench.clock.advance(601);
        bench.upkeep().await;
        let late = read(&idle).await;
        assert!(matches!(late, Err(Error::Stale)), "{late:?}");
        assert_eq!(read(&idle.refreshed().await.unwrap()).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn who_reads_for_long_is_not_waited_for_while_everybody_else_waits() {
    each_database(async |place| {
        let bench = Bench::with(place, Settings::default()).await;
        let staff = bench.system().await;
        contact(&staff, "maria").await;
        let contacts = staff.snapshot.catalogue.named("Contacts").unwrap().id;
        let count = format!("SELECT COUNT(*) FROM :db.{}", domain::modules::table_of(contacts));
        let (began, begun) = tokio::sync::oneshot::channel();
        let (end, ended) = mpsc::channel::<()>();
        let db = staff.tenant.db.clone();
        let long = tokio::spawn(async move {
            db.snapshot::<_, engine::Error>(move |conn| {
                conn.row(&count, &[], |row| row.int(0))?;
                began.send(()).unwrap();
                Ok(ended.recv().is_ok())
            })
            .await
        });
        begun.await.unwrap();

        let both = async { tokio::join!(add(&staff, "Shoe_Size"), read(&staff)) };
        let (added, others) = tokio::time::timeout(Duration::from_secs(30), both).await.unwrap();
        match staff.tenant.db.dialect() {
            Dialect::Sqlite => drop(added.unwrap()),
            Dialect::Postgres => assert!(matches!(added, Err(Error::Busy)), "{added:?}"),
        }
        assert!(matches!(others, Ok(1) | Err(Error::Stale)), "{others:?}");
        end.send(()).unwrap();
        assert!(long.await.unwrap().unwrap());
        add(&bench.system().await, "Hat_Size").await.unwrap();
    })
    .await;
}
