//! `GET /crm/v8/{module}`: lists, pages, order, search; the same for portal users, who see theirs.

use app::testing::each_database;
use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};

use crate::site::Site;

async fn five(site: &Site) -> Vec<String> {
    let mut ids = Vec::new();
    for (name, phone) in [("Ann", "1"), ("Bob", "2"), ("Cid", "3"), ("Dan", "4"), ("Eve", "5")] {
        let values = json!({"Last_Name": name, "Phone": phone, "Email": format!("{name}@example.com")});
        ids.push(site.record("Contacts", values).await);
        site.bench.clock.advance(10);
    }
    ids
}

fn names(answer: &crate::site::Answer) -> Vec<&str> {
    let records = answer.body["data"].as_array().unwrap();
    records.iter().map(|r| r["Last_Name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_list_has_the_fields_asked_for_and_says_how_it_goes_on() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let ids = five(&site).await;
        let first = site.get(&site.admin, "Contacts?fields=Last_Name,id&per_page=2&").await.expect(200);
        assert_eq!(
            first.body["data"],
            json!([{"id": ids[4], "Last_Name": "Eve"}, {"id": ids[3], "Last_Name": "Dan"}])
        );
        let info = &first.body["info"];
        assert_eq!(
            (&info["per_page"], &info["count"], &info["page"], &info["more_records"]),
            (&json!(2), &json!(2), &json!(1), &json!(true))
        );
        assert_eq!((&info["sort_by"], &info["sort_order"]), (&json!("id"), &json!("desc")));

        let token = info["next_page_token"].as_str().unwrap();
        for next in [format!("page_token={token}"), "page=2".into()] {
            let second = site.get(&site.admin, &format!("Contacts?fields=Last_Name&per_page=2&{next}")).await;
            assert_eq!(names(&second), ["Cid", "Bob"]);
            assert_eq!(second.body["info"]["page"], 2);
        }
        let last = site.get(&site.admin, "Contacts?fields=Last_Name&per_page=2&page=3").await;
        assert_eq!(names(&last), ["Ann"]);
        assert_eq!(last.body["info"]["more_records"], false);
        assert_eq!(last.body["info"]["next_page_token"], Value::Null);
        site.get(&site.admin, "Contacts?fields=Last_Name&per_page=2&page=4")
            .await
            .expect(204);
        site.get(&site.admin, "Contacts?fields=Last_Name&per_page=5&page=2")
            .await
            .expect(204);
    })
    .await;
}

#[tokio::test]
async fn a_list_is_sorted_chosen_by_ids_and_by_the_time_of_change() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let ids = five(&site).await;
        let asked = "Contacts?fields=Last_Name&per_page=2&sort_by=Last_Name&sort_order=asc";
        let page = site.get(&site.admin, asked).await;
        assert_eq!(names(&page), ["Ann", "Bob"]);
        let token = page.body["info"]["next_page_token"].as_str().unwrap();
        let page = site
            .get(&site.admin, &format!("Contacts?fields=Last_Name&per_page=2&page_token={token}"))
            .await;
        assert_eq!(names(&page), ["Cid", "Dan"], "the token keeps the order");
        let two = format!("Contacts?fields=Last_Name&ids={}%2C{}", ids[0], ids[2]);
        assert_eq!(names(&site.get(&site.admin, &two).await), ["Cid", "Ann"]);

        let since = |at: &str| {
            Request::get("/crm/v8/Contacts?fields=Last_Name")
                .header(header::AUTHORIZATION, format!("Zoho-oauthtoken {}", site.admin))
                .header(header::IF_MODIFIED_SINCE, at)
                .body(Body::empty())
                .unwrap()
        };
        let later = site.send(since("2026-11-24T06:00:20+01:00")).await.expect(200);
        assert_eq!(names(&later), ["Eve", "Dan"]);
        site.send(since("2026-11-24T05:00:40Z")).await.expect(304);
        site.send(since("yesterday")).await.refused(400, "INVALID_DATA");
    })
    .await;
}

