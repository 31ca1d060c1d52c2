//! `loggia licence show`, `quote` and `recompute`.

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
                "policy": "2025", "free": 1000, "free_for": "everybody", "grandfathered": 0, "granted": 0, "trial_ends": null, "purchased": 0, "allowance": 1000, "consumed": 0, "waiting": 0,
                "subscription": null, "held_from": null, "fullness": 0, "days_left": null, "most_portals": 20,
                "by_user_type": [{ "id": id, "name": "Client Portal", "invited": 0, "active": 0 }],
            })
        );
        let grant = ["licence", "grant", "--org", "Northwind", "--seats", "50", "--reason", "a pilot", "--json"];
        assert_eq!(setup.run(&grant).json(), json!({ "before": 0, "granted": 50, "allowance": 1050 }));
        let told = setup.run(&["licence", "show", "--org", "Northwind"]).stdout;
        assert!(told.contains("Free       1050, of which 50 were granted"), "{told}");
        setup
            .run(&["licence", "grant", "--org", "Northwind", "--seats", "0", "--reason", ""])
            .refused(1, "reason: expected one line of 1 to 200 characters");
        let back = setup.run(&["licence", "grant", "--org", "Northwind", "--seats", "0", "--reason", "it is over"]);
        assert_eq!(back.stdout, "Granted    0, before 50\nAllowance  1000\n");
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

