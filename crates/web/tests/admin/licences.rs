//! The page of licences: what more of them cost.

use app::testing::{Bench, each_database};
use domain::licences::{LicencePolicy, PriceBook};

use crate::browser::Browser;
use crate::office::{administrator, ask, clients, contact, standard};

#[tokio::test]
async fn what_more_licences_cost_is_worked_out_slab_by_slab() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let plain = browser.get("/admin/licences").await;
        assert!(plain.says("What more licences cost") && !plain.says("In all"));
        let page = browser.get("/admin/licences?quantity=15000&offer=USD-monthly").await;
        for said in ["1,001 to 10,000", "USD 2.00", "USD 18,000.00", "In all, a month", "USD 26,000.00"] {
            assert!(page.says(said), "{said}: {}", page.html);
        }
        let yearly = browser.get("/admin/licences?quantity=1&offer=USD-yearly").await;
        assert!(yearly.says("In all, a year") && yearly.says("USD 36.00"));
        assert!(yearly.says("<option value=\"USD-yearly\" selected>"));
        for (query, says) in [
            ("quantity=0", "Quantity: expected a whole number from 1 to 100000000."),
            ("quantity=-5", "Quantity: expected a whole number"),
            ("quantity=1e3", "Quantity: expected a whole number"),
            (
                "quantity=1&offer=EUR-monthly",
                "Currency: expected one with prices (USD monthly, USD yearly).",
            ),
            ("quantity=1&offer=EURO-monthly", "Currency: expected a code of ISO 4217 like USD."),
        ] {
            let page = browser.get(&format!("/admin/licences?{query}")).await;
            assert!(
                page.says(says) && page.says("aria-invalid") && !page.says("In all"),
                "{}",
                page.html
            );
        }
    })
    .await;
}

#[tokio::test]
async fn where_no_licences_are_sold_the_page_names_no_price() {
    let settings = app::Settings {
        licences: LicencePolicy {
            prices: PriceBook::new(Vec::new()).unwrap(),
            ..LicencePolicy::default()
        },
        ..app::Settings::default()
    };
    let bench = Bench::with(&store::testing::Place::sqlite(), settings).await;
    let browser = administrator(&bench).await;
    let page = browser.get("/admin/licences?quantity=1").await;
    assert_eq!(page.status, 200);
    assert!(!page.says("What more licences cost"), "{}", page.html);
}

#[tokio::test]
async fn every_figure_is_traced_to_its_events() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        assert!(browser.get("/admin/licences").await.says("href=\"/admin/licences/ledger\""));
        let page = browser.get("/admin/licences/ledger").await;
        assert!(page.says("Nothing has happened yet"), "{}", page.html);
        let ctx = bench.system().await;
        let maria = contact(&ctx, "maria").await;
        let member = app::members::invite(&ctx, clients(&ctx), maria).await.unwrap();
        let page = browser.get("/admin/licences/ledger?person=Maria@example.com").await;
        assert!(page.says("maria@example.com holds a seat") && page.says("invited"), "{}", page.html);
        app::members::remove(&ctx, member.id).await.unwrap();
        let page = browser.get("/admin/licences/ledger?person=maria@example.com&event=removed").await;
        assert!(page.says("maria@example.com holds no seat.") && page.says("removed"));
        let page = browser.get("/admin/licences/ledger?check=yes").await;
        assert!(page.says("All 2 events add up to 0 seats, as counted."), "{}", page.html);
        assert!(browser.get("/admin/licences/ledger?event=confirmed").await.says("No such entry"));
        assert!(
            browser
                .get("/admin/licences/ledger?event=granted")
                .await
                .says("expected one of invited")
        );

        let spoiled = ctx
            .tenant
            .db
            .write::<_, store::engine::Error>(|conn| conn.execute("UPDATE :db.pool SET consumed = 7", &[]));
        spoiled.await.unwrap();
        let page = browser.get("/admin/licences/ledger?check=yes").await;
        assert!(page.says("2 events add up to 0 seats, but 7 are counted"), "{}", page.html);

        let (clerk, stranger) = (standard(&bench).await, Browser::new(&bench.app));
        assert_eq!(ask(&stranger, "/admin/licences/ledger", &clerk, None).await.status, 403);
    })
    .await;
}
