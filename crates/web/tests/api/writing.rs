//! `POST`, `PUT` and `DELETE` of records: item by item, and nothing changed where refused.

use app::testing::each_database;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::site::Site;

#[tokio::test]
async fn a_record_is_made_changed_and_deleted() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let account = site.record("Accounts", json!({"Account_Name": "Acme"})).await;
        let values = json!({
            "Last_Name": "Smith",
            "Account_Name": {"id": account.parse::<i64>().unwrap()},
            "Date_of_Birth": "1990-01-31",
            "$approved": true,
        });
        let made = site
            .post(&site.admin, "Contacts", json!({"data": [values], "trigger": ["workflow"]}))
            .await
            .expect(201);
        let item = &made.body["data"][0];
        assert_eq!((&item["code"], &item["status"]), (&json!("SUCCESS"), &json!("success")));
        assert_eq!(item["message"], "record added");
        let details = made.details();
        assert_eq!(details["Created_Time"], "2026-11-24T05:00:00+00:00");
        assert_eq!(details["Created_By"]["name"], "Administrator");
        assert!(details["Created_By"]["id"].is_string());

        let id = made.id();
        site.bench.clock.advance(60);
        let changed = site
            .put(
                &site.admin,
                &format!("Contacts/{id}"),
                json!({"data": [{"Phone": "1", "Account_Name": null}]}),
            )
            .await
            .expect(200);
        assert_eq!(changed.body["data"][0]["message"], "record updated");
        assert_eq!(changed.details()["Modified_Time"], "2026-11-24T05:01:00+00:00");
        let one = site.get(&site.admin, &format!("Contacts/{id}")).await.expect(200);
        let record = &one.body["data"][0];
        assert_eq!((&record["Phone"], &record["Account_Name"]), (&json!("1"), &Value::Null));
        assert_eq!(record["Date_of_Birth"], "1990-01-31");

        let deleted = site.delete(&site.admin, &format!("Contacts/{id}")).await.expect(200);
        assert_eq!(deleted.body["data"][0]["message"], "record deleted");
        site.get(&site.admin, &format!("Contacts/{id}")).await.refused(400, "INVALID_DATA");
        site.delete(&site.admin, &format!("Contacts/{id}"))
            .await
            .refused(400, "INVALID_DATA");
    })
    .await;
}

