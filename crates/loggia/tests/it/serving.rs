//! `loggia serve`: starting, stopping, and commands beside it.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};

use store::testing::{Place, each_database};

use crate::server::Server;
use crate::setup::{ADMIN, Setup};

#[tokio::test(flavor = "multi_thread")]
async fn all_commands_work_while_a_server_runs_on_the_same_data() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        let server = Server::start(&setup);
        assert_eq!(server.status("/readyz").await, 200);
        assert_eq!(setup.run(&["org", "list", "--json"]).json()["orgs"].as_array().unwrap().len(), 0);
        let org = setup.org("Northwind");
        let client = setup
            .run(&["client", "create", "--org", "Northwind", "--as", ADMIN, "--json"])
            .json();
        assert!(client["client_id"].as_str().unwrap().contains(&org));
        assert_eq!(setup.run(&["licence", "show", "--org", &org, "--json"]).json()["allowance"], 1000);
        assert_eq!(
            setup.run(&["outbox", "--org", &org, "--json"]).json()["mails"]
                .as_array()
                .unwrap()
                .len(),
            0
        );
        assert_eq!(setup.run(&["check"]).status, Some(0));
        assert_eq!(server.status("/readyz").await, 200);
        server.signal("TERM");
        assert_eq!(server.wait().code(), Some(0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_stops_the_server_with_status_0_whoever_is_connected() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        for name in ["TERM", "INT"] {
            let server = Server::start(&setup);
            assert_eq!(server.before, [""; 0], "one line and nothing else");
            let address = server.url.strip_prefix("http://").unwrap();
            // One connection that stays open after its answer, one without a request.
            let mut kept = TcpStream::connect(address).unwrap();
            kept.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
            let _silent = TcpStream::connect(address).unwrap();
            assert_eq!(server.status("/healthz").await, 200);
            server.signal(name);
            assert_eq!(server.wait().code(), Some(0), "{name}");
        }
        let leftovers = place.directory().map_or(0, |directory| {
            let names = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
            names.filter(|name| name.to_string_lossy().ends_with("-wal")).count()
        });
        assert_eq!(leftovers, 0, "the log was moved into the file");
    })
    .await;
}

#[test]
fn a_port_in_use_is_named_with_the_option_that_helps() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let place = Place::sqlite();
    let setup = Setup::new(&place);
    for command in ["serve", "demo"] {
        let answer = setup.run(&[command, "--listen", &address]);
        answer.refused(1, &format!("cannot listen on {address}"));
        assert!(answer.stderr.contains("choose another address with --listen"), "{}", answer.stderr);
    }
    assert!(!place.directory().unwrap().join("control.db").exists(), "nothing was made");
}

#[test]
fn mail_settings_that_cannot_be_used_stop_the_server_at_once() {
    let place = Place::sqlite();
    let setup = Setup::new(&place);
    let mut command = setup.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("LOGGIA_SMTP_URL", "smtp://mail.example.com?tls=maybe");
    command.env("LOGGIA_SMTP_FROM", "portal@example.com");
    let answer = crate::setup::Answer::from(command.output().unwrap());
    assert_eq!(answer.status, Some(2), "{answer:?}");
    assert!(
        answer.stderr.contains("loggia: the mail settings cannot be used"),
        "{}",
        answer.stderr
    );
}

#[test]
fn logs_are_json_when_asked() {
    let place = Place::sqlite();
    let setup = Setup::new(&place);
    let mut command = setup.command(&["serve", "--listen", "127.0.0.1:0", "--log-format", "json"]);
    let log = setup.directory().join("log");
    command.stderr(std::fs::File::create(&log).unwrap());
    let server = Server::run(command);
    server.signal("TERM");
    assert_eq!(server.wait().code(), Some(0));
    let log = std::fs::read_to_string(log).unwrap();
    let lines = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    assert!(lines.filter(|line| line["message"] == "stopped").count() == 1, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_line_of_a_request_names_the_version_that_served_it() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        let org = setup.org("Northwind");
        let log = setup.directory().join("log");
        let mut command = setup.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.env("LOGGIA_LOG", "tower_http=debug").env("LOGGIA_LOG_FORMAT", "json");
        command.stderr(std::fs::File::create(&log).unwrap());
        let server = Server::run(command);
        let client = reqwest::Client::builder().cookie_store(true).build().unwrap();
        let sign_in = [("email", ADMIN), ("password", crate::setup::PASSWORD)];
        let signed_in = client
            .post(format!("{}/admin/sign-in", server.url))
            .form(&sign_in)
            .send()
            .await
            .unwrap();
        assert!(signed_in.status().is_success(), "{}", signed_in.status());
        assert_eq!(server.status("/healthz").await, 200);
        let version = crate::setup::system(&setup.app().await, &org).await.snapshot.version;
        server.signal("TERM");
        server.wait();
        let log = std::fs::read_to_string(&log).unwrap();
        let answered: Vec<serde_json::Value> = log
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .filter(|line: &serde_json::Value| line["message"] == "finished processing request")
            .collect();
        let of = |uri: &str| &answered.iter().find(|line| line["span"]["uri"] == uri).unwrap()["span"];
        assert_eq!(of("/admin")["state_version"], version, "{log}");
        assert!(
            of("/healthz").get("state_version").is_none(),
            "nobody is served from a version there"
        );
    })
    .await;
}
