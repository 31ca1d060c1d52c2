//! `loggia client create`.

use store::testing::{Place, each_database};

use crate::setup::{ADMIN, Setup};

#[tokio::test(flavor = "multi_thread")]
async fn a_client_gets_secrets_that_give_an_access_token() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        setup.org("Northwind");
        let client = setup
            .run(&["client", "create", "--org", "northwind", "--as", ADMIN, "--json"])
            .json();
        let text = |name: &str| client[name].as_str().unwrap();
        assert_eq!(client.as_object().unwrap().len(), 3);
        let app = setup.app().await;
        let token = app::clients::refresh(&app, text("client_id"), text("client_secret"), text("refresh_token")).await;
        assert!(!token.unwrap().access.token.is_empty());
        app.close().await;
        let plain = setup.run(&["client", "create", "--org", "northwind", "--as", ADMIN]);
        assert!(
            plain.status == Some(0) && plain.stdout.contains("Refresh token  1000."),
            "{plain:?}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_a_client_for_a_stranger() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        setup.org("Northwind");
        for (org, email, message) in [
            (
                "Northwind",
                "bob@example.com",
                "there is no employee or portal user \"bob@example.com\" in \"Northwind\"",
            ),
            ("Northwind", "bob", "e-mail: expected an address"),
            (
                "Southwind",
                ADMIN,
                "there is no organisation \"Southwind\": expected an id or a name",
            ),
            ("12", ADMIN, "there is no organisation \"12\""),
        ] {
            setup
                .run(&["client", "create", "--org", org, "--as", email, "--json"])
                .refused(1, message);
        }
        setup.run(&["client", "create", "--org", "Northwind"]).refused(2, "--as <EMAIL>");
    })
    .await;
}
