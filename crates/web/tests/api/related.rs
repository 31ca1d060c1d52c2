//! Records that refer to one.

use app::clients;
use app::testing::{ADMIN, each_database};
use axum::http::Method;
use serde_json::{Value, json};

use crate::site::Site;

fn names(body: &Value) -> Vec<&str> {
    let records = body["data"].as_array().unwrap().iter();
    records.map(|record| record["Last_Name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_refers_to_a_record_is_listed_tied_and_let_go() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let kontor = site.record("Accounts", json!({"Account_Name": "Kontor"})).await;
        let other = site.record("Accounts", json!({"Account_Name": "Other"})).await;
        let mut people = Vec::new();
        for (name, account) in [("a", &kontor), ("b", &kontor), ("c", &other)] {
            people.push(
                site.record("Contacts", json!({"Last_Name": name, "Account_Name": {"id": account}}))
                    .await,
            );
        }
        let place = format!("Accounts/{kontor}/Contacts");
        let list = format!("{place}?fields=Last_Name&sort_by=id&sort_order=asc");
        let found = site.get(&site.admin, &list).await.expect(200);
        assert_eq!(names(&found.body), ["a", "b"]);
        let page = site
            .get(&site.admin, &format!("{place}?fields=Last_Name&per_page=1"))
            .await
            .expect(200);
        assert_eq!((names(&page.body), &page.body["info"]["more_records"]), (vec!["b"], &json!(true)));
        let token = page.body["info"]["next_page_token"].as_str().unwrap();
        let page = site
            .get(&site.admin, &format!("{place}?fields=Last_Name&per_page=1&page_token={token}"))
            .await
            .expect(200);
        assert_eq!((names(&page.body), &page.body["info"]["more_records"]), (vec!["a"], &json!(false)));

        let tied = site
            .put(&site.admin, &format!("{place}/{}", people[2]), Value::Null)
            .await
            .expect(200);
        assert_eq!(
            (&tied.body["data"][0]["message"], tied.id()),
            (&json!("relation added"), people[2].clone())
        );
        assert_eq!(names(&site.get(&site.admin, &list).await.body), ["a", "b", "c"]);
        let gone = site
            .delete(&site.admin, &format!("{place}?ids={},{},12", people[0], people[1]))
            .await
            .expect(207);
        assert_eq!(gone.body["data"][1]["message"], "relation removed");
        let items = gone.body["data"].as_array().unwrap().iter();
        let named: Vec<&str> = items.map(|item| item["details"]["id"].as_str().unwrap()).collect();
        assert_eq!(
            named,
            [people[0].as_str(), people[1].as_str(), "12"],
            "in the order in which they were named"
        );
        assert_eq!(gone.body["data"][2]["code"], "INVALID_DATA");
        assert_eq!(names(&site.get(&site.admin, &list).await.body), ["c"]);
        site.delete(&site.admin, &format!("{place}/{}", people[0]))
            .await
            .refused(400, "INVALID_DATA");
        let both = json!({"data": [{"id": people[0]}, {"id": people[1]}]});
        site.put(&site.admin, &place, both).await.expect(200);
        assert_eq!(names(&site.get(&site.admin, &list).await.body), ["a", "b", "c"]);
        site.get(&site.admin, &format!("Accounts/{other}/Contacts?fields=Last_Name"))
            .await
            .expect(204);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_or_not_to_be_seen_is_refused() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let kontor = site.record("Accounts", json!({"Account_Name": "Kontor"})).await;
        let maria = site
            .record("Contacts", json!({"Last_Name": "a", "Account_Name": {"id": kontor}}))
            .await;
        for (path, status, code) in [
            (format!("Accounts/{kontor}/Contacts"), 400, "REQUIRED_PARAM_MISSING"),
            (format!("Accounts/{kontor}/Nonsense?fields=id"), 400, "INVALID_DATA"),
            ("Accounts/12/Contacts?fields=id".to_owned(), 400, "INVALID_DATA"),
            ("Accounts/x/Contacts?fields=id".to_owned(), 400, "INVALID_DATA"),
            (format!("Nonsense/{kontor}/Contacts?fields=id"), 400, "INVALID_MODULE"),
            (format!("Accounts/{kontor}/Contacts?fields=Nonsense"), 400, "INVALID_DATA"),
        ] {
            site.get(&site.admin, &path).await.refused(status, code);
        }
        let place = format!("Accounts/{kontor}/Contacts");
        for body in [
            json!({}),
            json!({"data": []}),
            json!({"data": [{}]}),
            json!({"data": [{"id": "x"}]}),
        ] {
            assert!(site.put(&site.admin, &place, body).await.status.is_client_error());
        }
        site.delete(&site.admin, &place).await.refused(400, "REQUIRED_PARAM_MISSING");
        let ctx = site.bench.system().await;
        let client = clients::create(&ctx, "narrow", ADMIN, "ZohoCRM.modules.accounts.ALL")
            .await
            .unwrap();
        let token = clients::refresh(&site.bench.app, &client.client_id, &client.client_secret, &client.refresh_token);
        let token = token.await.unwrap().access.token;
        site.get(&token, &format!("Accounts/{kontor}")).await.expect(200);
        for (method, path) in [
            (Method::GET, format!("{place}?fields=id")),
            (Method::PUT, format!("{place}/{maria}")),
            (Method::DELETE, format!("{place}/{maria}")),
        ] {
            let refused = site.call(&token, method, &path, None).await;
            refused.refused(401, "OAUTH_SCOPE_MISMATCH");
        }
        let (_, portal) = site.client("peter").await;
        assert!(site.get(&portal, &format!("{place}?fields=id")).await.status.is_client_error());
        let found = site.get(&site.admin, &format!("Contacts/{maria}?fields=Account_Name")).await;
        assert_eq!(found.body["data"][0]["Account_Name"]["id"], kontor.as_str(), "nothing was let go");
    })
    .await;
}