#[test]
fn a_quote_shows_what_each_slab_costs_and_needs_no_organisation() {
    let place = Place::sqlite();
    let setup = Setup::new(&place);
    let quote = setup.run(&["licence", "quote", "--quantity", "15000", "--json"]).json();
    let line = |from: u64, to: u64, quantity: u64, unit_price: &str, amount: &str| json!({ "from": from, "to": to, "quantity": quantity, "unit_price": unit_price, "amount": amount });
    let slabs = [
        line(1, 1000, 1000, "3.00", "3000.00"),
        line(1001, 10_000, 9000, "2.00", "18000.00"),
        line(10_001, 15_000, 5000, "1.00", "5000.00"),
    ];
    assert_eq!(
        quote,
        json!({ "lines": slabs, "total": "26000.00", "currency": "USD", "cycle": "monthly" })
    );
    let yearly = ["licence", "quote", "--quantity", "1001", "--currency", "usd", "--cycle", "yearly"];
    let plain = setup.run(&yearly).stdout;
    assert!(
        plain.contains("1001 to 1001") && plain.ends_with("Total  36024.00 USD, yearly\n"),
        "{plain}"
    );
    let quote = |more: &[&str]| setup.run(&[&["licence", "quote", "--quantity"], more].concat());
    for quantity in ["0", "-5", "1000000000000", "99999999999999999999", "ten", "1.5"] {
        quote(&[quantity]).refused(1, "quantity: expected a whole number from 1 to 100000000");
    }
    quote(&["1", "--currency", "EUR"]).refused(1, "currency: expected one with prices (USD monthly, USD yearly)");
    quote(&["1", "--currency", "dollars"]).refused(1, "currency: expected a code of ISO 4217");
    quote(&["1", "--cycle", "weekly"]).refused(1, "cycle: expected monthly or yearly");
    assert!(!setup.directory().join("data").exists(), "to ask for a price makes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_that_do_not_follow_from_the_events_end_with_an_error() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        let org = setup.org("Northwind");
        let recompute = ["licence", "recompute", "--org", "Northwind", "--json"];
        let well = json!({ "events": 0, "by_events": 0, "consumed": 0, "purchased": 0, "wrong": [] });
        assert_eq!(setup.run(&recompute).json(), well);
        let ctx = crate::setup::system(&setup.app().await, &org).await;
        let spoiled = ctx
            .tenant
            .db
            .write::<_, store::engine::Error>(|conn| conn.execute("UPDATE :db.pool SET consumed = 3", &[]));
        spoiled.await.unwrap();
        let told = setup.run(&recompute[..4]);
        assert!(
            told.stdout.contains("By events  0") && told.stdout.contains("Consumed   3"),
            "{told:?}"
        );
        assert_eq!(told.status, Some(1));
        assert!(told.stderr.contains("seats: 3, by the events 0"), "{told:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn licences_are_bought_paid_and_taken_back_from_the_command_line() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        setup.org("Northwind");
        let run = |words: &[&str]| setup.run(&[&["licence"], words, &["--org", "Northwind"]].concat());
        let bought = run(&["buy", "--quantity", "1500", "--json"]).json();
        assert_eq!((&bought["invoice"], &bought["subscription"]["quantity"]), (&json!(1), &json!(1500)));
        let more = run(&["buy", "--quantity", "10"]).stdout;
        assert!(
            more.starts_with("Licences   1510 to ") && more.contains("Paid       monthly in USD\nInvoice    2\n"),
            "{more}"
        );
        let fewer = run(&["reduce", "--to", "0", "--json"]).json();
        assert_eq!(
            (&fewer["subscription"]["next_quantity"], &fewer["invoice"]),
            (&json!(0), &json!(null))
        );
        assert_eq!(run(&["renew"]).stdout, "Renewed    0\n");
        let paid = run(&["paid", "--invoice", "1", "--reference", "bank 77", "--json"]).json();
        assert_eq!((&paid["total"], &paid["reference"]), (&json!("4000.00"), &json!("bank 77")));
        run(&["credit", "--invoice", "2", "--reason", "too many"]);
        let listed = run(&["invoices"]).stdout;
        assert!(
            listed.contains("4000.00 USD  paid on ") && listed.contains("taken back on "),
            "{listed}"
        );
        run(&["credit", "--invoice", "9", "--reason", "x"]).refused(1, "there is no such invoice");
        run(&["buy", "--quantity", "0"]).refused(1, "expected 1 to");
        run(&["buy", "--quantity", "-5"]).refused(1, "quantity: expected a whole number");
        run(&["reduce", "--to", "1511"]).refused(1, "expected 0 to 1510 licences");
        let checked = run(&["recompute", "--json"]).json();
        assert_eq!(
            (&checked["events"], &checked["purchased"], &checked["wrong"]),
            (&json!(3), &json!(1510), &json!([]))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_sees_all_organisations_and_what_they_pay() {
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        assert_eq!(setup.run(&["licence", "overview", "--json"]).json(), json!({ "organisations": [] }));
        let ids = ["Northwind", "Southwind"].map(|name| setup.org(name));
        for (org, quantity) in [("Northwind", "10"), ("Northwind", "1000"), ("Southwind", "20")] {
            setup.run(&["licence", "buy", "--org", org, "--quantity", quantity]);
        }
        setup.run(&["licence", "paid", "--org", "Southwind", "--invoice", "1"]);
        setup.run(&[
            "licence",
            "credit",
            "--org",
            "Northwind",
            "--invoice",
            "1",
            "--reason",
            "by mistake",
        ]);
        setup.run(&["org", "edition", "--org", "Southwind", "--edition", "professional"]);
        let shown = setup.run(&["licence", "overview", "--json"]).json();
        let line = |at: usize, name: &str| shown["organisations"][at][name].clone();
        assert_eq!((line(0, "id"), line(1, "id")), (json!(ids[0]), json!(ids[1])));
        assert_eq!(
            (line(0, "purchased"), line(0, "owed"), line(0, "portals")),
            (json!(1010), json!(1), json!("open"))
        );
        assert_eq!(
            (line(1, "owed"), line(1, "oldest_due"), line(1, "portals")),
            (json!(0), json!(null), json!("kept"))
        );
        let plain = setup.run(&["licence", "overview"]).stdout;
        assert!(plain.contains("0 of 2010") && plain.contains("nothing"), "{plain}");
        let earned = setup.run(&["licence", "revenue", "--json"]).json();
        let month = |name: &str| earned["months"][0][name].clone();
        // 10 and 20 licences at 3.00; of a thousand more 990 at 3.00 and 10 at 2.00.
        assert_eq!(
            (month("invoices"), month("net"), month("credited")),
            (json!(3), json!("3080.00"), json!("30.00"))
        );
        assert!(setup.run(&["licence", "revenue"]).stdout.contains("3080.00  30.00"));
    })
    .await;
}
