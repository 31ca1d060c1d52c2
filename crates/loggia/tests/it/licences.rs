//! `loggia licence show`.

use serde_json::json;
use store::testing::{Place, each_database};

use crate::setup::{Answer, Setup};

#[tokio::test(flavor = "multi_thread")]
async fn the_pool_is_shown_under_the_policy_of_the_settings() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        setup.org("Northwind");
        let report = setup.run(&["licence", "show", "--org", "Northwind", "--json"]).json();
        let id = report["by_user_type"][0]["id"].as_str().unwrap();
        assert_eq!(
            report,
            json!({
                "policy": "2025", "free": 1000, "purchased": 0, "allowance": 1000, "consumed": 0, "waiting": 0,
                "by_user_type": [{ "id": id, "name": "Client Portal", "invited": 0, "active": 0 }],
            })
        );
        let mut command = setup.command(&["licence", "show", "--org", "Northwind", "--json"]);
        let unlimited = Answer::from(command.env("LOGGIA_FREE_SEATS", "unlimited").output().unwrap()).json();
        assert!(unlimited["free"].is_null() && unlimited["allowance"].is_null());
        let plain = setup.run(&["licence", "show", "--org", "Northwind"]).stdout;
        assert!(
            plain.contains("Allowance  1000") && plain.contains("Client Portal  0        0"),
            "{plain}"
        );
        setup
            .run(&["licence", "show", "--org", "Nope"])
            .refused(1, "there is no organisation \"Nope\"");
        setup.run(&["licence", "show"]).refused(2, "--org <ORG>");
    })
    .await;
}
