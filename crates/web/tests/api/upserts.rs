//! Upsert, clone and what is in the recycle bin.

use app::testing::each_database;
use serde_json::{Value, json};

use crate::site::Site;

/// Of each item: code, action, the field by which it was found.
fn acts(body: &Value) -> Vec<(&str, &str, &str)> {
    let items = body["data"].as_array().unwrap().iter();
    items
        .map(|item| {
            let of = |key: &str| item[key].as_str().unwrap_or("");
            (of("code"), of("action"), of("duplicate_field"))
        })
        .collect()
}

#[tokio::test]
async fn what_is_there_is_changed_and_the_rest_is_made() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let maria = site
            .record("Contacts", json!({"Last_Name": "Anders", "Email": "maria@example.com"}))
            .await;
        let data = json!({"data": [
            {"Last_Name": "Anders", "Email": "Maria@Example.com", "Department": "Sales"},
            {"Last_Name": "Brook", "Email": "helena@example.com"},
            {"Last_Name": "Brook", "Email": "helena@example.com", "Department": "Purchasing"},
            {"id": maria, "Phone": "030-1"},
        ]});
        let done = site.post(&site.admin, "Contacts/upsert", data).await.expect(200);
        assert_eq!(
            acts(&done.body),
            [
                ("SUCCESS", "update", "Email"),
                ("SUCCESS", "insert", ""),
                ("SUCCESS", "update", "Email"),
                ("SUCCESS", "update", ""),
            ]
        );
        assert_eq!(done.body["data"][0]["details"]["id"], maria.as_str());
        assert!(done.body["data"][1]["details"]["Created_Time"].is_string());
        let found = site
            .get(&site.admin, &format!("Contacts/{maria}?fields=Department,Phone"))
            .await
            .expect(200);
        assert_eq!(
            (&found.body["data"][0]["Department"], &found.body["data"][0]["Phone"]),
            (&json!("Sales"), &json!("030-1"))
        );
        let count = site.get(&site.admin, "Contacts/actions/count").await;
        assert_eq!(count.body["count"], 2);
        let by_name = json!({"data": [{"Last_Name": "Brook", "Department": "Legal"}], "duplicate_check_fields": ["Last_Name"]});
        let done = site.post(&site.admin, "Contacts/upsert", by_name).await.expect(200);
        assert_eq!(acts(&done.body), [("SUCCESS", "update", "Last_Name")]);
        let accounts = json!({"data": [{"Account_Name": "Kontor"}, {"Account_Name": "Kontor", "Phone": "1"}]});
        let done = site.post(&site.admin, "Accounts/upsert", accounts).await.expect(200);
        assert_eq!(
            acts(&done.body),
            [("SUCCESS", "insert", ""), ("SUCCESS", "update", "Account_Name")],
            "without an address it is the name"
        );
    })
    .await;
}

#[tokio::test]
async fn an_upsert_that_cannot_be_changes_nothing() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        for email in ["one@example.com", "two@example.com"] {
            site.record("Contacts", json!({"Last_Name": "Twin", "Email": email})).await;
        }
        let twins = json!({"data": [{"Last_Name": "Twin", "Phone": "1"}], "duplicate_check_fields": ["Last_Name"]});
        let refused = site
            .post(&site.admin, "Contacts/upsert", twins)
            .await
            .refused(400, "AMBIGUITY_DURING_PROCESSING");
        assert_eq!(refused.details()["api_name"], "Last_Name");
        let one = json!([{"Last_Name": "New"}]);
        for (checks, path) in [
            (json!("Email"), "$.duplicate_check_fields"),
            (json!([1]), "$.duplicate_check_fields[0]"),
            (json!(["Email", "Nonsense"]), "$.duplicate_check_fields[1]"),
            (json!(["Created_Time"]), "$.duplicate_check_fields[0]"),
        ] {
            let body = json!({"data": one, "duplicate_check_fields": checks});
            let refused = site.post(&site.admin, "Contacts/upsert", body).await.refused(400, "INVALID_DATA");
            assert_eq!(refused.details()["json_path"], path);
        }
        let mixed = json!({"data": [{"Email": "no-name@example.com"}, {"id": "12", "Phone": "1"}, 7, {"Last_Name": "Fine"}]});
        let answer = site.post(&site.admin, "Contacts/upsert", mixed).await.expect(207);
        let codes: Vec<&str> = acts(&answer.body).into_iter().map(|(code, ..)| code).collect();
        assert_eq!(codes, ["MANDATORY_NOT_FOUND", "INVALID_DATA", "INVALID_DATA", "SUCCESS"]);
        site.post(&site.admin, "Nonsense/upsert", json!({"data": one}))
            .await
            .refused(400, "INVALID_MODULE");
        let count = site.get(&site.admin, "Contacts/actions/count").await;
        assert_eq!(count.body["count"], 3);
    })
    .await;
}

