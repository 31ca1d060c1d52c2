//! Records that refer to one.

use app::clients;
use app::testing::{ADMIN, each_database};
use axum::http::Method;
use domain::modules::standard::{FieldBlueprint, KindBlueprint};
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

#[tokio::test]
async fn one_of_those_that_refer_to_a_record_is_read_by_itself() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let kontor = site.record("Accounts", json!({"Account_Name": "Kontor"})).await;
        let anna = site
            .record("Contacts", json!({"Last_Name": "a", "Account_Name": {"id": kontor}}))
            .await;
        let stranger = site.record("Contacts", json!({"Last_Name": "b"})).await;
        let place = format!("Accounts/{kontor}/Contacts");
        let found = site.get(&site.admin, &format!("{place}/{anna}")).await.expect(200);
        assert_eq!(
            (names(&found.body), &found.body["data"][0]["Account_Name"]["id"]),
            (vec!["a"], &json!(kontor))
        );
        let found = site.get(&site.admin, &format!("{place}/{anna}?fields=Last_Name")).await.expect(200);
        assert_eq!(found.body["data"], json!([{"Last_Name": "a", "id": anna}]));
        for (path, part) in [
            (format!("{place}/{stranger}"), 3),
            (format!("{place}/12"), 3),
            (format!("{place}/x"), 3),
            (format!("Accounts/{kontor}/Nonsense/{anna}"), 2),
            (format!("Accounts/12/Contacts/{anna}"), 1),
        ] {
            let refused = site.get(&site.admin, &path).await.refused(400, "INVALID_DATA");
            assert_eq!(refused.details()["resource_path_index"], part, "{path}");
        }
        site.get(&site.admin, &format!("{place}/{anna}?fields=Nonsense"))
            .await
            .refused(400, "INVALID_DATA");
    })
    .await;
}

/// What is told of some lists of a record.
async fn counted(site: &Site, token: &str, record: &str, lists: Value) -> crate::site::Answer {
    let path = format!("Accounts/{record}/actions/get_related_records_count");
    site.post(token, &path, json!({ "get_related_records_count": lists })).await
}

#[tokio::test]
async fn what_refers_to_a_record_is_counted() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let kontor = site.record("Accounts", json!({"Account_Name": "Kontor"})).await;
        for name in ["a", "b", "b"] {
            site.record("Contacts", json!({"Last_Name": name, "Account_Name": {"id": kontor}}))
                .await;
        }
        let lists = site.get(&site.admin, "settings/related_lists?module=Accounts").await.expect(200);
        let mut lists = lists.body["related_lists"].as_array().unwrap().iter();
        let deals = lists.find(|list| list["api_name"] == "Deals").unwrap()["id"].clone();
        let b = json!({"filters": {"field": {"api_name": "Last_Name"}, "comparator": "equal", "value": "b"}});
        let wanted = json!([
            {"related_list": {"api_name": "Contacts"}},
            {"related_list": {"api_name": "Contacts"}, "params": b},
            {"related_list": {"id": deals}},
        ]);
        let told = counted(&site, &site.admin, &kontor, wanted).await.expect(200);
        let told = told.body["get_related_records_count"].as_array().unwrap();
        let counts: Vec<_> = told
            .iter()
            .map(|item| (&item["related_list"]["api_name"], &item["count"]))
            .collect();
        let (contacts, of_deals) = (json!("Contacts"), json!("Deals"));
        assert_eq!(counts, [(&contacts, &json!(3)), (&contacts, &json!(2)), (&of_deals, &json!(0))]);
        assert_eq!(told[2]["related_list"]["id"], deals);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_counted_is_told_in_its_place() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let kontor = site.record("Accounts", json!({"Account_Name": "Kontor"})).await;
        let bad = json!({"filters": {"field": {"api_name": "Nonsense"}, "comparator": "equal", "value": "b"}});
        let good = json!({"related_list": {"api_name": "Contacts"}});
        let wanted = json!([
            good, {"related_list": {"api_name": "Nonsense"}}, {"related_list": {"id": "12"}}, {"related_list": {}}, {}, 7,
            {"related_list": {"api_name": "Contacts"}, "params": bad}, {"related_list": {"id": "x"}},
        ]);
        let told = counted(&site, &site.admin, &kontor, wanted).await.expect(207);
        let told: Vec<_> = told.body["get_related_records_count"].as_array().unwrap().to_vec();
        let codes: Vec<_> = told[1..].iter().map(|item| item["code"].as_str().unwrap()).collect();
        let (data, missing) = ("INVALID_DATA", "MANDATORY_NOT_FOUND");
        assert_eq!(codes, [data, data, missing, missing, data, data, data]);
        assert_eq!(told[1]["details"]["json_path"], "$.get_related_records_count[1].related_list");
        counted(&site, &site.admin, "12", json!([good])).await.refused(400, "INVALID_DATA");
        counted(&site, &site.admin, &kontor, json!([])).await.refused(400, "INVALID_DATA");
        let many = vec![good.clone(); 21];
        counted(&site, &site.admin, &kontor, json!(many))
            .await
            .refused(400, "LIMIT_EXCEEDED");

        // The token must be for the records that are counted too.
        let token = site.token_for(ADMIN, "ZohoCRM.modules.accounts.READ").await;
        let told = counted(&site, &token, &kontor, json!([good])).await;
        assert_eq!((told.status.as_u16(), told.code()), (401, "OAUTH_SCOPE_MISMATCH"));
        let token = site.token_for(ADMIN, "ZohoCRM.modules.READ").await;
        counted(&site, &token, &kontor, json!([good])).await.expect(200);
    })
    .await;
}

