//! Whatever goes wrong below `/crm` and `/oauth` is answered in JSON, with 4xx, and nothing is changed.

use app::testing::each_database;
use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::json;

use crate::site::Site;

#[tokio::test]
async fn strangers_are_told_so() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let bare = Request::get("/crm/v8/Contacts?fields=Last_Name").body(Body::empty()).unwrap();
        site.send(bare).await.refused(401, "AUTHENTICATION_FAILURE");
        for token in ["", "nonsense", "1000.1.x", "1000.99999999999999999999.x"] {
            site.get(token, "Contacts?fields=Last_Name").await.refused(401, "INVALID_TOKEN");
        }
    })
    .await;
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_answered_in_json() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        site.get(&site.admin, "a/b/c/d/e").await.refused(404, "INVALID_URL_PATTERN");
        site.get(&site.admin, "").await.refused(404, "INVALID_URL_PATTERN");
        site.call(&site.admin, Method::PATCH, "Contacts", None)
            .await
            .refused(405, "INVALID_REQUEST_METHOD");
        let request = Request::get("/oauth/v2/token").body(Body::empty()).unwrap();
        site.send(request).await.refused(405, "INVALID_REQUEST_METHOD");
        let request = Request::get("/oauth/v3/nothing").body(Body::empty()).unwrap();
        site.send(request).await.refused(404, "INVALID_URL_PATTERN");
        site.get(&site.admin, "Nothing?fields=Last_Name")
            .await
            .refused(400, "INVALID_MODULE");
        site.get(&site.admin, "%00?fields=Last_Name").await.refused(400, "INVALID_MODULE");
    })
    .await;
}

/// No module is called so: what stands behind is no record.
#[tokio::test]
async fn nothing_is_below_settings_and_actions_but_what_is_known() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        for path in [
            "settings",
            "settings/tags",
            "settings/modules/Contacts/nothing/at/all",
            "actions",
            "actions/watch/at/all",
        ] {
            for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
                let body = (method != Method::GET).then(|| json!({"data": [{}]}));
                site.call(&site.admin, method, path, body).await.refused(404, "INVALID_URL_PATTERN");
            }
        }
        site.call(&site.admin, Method::DELETE, "settings/modules", None)
            .await
            .refused(405, "INVALID_REQUEST_METHOD");
        site.get(&site.admin, "settings/modules").await.expect(200);
        site.get(&site.admin, "Contacts/actions/count").await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn bad_bodies_are_refused_and_change_nothing() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let deep = format!("{{\"data\":[{}1{}]}}", "[".repeat(5000), "]".repeat(5000));
        let cases = [
            (String::new(), 400, "JSON_PARSE_ERROR"),
            ("{".into(), 400, "JSON_PARSE_ERROR"),
            (deep, 400, "JSON_PARSE_ERROR"),
            ("{\"data\":[{\"Last_Name\":1e999}]}".into(), 400, "JSON_PARSE_ERROR"),
            ("\u{feff}[]".into(), 400, "JSON_PARSE_ERROR"),
            ("[]".into(), 400, "INVALID_DATA"),
            ("{}".into(), 400, "MANDATORY_NOT_FOUND"),
            ("{\"data\":{}}".into(), 400, "INVALID_DATA"),
            ("{\"data\":[]}".into(), 400, "INVALID_DATA"),
            ("{\"data\":[1]}".into(), 400, "INVALID_DATA"),
            ("{\"data\":[{\"Last_Name\":\"a\\u0000b\"}]}".into(), 400, "INVALID_DATA"),
            ("{\"data\":[{\"Last_Name\":\"A\",\"x\\u0000\":1}]}".into(), 400, "INVALID_DATA"),
            (
                "{\"data\":[{\"Last_Name\":\"A\",\"Account_Name\":{\"id\":99999999999999999999999}}]}".into(),
                400,
                "INVALID_DATA",
            ),
            (
                "{\"data\":[{\"Last_Name\":\"A\",\"Date_of_Birth\":\"99999-01-01\"}]}".into(),
                400,
                "INVALID_DATA",
            ),
            (
                format!("{{\"data\":\"{}\"}}", "x".repeat(2_000_000)),
                413,
                "REQUEST_ENTITY_TOO_LARGE",
            ),
            (
                json!({"data": vec![json!({"Last_Name": "A"}); 101]}).to_string(),
                400,
                "LIMIT_EXCEEDED",
            ),
        ];
        for (body, status, code) in cases {
            let request = Request::post("/crm/v8/Contacts")
                .header(header::AUTHORIZATION, format!("Bearer {}", site.admin))
                .body(Body::from(body))
                .unwrap();
            site.send(request).await.refused(status, code);
        }
        site.get(&site.admin, "Contacts?fields=Last_Name").await.expect(204);
    })
    .await;
}