#[tokio::test]
async fn a_portal_user_finds_only_what_they_see_and_makes_nothing_they_may_not() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let (hers, token) = site.client("maria").await;
        let other = site
            .record("Contacts", json!({"Last_Name": "Peter", "Email": "peter@example.com"}))
            .await;
        let before = site.get(&site.admin, &format!("Contacts/{other}")).await.body;
        let data = json!({"data": [{"Last_Name": "Peter", "Email": "peter@example.com", "Phone": "0"}]});
        let refused = site.post(&token, "Contacts/upsert", data).await;
        assert!(refused.status.is_client_error(), "{refused:?}");
        assert_eq!(site.get(&site.admin, &format!("Contacts/{other}")).await.body, before);
        let by_id = json!({"data": [{"id": other, "Phone": "0"}]});
        let unknown = json!({"data": [{"id": "4711", "Phone": "0"}]});
        let [seen, none] = [
            site.post(&token, "Contacts/upsert", by_id).await,
            site.post(&token, "Contacts/upsert", unknown).await,
        ];
        assert_eq!((seen.status, seen.body), (none.status, none.body), "hidden is as unknown");
        assert!(
            site.post(&token, &format!("Contacts/{hers}/actions/clone"), json!({}))
                .await
                .status
                .is_client_error()
        );
        site.post(&token, &format!("Contacts/{other}/actions/clone"), json!({}))
            .await
            .expect(400);
        site.get(&token, "Contacts/deleted?type=all").await.expect(204);
        let count = site.get(&site.admin, "Contacts/actions/count").await;
        assert_eq!(count.body["count"], 2);
    })
    .await;
}

#[tokio::test]
async fn a_record_is_cloned_with_its_values() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let account = site.record("Accounts", json!({"Account_Name": "Kontor"})).await;
        let values = json!({"Last_Name": "Anders", "Department": "Sales", "Account_Name": {"id": account}});
        let maria = site.record("Contacts", values).await;
        let made = site
            .post(&site.admin, &format!("Contacts/{maria}/actions/clone"), Value::Null)
            .await
            .expect(201)
            .id();
        assert_ne!(made, maria);
        let fields = "fields=Last_Name,Department,Account_Name";
        let [one, two] = [
            site.get(&site.admin, &format!("Contacts/{maria}?{fields}")).await.body,
            site.get(&site.admin, &format!("Contacts/{made}?{fields}")).await.body,
        ];
        for field in ["Last_Name", "Department", "Account_Name"] {
            assert_eq!(one["data"][0][field], two["data"][0][field], "{field}");
        }
        for unknown in ["4711", "x"] {
            let refused = site
                .post(&site.admin, &format!("Contacts/{unknown}/actions/clone"), Value::Null)
                .await;
            assert!(refused.status.is_client_error() && refused.code() == "INVALID_DATA", "{refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_deleted_is_listed_page_by_page() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        site.get(&site.admin, "Contacts/deleted").await.expect(204);
        let mut ids = Vec::new();
        for name in ["a", "b", "c"] {
            let id = site.record("Contacts", json!({"Last_Name": name})).await;
            site.bench.clock.advance(60);
            site.delete(&site.admin, &format!("Contacts/{id}")).await.expect(200);
            ids.push(id);
        }
        let page = site.get(&site.admin, "Contacts/deleted?type=recycle&per_page=2").await.expect(200);
        let first = &page.body["data"][0];
        assert_eq!(
            (&first["id"], &first["display_name"], &first["type"]),
            (&json!(ids[2]), &json!("c"), &json!("recycle"))
        );
        assert!(first["deleted_by"]["name"].is_string() && first["deleted_time"].is_string() && first["created_by"]["id"].is_string());
        assert_eq!(
            page.body["info"],
            json!({"per_page": 2, "count": 2, "page": 1, "more_records": true})
        );
        let last = site.get(&site.admin, "Contacts/deleted?per_page=2&page=2").await.expect(200);
        assert_eq!(
            (&last.body["data"][0]["id"], &last.body["info"]["more_records"]),
            (&json!(ids[0]), &json!(false))
        );
        site.get(&site.admin, "Contacts/deleted?page=3&per_page=2").await.expect(204);
        site.get(&site.admin, "Contacts/deleted?type=permanent").await.expect(204);
        for wrong in ["type=some", "per_page=0", "per_page=201", "page=0", "page=x", "page=4000000000"] {
            site.get(&site.admin, &format!("Contacts/deleted?{wrong}"))
                .await
                .refused(400, "INVALID_DATA");
        }
    })
    .await;
}