/// The names of those whom a case has as watchers.
async fn watchers(site: &Site, case: &str) -> Vec<String> {
    let found = site.get(&site.admin, &format!("Cases/{case}?fields=Watchers")).await.expect(200);
    let all = found.body["data"][0]["Watchers"].as_array().unwrap().iter();
    let mut names: Vec<String> = all.map(|one| one["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn records_that_refer_to_several_keep_the_others() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let ctx = site.bench.system().await;
        let cases = ctx.snapshot.catalogue.named("Cases").unwrap().id;
        let field = FieldBlueprint::new("Watchers", KindBlueprint::MultiLookup("Contacts".into()));
        app::modules::add_field(&ctx, cases, field).await.unwrap();
        let (anna, bert) = (
            site.record("Contacts", json!({"Last_Name": "Anna"})).await,
            site.record("Contacts", json!({"Last_Name": "Bert"})).await,
        );
        let broken = site.record("Cases", json!({"Subject": "Broken", "Watchers": [{"id": anna}]})).await;
        let late = site.record("Cases", json!({"Subject": "Late"})).await;
        let of_bert = format!("Contacts/{bert}/Cases_Watchers");
        let both = json!({"data": [{"id": broken}, {"id": late}]});
        // Once more changes nothing.
        for _ in 0..2 {
            site.put(&site.admin, &of_bert, both.clone()).await.expect(200);
            assert_eq!(watchers(&site, &broken).await, ["Anna", "Bert"]);
            assert_eq!(watchers(&site, &late).await, ["Bert"]);
        }
        let gone = site.delete(&site.admin, &format!("{of_bert}/{broken}")).await.expect(200);
        assert_eq!(gone.body["data"][0]["message"], "relation removed");
        assert_eq!(watchers(&site, &broken).await, ["Anna"]);
        site.delete(&site.admin, &format!("{of_bert}?ids={late},{broken}"))
            .await
            .expect(207);
        assert!(watchers(&site, &late).await.is_empty());
        let told = site.put(&site.admin, &format!("{of_bert}/12"), Value::Null).await;
        told.refused(400, "INVALID_DATA");
    })
    .await;
}

/// Of several that tie at once each is there afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn who_ties_at_once_writes_over_nobody() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let ctx = site.bench.system().await;
        let cases = ctx.snapshot.catalogue.named("Cases").unwrap().id;
        let field = FieldBlueprint::new("Watchers", KindBlueprint::MultiLookup("Contacts".into()));
        app::modules::add_field(&ctx, cases, field).await.unwrap();
        let case = site.record("Cases", json!({"Subject": "Broken"})).await;
        let mut people = Vec::new();
        for n in 0..4 {
            people.push(site.record("Contacts", json!({"Last_Name": format!("{n}")})).await);
        }
        let ties = people.iter().map(async |person| {
            let place = format!("Contacts/{person}/Cases_Watchers/{case}");
            site.put(&site.admin, &place, Value::Null).await.expect(200);
        });
        futures_util::future::join_all(ties).await;
        assert_eq!(watchers(&site, &case).await, ["0", "1", "2", "3"]);
    })
    .await;
}