#[tokio::test]
async fn a_list_of_ids_that_must_be_there_names_at_least_one() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let account = site.record("Accounts", json!({"Account_Name": "Anders"})).await;
        let types = "settings/portals/northwind/user_type";
        let told = site.get(&site.admin, types).await.expect(200);
        let users = format!("{types}/{}/users", told.body["user_type"][0]["id"].as_str().unwrap());
        for nothing in ["", ",", "%2C%20,"] {
            for path in [
                format!("Contacts?ids={nothing}"),
                format!("Accounts/{account}/Contacts?ids={nothing}"),
                format!("{users}?personality_ids={nothing}"),
            ] {
                site.delete(&site.admin, &path).await.refused(400, "REQUIRED_PARAM_MISSING");
            }
            let path = format!("{users}/actions/transfer?transfer_To=1&personality_ids={nothing}");
            let moved = site.post(&site.admin, &path, serde_json::Value::Null).await;
            moved.refused(400, "REQUIRED_PARAM_MISSING");
        }
    })
    .await;
}

#[tokio::test]
async fn bad_queries_are_refused() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        for (query, code) in [
            ("", "REQUIRED_PARAM_MISSING"),
            ("fields=", "REQUIRED_PARAM_MISSING"),
            ("fields=Last_Name&per_page=0", "INVALID_DATA"),
            ("fields=Last_Name&per_page=201", "INVALID_DATA"),
            ("fields=Last_Name&per_page=x", "INVALID_DATA"),
            ("fields=Last_Name&page=0", "INVALID_DATA"),
            ("fields=Last_Name&page=4294967296", "INVALID_DATA"),
            ("fields=Last_Name&page=12", "LIMIT_EXCEEDED"),
            ("fields=Last_Name&page=4294967295", "LIMIT_EXCEEDED"),
            ("fields=Last_Name&page_token=x", "INVALID_DATA"),
            ("fields=Last_Name&page_token=e30", "INVALID_DATA"),
            ("fields=Last_Name&sort_order=up", "INVALID_DATA"),
            ("fields=Last_Name&ids=1,x", "INVALID_DATA"),
            ("fields=Last_Name&cvid=1", "INVALID_DATA"),
            ("fields=Last%00Name", "INVALID_DATA"),
            ("fields=%FF", "INVALID_DATA"),
        ] {
            site.get(&site.admin, &format!("Contacts?{query}")).await.refused(400, code);
        }
        site.get(&site.admin, "Contacts/abc").await.refused(400, "INVALID_DATA");
        site.get(&site.admin, "Contacts/1").await.refused(400, "INVALID_DATA");
    })
    .await;
}

#[tokio::test]
async fn a_value_of_another_field_that_happens_to_be_an_id_leads_to_no_record() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let id = site.record("Contacts", json!({"Last_Name": "Maria"})).await;
        let of_it = [format!("Contacts/{id}"), format!("Contacts/{id}/Deals?fields=Deal_Name")];
        for (method, path) in [(Method::GET, &of_it[0]), (Method::DELETE, &of_it[0]), (Method::GET, &of_it[1])] {
            let request = Request::builder()
                .method(method)
                .uri(format!("/crm/v8/{path}"))
                .header(header::AUTHORIZATION, format!("Bearer {}", site.admin))
                .header("X-EXTERNAL", "Contacts.Customer_Number")
                .body(Body::empty())
                .unwrap();
            site.send(request).await.refused(400, "INVALID_DATA");
        }
        site.get(&site.admin, &of_it[0]).await.expect(200);
    })
    .await;
}
