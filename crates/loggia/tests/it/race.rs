//! Many who want the last seats at once, on several servers of which one is killed: no seat is given twice, and none is lost.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use domain::ids::RecordId;
use serde_json::Value;
use store::testing::{Place, each_database};
use tokio::sync::watch;

use crate::server::Server;
use crate::setup::{Setup, contact, system};

/// How many ask at the same time.
const CLIENTS: usize = 64;

/// How often a seat is asked for: as often as is wanted, else so often. There is a seat for each hundredth.
#[expect(clippy::disallowed_methods, reason = "how long a test run lasts is the developer's choice")]
fn attempts() -> usize {
    let wanted = std::env::var("LOGGIA_RACE_ATTEMPTS").ok();
    wanted.map_or(5_000, |n| n.parse().unwrap())
}

/// What all clients share.
struct Race {
    http: reqwest::Client,
    token: String,
    user_type: String,
    people: Vec<RecordId>,
    servers: Mutex<Vec<String>>,
    next: AtomicUsize,
    attempts: usize,
    /// Who was let in, as a server has said.
    granted: watch::Sender<BTreeSet<RecordId>>,
    refused: AtomicUsize,
    /// What no answer came to.
    unknown: AtomicUsize,
}

impl Race {
    /// Asks for seats until it was asked often enough.
    async fn run(self: Arc<Self>, client: usize) {
        loop {
            let attempt = self.next.fetch_add(1, Ordering::Relaxed);
            if attempt >= self.attempts {
                return;
            }
            let person = self.people[attempt * 7919 % self.people.len()];
            match self.invite(client, person).await {
                Some(code) if code == "SUCCESS" => {
                    let is_first = self.granted.send_if_modified(|granted| granted.insert(person));
                    assert!(is_first, "{person} got a seat twice");
                }
                Some(code) if code == "LICENSE_LIMIT_EXCEEDED" => drop(self.refused.fetch_add(1, Ordering::Relaxed)),
                // Somebody who has a seat already.
                Some(code) => assert_eq!(code, "DUPLICATE_DATA"),
                None => drop(self.unknown.fetch_add(1, Ordering::Relaxed)),
            }
        }
    }

    /// What a server answers. None: it is gone.
    async fn invite(&self, client: usize, person: RecordId) -> Option<String> {
        let server = {
            let servers = self.servers.lock().unwrap();
            servers[client % servers.len()].clone()
        };
        let query = format!("user_type_id={}&type=invite", self.user_type);
        let asked = self
            .http
            .post(format!("{server}/crm/v8/Contacts/{person}/actions/portal_invite?{query}"));
        let asked = asked.header("Authorization", format!("Zoho-oauthtoken {}", self.token));
        let answer: Value = asked.send().await.ok()?.json().await.ok()?;
        let code = answer["portal_invite"][0]["code"].as_str().or(answer["code"].as_str());
        assert!(code.is_some(), "{answer}");
        code.map(str::to_owned)
    }
}

fn serve(setup: &Setup, seats: usize) -> Server {
    let mut command = setup.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("LOGGIA_FREE_SEATS", seats.to_string());
    Server::run(command)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_seat_is_given_twice_and_none_is_lost_when_a_server_is_killed() {
    each_database(async |place: &Place| {
        let (setup, attempts) = (Setup::new(place), attempts());
        let (org, seats) = (setup.org("Northwind"), attempts / 100);
        let app = setup.app().await;
        let ctx = system(&app, &org).await;
        let mut people = Vec::new();
        for number in 0..seats * 3 {
            people.push(contact(&ctx, &format!("person{number}")).await.unwrap());
        }
        // One process alone has an SQLite file open to write.
        let count = if place.directory().is_some() { 1 } else { 3 };
        let mut servers: Vec<Server> = (0..count).map(|_| serve(&setup, seats)).collect();
        let race = Arc::new(Race {
            http: reqwest::Client::new(),
            token: servers[0].token(&setup, &org).await,
            user_type: ctx.snapshot.user_types[0].id.to_string(),
            people,
            servers: Mutex::new(servers.iter().map(|s| s.url.clone()).collect()),
            next: AtomicUsize::new(0),
            attempts,
            granted: watch::Sender::default(),
            refused: AtomicUsize::new(0),
            unknown: AtomicUsize::new(0),
        });
        let clients: Vec<_> = (0..CLIENTS).map(|client| tokio::spawn(Arc::clone(&race).run(client))).collect();
        let half = |granted: &BTreeSet<RecordId>| granted.len() >= seats / 2;
        race.granted.subscribe().wait_for(half).await.unwrap();
        servers.remove(0).kill();
        servers.push(serve(&setup, seats));
        *race.servers.lock().unwrap() = servers.iter().map(|s| s.url.clone()).collect();
        for client in clients {
            client.await.unwrap();
        }

        let granted = race.granted.borrow().clone();
        let (refused, unknown) = (race.refused.load(Ordering::Relaxed), race.unknown.load(Ordering::Relaxed));
        println!("{} granted, {refused} refused, {unknown} without an answer", granted.len());
        let wanted = store::members::Wanted {
            limit: u32::MAX,
            ..store::members::Wanted::default()
        };
        let holding: BTreeSet<RecordId> = app::members::list(&ctx, wanted).await.unwrap().iter().map(|m| m.record).collect();
        assert_eq!(holding.len(), seats, "every seat is given, and not one more");
        assert!(granted.is_subset(&holding), "acknowledged and lost");
        assert!(
            holding.len() - granted.len() <= unknown,
            "nobody is let in whom no answer was lost for"
        );
        assert!(refused > attempts / 3, "hardly anybody was refused");
        let found = app::licences::recompute(&ctx).await.unwrap();
        let seats = u64::try_from(seats).unwrap();
        assert_eq!((found.events, found.by_events, found.consumed), (seats, seats, seats));
        assert_eq!(found.wrong, [""; 0]);
        app.close().await;
    })
    .await;
}
