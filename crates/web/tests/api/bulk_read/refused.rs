//! Orders that cannot be, each with the answer that is documented, and nothing changed.

use app::testing::each_database;
use axum::http::Method;
use serde_json::{Value, json};

use super::{call, order};
use crate::site::Site;

fn with(key: &str, value: Value) -> Value {
    let mut query = json!({"module": {"api_name": "Contacts"}});
    query[key] = value;
    query
}

fn one(condition: Value) -> Value {
    with("criteria", condition)
}

/// Questions that cannot be asked, and the code that says so.
fn questions() -> Vec<(Value, &'static str)> {
    vec![
        (json!({}), "MANDATORY_NOT_FOUND"),
        (json!({"module": {}}), "MANDATORY_NOT_FOUND"),
        (json!({"module": "Contacts"}), "INVALID_DATA"),
        (json!({"module": {"api_name": "Nothings"}}), "MODULE_NOT_AVAILABLE"),
        (with("fields", json!("Phone")), "INVALID_DATA"),
        (with("fields", json!([1])), "INVALID_DATA"),
        (with("fields", json!(["Nothing"])), "FIELD_NOT_AVAILABLE"),
        (with("fields", json!(vec!["Phone"; 501])), "QUERY_NOT_SUPPORTED"),
        (with("cvid", json!("1")), "CVID_NOT_SUPPORTED"),
        (with("page", json!("one")), "INVALID_DATA"),
        (with("page", json!(0)), "INVALID_DATA"),
        (with("page", json!(51)), "PAGE_RANGE_EXCEEDED"),
        (with("page_token", json!("bm90aGluZw")), "INVALID_DATA"),
        (with("file_type", json!("ics")), "NOT_SUPPORTED_FEATURE"),
        (with("file_type", json!("pdf")), "INVALID_DATA"),
    ]
}

/// Criteria that cannot be read.
fn criteria() -> Vec<(Value, &'static str)> {
    let is =
        |field: &str, comparator: &str, value: Value| one(json!({"field": {"api_name": field}, "comparator": comparator, "value": value}));
    let deep = (0..20).fold(
        json!({"field": {"api_name": "Phone"}, "comparator": "equal", "value": "1"}),
        |inner, _| json!({"group_operator": "and", "group": [inner]}),
    );
    let many: Vec<Value> = (0..26)
        .map(|n| json!({"api_name": "Phone", "comparator": "equal", "value": n}))
        .collect();
    vec![
        (one(json!([])), "INVALID_CRITERIA"),
        (one(json!({"field": {"api_name": "Phone"}})), "INVALID_CRITERIA"),
        (one(json!({"group": [], "group_operator": "and"})), "INVALID_CRITERIA"),
        (
            one(json!({"group": [many[0]], "group_operator": "xor"})),
            "GROUP_OPERATOR_NOT_SUPPORTED",
        ),
        (one(json!({"group": many, "group_operator": "and"})), "CRITERIA_LIMIT_EXCEEDED"),
        (one(deep), "CRITERIA_LIMIT_EXCEEDED"),
        (is("Nothing", "equal", json!("1")), "FIELD_IN_CRITERIA_NOT_AVAILABLE"),
        (
            is("Phone", "ends_with", json!("1")),
            "FIELD_AND_COMPARATOR_IN_CRITERIA_NOT_COMPATIBLE",
        ),
        (
            is("Date_of_Birth", "equal", json!("yesterday")),
            "FIELD_AND_VALUE_IN_CRITERIA_NOT_COMPATIBLE",
        ),
        (is("Date_of_Birth", "between", json!("2026-01-01")), "INVALID_CRITERIA"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_cannot_be_says_why_and_makes_no_job() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        for (query, code) in questions().into_iter().chain(criteria()) {
            let said = order(&site, &site.admin, query.clone()).await;
            assert_eq!((said.status.as_u16(), said.code()), (400, code), "{query}: {said:?}");
        }
        for body in [json!({}), json!({"query": []}), json!([])] {
            assert_eq!(call(&site, &site.admin, Method::POST, "", Some(&body)).await.status, 400, "{body}");
        }
        let ctx = site.bench.system().await;
        let jobs = ctx
            .tenant
            .db
            .read(|conn| conn.row("SELECT count(*) FROM :db.jobs", &[], |row| row.int(0)));
        assert_eq!(jobs.await.unwrap(), Some(0));
        for id in ["1", "x", "-1", "99999999999999999999999"] {
            call(&site, &site.admin, Method::GET, &format!("/{id}"), None)
                .await
                .refused(404, "RESOURCE_NOT_FOUND");
            call(&site, &site.admin, Method::GET, &format!("/{id}/result"), None)
                .await
                .refused(400, "RESOURCE_NOT_FOUND");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_has_so_many_jobs_at_a_time() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let query = json!({"module": {"api_name": "Contacts"}});
        for _ in 0..app::bulk::MOST_OPEN {
            order(&site, &site.admin, query.clone()).await.expect(201);
        }
        order(&site, &site.admin, query.clone()).await.refused(429, "TOO_MANY_REQUESTS");
        app::bulk::work_off(&site.bench.app).await.unwrap();
        order(&site, &site.admin, query).await.expect(201);
    })
    .await;
}

/// A token may read records in bulk, and of which modules: both must be allowed.
#[tokio::test(flavor = "multi_thread")]
async fn the_scopes_of_a_token_hold_here_too() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let contacts = json!({"module": {"api_name": "Contacts"}});
        for (scope, status) in [
            ("ZohoCRM.bulk.READ,ZohoCRM.modules.Contacts.READ", 201),
            ("ZohoCRM.bulk.ALL,ZohoCRM.modules.ALL", 201),
            ("ZohoCRM.modules.ALL", 401),
            ("ZohoCRM.bulk.ALL", 401),
            ("ZohoCRM.bulk.ALL,ZohoCRM.modules.Deals.READ", 401),
            ("ZohoCRM.bulk.DELETE,ZohoCRM.modules.ALL", 401),
        ] {
            let token = site.token_for(app::testing::ADMIN, scope).await;
            let said = order(&site, &token, contacts.clone()).await;
            assert_eq!(said.status.as_u16(), status, "{scope}: {said:?}");
        }
    })
    .await;
}
