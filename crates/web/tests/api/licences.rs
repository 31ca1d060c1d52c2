//! `/settings/portals/licences`: the pool, and what more licences cost.

use app::testing::each_database;
use serde_json::json;

use crate::site::Site;

const POOL: &str = "settings/portals/licences";

#[tokio::test]
async fn the_pool_is_told_to_those_who_manage_portals() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let (_, client) = site.client("maria").await;
        let pool = site.get(&site.admin, POOL).await.expect(200).body["licences"].clone();
        assert_eq!(
            [
                &pool["policy"],
                &pool["free"],
                &pool["purchased"],
                &pool["allowance"],
                &pool["consumed"]
            ],
            [&json!("2025"), &json!(1000), &json!(0), &json!(1000), &json!(1)]
        );
        for path in [POOL.to_owned(), format!("{POOL}/quote?quantity=1")] {
            site.get(&client, &path).await.refused(400, "API_NOT_SUPPORTED");
        }
        let named = json!({"portals": [{"name": "licences"}]});
        let reserved = site.post(&site.admin, "settings/portals", named).await.refused(400, "INVALID_DATA");
        assert_eq!(reserved.details()["json_path"], "$.portals[0].name");
    })
    .await;
}

#[tokio::test]
async fn a_quote_shows_its_slabs_and_says_what_cannot_be_bought() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let quote = async |query: &str| site.get(&site.admin, &format!("{POOL}/quote?{query}")).await;
        let quoted = quote("quantity=15000").await.expect(200).body["quote"].clone();
        assert_eq!((&quoted["total"], &quoted["currency"]), (&json!("26000.00"), &json!("USD")));
        let first = json!({"from": 1, "to": 1000, "quantity": 1000, "unit_price": "3.00", "amount": "3000.00"});
        assert_eq!(quoted["lines"][0], first);
        assert_eq!(quoted["lines"].as_array().unwrap().len(), 3);
        let yearly = quote("quantity=1&currency=usd&cycle=yearly").await.expect(200);
        assert_eq!(yearly.body["quote"]["total"], "36.00");

        quote("").await.refused(400, "REQUIRED_PARAM_MISSING");
        for (query, name) in [
            ("quantity=0", "quantity"),
            ("quantity=-5", "quantity"),
            ("quantity=1000000000000", "quantity"),
            ("quantity=many", "quantity"),
            ("quantity=1&currency=EUR", "currency"),
            ("quantity=1&currency=coins", "currency"),
            ("quantity=1&cycle=weekly", "cycle"),
        ] {
            let refused = quote(query).await.refused(400, "INVALID_DATA");
            assert_eq!(refused.details()["param_name"], name, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_ledger_is_told_page_by_page() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        site.client("maria").await;
        site.client("john").await;
        let told = async |query: &str| site.get(&site.admin, &format!("{POOL}/ledger?{query}")).await;
        let page = told("per_page=3").await.expect(200).body;
        assert_eq!(page["info"], json!({"count": 3, "more_records": true}));
        let entry = &page["ledger"][0];
        assert_eq!(
            [&entry["number"], &entry["event"], &entry["email"], &entry["consumed"]],
            [&json!(4), &json!("confirmed"), &json!("john@example.com"), &json!(2)]
        );
        let rest = told("per_page=3&before=2").await.expect(200).body;
        assert_eq!(rest["info"], json!({"count": 1, "more_records": false}));
        let maria = told("email=maria@example.com&event=invited").await.expect(200).body;
        assert_eq!(maria["ledger"].as_array().unwrap().len(), 1);
        let past = async |query: &str| site.get(&site.admin, &format!("{POOL}/history{query}")).await;
        let history = past("?days=3").await.expect(200).body["history"].clone();
        assert_eq!(
            (&history["to"], &history["user_types"][0]["seats"]),
            (&json!("2026-11-24"), &json!([0, 0, 2]))
        );
        assert_eq!(past("").await.expect(200).body["history"]["user_types"][0]["seats"][89], 2);
        for days in ["?days=1", "?days=367", "?days=70000"] {
            assert_eq!(
                past(days).await.refused(400, "INVALID_DATA").details()["param_name"],
                "days",
                "{days}"
            );
        }
        for (query, name) in [
            ("event=corrected", "event"),
            ("before=x", "before"),
            ("before=0", "before"),
            ("before=9223372036854775808", "before"),
            ("user_type=Clients", "user_type"),
            ("per_page=0", "per_page"),
            ("per_page=201", "per_page"),
        ] {
            let refused = told(query).await.refused(400, "INVALID_DATA");
            assert_eq!(refused.details()["param_name"], name, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn licences_are_bought_reduced_and_invoiced() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let (_, client) = site.client("maria").await;
        let post = async |door: &str, item: serde_json::Value| {
            let body = json!({ "licences": [item] });
            site.post(&site.admin, &format!("{POOL}/{door}"), body).await
        };
        let bought = post("purchase", json!({"quantity": 1500})).await.expect(200).body["licences"][0].clone();
        assert_eq!((&bought["code"], &bought["details"]["invoice"]), (&json!("SUCCESS"), &json!(1)));
        assert_eq!(bought["details"]["subscription"]["to"], "2026-12-24");
        let reduced = post("reduce", json!({"quantity": 200})).await.expect(200).body["licences"][0]["details"].clone();
        assert_eq!(
            (&reduced["subscription"]["next_quantity"], &reduced["invoice"]),
            (&json!(200), &json!(null))
        );
        let pool = site.get(&site.admin, POOL).await.expect(200).body["licences"].clone();
        assert_eq!((&pool["purchased"], &pool["allowance"]), (&json!(1500), &json!(2500)));
        let invoices = site.get(&site.admin, &format!("{POOL}/invoices")).await.expect(200).body["invoices"].clone();
        assert_eq!((&invoices[0]["number"], &invoices[0]["total"]), (&json!(1), &json!("4000.00")));
        let ledger = site.get(&site.admin, &format!("{POOL}/ledger?per_page=2")).await.expect(200).body["ledger"].clone();
        assert_eq!([&ledger[0]["event"], &ledger[0]["licences"]], [&json!("reduced"), &json!(200)]);
        assert_eq!(
            [&ledger[1]["event"], &ledger[1]["licences"], &ledger[1]["purchased"]],
            [&json!("purchased"), &json!(1500), &json!(1500)]
        );
        let org = site.get(&site.admin, "org").await.expect(200).body["org"][0].clone();
        assert_eq!(org["license_details"]["portal_users_license_purchased"], 1500);

        for (item, code, path) in [
            (json!({"quantity": 0}), "INVALID_DATA", "$.licences[0].quantity"),
            (json!({"quantity": -5}), "INVALID_DATA", "$.licences[0].quantity"),
            (json!({"quantity": 1_000_000_000_000_u64}), "INVALID_DATA", "$.licences[0].quantity"),
            (json!({"quantity": "5"}), "INVALID_DATA", "$.licences[0].quantity"),
            (json!({"quantity": 1.5}), "INVALID_DATA", "$.licences[0].quantity"),
            (json!({}), "MANDATORY_NOT_FOUND", "$.licences[0].quantity"),
            (json!({"quantity": 1, "currency": "EUR"}), "INVALID_DATA", "$.licences[0].currency"),
            (json!({"quantity": 1, "cycle": "weekly"}), "INVALID_DATA", "$.licences[0].cycle"),
        ] {
            let refused = post("purchase", item.clone()).await.refused(400, code);
            assert_eq!(refused.details()["json_path"], path, "{item}");
        }
        post("purchase", json!({"quantity": 1, "cycle": "yearly"}))
            .await
            .refused(400, "NOT_ALLOWED");
        post("reduce", json!({"quantity": 1501})).await.refused(400, "INVALID_DATA");
        for door in ["purchase", "reduce"] {
            let body = json!({ "licences": [{"quantity": 1}] });
            site.post(&client, &format!("{POOL}/{door}"), body)
                .await
                .refused(400, "API_NOT_SUPPORTED");
        }
        site.get(&client, &format!("{POOL}/invoices"))
            .await
            .refused(400, "API_NOT_SUPPORTED");
        let after = site.get(&site.admin, POOL).await.expect(200).body["licences"].clone();
        assert_eq!(after, pool, "what is refused changes nothing");
    })
    .await;
}

#[tokio::test]
async fn with_an_invoice_overdue_nobody_is_invited() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let bought = json!({"licences": [{"quantity": 5}]});
        site.post(&site.admin, &format!("{POOL}/purchase"), bought).await.expect(200);
        site.bench.clock.advance(60 * 86_400);
        let admin = site.token(app::testing::ADMIN).await;
        let ctx = site.bench.system().await;
        let contact = json!({"data": [{"Last_Name": "Ann", "Email": "ann@example.com"}]});
        let id = site.post(&admin, "Contacts", contact).await.expect(201).id();
        let user_type = ctx.snapshot.user_types[0].id;
        let path = format!("Contacts/{id}/actions/portal_invite?user_type_id={user_type}&type=invite");
        site.post(&admin, &path, json!(null)).await.refused(400, "PAYMENT_OVERDUE");
    })
    .await;
}
