//! `Idempotency-Key`.

use app::testing::each_database;
use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};

use crate::site::{Answer, Site};

impl Site {
    async fn with_key(&self, token: &str, key: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let body = body.map_or_else(Body::empty, |json| Body::from(json.to_string()));
        let request = Request::builder()
            .method(method)
            .uri(format!("/crm/v8/{path}"))
            .header("Idempotency-Key", key)
            .header(header::AUTHORIZATION, format!("Zoho-oauthtoken {token}"));
        self.send(request.body(body).unwrap()).await
    }

    async fn contacts(&self) -> u64 {
        let count = self.get(&self.admin, "Contacts/actions/count").await.expect(200);
        count.body["count"].as_u64().unwrap()
    }
}

fn contact(name: &str) -> Option<Value> {
    Some(json!({"data": [{"Last_Name": name}]}))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_with_a_key_is_carried_out_once_and_answered_alike() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let make = async |key: &str, body| site.with_key(&site.admin, key, Method::POST, "Contacts", body).await;
        let first = make("one", contact("Anders")).await.expect(201);
        let second = make("one", contact("Anders")).await.expect(201);
        assert_eq!(first.body, second.body);
        assert_eq!(site.contacts().await, 1);
        make("one", contact("Berg")).await.refused(422, "IDEMPOTENCY_KEY_REUSED");
        make("two", contact("Anders")).await.expect(201);
        // What was refused is refused again; what nobody could do is tried again.
        for _ in 0..2 {
            make("three", Some(json!({"data": [{}]}))).await.refused(400, "MANDATORY_NOT_FOUND");
        }
        let nobody = site.with_key("forged", "four", Method::POST, "Contacts", contact("Cole")).await;
        nobody.refused(401, "INVALID_TOKEN");
        make("four", contact("Cole")).await.expect(201);
        let id = first.id();
        for _ in 0..2 {
            let gone = site
                .with_key(&site.admin, "five", Method::DELETE, &format!("Contacts/{id}"), None)
                .await;
            gone.expect(200);
        }
        assert_eq!(site.contacts().await, 2);
        for bad in ["two words", "\u{e4}", &"x".repeat(256)] {
            make(bad, contact("Dahl")).await.refused(400, "INVALID_DATA");
        }
        assert_eq!(site.contacts().await, 2);
        site.bench.clock.advance(2 * 86_400);
        let admin = site.token(app::testing::ADMIN).await;
        site.with_key(&admin, "one", Method::POST, "Contacts", contact("Berg"))
            .await
            .expect(201);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_its_caller_s_own() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let (id, maria) = site.client("maria").await;
        let path = format!("Contacts/{id}");
        let body = || Some(json!({"data": [{"Phone": "1"}]}));
        site.with_key(&site.admin, "one", Method::PUT, &path, body()).await.expect(200);
        site.with_key(&maria, "one", Method::PUT, &path, body()).await.expect(200);
        let ctx = site.bench.system().await;
        let members = app::members::of_record(&ctx, id.parse().unwrap()).await.unwrap();
        app::members::deactivate(&ctx, members[0].id).await.unwrap();
        site.with_key(&maria, "one", Method::PUT, &path, body())
            .await
            .refused(401, "INVALID_TOKEN");
    })
    .await;
}

/// Two that come at the same time: one is carried out, the other is told so or answered alike.
#[tokio::test(flavor = "multi_thread")]
async fn of_calls_at_the_same_time_one_is_carried_out() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let make = || site.with_key(&site.admin, "one", Method::POST, "Contacts", contact("Anders"));
        let (a, b, c, d) = tokio::join!(make(), make(), make(), make());
        for answer in [a, b, c, d] {
            let told = (answer.status.as_u16(), answer.code());
            assert!(matches!(told, (201, "SUCCESS") | (409, "IDEMPOTENCY_KEY_IN_USE")), "{told:?}");
        }
        assert_eq!(site.contacts().await, 1);
    })
    .await;
}
