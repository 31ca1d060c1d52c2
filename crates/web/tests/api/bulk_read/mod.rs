//! Bulk read: orders, how they stand, their files.

mod authority;
mod refused;

use std::io::{Cursor, Read as _};

use app::testing::each_database;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::site::{Answer, Site};

const PLACE: &str = "/crm/bulk/v8/read";

/// A call below `/crm/bulk/v8/read`.
pub async fn call(site: &Site, token: &str, method: Method, path: &str, body: Option<&Value>) -> Answer {
    let body = body.map_or_else(Body::empty, |json| Body::from(json.to_string()));
    let request = Request::builder()
        .method(method)
        .uri(format!("{PLACE}{path}"))
        .header(header::AUTHORIZATION, format!("Zoho-oauthtoken {token}"));
    site.send(request.body(body).unwrap()).await
}

pub async fn order(site: &Site, token: &str, query: Value) -> Answer {
    call(site, token, Method::POST, "", Some(&json!({ "query": query }))).await
}

/// How a job stands.
pub async fn stands(site: &Site, token: &str, id: &str) -> Value {
    let answer = call(site, token, Method::GET, &format!("/{id}"), None).await.expect(200);
    answer.body["data"][0].clone()
}

/// The bytes at an address.
pub async fn download(site: &Site, token: &str, address: &str) -> (StatusCode, Vec<u8>) {
    let request = Request::get(address).header(header::AUTHORIZATION, format!("Zoho-oauthtoken {token}"));
    let answer = site.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = answer.status();
    (status, to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec())
}

/// The rows of the only file in an archive, with its first line.
pub fn rows(zip: Vec<u8>, name: &str) -> Vec<Vec<String>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    assert_eq!(archive.len(), 1);
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    let mut csv = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    csv.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Orders, works, and gets the rows.
pub async fn read(site: &Site, token: &str, query: Value) -> Vec<Vec<String>> {
    let id = order(site, token, query).await.expect(201).id();
    app::bulk::work_off(&site.bench.app).await.unwrap();
    let job = stands(site, token, &id).await;
    assert_eq!(job["state"], "COMPLETED", "{job}");
    let (status, zip) = download(site, token, job["result"]["download_url"].as_str().unwrap()).await;
    assert_eq!(status, 200);
    let rows = rows(zip, &format!("{id}.csv"));
    assert_eq!(job["result"]["count"], rows.len() - 1);
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_read_into_a_file() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let account = site.record("Accounts", json!({"Account_Name": "Kontor, \"Nord\""})).await;
        for n in 0..5 {
            let contact = json!({"Last_Name": format!("Person {n}, \"ü\""), "Account_Name": account, "Phone": format!("030-{n}")});
            site.record("Contacts", contact).await;
        }
        let query = json!({"module": {"api_name": "Contacts"}, "fields": ["Last_Name", "Account_Name", "id"],
            "criteria": {"group_operator": "or", "group": [
                {"field": {"api_name": "Phone"}, "comparator": "in", "value": ["030-1", "030-3"]},
                {"api_name": "Last_Name", "comparator": "starts_with", "value": "person 4"}]}});
        let made = order(&site, &site.admin, query.clone()).await.expect(201);
        assert_eq!((made.code(), &made.details()["state"]), ("ADDED_SUCCESSFULLY", &json!("ADDED")));
        let before = stands(&site, &site.admin, &made.id()).await;
        assert_eq!((&before["state"], before.get("result")), (&json!("ADDED"), None));
        let (early, _) = download(&site, &site.admin, &format!("{PLACE}/{}/result", made.id())).await;
        assert_eq!(early, 400, "there is no file yet");
        let rows = read(&site, &site.admin, query.clone()).await;
        assert_eq!(rows[0], ["Id", "Last_Name", "Account_Name"]);
        let named: Vec<(&str, &str)> = rows[1..].iter().map(|row| (row[1].as_str(), row[2].as_str())).collect();
        let wanted = ["Person 1, \"ü\"", "Person 3, \"ü\"", "Person 4, \"ü\""].map(|name| (name, account.as_str()));
        assert_eq!(named, wanted);
        let job = stands(&site, &site.admin, &made.id()).await;
        let phone = site.get(&site.admin, "settings/fields/Phone?module=Contacts").await.expect(200);
        let mut told = query["criteria"].clone();
        told["group"][0]["field"]["id"] = phone.body["fields"][0]["id"].clone();
        assert_eq!(job["query"]["criteria"], told, "as it was sent, with the ids of fields");
        assert_eq!(
            (&job["result"]["per_page"], &job["result"]["more_records"]),
            (&json!(200_000), &json!(false))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_records_are_read_in_the_order_in_which_they_were_made() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        for hundred in 0..21 {
            let records: Vec<Value> = (0..100)
                .map(|n| json!({"Account_Name": format!("{}", hundred * 100 + n)}))
                .collect();
            site.post(&site.admin, "Accounts", json!({ "data": records })).await.expect(201);
        }
        let query = json!({"module": {"api_name": "Accounts"}, "fields": ["Account_Name"]});
        let rows = read(&site, &site.admin, query.clone()).await;
        let names: Vec<String> = rows[1..].iter().map(|row| row[1].clone()).collect();
        assert_eq!(names, (0..2100).map(|n| n.to_string()).collect::<Vec<_>>());
        let mut later = query;
        later["page"] = json!(2);
        assert_eq!(
            read(&site, &site.admin, later).await.len(),
            1,
            "a page behind the last has no records"
        );
    })
    .await;
}
