//! All organisations, one of them, prices and revenue.

use app::licences::{Wanted, credit, pay, purchase};
use app::testing::Bench;
use domain::orgs::Edition;

use crate::server::{dora, each_database, organisation, with_a_lost_one};

async fn buys(bench: &Bench, quantity: &str) {
    let ctx = bench.system().await;
    purchase(&ctx, Wanted::read(quantity, "USD", "monthly").unwrap()).await.unwrap();
}

/// The names in the order in which they stand on the page.
fn in_order(html: &str, names: &[&str]) -> Vec<String> {
    let mut found: Vec<(usize, String)> = names
        .iter()
        .filter_map(|name| Some((html.find(&format!(">{name}</a></td>"))?, (*name).to_owned())))
        .collect();
    found.sort();
    found.into_iter().map(|(_, name)| name).collect()
}

#[tokio::test]
async fn all_organisations_stand_in_a_list_that_is_searched_and_sorted() {
    each_database(async |bench| {
        organisation(&bench.app, "alder", Edition::Professional, "").await;
        organisation(&bench.app, "Zeta & Sons", Edition::Ultimate, "").await;
        buys(&bench, "100").await;
        let dora = dora(&bench.app).await;
        let page = dora.get("/operator").await;
        for said in [
            "3 organisations, 0 seats in use, 100 licences purchased, 1 invoice owed.",
            "0 of 105",
            "role=\"meter\"",
            "1 invoice, due on 2026-12-08",
            "kept as they are",
        ] {
            assert!(page.says(said), "{said}: {}", page.html);
        }
        let names = ["alder", "Northwind Traders", "Zeta &#38; Sons"];
        assert_eq!(in_order(&page.html, &names), names);
        let turned = dora.get("/operator?sort=-name").await;
        assert_eq!(in_order(&turned.html, &names), ["Zeta &#38; Sons", "Northwind Traders", "alder"]);
        let found = dora.get("/operator?q=SONS&sort=-fullness").await;
        assert!(
            found.says("value=\"SONS\"") && found.says("aria-sort=\"descending\""),
            "{}",
            found.html
        );
        assert_eq!(in_order(&found.html, &names), ["Zeta &#38; Sons"]);
        let none = dora.get("/operator?q=%22%3E%3Cb%3E").await;
        assert!(none.says("None like that") && !none.says("<b>"), "{}", none.html);
        bench.clock.advance(20 * 86_400);
        let late = crate::server::dora(&bench.app).await.get("/operator").await;
        assert!(late.says("1 invoice, overdue since 2026-12-08"), "{}", late.html);
    })
    .await;
}

#[tokio::test]
async fn one_organisation_is_shown_with_its_invoices_and_can_be_held() {
    each_database(async |bench| {
        buys(&bench, "100").await;
        buys(&bench, "10").await;
        buys(&bench, "10").await;
        let ctx = bench.system().await;
        pay(&ctx, 1, "").await.unwrap();
        credit(&ctx, 2, "a mistake").await.unwrap();
        let (dora, address) = (dora(&bench.app).await, format!("/operator/organisations/{}", bench.org()));
        let page = dora.get(&address).await;
        for said in [
            "Northwind Traders",
            "paid on 2026-11-24",
            "taken back on 2026-11-24",
            "open, due on 2026-12-08",
        ] {
            assert!(page.says(said), "{said}: {}", page.html);
        }
        let long = "x".repeat(201);
        for (reason, kept) in [("  ", "value=\"  \"".to_owned()), (&long, format!("value=\"{long}\""))] {
            let refused = dora.post(&format!("{address}/hold"), &[("reason", reason)]).await;
            assert!(
                refused.status == 422 && refused.says("Expected 1 to 200 characters.") && refused.says(&kept),
                "{}",
                refused.html
            );
        }
        let held = dora.post(&format!("{address}/hold"), &[("reason", "they <asked>")]).await;
        let held = dora.get(held.leads_to()).await;
        assert!(held.says("Held. It stays") && held.says("they &#60;asked&#62;"), "{}", held.html);
        assert!(dora.get("/operator/rollouts").await.says("they &#60;asked&#62;"));
        let gone = dora.post(&format!("{address}/release"), &[]).await;
        let gone = dora.get(gone.leads_to()).await;
        assert!(gone.says("Let go.") && gone.says("Keep it as it is, because"), "{}", gone.html);
        for nowhere in ["/operator/organisations/1", "/operator/organisations/none"] {
            assert_eq!(dora.get(nowhere).await.status, 404);
            assert_eq!(dora.post(&format!("{nowhere}/hold"), &[("reason", "why")]).await.status, 404);
        }
        assert!(!dora.get("/operator/rollouts").await.says("Why it stays"), "nobody is held");
    })
    .await;
}

