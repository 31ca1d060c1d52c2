//! Uploads: what comes in, and what does not.

use app::testing::each_database;
use axum::http::Method;
use serde_json::json;

use super::{call, order, send, upload, write, zip};
use crate::site::Site;

async fn files(site: &Site) -> i64 {
    let ctx = site.bench.system().await;
    let count = ctx
        .tenant
        .db
        .read(|conn| conn.row("SELECT count(*) FROM :db.files", &[], |row| row.int(0)));
    count.await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_archives_come_in_and_only_for_this() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let good = zip(&[("a.csv", "Last_Name\nAnders\n")]);
        let org = site.bench.org().to_string();
        let ours = [("feature", "bulk-write"), ("X-CRM-ORG", org.as_str())];
        for headers in [
            &[][..],
            &[("feature", "other")],
            &[("feature", "bulk-write"), ("X-CRM-ORG", "4711")],
        ] {
            send(&site, &site.admin, headers, "file", &good)
                .await
                .refused(400, "INVALID_REQUEST");
        }
        for junk in [&b""[..], b"PK", b"Last_Name\nAnders\n"] {
            send(&site, &site.admin, &ours, "file", junk)
                .await
                .refused(400, "INVALID_FILE_FORMAT");
        }
        send(&site, &site.admin, &ours, "other", &good)
            .await
            .refused(400, "MANDATORY_NOT_FOUND");
        let mut large = good.clone();
        large.resize(app::bulk::write::MOST_BYTES + 1, 0);
        send(&site, &site.admin, &ours, "file", &large).await.refused(413, "FILE_TOO_LARGE");
        assert_eq!(files(&site).await, 0, "nothing of it stays");
        for _ in 0..20 {
            upload(&site, &good).await;
        }
        send(&site, &site.admin, &ours, "file", &good).await.refused(429, "LIMIT_EXCEEDED");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_for_the_one_who_sent_it_and_goes_when_it_is_written() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let id = upload(&site, &zip(&[("a.csv", "Last_Name\nAnders\n")])).await;
        site.bench.employee("clerk", "Standard").await;
        let clerk = site.token("clerk@example.com").await;
        let body = order("insert", &id, json!({}));
        call(&site, &clerk, Method::POST, "", Some(&body))
            .await
            .refused(400, "INVALID_FILE_ID");
        assert_eq!(files(&site).await, 1);
        write(&site, "insert", "Last_Name\nBrook\n", json!({})).await;
        assert_eq!(files(&site).await, 2, "the first upload, and what became of the rows of the second");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn archives_that_hold_something_else_fail_their_job() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let rows = "Last_Name\nAnders\n";
        let bomb = format!("Last_Name\n{}\n", "a".repeat(32 << 20));
        for (files, code) in [
            (vec![("a.csv", rows), ("b.csv", rows)], "FILE_NOT_SUPPORTED"),
            (vec![("../a.csv", rows)], "FILE_NOT_SUPPORTED"),
            (vec![("a.txt", rows)], "FILE_NOT_SUPPORTED"),
            (vec![("a.csv", bomb.as_str())], "FILE_TOO_LARGE"),
        ] {
            let file = upload(&site, &zip(&files)).await;
            let made = call(&site, &site.admin, Method::POST, "", Some(&order("insert", &file, json!({}))))
                .await
                .expect(201);
            app::bulk::work_off(&site.bench.app).await.unwrap();
            let path = format!("/{}", made.body["details"]["id"].as_str().unwrap());
            let job = call(&site, &site.admin, Method::GET, &path, None).await.expect(200).body;
            assert_eq!(job["resource"][0]["code"], code, "{job}");
        }
        let count = site.get(&site.admin, "Contacts/actions/count").await;
        assert_eq!(count.body["count"], 0);
    })
    .await;
}
