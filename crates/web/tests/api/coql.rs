//! Queries in COQL.

use app::testing::each_database;
use serde_json::{Value, json};

use crate::site::{Answer, Site};

impl Site {
    async fn query(&self, token: &str, query: &str) -> Answer {
        self.post(token, "coql", json!({ "select_query": query })).await
    }

    /// Of each record found, the values of these columns.
    async fn found(&self, query: &str, columns: &[&str]) -> Vec<Vec<Value>> {
        let answer = self.query(&self.admin, query).await;
        if answer.status == 204 {
            return Vec::new();
        }
        let answer = answer.expect(200);
        let rows = answer.body["data"].as_array().unwrap().iter();
        rows.map(|row| columns.iter().map(|column| row[column].clone()).collect()).collect()
    }
}

/// Two accounts, three contacts, deals with amounts.
async fn company(site: &Site) {
    let accounts = [
        site.record("Accounts", json!({"Account_Name": "Kontor", "Industry": "Trade"}))
            .await,
        site.record("Accounts", json!({"Account_Name": "Mill_100%", "Industry": "Food"}))
            .await,
    ];
    for (name, account, age) in [("Anders", 0, "Sales"), ("Brook", 0, "Legal"), ("Cole", 1, "Sales")] {
        site.record(
            "Contacts",
            json!({"Last_Name": name, "Account_Name": accounts[account], "Department": age}),
        )
        .await;
    }
    for (name, amount, account) in [
        ("One", json!(10.5), 0),
        ("Two", json!(2), 0),
        ("Three", json!(7), 1),
        ("Four", Value::Null, 1),
    ] {
        let deal = json!({"Deal_Name": name, "Amount": amount, "Stage": "Qualification", "Account_Name": accounts[account]});
        site.record("Deals", deal).await;
    }
}

#[tokio::test]
async fn queries_select_compare_and_order_over_look_ups() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        company(&site).await;
        let rows = site
            .found(
                "select Last_Name, Account_Name.Industry as trade from Contacts where Account_Name.Account_Name = 'kontor' order by Last_Name desc",
                &["Last_Name", "trade"],
            )
            .await;
        assert_eq!(rows, [[json!("Brook"), json!("Trade")], [json!("Anders"), json!("Trade")]]);
        for (condition, names) in [
            ("Department in ('Sales', 'None')", vec!["Anders", "Cole"]),
            ("Department not in ('Sales')", vec!["Brook"]),
            ("Account_Name.Account_Name like '%100%'", vec!["Cole"]),
            ("Account_Name.Account_Name like '%_100%'", vec!["Cole"]),
            ("Last_Name like '%s'", vec!["Anders"]),
            ("Last_Name like 'B%'", vec!["Brook"]),
            ("Last_Name != 'O''Brook' and Last_Name like '%ook'", vec!["Brook"]),
            ("Last_Name not like 'b%'", vec!["Anders", "Cole"]),
            ("Last_Name between 'B' and 'Brooks'", vec!["Brook"]),
            ("Phone is null and (Last_Name = 'Cole' or Last_Name = 'Brook')", vec!["Brook", "Cole"]),
            ("Last_Name = 'Cole' or Last_Name = 'Brook' and Department = 'None'", vec!["Cole"]),
            ("not (Department = 'Sales')", vec!["Brook"]),
            ("Created_Time > '2020-01-01T00:00:00+05:30'", vec!["Anders", "Brook", "Cole"]),
            ("Email is not null", vec![]),
        ] {
            let query = format!("select Last_Name from Contacts where {condition} order by Last_Name");
            let wanted: Vec<Vec<Value>> = names.iter().map(|name| vec![json!(name)]).collect();
            assert_eq!(site.found(&query, &["Last_Name"]).await, wanted, "{condition}");
        }
    })
    .await;
}

#[tokio::test]
async fn queries_count_and_add_up_in_groups() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        company(&site).await;
        let query = "SELECT Account_Name.Account_Name AS account, COUNT(id), COUNT(Amount) as paid, SUM(Amount) as sum, AVG(Amount) as mean, \
                     MIN(Amount) as least, MAX(Amount) as most FROM Deals GROUP BY Account_Name.Account_Name ORDER BY SUM(Amount) DESC";
        let columns = ["account", "COUNT(id)", "paid", "sum", "mean", "least", "most"];
        let rows = site.found(query, &columns).await;
        assert_eq!(rows.len(), 2);
        assert_eq!(json!(rows[0]), json!(["Kontor", 2, 2, 12.5, 6.25, 2.0, 10.5]));
        assert_eq!(json!(rows[1]), json!(["Mill_100%", 2, 1, 7.0, 7, 7.0, 7.0]));
        let none = site.found("select COUNT(*), SUM(Amount) as sum from Deals where Deal_Name = 'None'", &["COUNT(*)", "sum"]);
        assert_eq!(json!(none.await), json!([[0, null]]));
        let owners = site.found("select Account_Name, COUNT(*) as deals from Deals group by Account_Name", &["Account_Name", "deals"]);
        let owners = owners.await;
        assert_eq!((&owners[0][0]["name"], &owners[0][1]), (&json!("Kontor"), &json!(2)));
        assert!(owners[0][0]["id"].is_string());
    })
    .await;
}

