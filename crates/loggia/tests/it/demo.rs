//! `loggia demo`.

use std::os::unix::fs::PermissionsExt as _;

use store::testing::{Place, each_database};

use crate::server::Server;
use crate::setup::Setup;

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_is_made_once_and_prints_its_sign_ins_each_time() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        let mut said = Vec::new();
        for _ in 0..2 {
            let server = Server::run(setup.command(&["demo", "--listen", "127.0.0.1:0"]));
            assert_eq!(server.status("/readyz").await, 200);
            let portal = server.before.iter().find_map(|line| line.strip_prefix("Portal          ")).unwrap();
            assert_eq!(reqwest::get(portal).await.unwrap().status(), 200);
            said.push(
                server
                    .before
                    .iter()
                    .skip_while(|line| !line.starts_with("SIGN IN AS"))
                    .cloned()
                    .collect::<Vec<_>>(),
            );
            server.signal("TERM");
            assert_eq!(server.wait().code(), Some(0));
        }
        assert!(said[0].iter().any(|line| line.starts_with("Administrator")), "{said:?}");
        assert_eq!(said[0], said[1]);
        assert_eq!(setup.run(&["org", "list", "--json"]).json()["orgs"].as_array().unwrap().len(), 1);

        let directory = place
            .directory()
            .map_or_else(|| setup.directory().join("data/demo"), std::path::Path::to_owned);
        let kept = directory.join("demo.json");
        assert_eq!(std::fs::metadata(&kept).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::remove_file(kept).unwrap();
        setup
            .run(&["demo", "--listen", "127.0.0.1:0"])
            .refused(1, "name another directory with --data");
    })
    .await;
}
