//! Orders that cannot be, each with the answer that is documented, and nothing changed.

use app::testing::each_database;
use axum::http::Method;
use serde_json::{Value, json};

use super::{call, order, send, upload, write, zip};
use crate::site::Site;

/// Orders that cannot be carried out, and the code that says so.
fn orders(file: &str) -> Vec<(Value, &'static str)> {
    let name = json!({"api_name": "Last_Name", "index": 0});
    let of = |resource: Value| order("insert", file, resource);
    let mapped = |mapping: Value| of(json!({"field_mappings": [mapping]}));
    let mut encoded = of(json!({}));
    encoded["character_encoding"] = json!("nonsense");
    let mut called_back = of(json!({}));
    called_back["callback"] = json!({"url": "http://127.0.0.1/", "method": "post"});
    let mut called_by_get = of(json!({}));
    called_by_get["callback"] = json!({"url": "https://example.com", "method": "get"});
    vec![
        (json!({}), "MANDATORY_NOT_FOUND"),
        (json!({"operation": "insert"}), "MANDATORY_NOT_FOUND"),
        (json!({"operation": "insert", "resource": []}), "INVALID_DATA"),
        (json!({"operation": "insert", "resource": [{}, {}]}), "LIMIT_EXCEEDED"),
        (json!({"operation": "insert", "resource": [{}]}), "MANDATORY_NOT_FOUND"),
        (order("delete", file, json!({})), "INVALID_DATA"),
        (of(json!({"type": "attachment"})), "INVALID_DATA"),
        (of(json!({"module": {"api_name": "Nothings"}})), "MODULE_NOT_AVAILABLE"),
        (of(json!({"module": "Contacts"})), "INVALID_DATA"),
        (of(json!({"file_id": null})), "MANDATORY_NOT_FOUND"),
        (of(json!({"file_id": "x"})), "INVALID_DATA"),
        (of(json!({"file_id": "4711"})), "INVALID_FILE_ID"),
        (of(json!({"ignore_empty": "yes"})), "INVALID_DATA"),
        (of(json!({"field_mappings": {}})), "INVALID_DATA"),
        (of(json!({"field_mappings": [1]})), "INVALID_DATA"),
        (of(json!({"field_mappings": [name, name]})), "INVALID_DATA"),
        (mapped(json!({"index": 0})), "MANDATORY_NOT_FOUND"),
        (mapped(json!({"api_name": "Last_Name"})), "MANDATORY_NOT_FOUND"),
        (mapped(json!({"api_name": "Last_Name", "index": -1})), "INVALID_DATA"),
        (mapped(json!({"api_name": "Nothing", "index": 0})), "INVALID_FIELD"),
        (mapped(json!({"api_name": "id", "index": 0})), "INVALID_FIELD"),
        (mapped(json!({"api_name": "Phone", "index": 0})), "MANDATORY_FIELDS_NOT_MAPPED"),
        (
            mapped(json!({"api_name": "Last_Name", "index": 0, "format": "QQ"})),
            "INVALID_FORMAT",
        ),
        (order("upsert", file, json!({})), "MISSING_REQUIRED_KEY"),
        (order("upsert", file, json!({"find_by": "Created_Time"})), "MISSING_REQUIRED_KEY"),
        (order("update", file, json!({"field_mappings": [name]})), "INVALID_DATA"),
        (encoded, "INVALID_DATA"),
        (called_back, "INVALID_CALLBACK_URL"),
        (called_by_get, "INVALID_CALLBACK_METHOD"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_cannot_be_says_why_and_makes_no_job() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let file = upload(&site, &zip(&[("a.csv", "Last_Name\nAnders\n")])).await;
        for (body, code) in orders(&file) {
            let said = call(&site, &site.admin, Method::POST, "", Some(&body)).await;
            assert_eq!((said.status.as_u16(), said.code()), (400, code), "{body}: {said:?}");
        }
        let ctx = site.bench.system().await;
        let jobs = ctx
            .tenant
            .db
            .read(|conn| conn.row("SELECT count(*) FROM :db.jobs", &[], |row| row.int(0)));
        assert_eq!(jobs.await.unwrap(), Some(0));
        for id in ["1", "x"] {
            for path in [format!("/{id}"), format!("/{id}/result")] {
                call(&site, &site.admin, Method::GET, &path, None)
                    .await
                    .refused(400, "RESOURCE_NOT_FOUND");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_does_not_fit_fails_its_job_and_changes_nothing() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let name = json!({"field_mappings": [{"api_name": "Last_Name", "index": 7}]});
        for (csv, resource, code) in [
            ("Last_Name\nAnders\n", name, "COLUMN_INDEX_NOT_FOUND"),
            ("Last_Name,Nothing\nAnders,1\n", json!({}), "INVALID_FIELD"),
            ("Last_Name,Created_Time\nAnders,1\n", json!({}), "INVALID_FIELD"),
            ("", json!({}), "INVALID_FILE_FORMAT"),
            ("Last_Name\n\"Anders\n", json!({}), "INVALID_FILE_FORMAT"),
        ] {
            let job = write(&site, "insert", csv, resource).await;
            assert_eq!(
                (&job["status"], &job["resource"][0]["code"]),
                (&json!("FAILED"), &json!(code)),
                "{job}"
            );
            assert!(job.get("result").is_none(), "{job}");
        }
        let count = site.get(&site.admin, "Contacts/actions/count").await;
        assert_eq!(count.body["count"], 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn portal_users_are_told_that_it_is_not_for_them() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let (_, maria) = site.client("maria").await;
        let file = zip(&[("a.csv", "Last_Name\nAnders\n")]);
        let headers = [("feature", "bulk-write")];
        send(&site, &maria, &headers, "file", &file).await.refused(400, "API_NOT_SUPPORTED");
        let id = upload(&site, &file).await;
        let body = order("insert", &id, json!({}));
        call(&site, &maria, Method::POST, "", Some(&body))
            .await
            .refused(400, "API_NOT_SUPPORTED");
        call(&site, &maria, Method::GET, "/1", None).await.refused(400, "API_NOT_SUPPORTED");
        call(&site, &maria, Method::GET, "/1/result", None)
            .await
            .refused(400, "API_NOT_SUPPORTED");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_writes_is_never_begun_twice() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let file = upload(&site, &zip(&[("a.csv", "Last_Name\nAnders\n")])).await;
        let made = call(&site, &site.admin, Method::POST, "", Some(&order("insert", &file, json!({}))))
            .await
            .expect(201);
        let ctx = site.bench.system().await;
        let now = ctx.now;
        let claim = move |conn: &mut store::engine::Conn| store::jobs::claim(conn, &["bulk_write"], now, now);
        assert!(ctx.tenant.db.write(claim).await.unwrap().is_some());
        site.bench.clock.advance(180);
        app::bulk::work_off(&site.bench.app).await.unwrap();
        let id = made.body["details"]["id"].as_str().unwrap();
        let job = call(&site, &site.admin, Method::GET, &format!("/{id}"), None)
            .await
            .expect(200)
            .body;
        assert_eq!(job["resource"][0]["code"], "CANNOT_PROCESS", "{job}");
        let count = site.get(&site.admin, "Contacts/actions/count").await;
        assert_eq!(count.body["count"], 0);
    })
    .await;
}
