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
        for said in [
            "1,001 to 10,000",
            "USD 2.00",
            "USD 18,000.00",
            "In all, 2026-11-24 to 2026-12-24",
            "USD 26,000.00",
        ] {
            assert!(page.says(said), "{said}: {}", page.html);
        }
        let yearly = browser.get("/admin/licences?quantity=1&offer=USD-yearly").await;
        assert!(yearly.says("In all, 2026-11-24 to 2027-11-24") && yearly.says("USD 36.00"));
        assert!(yearly.says("<option value=\"USD-yearly\" selected>"));
        for (query, says) in [
            ("quantity=0", "Expected 1 to 100000000 licences more"),
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
async fn licences_are_bought_and_changed_on_the_page() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let priced = browser.get("/admin/licences?quantity=1500&offer=USD-monthly").await;
        assert!(priced.says("Buy 1,500 licences"), "{}", priced.html);
        let offer = [("quantity", "1500"), ("offer", "USD-monthly")];
        let done = browser.post("/admin/licences/buy", &offer).await;
        let bought = browser.get(done.leads_to()).await;
        assert!(bought.says("Bought.") && bought.says("<strong>1,500 licences</strong>, paid monthly in USD, until 2026-12-24"));
        // Fifteen days later ten more cost half, and are paid as the others are.
        bench.clock.advance(15 * 86_400);
        let browser = administrator(&bench).await;
        let priced = browser.get("/admin/licences?quantity=10").await;
        for said in ["1,501 to 1,510", "USD 10.00", "all 1,510 licences cost USD 4,020.00 a month"] {
            assert!(priced.says(said), "{said}: {}", priced.html);
        }
        assert!(!priced.says("USD a year"), "what is bought monthly is not bought yearly");
        for (next, says) in [
            ("1501", "Expected 0 to 1500 licences"),
            ("few", "Licences: expected a whole number from 0 on"),
        ] {
            let refused = browser.post("/admin/licences/change", &[("next", next)]).await;
            assert!(
                refused.status == 422 && refused.says(says) && refused.says(&format!("value=\"{next}\"")),
                "{}",
                refused.html
            );
        }
        let done = browser.post("/admin/licences/change", &[("next", "200")]).await;
        let changed = browser.get(done.leads_to()).await;
        assert!(changed.says("From then on there are 200."), "{}", changed.html);
        let refused = browser.post("/admin/licences/buy", &[("quantity", "0")]).await;
        assert!(
            refused.status == 422 && refused.says("Expected 1 to 99998500 licences more"),
            "{}",
            refused.html
        );
    })
    .await;
}

#[tokio::test]
async fn invoices_stand_in_a_list_and_each_on_a_page() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        assert!(browser.get("/admin/licences/invoices").await.says("No invoices"));
        browser
            .post("/admin/licences/buy", &[("quantity", "1500"), ("offer", "USD-monthly")])
            .await;
        browser.post("/admin/licences/change", &[("next", "200")]).await;
        let list = browser.get("/admin/licences/invoices").await;
        assert!(
            list.says("Invoice 1") && list.says("due on 2026-12-08") && list.says("USD 4,000.00"),
            "{}",
            list.html
        );
        let one = browser.get("/admin/licences/invoices/1").await;
        assert!(
            one.says("Northwind Traders") && one.says("1,001 to 1,500") && one.says("whoever runs this server"),
            "{}",
            one.html
        );
        for nothing in ["2", "0", "-1", "x"] {
            assert_eq!(
                browser.get(&format!("/admin/licences/invoices/{nothing}")).await.status,
                404,
                "{nothing}"
            );
        }
        let ledger = browser.get("/admin/licences/ledger").await;
        assert!(
            ledger.says("1,500 more licences") && ledger.says("200 licences from the next period on"),
            "{}",
            ledger.html
        );
        assert!(!browser.get("/admin/licences").await.says("An invoice is overdue."));
        bench.clock.advance(15 * 86_400);
        let browser = administrator(&bench).await;
        assert!(browser.get("/admin/licences").await.says("An invoice is overdue."), "a day late");

        let clerk = standard(&bench).await;
        for place in ["/admin/licences/buy", "/admin/licences/change", "/admin/licences/invoices"] {
            let body = (place != "/admin/licences/invoices").then_some("quantity=1&next=1");
            assert_eq!(ask(&Browser::new(&bench.app), place, &clerk, body).await.status, 403, "{place}");
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
        }
        .into(),
        ..app::Settings::default()
    };
    let bench = Bench::with(&store::testing::Place::sqlite(), settings).await;
    let browser = administrator(&bench).await;
    let page = browser.get("/admin/licences?quantity=1").await;
    assert_eq!(page.status, 200);
    assert!(!page.says("What more licences cost"), "{}", page.html);
}

