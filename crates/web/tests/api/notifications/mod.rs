//! Notifications: channels, what is told of which changes, to whom, how often it is tried.

mod channels;
mod receiver;
mod rights;

use app::Settings;
use app::settings::Hosts;
use app::testing::Bench;
use axum::http::Method;
use serde_json::{Value, json};

use crate::bulk_read;
use crate::bulk_write;
use crate::site::{Answer, Site};
use receiver::Receiver;

const WATCH: &str = "actions/watch";

/// A site that may post to this machine, and somebody who listens there.
async fn each_site(body: impl AsyncFn(Site, Receiver)) {
    let mut settings = Settings::default();
    settings.webhooks.hosts = Hosts::parse("127.0.0.1").unwrap();
    settings.webhooks.retry_seconds = vec![10, 60];
    settings.sessions.token = 30 * 86_400;
    store::testing::each_database(async |place| {
        let bench = Bench::with(place, settings.clone()).await;
        body(Site::new(bench).await, Receiver::new().await).await;
    })
    .await;
}

/// A channel with this number for all that is done to contacts.
fn channel(number: i64, receiver: &Receiver) -> Value {
    json!({"channel_id": number.to_string(), "events": ["Contacts.all"], "notify_url": receiver.url, "token": "us"})
}

/// The channel with something else about it.
fn with(mut channel: Value, key: &str, value: Value) -> Value {
    channel[key] = value;
    channel
}

async fn open(site: &Site, channel: Value) -> Answer {
    site.post(&site.admin, WATCH, json!({ "watch": [channel] })).await
}

async fn listed(site: &Site) -> Vec<Value> {
    let answer = site.get(&site.admin, WATCH).await;
    answer.body["watch"].as_array().cloned().unwrap_or_default()
}

