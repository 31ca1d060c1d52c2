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
        for (query, name) in [
            ("event=granted", "event"),
            ("before=x", "before"),
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
