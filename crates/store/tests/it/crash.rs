//! An acknowledged write outlives the process that asked for it, and the server that took it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use store::engine::{Database, Engine};
use store::testing::{Place, Server, on_postgres};

use crate::{THINGS, ids, insert};

/// How many writes are under way at once.
const WRITERS: i64 = 8;

/// Writes without end, `WRITERS` at a time, and reports each acknowledged id. Ends when a write fails.
async fn write_on(database: &Database, acknowledged: impl Fn(i64) + Clone + Send + 'static) {
    let tasks: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (database, acknowledged) = (database.clone(), acknowledged.clone());
            tokio::spawn(async move {
                for n in 0.. {
                    let id = n * WRITERS + writer;
                    if insert(&database, id, &id.to_string()).await.is_err() {
                        return;
                    }
                    acknowledged(id);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

fn engine_at(address: &str) -> Engine {
    if address.starts_with("postgres:") {
        on_postgres(address)
    } else {
        Engine::sqlite(address).unwrap()
    }
}

/// Not a test: the process that the tests below start and kill. They leave the address in its working directory.
#[test]
#[ignore = "started by the crash tests"]
fn child() {
    let Ok(address) = fs::read_to_string("address") else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let database = engine_at(&address).open("org_1", THINGS).await.unwrap();
        write_on(&database, |id| {
            let mut out = std::io::stdout().lock();
            writeln!(out, "ack {id}").and_then(|()| out.flush()).unwrap();
        })
        .await;
    });
}

fn start_child(directory: &Path, address: &str) -> Child {
    fs::write(directory.join("address"), address).unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child", "--ignored", "--nocapture"])
        .current_dir(directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Lets a child acknowledge some writes, kills it, and returns what it acknowledged.
fn kill_after(mut child: Child, writes: usize) -> BTreeSet<i64> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = BTreeSet::new();
    for line in lines {
        // The last line may be half a line.
        if let Some(id) = line.unwrap().strip_prefix("ack ") {
            acknowledged.extend(id.parse::<i64>());
        }
        if acknowledged.len() == writes {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    acknowledged
}

async fn survives_the_death_of_the_client(place: &Place) {
    let directory = tempfile::tempdir().unwrap();
    let mut expected = BTreeSet::new();
    for writes in [1, 37, 200] {
        let child = start_child(directory.path(), &place.address());
        expected = tokio::task::spawn_blocking(move || kill_after(child, writes)).await.unwrap();
        assert!(expected.len() >= writes, "{} acknowledged", expected.len());
        let engine = place.another_engine();
        let database = engine.open("org_1", THINGS).await.unwrap();
        let found: BTreeSet<i64> = ids(&database).await.into_iter().collect();
        let lost: Vec<_> = expected.difference(&found).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        let unasked = found.difference(&expected).count();
        assert!(unasked <= 8, "{unasked} rows more than were acknowledged or under way");
        // The next child writes the same ids.
        database.write(|conn| conn.execute("DELETE FROM :db.things", &[])).await.unwrap();
        engine.close().await;
    }
    assert!(!expected.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_sqlite_acknowledged_survives_kill_9() {
    let place = Place::sqlite();
    survives_the_death_of_the_client(&place).await;
    place.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_postgres_acknowledged_survives_kill_9_of_the_client() {
    let place = Place::postgres().await;
    survives_the_death_of_the_client(&place).await;
    place.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_postgres_acknowledged_survives_kill_9_of_the_server() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_owned();
    let server = tokio::task::spawn_blocking(move || Server::start(&path)).await.unwrap();
    let engine = on_postgres(&server.url("postgres"));
    let database = engine.open("org_1", THINGS).await.unwrap();
    let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
    let (enough, reached) = std::sync::mpsc::channel();
    let writing = {
        let (database, acknowledged) = (database.clone(), Arc::clone(&acknowledged));
        tokio::spawn(async move {
            write_on(&database, move |id| {
                let mut all = acknowledged.lock().unwrap();
                all.insert(id);
                if all.len() == 150 {
                    enough.send(()).unwrap();
                }
            })
            .await;
        })
    };
    let victim = server.clone();
    tokio::task::spawn_blocking(move || {
        reached.recv().unwrap();
        victim.kill();
    })
    .await
    .unwrap();
    writing.await.unwrap();

    let victim = server.clone();
    tokio::task::spawn_blocking(move || victim.run()).await.unwrap();
    // The same engine finds its way back.
    let found: BTreeSet<i64> = ids(&database).await.into_iter().collect();
    let acknowledged = acknowledged.lock().unwrap().clone();
    let lost: Vec<_> = acknowledged.difference(&found).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    assert!(found.len() <= acknowledged.len() + 8);
    engine.close().await;
    tokio::task::spawn_blocking(move || server.stop()).await.unwrap();
}