#[tokio::test]
async fn seats_over_time_are_drawn_by_user_type() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        assert!(browser.get("/admin/licences").await.says("Nobody had a seat on these days"));
        let ctx = bench.system().await;
        for name in ["maria", "john"] {
            let person = contact(&ctx, name).await;
            app::members::invite(&ctx, clients(&ctx), person).await.unwrap();
        }
        bench.clock.advance(9 * 86_400);
        let browser = administrator(&bench).await;
        let page = browser.get("/admin/licences?days=30").await;
        // Twenty days nobody, then ten of two people.
        let height = |day| if day < 20 { 10_000 } else { 0 };
        let edge: String = (1..30).map(|day| format!("L{day} {}H{}", height(day), day + 1)).collect();
        assert!(page.says(&edge) && page.says("viewBox=\"0 0 30 10000\""), "{}", page.html);
        assert!(
            page.says("href=\"/admin/licences?days=30#over-time\" aria-current=\"true\""),
            "{}",
            page.html
        );
        assert!(page.says("2026-12-03") && browser.get("/admin/licences?days=no").await.says("viewBox=\"0 0 90 10000\""));
    })
    .await;
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
                .get("/admin/licences/ledger?event=corrected")
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

#[tokio::test]
async fn the_ledger_is_a_file_for_spreadsheets_however_long_it_is() {
    each_database(async |bench| {
        let browser = administrator(&bench).await;
        let ctx = bench.system().await;
        let maria = contact(&ctx, "maria").await;
        // More than a page of the ledger holds.
        for _ in 0..130 {
            let member = app::members::invite(&ctx, clients(&ctx), maria).await.unwrap();
            app::members::remove(&ctx, member.id).await.unwrap();
        }
        browser
            .post("/admin/licences/buy", &[("quantity", "5"), ("offer", "USD-monthly")])
            .await;
        let page = browser.get("/admin/licences/ledger?event=removed").await;
        assert!(page.says("/admin/licences/ledger/file?event=removed"), "{}", page.html);
        let file = browser.get("/admin/licences/ledger/file").await.html;
        let lines: Vec<&str> = file.lines().collect();
        assert_eq!(lines.len(), 262);
        assert_eq!(
            lines[0],
            "Number,Time,Event,Person,User type,Licences,Invoice,By,Seats after it,Bought after it"
        );
        assert!(
            lines[1].starts_with("261,2026-11-24T05:00:00+00:00,purchased,,,5,1,") && lines[1].ends_with(",0,5"),
            "{}",
            lines[1]
        );
        assert_eq!(
            lines[261],
            "1,2026-11-24T05:00:00+00:00,invited,maria@example.com,Client Portal,,,Loggia,1,0"
        );
        let removed = browser.get("/admin/licences/ledger/file?event=removed").await.html;
        assert_eq!(removed.lines().count(), 131);
        assert_eq!(browser.get("/admin/licences/ledger/file?event=corrected").await.status, 422);
        let clerk = standard(&bench).await;
        assert_eq!(
            ask(&Browser::new(&bench.app), "/admin/licences/ledger/file", &clerk, None)
                .await
                .status,
            403
        );
    })
    .await;
}