#[tokio::test]
async fn records_are_found_by_criteria_address_number_and_word() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        five(&site).await;
        for (query, found) in [
            ("criteria=(Last_Name:equals:bob)", vec!["Bob"]),
            ("criteria=((Last_Name:starts_with:a)or(Phone:equals:3))", vec!["Cid", "Ann"]),
            ("criteria=((Last_Name:starts_with:a)and(Phone:equals:3))", vec![]),
            ("criteria=(Phone:in:1,5)", vec!["Eve", "Ann"]),
            ("criteria=(Last_Name:equals:a\\)b)", vec![]),
            ("email=DAN@example.com", vec!["Dan"]),
            ("phone=4", vec!["Dan"]),
            ("word=eve", vec!["Eve"]),
        ] {
            let path = format!("Contacts/search?{query}&fields=Last_Name");
            let answer = site.get(&site.admin, &path).await;
            if found.is_empty() {
                answer.expect(204);
            } else {
                assert_eq!(names(&answer.expect(200)), found, "{query}");
            }
        }
        for bad in [
            "(",
            "()",
            "Last_Name:equals:x",
            "((A:equals:1)and(B:equals:2)or(C:equals:3))",
            "(Last_Name:like:x)",
            "(Nothing:equals:x)",
        ] {
            site.get(&site.admin, &format!("Contacts/search?criteria={bad}")).await.expect(400);
        }
        let deep = format!("{}{}", "(".repeat(3000), ")".repeat(3000));
        site.get(&site.admin, &format!("Contacts/search?criteria={deep}"))
            .await
            .refused(400, "INVALID_QUERY");
        site.get(&site.admin, "Contacts/search")
            .await
            .refused(400, "REQUIRED_PARAM_MISSING");
        let count = site.get(&site.admin, "Contacts/actions/count").await.expect(200);
        assert_eq!(count.body, json!({"count": 5}));
    })
    .await;
}

#[tokio::test]
async fn a_portal_user_sees_their_own_record_and_fields_only() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let ids = five(&site).await;
        let (own, token) = site.client("maria").await;
        let list = site.get(&token, "Contacts?fields=Last_Name").await.expect(200);
        assert_eq!(list.body["data"], json!([{"id": own, "Last_Name": "maria"}]));
        let count = site.get(&token, "Contacts/actions/count").await.expect(200);
        assert_eq!(count.body, json!({"count": 1}));

        let one = site.get(&token, &format!("Contacts/{own}")).await.expect(200);
        let record = one.body["data"][0].as_object().unwrap();
        assert_eq!(record["Email"], "maria@example.com");
        assert!(!record.contains_key("Department") && !record.contains_key("Owner") && !record.contains_key("Created_Time"));

        let stranger = site.get(&token, &format!("Contacts/{}", ids[0])).await.refused(400, "INVALID_DATA");
        let nobody = site.get(&token, "Contacts/1").await.refused(400, "INVALID_DATA");
        assert_eq!(stranger.body, nobody.body);
        let hidden = site.get(&token, "Deals?fields=Deal_Name").await.refused(400, "INVALID_MODULE");
        let unknown = site.get(&token, "Dealz?fields=Deal_Name").await.refused(400, "INVALID_MODULE");
        assert_eq!(hidden.body, unknown.body);
    })
    .await;
}

#[tokio::test]
async fn a_hidden_field_and_an_unknown_one_look_the_same() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let (own, token) = site.client("maria").await;
        for path in [
            "Contacts?fields=Last_Name,FIELD".to_owned(),
            "Contacts?fields=Last_Name&sort_by=FIELD".into(),
            "Contacts/search?criteria=(FIELD:equals:Purchasing)".into(),
            "Contacts/actions/count?criteria=(FIELD:equals:Purchasing)".into(),
            format!("Contacts/{own}?fields=FIELD"),
        ] {
            let ask = async |name: &str| site.get(&token, &path.replace("FIELD", name)).await;
            let (hidden, unknown) = (ask("Department").await.expect(400), ask("Departmenx").await.expect(400));
            let (hidden, unknown) = (hidden.body.to_string(), unknown.body.to_string());
            assert_eq!(hidden.replace("Department", "X"), unknown.replace("Departmenx", "X"), "{path}");
        }
        site.get(&token, "Contacts/search?word=Purchasing&fields=Last_Name")
            .await
            .expect(204);
    })
    .await;
}