/// Posts what is due; how many attempts were made.
async fn deliver(site: &Site) -> usize {
    app::notifications::deliver_due(&site.bench.app, site.bench.org()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_watches_is_told_what_was_done_in_the_words_of_the_crm() {
    each_site(async |site, receiver| {
        open(&site, with(channel(7, &receiver), "return_affected_field_values", json!(true))).await.expect(201);
        let id = site.record("Contacts", json!({"Last_Name": "Anders", "Email": "a@example.com"})).await;
        site.record("Accounts", json!({"Account_Name": "Not of the channel"})).await;
        assert_eq!(deliver(&site).await, 1);
        let (headers, mut said) = receiver.came().pop().unwrap();
        for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
            assert!(headers.contains_key(name), "{headers:?}");
        }
        assert!(said["server_time"].take().is_i64());
        let base = &site.bench.app.settings().public_url;
        assert_eq!(
            said,
            json!({
                "server_time": null, "query_params": {"key": "a b"}, "module": "Contacts", "resource_uri": format!("{base}/crm/v8/Contacts"),
                "ids": [id], "affected_fields": [{id.as_str(): ["Last_Name", "Email"]}], "operation": "insert", "channel_id": "7", "token": "us",
                "affected_values": [{"record_id": id, "values": {"Last_Name": "Anders", "Email": "a@example.com"}}],
            })
        );
        let contact = format!("Contacts/{id}");
        site.put(&site.admin, &contact, json!({"data": [{"Phone": "030 7"}]})).await.expect(200);
        site.delete(&site.admin, &contact).await.expect(200);
        assert_eq!(deliver(&site).await, 2);
        let told = receiver.told();
        let operations: Vec<_> = told.iter().map(|said| (said["operation"].as_str().unwrap(), &said["ids"])).collect();
        // The record was gone when its change was told of.
        assert_eq!(operations, [("delete", &json!([id]))]);
        assert_eq!(told[0]["affected_fields"], json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_tried_again_under_the_same_id_and_then_given_up() {
    each_site(async |site, receiver| {
        open(&site, channel(7, &receiver)).await.expect(201);
        site.record("Contacts", json!({"Last_Name": "Anders"})).await;
        receiver.answers(500);
        assert_eq!((deliver(&site).await, deliver(&site).await), (1, 0));
        assert_eq!(listed(&site).await[0]["last_error"], "it answers 500 Internal Server Error");
        site.bench.clock.advance(11);
        assert_eq!((deliver(&site).await, deliver(&site).await), (1, 0));
        site.bench.clock.advance(61);
        receiver.answers(200);
        assert_eq!(deliver(&site).await, 1);
        let came = receiver.came();
        assert_eq!(came.len(), 3);
        assert!(came.iter().all(|(headers, _)| headers["webhook-id"] == came[0].0["webhook-id"]));
        assert!(came.iter().all(|(_, said)| said["ids"] == came[0].1["ids"]));
        assert_eq!(listed(&site).await[0]["last_error"], Value::Null);

        site.record("Contacts", json!({"Last_Name": "Berg"})).await;
        receiver.answers(404);
        for _ in 0..5 {
            deliver(&site).await;
            site.bench.clock.advance(100);
        }
        assert_eq!(receiver.came().len(), 3, "one attempt, and one for each time of the schedule");
        assert_eq!(listed(&site).await.len(), 1, "the channel stands");

        receiver.answers(410);
        site.record("Contacts", json!({"Last_Name": "Cramer"})).await;
        deliver(&site).await;
        assert_eq!(
            listed(&site).await,
            Vec::<Value>::new(),
            "who says that they are gone is asked no more"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_records_at_once_are_told_by_the_hundred() {
    each_site(async |site, receiver| {
        open(&site, channel(7, &receiver)).await.expect(201);
        let names: String = (0..150).map(|n| format!("Person {n}\n")).collect();
        let mapping = json!({"field_mappings": [{"api_name": "Last_Name", "index": 0}]});
        bulk_write::write(&site, "insert", &format!("Name\n{names}"), mapping).await;
        assert_eq!(deliver(&site).await, 2);
        let mut counts: Vec<usize> = receiver.told().iter().map(|said| said["ids"].as_array().unwrap().len()).collect();
        counts.sort_unstable();
        assert_eq!(counts, [50, 100]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_tells_of_its_end() {
    each_site(async |site, receiver| {
        let callback = json!({"url": receiver.url, "method": "post"});
        let query = json!({"query": {"module": {"api_name": "Contacts"}}, "callback": callback});
        let id = bulk_read::call(&site, &site.admin, Method::POST, "", Some(&query))
            .await
            .expect(201)
            .id();
        assert_eq!(bulk_read::stands(&site, &site.admin, &id).await["callback"], callback);
        let file = bulk_write::upload(&site, &bulk_write::zip(&[("a.csv", "Last_Name\nA\n"), ("b.csv", "Last_Name\nB\n")])).await;
        let order = with(bulk_write::order("insert", &file, json!({})), "callback", callback.clone());
        let made = bulk_write::call(&site, &site.admin, Method::POST, "", Some(&order))
            .await
            .expect(201);
        let failing = made.body["details"]["id"].clone();
        assert_eq!(deliver(&site).await, 0, "they are not at their end");
        app::bulk::work_off(&site.bench.app).await.unwrap();
        assert_eq!(deliver(&site).await, 2);
        let mut told = receiver.told();
        told.sort_by_key(|said| said["operation"].to_string());
        assert_eq!(
            told,
            [
                json!({"job_id": id, "operation": "read", "state": "COMPLETED"}),
                json!({"job_id": failing, "operation": "write", "state": "FAILED"}),
            ]
        );
        let stands = bulk_write::call(&site, &site.admin, Method::GET, &format!("/{}", failing.as_str().unwrap()), None).await;
        assert_eq!(stands.expect(200).body["callback"], callback);
        for (callback, code) in [
            (json!({"url": "https://10.0.0.1/"}), "INVALID_CALLBACK_URL"),
            (json!({"url": receiver.url, "method": "get"}), "INVALID_CALLBACK_METHOD"),
            (json!({"method": "post"}), "MANDATORY_NOT_FOUND"),
            (json!("https://example.com"), "INVALID_DATA"),
        ] {
            let query = with(query.clone(), "callback", callback);
            bulk_read::call(&site, &site.admin, Method::POST, "", Some(&query))
                .await
                .refused(400, code);
        }
    })
    .await;
}
