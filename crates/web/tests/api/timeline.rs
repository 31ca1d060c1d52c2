//! What was done to a record, and by whom.

use app::testing::each_database;
use serde_json::{Value, json};

use crate::site::Site;

fn actions(body: &Value) -> Vec<&str> {
    let entries = body["__timeline"].as_array().unwrap().iter();
    entries.map(|entry| entry["action"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn employees_read_what_was_done_to_a_record_and_by_whom() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let (maria, token) = site.client("maria").await;
        let phone = json!({"data": [{"Phone": "030-1"}]});
        site.put(&token, &format!("Contacts/{maria}"), phone).await.expect(200);
        let place = format!("Contacts/{maria}/__timeline");
        let told = site.get(&site.admin, &place).await.expect(200);
        let done = ["updated", "portals_invitation_accepted", "portals_invitation_sent", "added"];
        assert_eq!(actions(&told.body), done);
        let (last, first) = (&told.body["__timeline"][0], &told.body["__timeline"][3]);
        assert_eq!((&last["source"], &first["source"]), (&json!("portals"), &json!("crm")));
        assert_eq!((&last["done_by"]["name"], &last["record"]["id"]), (&json!("maria"), &json!(maria)));
        assert_eq!(last["field_history"][0]["api_name"], "Phone");
        assert!(!told.body.to_string().contains("030-1"), "what stood in a field is not kept");
        assert_eq!(
            told.body["info"],
            json!({"per_page": 200, "count": 4, "page": 1, "more_records": false})
        );

        let page = site.get(&site.admin, &format!("{place}?per_page=3")).await.expect(200);
        assert_eq!((actions(&page.body).len(), &page.body["info"]["more_records"]), (3, &json!(true)));
        let page = site.get(&site.admin, &format!("{place}?per_page=3&page=2")).await.expect(200);
        assert_eq!(
            (actions(&page.body), &page.body["info"]["more_records"]),
            (vec!["added"], &json!(false))
        );
        site.get(&site.admin, &format!("{place}?page=3")).await.expect(204);

        for (asked, code) in [
            (format!("{place}?per_page=0"), "INVALID_DATA"),
            (format!("{place}?per_page=many"), "INVALID_DATA"),
            (format!("{place}?page=100000"), "INVALID_DATA"),
            ("Contacts/12/__timeline".to_owned(), "INVALID_DATA"),
            ("Contacts/x/__timeline".to_owned(), "INVALID_DATA"),
            (format!("Nonsense/{maria}/__timeline"), "INVALID_MODULE"),
        ] {
            site.get(&site.admin, &asked).await.refused(400, code);
        }
        site.get(&token, &place).await.refused(400, "API_NOT_SUPPORTED");
    })
    .await;
}
