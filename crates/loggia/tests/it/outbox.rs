//! `loggia outbox`.

use store::testing::{Place, each_database};

use crate::setup::{Setup, contact, system};

#[tokio::test(flavor = "multi_thread")]
async fn mails_that_were_not_sent_can_be_read() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        let org = setup.org("Northwind");
        let app = setup.app().await;
        let ctx = system(&app, &org).await;
        let anna = contact(&ctx, "anna").await.unwrap();
        app::members::invite(&ctx, ctx.snapshot.user_types[0].id, anna).await.unwrap();
        let mails = setup.run(&["outbox", "--org", &org, "--json"]).json()["mails"].clone();
        app.close().await;
        let mail = mails[0].as_object().unwrap();
        let names: Vec<&str> = mail.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            ["id", "to", "subject", "links", "text", "created_time", "attempts", "last_error"]
        );
        assert!(mail["id"].is_string() && mail["attempts"] == 0 && mail["last_error"].is_null());
        assert_eq!(mail["to"], "anna@example.com");
        let link = mail["links"][0].as_str().unwrap();
        assert!(link.contains("/portal/northwind/invitation/") && mail["text"].as_str().unwrap().contains(link));

        let plain = setup.run(&["outbox", "--org", "Northwind"]).stdout;
        assert!(plain.starts_with("To:      anna@example.com\n") && plain.contains(link), "{plain}");
        let licences = setup.run(&["licence", "show", "--org", &org, "--json"]).json();
        assert_eq!([&licences["consumed"], &licences["by_user_type"][0]["invited"]], [1, 1]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_outbox_says_so_and_a_wrong_organisation_is_named() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        setup.org("Northwind");
        assert_eq!(setup.run(&["outbox", "--org", "Northwind"]).stdout, "No mail waits.\n");
        setup
            .run(&["outbox", "--org", "Nope", "--json"])
            .refused(1, "there is no organisation \"Nope\"");
        setup.run(&["outbox", "--json"]).refused(2, "--org <ORG>");
    })
    .await;
}
