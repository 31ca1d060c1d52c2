//! Whoever reads in bulk reads what they may read, and no more.

use app::testing::each_database;
use axum::http::Method;
use serde_json::json;

use super::{call, download, order, read, stands};
use crate::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_user_reads_exactly_what_their_lists_show() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let (maria, token) = site.client("maria").await;
        site.client("peter").await;
        let all = json!({"module": {"api_name": "Contacts"}});
        let rows = read(&site, &token, all).await;
        assert_eq!(rows[1..].iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), [maria.as_str()]);
        let fields = site.get(&token, "settings/fields?module=Contacts").await.expect(200);
        let known: Vec<&str> = fields.body["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["api_name"].as_str().unwrap())
            .collect();
        assert!(
            rows[0][1..].iter().all(|name| known.contains(&name.as_str())),
            "{:?} {known:?}",
            rows[0]
        );
        let hidden = json!({"module": {"api_name": "Contacts"}, "fields": ["Description"]});
        let nothing = json!({"module": {"api_name": "Contacts"}, "fields": ["Nothing"]});
        let [hidden, nothing] = [order(&site, &token, hidden).await, order(&site, &token, nothing).await];
        assert_eq!(
            hidden
                .refused(400, "FIELD_NOT_AVAILABLE")
                .details()
                .to_string()
                .replace("Description", "Nothing"),
            nothing.refused(400, "FIELD_NOT_AVAILABLE").details().to_string()
        );
        let criteria = json!({"module": {"api_name": "Contacts"}, "criteria":
            {"field": {"api_name": "Description"}, "comparator": "contains", "value": "a"}});
        order(&site, &token, criteria).await.refused(400, "FIELD_IN_CRITERIA_NOT_AVAILABLE");
        for module in ["Employees", "Nothings"] {
            order(&site, &token, json!({"module": {"api_name": module}}))
                .await
                .refused(400, "MODULE_NOT_AVAILABLE");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_and_its_file_are_for_the_one_who_ordered_them() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let (_, maria) = site.client("maria").await;
        let (_, peter) = site.client("peter").await;
        let id = order(&site, &maria, json!({"module": {"api_name": "Contacts"}}))
            .await
            .expect(201)
            .id();
        app::bulk::work_off(&site.bench.app).await.unwrap();
        let address = stands(&site, &maria, &id).await["result"]["download_url"]
            .as_str()
            .unwrap()
            .to_owned();
        for other in [&peter, &site.admin] {
            call(&site, other, Method::GET, &format!("/{id}"), None)
                .await
                .refused(404, "RESOURCE_NOT_FOUND");
            assert_eq!(download(&site, other, &address).await.0, 400);
        }
        assert_eq!(download(&site, &maria, &address).await.0, 200);
        site.bench.clock.advance(24 * 3600 + 1);
        let maria = site.token("maria@example.com").await;
        assert_eq!(download(&site, &maria, &address).await.0, 400, "it has expired");
        site.bench.upkeep().await;
        let ctx = site.bench.system().await;
        let left = ctx
            .tenant
            .db
            .read(|conn| conn.row("SELECT count(*) FROM :db.file_chunks", &[], |row| row.int(0)));
        assert_eq!(left.await.unwrap(), Some(0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_of_somebody_who_was_locked_out_fails() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let (record, maria) = site.client("maria").await;
        let id = order(&site, &maria, json!({"module": {"api_name": "Contacts"}}))
            .await
            .expect(201)
            .id();
        let ctx = site.bench.system().await;
        let members = app::members::of_record(&ctx, record.parse().unwrap()).await.unwrap();
        app::members::deactivate(&ctx, members[0].id).await.unwrap();
        app::bulk::work_off(&site.bench.app).await.unwrap();
        app::members::activate(&ctx, members[0].id).await.unwrap();
        let again = site.token("maria@example.com").await;
        let job = stands(&site, &again, &id).await;
        assert_eq!(job["state"], "FAILURE");
        assert!(job["result"]["error_message"].as_str().unwrap().contains("may not do it"), "{job}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i11_a_file_is_given_to_nobody_who_was_locked_out_since() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let (record, maria) = site.client("maria").await;
        let id = order(&site, &maria, json!({"module": {"api_name": "Contacts"}}))
            .await
            .expect(201)
            .id();
        app::bulk::work_off(&site.bench.app).await.unwrap();
        // She is in memory now.
        assert_eq!(stands(&site, &maria, &id).await["state"], "COMPLETED");
        let ctx = site.bench.system().await;
        let members = app::members::of_record(&ctx, record.parse().unwrap()).await.unwrap();
        app::members::deactivate(&ctx, members[0].id).await.unwrap();
        for place in [format!("/crm/bulk/v8/read/{id}"), format!("/crm/bulk/v8/read/{id}/result")] {
            let request = axum::http::Request::get(place).header("Authorization", format!("Zoho-oauthtoken {maria}"));
            let answer = site.send(request.body(axum::body::Body::empty()).unwrap()).await;
            answer.refused(401, "INVALID_TOKEN");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_goes_on_under_new_rights_and_fails_without_its_fields() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        site.record("Contacts", json!({"Last_Name": "Anders"})).await;
        let query = json!({"module": {"api_name": "Contacts"}, "fields": ["Last_Name"]});
        let id = order(&site, &site.admin, query.clone()).await.expect(201).id();
        let ctx = site.bench.system().await;
        ctx.tenant.db.write(store::state::raise).await.unwrap();
        app::bulk::work_off(&site.bench.app).await.unwrap();
        assert_eq!(stands(&site, &site.admin, &id).await["state"], "COMPLETED");
        let id = order(&site, &site.admin, query).await.expect(201).id();
        let sql = "UPDATE :db.fields SET api_name = 'Surname' WHERE api_name = 'Last_Name'";
        ctx.tenant
            .db
            .write(move |conn| {
                conn.execute(sql, &[])?;
                store::state::raise(conn)
            })
            .await
            .unwrap();
        app::bulk::work_off(&site.bench.app).await.unwrap();
        let job = stands(&site, &site.admin, &id).await;
        assert_eq!(job["state"], "FAILURE", "{job}");
        assert!(job["result"]["error_message"].as_str().unwrap().contains("Last_Name"), "{job}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_server_died_is_begun_anew() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        site.record("Contacts", json!({"Last_Name": "Anders"})).await;
        let id = order(&site, &site.admin, json!({"module": {"api_name": "Contacts"}}))
            .await
            .expect(201)
            .id();
        let ctx = site.bench.system().await;
        let now = ctx.now;
        let claim = move |conn: &mut store::engine::Conn| store::jobs::claim(conn, &["bulk_read"], now, now);
        assert!(ctx.tenant.db.write(claim).await.unwrap().is_some());
        assert_eq!(stands(&site, &site.admin, &id).await["state"], "IN PROGRESS");
        assert_eq!(app::bulk::work_off(&site.bench.app).await.unwrap(), 0, "somebody may work on it");
        site.bench.clock.advance(180);
        assert_eq!(app::bulk::work_off(&site.bench.app).await.unwrap(), 1);
        assert_eq!(stands(&site, &site.admin, &id).await["state"], "COMPLETED");
        let sessions = ctx
            .tenant
            .db
            .read(|conn| conn.row("SELECT count(*) FROM :db.sessions WHERE kind = 'job'", &[], |row| row.int(0)));
        assert_eq!(sessions.await.unwrap(), Some(0));
    })
    .await;
}
