//! `loggia operator`: links by which somebody comes in, who is in, and the end of that.

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use store::testing::{Place, each_database};

use crate::server::Server;
use crate::setup::Setup;

/// Comes in by the address of a link, on the server that listens; the cookie.
async fn come_in(server: &Server, address: &str) -> (StatusCode, String) {
    let (_, secret) = address.rsplit_once('/').unwrap();
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    let answer = client.post(format!("{}/operator/enter/{secret}", server.url)).send().await.unwrap();
    let cookies = answer.headers().get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    let cookie = cookies
        .filter_map(|line| line.split(';').next())
        .find(|pair| pair.starts_with("loggia_operator="));
    (answer.status(), cookie.unwrap_or_default().to_owned())
}

async fn status(server: &Server, cookie: &str) -> StatusCode {
    let asked = Client::new().get(format!("{}/operator", server.url)).header("cookie", cookie);
    asked.send().await.unwrap().status()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_runs_commands_lets_somebody_in_and_out() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        let server = Server::start(&setup);
        assert_eq!(status(&server, "").await, StatusCode::UNAUTHORIZED);
        let link = setup.run(&["operator", "link", "--name", "Dora", "--json"]).json();
        let address = link["address"].as_str().unwrap();
        let (came, cookie) = come_in(&server, address).await;
        assert_eq!((came, status(&server, &cookie).await), (StatusCode::SEE_OTHER, StatusCode::OK));
        assert_eq!(come_in(&server, address).await.0, StatusCode::NOT_FOUND);
        setup.run(&["operator", "link", "--name", "Emil"]);
        let listed = setup.run(&["operator", "list", "--json"]).json();
        let shown: Vec<(&Value, &Value)> = listed["operators"]
            .as_array()
            .unwrap()
            .iter()
            .map(|of| (&of["name"], &of["kind"]))
            .collect();
        assert_eq!(shown, [(&json!("Dora"), &json!("session")), (&json!("Emil"), &json!("link"))]);
        let table = setup.run(&["operator", "list"]).stdout;
        assert!(table.starts_with("NAME  KIND") && !table.contains(address), "{table}");
        let ended = setup.run(&["operator", "end", "--name", "Dora", "--json"]).json();
        assert_eq!(
            (&ended["ended"], status(&server, &cookie).await),
            (&json!(1), StatusCode::UNAUTHORIZED)
        );
        setup
            .run(&["operator", "end", "--name", "Dora"])
            .refused(1, "there is no such operator");
        assert_eq!(setup.run(&["operator", "end", "--all"]).stdout, "Sessions and links ended: 1\n");
        assert_eq!(setup.run(&["operator", "list"]).stdout, "Nobody is in.\n");
        setup.run(&["operator", "end"]).refused(2, "--all");
        setup
            .run(&["operator", "end", "--all", "--name", "Dora"])
            .refused(2, "cannot be used with");
        setup
            .run(&["operator", "link", "--name", " "])
            .refused(1, "name: expected one line of 1 to 60 characters");
        setup.run(&["operator", "link"]).refused(2, "--name <NAME>");
        server.kill();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_a_link_is_where_people_reach_the_server() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        let mut command = setup.command(&["operator", "link", "--name", "Dora"]);
        command.env("LOGGIA_PUBLIC_URL", "https://portal.example.com");
        let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
        assert!(said.starts_with("https://portal.example.com/operator/enter/"), "{said}");
        let (address, _) = said.split_once('\n').unwrap();
        assert_eq!(address.rsplit('/').next().unwrap().len(), 43);
    })
    .await;
}