#[tokio::test]
async fn answers_go_page_by_page() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        company(&site).await;
        for (limit, names, more) in [
            ("limit 2", vec!["Anders", "Brook"], true),
            ("limit 1, 2", vec!["Brook", "Cole"], false),
            ("limit 2 offset 2", vec!["Cole"], false),
            ("limit 3", vec!["Anders", "Brook", "Cole"], false),
        ] {
            let answer = site
                .query(&site.admin, &format!("select Last_Name from Contacts order by Last_Name {limit}"))
                .await
                .expect(200);
            let found: Vec<_> = answer.body["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["Last_Name"].as_str().unwrap())
                .collect();
            assert_eq!(found, names, "{limit}");
            assert_eq!(answer.body["info"], json!({"count": names.len(), "more_records": more}), "{limit}");
        }
        site.query(&site.admin, "select id from Contacts limit 5, 2").await.expect(204);
    })
    .await;
}

/// Queries that are refused: with which code, and what stands in the details.
fn refusals() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    vec![
        ("", "SYNTAX_ERROR", "clause", json!("select")),
        ("select Last_Name", "SYNTAX_ERROR", "clause", json!("from")),
        ("select Last_Name frm Contacts", "SYNTAX_ERROR", "near", json!("frm Contacts")),
        ("select id from Contacts\nwhere Last_Name == 'x'", "SYNTAX_ERROR", "line", json!(2)),
        ("select id from Contacts where Last_Name = 'x", "SYNTAX_ERROR", "column", json!(43)),
        (
            "select id from Contacts; drop table users",
            "SYNTAX_ERROR",
            "near",
            json!("; drop table users"),
        ),
        ("select id from Contacts limit 0", "SYNTAX_ERROR", "line", json!(1)),
        ("select Nonsense from Contacts", "INVALID_QUERY", "column_name", json!("Nonsense")),
        (
            "select Last_Name.Phone from Contacts",
            "INVALID_QUERY",
            "column_name",
            json!("Last_Name.Phone"),
        ),
        (
            "select id from Deals where Amount = 'much'",
            "INVALID_QUERY",
            "expected_data_type",
            json!("currency"),
        ),
        (
            "select id from Deals where Amount like '1%'",
            "INVALID_QUERY",
            "data_type",
            json!("currency"),
        ),
        ("select SUM(Deal_Name) from Deals", "INVALID_QUERY", "by", json!("SUM")),
        ("select Stage, COUNT(id) from Deals", "INVALID_QUERY", "column_name", json!("Stage")),
        ("select id from Contacts where id like '%5'", "INVALID_QUERY", "by", json!("like")),
        ("select Last_Name as id from Contacts", "INVALID_ALIAS", "alias", json!("id")),
        (
            "select Phone as a, Phone as b from Contacts",
            "DUPLICATE_DATA",
            "column_name",
            json!("Phone"),
        ),
        (
            "select id from Contacts where id = 'x'",
            "INVALID_QUERY",
            "expected_data_type",
            json!("bigint"),
        ),
        ("select Last_Name as 'a b' from Contacts", "INVALID_ALIAS", "alias", json!("a b")),
        (
            "select Last_Name as a, Phone as a from Contacts",
            "DUPLICATE_ALIAS",
            "alias",
            json!("a"),
        ),
        ("select Phone, Phone from Contacts", "DUPLICATE_DATA", "column_name", json!("Phone")),
        ("select id from Contacts limit 2001", "LIMIT_EXCEEDED", "limit", json!(2000)),
        ("select Owner.a.b.c from Contacts", "LIMIT_EXCEEDED", "limit", json!(2)),
    ]
}

#[tokio::test]
async fn what_is_wrong_with_a_query_is_said() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        for (query, code, key, value) in refusals() {
            let refused = site.query(&site.admin, query).await.refused(400, code);
            assert_eq!(refused.details()[key], value, "{query}: {refused:?}");
        }
        let deep = format!(
            "select id from Contacts where {}Phone is null{}",
            "(".repeat(5000),
            ")".repeat(5000)
        );
        site.query(&site.admin, &deep).await.refused(400, "LIMIT_EXCEEDED");
        let long = format!("select id from Contacts where Phone = '{}'", "x".repeat(30_000));
        site.query(&site.admin, &long).await.refused(400, "LIMIT_EXCEEDED");
        site.query(&site.admin, "select id from Nonsense")
            .await
            .refused(400, "INVALID_QUERY");
        for (body, code) in [
            (json!({}), "MANDATORY_NOT_FOUND"),
            (json!({"select_query": 7}), "INVALID_DATA"),
            (json!({"select_query": "select \0"}), "INVALID_DATA"),
        ] {
            site.post(&site.admin, "coql", body).await.refused(400, code);
        }
    })
    .await;
}

#[tokio::test]
async fn a_portal_user_asks_only_about_what_they_see() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let (hers, token) = site.client("maria").await;
        site.record("Contacts", json!({"Last_Name": "Peter", "Email": "peter@example.com"}))
            .await;
        let answer = site.query(&token, "select Last_Name from Contacts").await.expect(200);
        assert_eq!(answer.body["data"], json!([{"id": hers, "Last_Name": "maria"}]));
        let counted = site.query(&token, "select COUNT(*) as all from Contacts").await.expect(200);
        assert_eq!(counted.body["data"], json!([{"all": 1}]));
        let hidden = site
            .query(&token, "select Description from Contacts")
            .await
            .refused(400, "INVALID_QUERY");
        let unknown = site
            .query(&token, "select Nonsense__ from Contacts")
            .await
            .refused(400, "INVALID_QUERY");
        assert_eq!(
            hidden.body.to_string().replace("Description", "Nonsense__"),
            unknown.body.to_string()
        );
        site.query(&token, "select id from Vendors").await.refused(400, "INVALID_QUERY");
    })
    .await;
}
