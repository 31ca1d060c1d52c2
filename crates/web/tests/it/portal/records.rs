//! A record's page, what stands below it, and deleting.

use app::testing::each_database;
use axum::http::StatusCode;

use crate::browser::Browser;
use crate::world::{self, MARIA, PETER, SECRET, enter, record};

#[tokio::test]
async fn a_record_shows_its_values_readably_and_what_points_at_it() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let order = world.orders.last().unwrap();
        let page = browser.get(&format!("/portal/northwind/Sales_Orders/{order}")).await;
        assert!(page.says("SO-10030") && page.says("30,000.50") && page.says("3 Jul 2026"));
        assert!(page.says(&format!("<a href=\"/portal/northwind/Contacts/{}\">Maria Anders</a>", world.maria)));
        assert!(page.says("Line 12") && !page.says("Line 1<"), "the latest ten of twelve lines");
        let all = page.link(&format!("f=Sales_Order~is~{order}")).unwrap();
        let lines = browser.get(&all).await;
        assert!(lines.says("12 records") && lines.says("5%") && lines.says("Sales Order is SO-10030"));
        assert!(!page.says("/edit\"") && !page.says("/delete\""), "only what is allowed is offered");
    })
    .await;
}

#[tokio::test]
async fn ones_own_record_is_my_details() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let own = format!("/portal/northwind/Contacts/{}", world.maria);
        assert_eq!(browser.get("/portal/northwind/Contacts").await.leads_to(), own);
        let page = browser.get(&own).await;
        assert!(page.says("My details") && page.says("29 Feb 1980") && page.says("tel:0300074321"));
        assert!(
            !page.says("Anders &amp; Sons") && !page.says("Anders &#38; Sons"),
            "the account is not shared"
        );
    })
    .await;
}

#[tokio::test]
async fn a_strangers_record_is_as_if_it_were_not_there() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let places = [
            format!("Sales_Orders/{}", world.order_of_peter),
            format!("Contacts/{}", world.peter),
        ];
        for place in places {
            for path in [place.clone(), format!("{place}/edit"), format!("{place}/delete")] {
                let stranger = browser.get(&format!("/portal/northwind/{path}")).await;
                assert_eq!(stranger.status, StatusCode::NOT_FOUND, "{path}");
                let nobody = browser
                    .get(&format!("/portal/northwind/{}", path.replace(char::is_numeric, "1")))
                    .await;
                assert_eq!(stranger.html, nobody.html, "{path}");
            }
            for path in ["edit", "delete"] {
                let page = browser.post(&format!("/portal/northwind/{place}/{path}"), &[("Phone", "1")]).await;
                assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_not_granted_is_forbidden_and_changes_nothing() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let order = format!("/portal/northwind/Sales_Orders/{}", world.orders.first().unwrap());
        let (edit, delete) = (format!("{order}/edit"), format!("{order}/delete"));
        for path in [&edit, &delete, &"/portal/northwind/Sales_Orders/new".to_owned()] {
            assert_eq!(browser.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
            let posted = browser.post(path, &[("Subject", "Mine now")]).await;
            assert_eq!(posted.status, StatusCode::FORBIDDEN, "{path}");
            assert!(posted.says("href=\"/portal/northwind\""), "a way back");
        }
        assert!(browser.get(&order).await.says("SO-10001"));
    })
    .await;
}

#[tokio::test]
async fn one_deletes_ones_own_after_being_asked_and_nobody_elses() {
    each_database(async |bench| {
        let world = world::build(&bench).await;
        enter(&bench, world.maria, MARIA).await;
        enter(&bench, world.peter, PETER).await;
        let ctx = bench.system().await;
        let browser = Browser::signed_in(&bench.app, MARIA, SECRET).await;
        let made = browser.post("/portal/northwind/Cases/new", &[("Subject", "Broken jar")]).await;
        let case = made.leads_to().to_owned();
        assert!(browser.get(&case).await.says(&format!("{case}/delete")));
        let question = browser.get(&format!("{case}/delete")).await;
        assert!(question.says("Delete Broken jar?"));
        let peters = Browser::signed_in(&bench.app, PETER, SECRET).await;
        assert_eq!(peters.post(&format!("{case}/delete"), &[]).await.status, StatusCode::NOT_FOUND);
        let of_staff = record(&ctx, "Cases", &[("Subject", "By staff"), ("Related_To", &world.maria.to_string())]).await;
        let refused = browser.post(&format!("/portal/northwind/Cases/{of_staff}/delete"), &[]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let gone = browser.post(&format!("{case}/delete"), &[]).await;
        assert_eq!(gone.leads_to(), "/portal/northwind/Cases");
        assert!(browser.get("/portal/northwind/Cases").await.says("Deleted."));
        assert_eq!(browser.get(&case).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
