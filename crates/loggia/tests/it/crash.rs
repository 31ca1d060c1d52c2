//! What was acknowledged outlives `kill -9` of the server that acknowledged it.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::records;
use domain::ids::RecordId;
use serde_json::{Value, json};
use store::testing::{Place, each_database};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::server::Server;
use crate::setup::{Setup, system};

/// How many writes are under way at once.
const WRITERS: usize = 8;

/// Makes leads over the API, as a program does.
struct Writer {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Writer {
    async fn new(setup: &Setup<'_>, server: &Server, org: &str) -> Self {
        Self {
            http: reqwest::Client::new(),
            url: server.url.clone(),
            token: server.token(setup, org).await,
        }
    }

    /// The id of a lead that the server says it has made. None: it did not say so.
    async fn write(&self, name: &str) -> Option<RecordId> {
        let asked = self.http.post(format!("{}/crm/v8/Leads", self.url));
        let asked = asked.header("Authorization", format!("Zoho-oauthtoken {}", self.token));
        let body = json!({ "data": [{ "Last_Name": name, "Company": "Northwind" }] });
        let answer: Value = asked.json(&body).send().await.ok()?.json().await.ok()?;
        let made = &answer["data"][0];
        assert_eq!(made["code"], "SUCCESS", "{answer}");
        Some(made["details"]["id"].as_str().unwrap().parse().unwrap())
    }
}

/// Writes until the server is gone, `WRITERS` at a time.
fn write_on(writer: Writer) -> (mpsc::UnboundedReceiver<RecordId>, Vec<JoinHandle<()>>) {
    let (tell, acknowledged) = mpsc::unbounded_channel();
    let writer = Arc::new(writer);
    let tasks = (0..WRITERS).map(|number| {
        let (writer, tell) = (Arc::clone(&writer), tell.clone());
        tokio::spawn(async move {
            let mut count = 0;
            while let Some(id) = writer.write(&format!("p{number}-{count}")).await {
                tell.send(id).unwrap();
                count += 1;
            }
        })
    });
    (acknowledged, tasks.collect())
}

/// Kills the server after this many writes; gives all that it acknowledged.
async fn killed_after(writes: usize, server: Server, writer: Writer) -> BTreeSet<RecordId> {
    let (mut acknowledged, tasks) = write_on(writer);
    let mut all = BTreeSet::new();
    while all.len() < writes {
        all.insert(acknowledged.recv().await.unwrap());
    }
    server.kill();
    for task in tasks {
        task.await.unwrap();
    }
    while let Ok(id) = acknowledged.try_recv() {
        all.insert(id);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_writes_survive_kill_9() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        let org = setup.org("Northwind");
        let mut expected = BTreeSet::new();
        for writes in [1, 40, 250] {
            let server = Server::start(&setup);
            let writer = Writer::new(&setup, &server, &org).await;
            expected.extend(killed_after(writes, server, writer).await);

            let app = setup.app().await;
            let ctx = system(&app, &org).await;
            let access = records::access(&ctx, "Leads").unwrap();
            for id in &expected {
                let found = records::get(&ctx, &access, *id, Vec::new()).await;
                assert!(found.is_ok(), "acknowledged and lost: {id}, {:?}", found.err());
            }
            let newest = domain::records::Query::newest(Vec::new(), 1);
            let there = records::count(&ctx, &access, newest).await.unwrap();
            let unasked = usize::try_from(there).unwrap() - expected.len();
            assert!(unasked <= 3 * WRITERS, "{unasked} more than were acknowledged or under way");
            app.close().await;
            println!("{} acknowledged, none lost", expected.len());
        }
    })
    .await;
}
