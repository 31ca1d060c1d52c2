use store::engine::{Engine, Error, Migration};

static M: &[Migration] = &[Migration {
    number: 1,
    name: "t",
    sql: "CREATE TABLE :db.t (id BIGINT PRIMARY KEY, n TEXT UNIQUE) :strict;",
}];

#[tokio::test]
async fn smoke() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::sqlite(dir.path()).unwrap();
    let db = engine.open("control", M).await.unwrap();
    let mut tasks = Vec::new();
    for i in 0..200_i64 {
        let db = db.clone();
        tasks.push(tokio::spawn(async move {
            db.write(move |c| c.execute("INSERT INTO :db.t VALUES ($1, $2)", &[i.into(), format!("n{}", i % 150).into()]))
                .await
        }));
    }
    let mut unique = 0;
    for t in tasks {
        match t.await.unwrap() {
            Ok(n) => assert_eq!(n, 1),
            Err(e) => {
                assert_eq!(e, Error::Unique("t.n".into()));
                unique += 1;
            }
        }
    }
    assert_eq!(unique, 50);
    let n = db.read(|c| c.row("SELECT count(*) FROM :db.t", &[], |r| r.int(0))).await.unwrap();
    assert_eq!(n, Some(150));
    engine.close().await;
    assert_eq!(db.read(|c| c.row("SELECT 1", &[], |r| r.int(0))).await, Err(Error::Closed));
}