#[tokio::test]
async fn each_item_is_answered_in_its_place() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let mixed = site
            .post(
                &site.admin,
                "Contacts",
                json!({"data": [{"Last_Name": "A"}, {"First_Name": "B"}, 3, {"Last_Name": "C"}]}),
            )
            .await
            .expect(207);
        let codes: Vec<&str> = mixed.body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["code"].as_str().unwrap())
            .collect();
        assert_eq!(codes, ["SUCCESS", "MANDATORY_NOT_FOUND", "INVALID_DATA", "SUCCESS"]);
        assert_eq!(mixed.body["data"][1]["details"]["json_path"], "$.data[1].Last_Name");
        let id = |n: usize| mixed.body["data"][n]["details"]["id"].as_str().unwrap().to_owned();

        let number: i64 = id(0).parse().unwrap();
        let changed = site
            .put(
                &site.admin,
                "Contacts",
                json!({"data": [{"id": number, "Phone": "7"}, {"Phone": "8"}, {"id": "x"}, {"id": id(3), "Phone": "9"}, {"id": "12"}]}),
            )
            .await
            .expect(207);
        let codes: Vec<&str> = changed.body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["code"].as_str().unwrap())
            .collect();
        assert_eq!(codes, ["SUCCESS", "MANDATORY_NOT_FOUND", "INVALID_DATA", "SUCCESS", "INVALID_DATA"]);
        assert_eq!(changed.body["data"][1]["details"]["json_path"], "$.data[1].id");

        let deleted = site
            .delete(&site.admin, &format!("Contacts?ids={},{},12", id(0), id(3)))
            .await
            .expect(207);
        assert_eq!(deleted.body["data"][2]["details"]["id"], "12");
        site.delete(&site.admin, "Contacts").await.refused(400, "REQUIRED_PARAM_MISSING");
        site.get(&site.admin, "Contacts?fields=id").await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn a_value_that_cannot_be_taken_is_named_with_what_was_expected() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let long = "x".repeat(256);
        let cases = [
            (json!({"Last_Name": 5}), json!({"expected_data_type": "string"})),
            (json!({"Last_Name": long}), json!({"maximum_length": 255})),
            (json!({"Last_Name": "A", "Email": "nobody"}), json!({"expected_data_type": "email"})),
            (
                json!({"Last_Name": "A", "Date_of_Birth": "1990-02-30"}),
                json!({"expected_data_type": "date"}),
            ),
            (
                json!({"Last_Name": "A", "Account_Name": "x"}),
                json!({"expected_data_type": "bigint"}),
            ),
            (
                json!({"Last_Name": "A", "Account_Name": {"id": "12"}}),
                json!({"api_name": "Account_Name"}),
            ),
            (json!({"Last_Name": "A", "Nothing": 1}), json!({"json_path": "$.data[0].Nothing"})),
            (
                json!({"Last_Name": "A", "Created_Time": "2020-01-01T00:00:00Z"}),
                json!({"api_name": "Created_Time"}),
            ),
        ];
        for (values, wanted) in cases {
            let answer = site
                .post(&site.admin, "Contacts", json!({"data": [values]}))
                .await
                .refused(400, "INVALID_DATA");
            for (key, value) in wanted.as_object().unwrap() {
                assert_eq!(&answer.details()[key], value, "{answer:?}");
            }
        }
        let lead = json!({"data": [{"Last_Name": "A", "Lead_Status": "Old"}]});
        let answer = site.post(&site.admin, "Leads", lead).await.refused(400, "INVALID_DATA");
        assert_eq!(answer.details()["supported_values"][0], "New");
        site.get(&site.admin, "Contacts?fields=id").await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn a_change_that_would_write_over_another_is_refused() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let id = site.record("Contacts", json!({"Last_Name": "A"})).await;
        let change = |known: &str, phone: &str| {
            Request::put(format!("/crm/v8/Contacts/{id}"))
                .header(header::AUTHORIZATION, format!("Zoho-oauthtoken {}", site.admin))
                .header(header::IF_MODIFIED_SINCE, known)
                .body(Body::from(json!({"data": [{"Phone": phone}]}).to_string()))
                .unwrap()
        };
        let read = "2026-11-24T05:00:00+00:00";
        site.bench.clock.advance(5);
        site.send(change(read, "1")).await.expect(200);
        site.send(change(read, "2")).await.refused(412, "RECORD_MODIFIED");
        let one = site.get(&site.admin, &format!("Contacts/{id}?fields=Phone")).await;
        assert_eq!(one.body["data"][0]["Phone"], "1");
    })
    .await;
}

#[tokio::test]
async fn a_portal_user_changes_what_is_granted_and_nothing_else() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let (own, token) = site.client("maria").await;
        let (strange, _) = site.client("boris").await;
        let path = format!("Contacts/{own}");
        site.put(&token, &path, json!({"data": [{"Phone": "0170 1"}]})).await.expect(200);

        let mut bodies = Vec::new();
        for field in ["Department", "Departmenx", "Last_Name", "Created_By", "Owner"] {
            let refused = site
                .put(&token, &path, json!({"data": [{"Phone": "0", field: {"id": "12"}}]}))
                .await;
            bodies.push(refused.refused(400, "INVALID_DATA").body.to_string().replace(field, "X"));
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 1, "hidden, unknown and read-only look the same");

        let strange_path = format!("Contacts/{strange}");
        let body = json!({"data": [{"Phone": "0"}]});
        let stranger = site.put(&token, &strange_path, body.clone()).await.refused(400, "INVALID_DATA");
        let nobody = site.put(&token, "Contacts/12", body).await.refused(400, "INVALID_DATA");
        assert_eq!(stranger.body, nobody.body);
        let bad = json!({"data": [{"Departmenx": "0"}]});
        site.put(&token, &strange_path, bad).await.refused(400, "INVALID_DATA");

        site.delete(&token, &path).await.refused(403, "NO_PERMISSION");
        site.delete(&token, &strange_path).await.refused(400, "INVALID_DATA");
        site.post(&token, "Contacts", json!({"data": [{"Last_Name": "X"}]}))
            .await
            .refused(403, "NO_PERMISSION");
        site.post(&token, "Deals", json!({"data": [{"Deal_Name": "X"}]}))
            .await
            .refused(400, "INVALID_MODULE");

        let mine = site.get(&site.admin, &format!("{path}?fields=Phone,Department,Last_Name")).await;
        assert_eq!(
            mine.body["data"][0],
            json!({"id": own, "Phone": "0170 1", "Department": "Purchasing", "Last_Name": "maria"})
        );
        let theirs = site.get(&site.admin, &format!("{strange_path}?fields=Phone")).await;
        assert_eq!(theirs.body["data"][0]["Phone"], Value::Null);
    })
    .await;
}
