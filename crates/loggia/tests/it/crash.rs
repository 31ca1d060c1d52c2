//! What was acknowledged outlives `kill -9` of the process that acknowledged it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Receiver;

use app::clock::{SystemClock, SystemRandom};
use app::{App, Settings, records};
use domain::ids::RecordId;
use store::engine::Engine;
use store::testing::{Place, each_database, on_postgres};

use crate::setup::{Setup, contact, system};

/// How many writes are under way at once.
const WRITERS: usize = 8;

/// A process that acknowledges writes of contacts until it is killed.
struct Victim {
    child: Child,
    acknowledged: Receiver<RecordId>,
}

impl Victim {
    /// Kills it after this many writes; gives all that it acknowledged.
    fn kill_after(mut self, writes: usize) -> Vec<RecordId> {
        let mut all: Vec<RecordId> = self.acknowledged.iter().take(writes).collect();
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        all.extend(self.acknowledged.iter());
        all
    }
}

/// The product in a child process, written to through its use cases.
fn by_use_cases(setup: &Setup, org: &str) -> Victim {
    let place = format!("{}\n{org}", setup.place.address());
    std::fs::write(setup.directory().join("place"), place).unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::child", "--ignored", "--nocapture"])
        .current_dir(setup.directory())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let (tell, acknowledged) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in lines {
            // The last line may be half a line, but then it has no full stop.
            if let Some(id) = line.strip_prefix("ack ").and_then(|rest| rest.strip_suffix('.')) {
                drop(tell.send(id.parse().unwrap()));
            }
        }
    });
    Victim { child, acknowledged }
}

/// Not a test: the process that the test below starts and kills. It leaves the place in its working directory.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the crash test"]
async fn child() {
    let Ok(place) = std::fs::read_to_string("place") else { return };
    let (address, org) = place.split_once('\n').unwrap();
    let engine = if address.starts_with("postgres:") {
        on_postgres(address)
    } else {
        Engine::sqlite(Path::new(address)).unwrap()
    };
    let app = App::open(engine, Settings::default(), Box::new(SystemClock), Box::new(SystemRandom))
        .await
        .unwrap();
    let ctx = system(&app, org).await;
    let writers = (0..WRITERS).map(|writer| {
        let ctx = ctx.clone();
        tokio::spawn(async move {
            for n in 0.. {
                let Ok(id) = contact(&ctx, &format!("p{writer}-{n}")).await else {
                    return;
                };
                let mut out = std::io::stdout().lock();
                writeln!(out, "ack {id}.").and_then(|()| out.flush()).unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
}

async fn loses_none(place: &Place, start: impl Fn(&Setup, &str) -> Victim) {
    let setup = Setup::new(place);
    let org = setup.org("Northwind");
    for writes in [1, 40, 250] {
        let victim = start(&setup, &org);
        let acknowledged = tokio::task::spawn_blocking(move || victim.kill_after(writes)).await.unwrap();
        assert!(acknowledged.len() >= writes, "{} acknowledged", acknowledged.len());
        let app = setup.app().await;
        let ctx = system(&app, &org).await;
        let access = records::access(&ctx, "Contacts").unwrap();
        for id in &acknowledged {
            let found = records::get(&ctx, &access, *id, Vec::new()).await;
            assert!(found.is_ok(), "acknowledged and lost: {id}, {:?}", found.err());
        }
        app.close().await;
        println!("{} acknowledged, none lost", acknowledged.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_writes_survive_kill_9() {
    each_database(async |place: &Place| loses_none(place, by_use_cases).await).await;
}