#[tokio::test]
async fn the_operator_gives_seats_and_notes_that_invoices_are_paid() {
    each_database(async |bench| {
        buys(&bench, "100").await;
        buys(&bench, "10").await;
        let (dora, address) = (dora(&bench.app).await, format!("/operator/organisations/{}", bench.org()));
        let post = async |form: &str, fields: &[(&str, &str)]| dora.post(&format!("{address}/{form}"), fields).await;
        for (form, fields, says) in [
            (
                "grant",
                [("seats", "-1"), ("grant-reason", "why")],
                "Expected a whole number from 0 on.",
            ),
            ("grant", [("seats", "1000001"), ("grant-reason", "why")], "Expected 0 to 1000000."),
            (
                "grant",
                [("seats", "7"), ("grant-reason", " ")],
                "Expected one line of 1 to 200 characters.",
            ),
            ("paid", [("invoice", "9"), ("reference", "")], "There is no such invoice."),
            ("paid", [("invoice", "-"), ("reference", "")], "Expected one that there is."),
        ] {
            let refused = post(form, &fields).await;
            assert!(refused.status == 422 && refused.says(says), "{says}: {}", refused.html);
        }
        let long = "x".repeat(256);
        let refused = post("paid", &[("invoice", "2"), ("reference", &long)]).await;
        assert!(
            refused.status == 422 && refused.says("<option value=\"2\" selected>"),
            "{}",
            refused.html
        );
        let given = post("grant", &[("seats", "7"), ("grant-reason", "a pilot")]).await;
        let page = dora.get(given.leads_to()).await;
        assert!(
            page.says("The seats are as you said.") && page.says("value=\"7\"") && page.says("of 122"),
            "{}",
            page.html
        );
        let paid = post("paid", &[("invoice", "1"), ("reference", "HH-17")]).await;
        let page = dora.get(paid.leads_to()).await;
        assert!(
            page.says("Noted: the invoice is paid.") && page.says("paid on 2026-11-24"),
            "{}",
            page.html
        );
        assert!(
            !page.says("<option value=\"1\"") && page.says("<option value=\"2\""),
            "{}",
            page.html
        );
        let kept = app::licences::invoice(&bench.system().await, 1).await.unwrap();
        assert_eq!(kept.reference, "HH-17");
    })
    .await;
}

#[tokio::test]
async fn an_organisation_that_cannot_be_read_is_told_and_holds_up_no_page() {
    store::testing::each_database(async |place| {
        let (bench, app, lost) = with_a_lost_one(place).await;
        buys(&bench, "100").await;
        let dora = dora(&app).await;
        let why = "which the policy file does not have any more";
        let list = dora.get("/operator").await;
        for said in [
            "One organisation cannot be read.",
            why,
            "Northwind Traders</a></td>",
            "one cannot be read and is not in these sums",
        ] {
            assert!(list.status == 200 && list.says(said), "{said}: {}", list.html);
        }
        let one = dora.get(&format!("/operator/organisations/{lost}")).await;
        assert!(
            one.status == 200 && one.says("This organisation cannot be read.") && one.says(why),
            "{}",
            one.html
        );
        assert!(one.says("Keep it as it is, because"), "it can be held all the same");
        let tried = dora.get("/operator/rollouts/new?policy=2025").await;
        assert!(
            tried.status == 200 && tried.says("1 of 2 organisations") && tried.says(why),
            "{}",
            tried.html
        );
        let revenue = dora.get("/operator/revenue").await;
        assert!(revenue.status == 200 && revenue.says("2026-11"), "{}", revenue.html);
        app.close().await;
    })
    .await;
}

#[tokio::test]
async fn revenue_is_told_by_month() {
    each_database(async |bench| {
        let dora = dora(&bench.app).await;
        assert!(dora.get("/operator/revenue").await.says("Nothing was invoiced yet"));
        buys(&bench, "1500").await;
        buys(&bench, "10").await;
        credit(&bench.system().await, 2, "a mistake").await.unwrap();
        let page = dora.get("/operator/revenue").await;
        for said in ["2026-11", "USD 7,550.00", "USD 50.00"] {
            assert!(page.says(said), "{said}: {}", page.html);
        }
    })
    .await;
}

#[tokio::test]
async fn policies_stand_with_their_prices_and_a_calculator() {
    each_database(async |bench| {
        let dora = dora(&bench.app).await;
        let page = dora.get("/operator/prices").await;
        for said in [
            "since 2027-01-01",
            "whoever begins today",
            "5, for clients, everybody else needs a purchased one",
            "1,001 to 10,000",
            "10,001 and more",
        ] {
            assert!(page.says(said), "{said}: {}", page.html);
        }
        let priced = dora
            .get("/operator/prices?policy=2025&quantity=15000&currency=USD&cycle=monthly")
            .await;
        assert!(priced.says("USD 26,000.00") && priced.says("USD 18,000.00"), "{}", priced.html);
        let present = dora.get("/operator/prices?quantity=10").await;
        assert!(present.says("USD 50.00"), "{}", present.html);
        for (query, says) in [
            ("quantity=0", "Quantity: expected a whole number from 1"),
            ("quantity=ten", "Quantity: expected a whole number from 1"),
            ("quantity=1&currency=EUR", "Currency: expected one with prices"),
        ] {
            let refused = dora.get(&format!("/operator/prices?{query}")).await;
            assert!(refused.says(says) && refused.says("aria-invalid"), "{query}: {}", refused.html);
        }
    })
    .await;
}
