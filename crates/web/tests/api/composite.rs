//! Several calls in one.

use app::testing::{ADMIN, Bench, each_database};
use app::{Settings, clients};
use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use store::testing::Place;

use crate::site::{Answer, Site};

const SEVERAL: &str = "__composite_requests";

impl Site {
    async fn several(&self, token: &str, requests: Value) -> Answer {
        self.post(token, SEVERAL, json!({ SEVERAL: requests })).await
    }

    async fn refused_whole(&self, body: Value, code: &str) -> Value {
        let refused = self.post(&self.admin, SEVERAL, body).await.refused(400, code);
        refused.details().clone()
    }

    /// Refused for what is wrong with its only sub-request, which is good but for this.
    async fn refused_for(&self, wrong: Value, code: &str) -> Value {
        let mut one = read("/crm/v8/Contacts/actions/count");
        one.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        one.as_object_mut().unwrap().retain(|_, value| value != "-");
        self.refused_whole(json!({ SEVERAL: [one] }), code).await
    }

    async fn everything(&self) -> String {
        store::testing::contents(&self.bench.system().await.tenant.db).await
    }
}

impl Answer {
    /// What the sub-request at a place was answered with.
    #[track_caller]
    fn response(&self, place: usize) -> &Value {
        let item = &self.body[SEVERAL][place];
        assert_eq!((&item["code"], &item["status"]), (&json!("SUCCESS"), &json!("success")), "{self:?}");
        &item["details"]["response"]
    }

    fn statuses(&self) -> Vec<u64> {
        let items = self.body[SEVERAL].as_array().unwrap().iter();
        items
            .map(|item| item["details"]["response"]["status_code"].as_u64().unwrap_or_default())
            .collect()
    }

    /// The code of the sub-request at a place.
    fn item_code(&self, place: usize) -> &str {
        self.body[SEVERAL][place]["code"].as_str().unwrap()
    }
}

fn read(uri: &str) -> Value {
    json!({"method": "GET", "uri": uri})
}

fn contact(name: &str) -> Value {
    json!({"sub_request_id": name, "method": "POST", "uri": "/crm/v8/Contacts", "body": {"data": [{"Last_Name": name}]}})
}

async fn token(site: &Site, scopes: &str) -> String {
    site.token_for(ADMIN, scopes).await
}

#[tokio::test]
async fn each_is_answered_as_by_itself_and_may_name_what_another_was_answered_with() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let requests = json!([
            // It stands first and is carried out last.
            {"method": "GET", "uri": "/crm/v8/Contacts/@{change:$.data[0].details.id}", "params": {"fields": "Last_Name,Phone,Department"}},
            contact("Anders"),
            {"sub_request_id": "change", "method": "PUT", "uri": "/crm/v8/Contacts/@{Anders:$.data[0].details.id}",
             "body": {"data": [{"Phone": "of @{Anders:$.data[0].details.id}", "Department": "@{Anders:$.data[0].code}"}]}},
            {"method": "POST", "uri": "/crm/v8/coql", "body": {"select_query": "select Last_Name from Contacts where id = '@{change:$.data[0].details.id}'"}},
            {"method": "GET", "uri": "/crm/v8/Contacts?fields=Last_Name", "params": {"ids": "@{Anders:$.data[0].details.id}", "per_page": 3},
             "headers": {"If-Modified-Since": "@{Anders:$.data[0].details.Created_Time}"}},
        ]);
        let answer = site.several(&site.admin, requests).await.expect(200);
        assert_eq!(answer.statuses()[..4], [200, 201, 200, 200]);
        let id = answer.response(1)["body"]["data"][0]["details"]["id"].as_str().unwrap();
        let seen = &answer.response(0)["body"]["data"][0];
        assert_eq!(
            seen,
            &json!({"Last_Name": "Anders", "Phone": format!("of {id}"), "Department": "SUCCESS", "id": id})
        );
        assert_eq!(answer.response(3)["body"]["data"][0]["Last_Name"], "Anders");
        assert_eq!(answer.body[SEVERAL][0]["message"], "composite sub request executed successfully");
        let kind = &answer.response(0)["headers"]["content-type"];
        assert_eq!(kind, "application/json;charset=UTF-8");
        let alone = site.get(&site.admin, &format!("Contacts/{id}?fields=Last_Name,Phone,Department")).await;
        assert_eq!(&alone.body["data"][0], seen);
    })
    .await;
}

#[tokio::test]
async fn a_failure_is_its_own_and_what_refers_to_it_is_not_carried_out() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let failing = json!({"sub_request_id": "failing", "method": "POST", "uri": "/crm/v8/Contacts", "body": {"data": [{}]}});
        let none = json!({"sub_request_id": "none", "method": "GET", "uri": "/crm/v8/Deals", "params": {"fields": "id"}});
        // All were called: 200, whatever they were answered with.
        let answer = site
            .several(
                &site.admin,
                json!([
                    failing,
                    none,
                    contact("Anders"),
                    read("/crm/v8/Nothings/1"),
                    read("/crm/v8/x/y/z/w/v")
                ]),
            )
            .await
            .expect(200);
        assert_eq!(answer.statuses(), [400, 204, 201, 400, 404]);
        assert_eq!(answer.response(0)["body"]["data"][0]["code"], "MANDATORY_NOT_FOUND");
        assert_eq!(answer.response(1)["body"], Value::Null);
        let of = |id: &str, path: &str| read(&format!("/crm/v8/Contacts/@{{{id}:{path}}}"));
        let requests = json!([
            failing,
            none,
            contact("Berg"),
            of("failing", "$.data[0].details.id"),
            of("none", "$.data[0].id")
        ]);
        let answer = site.several(&site.admin, requests).await.expect(207);
        assert_eq!(answer.statuses(), [400, 204, 201, 0, 0]);
        for place in [3, 4] {
            assert_eq!(answer.item_code(place), "INVALID_REFERENCE");
            let details = &answer.body[SEVERAL][place]["details"];
            assert_eq!(details["json_path"], format!("$.{SEVERAL}[{place}].uri"));
            assert!(details["reference"].as_str().unwrap().starts_with("@{"), "{details}");
        }
        let nowhere = json!([contact("Cole"), of("Cole", "$.data[7].details.id"), of("Cole", "$.data")]);
        let answer = site.several(&site.admin, nowhere).await.expect(207);
        assert_eq!(
            (answer.item_code(1), answer.item_code(2)),
            ("INVALID_REFERENCE", "INVALID_REFERENCE")
        );
        let count = site.get(&site.admin, "Contacts/actions/count").await.expect(200);
        assert_eq!(count.body["count"], 3);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_the_call_is_said_before_anything_is_carried_out() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let before = site.everything().await;
        let some = || json!([contact("Anders")]);
        let six: Vec<Value> = (0..6).map(|n| contact(&format!("c{n}"))).collect();
        for (body, code) in [
            (json!({}), "MANDATORY_NOT_FOUND"),
            (json!({ SEVERAL: null }), "MANDATORY_NOT_FOUND"),
            (json!({ SEVERAL: {} }), "INVALID_DATA"),
            (json!({ SEVERAL: [] }), "INVALID_DATA"),
            (json!({ SEVERAL: six }), "INVALID_DATA"),
            (json!({ SEVERAL: [3] }), "INVALID_DATA"),
            (json!({"rollback_on_fail": "no", SEVERAL: some()}), "INVALID_DATA"),
            (json!({"concurrent_execution": 1, SEVERAL: some()}), "INVALID_DATA"),
            (json!({"rollback_on_fail": true, SEVERAL: some()}), "NOT_SUPPORTED"),
            (
                json!({"rollback_on_fail": true, "parallel_execution": true, SEVERAL: some()}),
                "AMBIGUITY_DURING_PROCESSING",
            ),
            (json!({ SEVERAL: [contact("a"), contact("b"), contact("a")] }), "DUPLICATE_DATA"),
        ] {
            site.refused_whole(body, code).await;
        }
        let details = site
            .refused_whole(json!({ SEVERAL: [contact("a"), contact("a")] }), "DUPLICATE_DATA")
            .await;
        assert_eq!(details["sub_request_indexes"], json!([0, 1]));
        // The first is good; it waits for what is wrong with the second.
        let broken = json!([contact("Anders"), read("/crm/v8/Contacts/@{Berg:$.id}")]);
        site.refused_whole(json!({ SEVERAL: broken }), "INVALID_REFERENCE").await;
        let of = |id: &str, to: &str| json!({"sub_request_id": id, "method": "GET", "uri": format!("/crm/v8/Contacts/@{{{to}:$.id}}")});
        let looping = json!([contact("Anders"), of("a", "b"), of("b", "a")]);
        site.refused_whole(json!({ SEVERAL: looping }), "LOOPING_FOUND").await;
        site.refused_whole(json!({ SEVERAL: [contact("Anders"), of("a", "a")] }), "INVALID_REFERENCE")
            .await;
        let later = json!({"concurrent_execution": false, SEVERAL: [of("a", "Anders"), contact("Anders")]});
        site.refused_whole(later, "INVALID_REFERENCE").await;
        let unread = Request::post(format!("/crm/v8/{SEVERAL}")).header(header::AUTHORIZATION, format!("Bearer {}", site.admin));
        site.send(unread.body(Body::from("{")).unwrap())
            .await
            .refused(400, "JSON_PARSE_ERROR");
        assert_eq!(site.everything().await, before);
    })
    .await;
}

/// What is wrong with a sub-request: its keys instead of good ones, and the code.
fn faults() -> Vec<(Value, &'static str)> {
    vec![
        (json!({"method": "-"}), "MANDATORY_NOT_FOUND"),
        (json!({"method": "HEAD"}), "INVALID_DATA"),
        (json!({"method": "get"}), "INVALID_DATA"),
        (json!({"method": 1}), "INVALID_DATA"),
        (json!({"uri": "-"}), "MANDATORY_NOT_FOUND"),
        (json!({"uri": 1}), "INVALID_DATA"),
        (json!({"uri": "crm/v8/Contacts"}), "INVALID_DATA"),
        (json!({"uri": "/oauth/v2/token"}), "INVALID_DATA"),
        (json!({"uri": "/admin/records"}), "INVALID_DATA"),
        (json!({"uri": "/crm/v8/Contacts/two words"}), "INVALID_DATA"),
        (json!({"uri": "/crm/v8/Contacts#x"}), "INVALID_DATA"),
        (json!({"uri": format!("/crm/v8/{}", "x".repeat(2048))}), "INVALID_DATA"),
        (json!({"uri": "/crm/v7/Contacts"}), "NOT_ALLOWED"),
        (json!({"uri": "/crm/bulk/v8/read", "method": "POST"}), "NOT_SUPPORTED"),
        (json!({"uri": format!("/crm/v8/{SEVERAL}"), "method": "POST"}), "NOT_SUPPORTED"),
        (json!({"uri": "/crm/v8/upload", "method": "POST"}), "NOT_SUPPORTED"),
        (json!({"uri": "/crm/v8/files?id=1"}), "NOT_SUPPORTED"),
        (json!({"uri": "/crm/v8/Contacts/1/Attachments/2"}), "NOT_SUPPORTED"),
        (json!({"sub_request_id": "_a"}), "INVALID_DATA"),
        (json!({"sub_request_id": "x".repeat(101)}), "INVALID_DATA"),
        (json!({"sub_request_id": 1}), "INVALID_DATA"),
        (json!({"params": []}), "INVALID_DATA"),
        (json!({"params": {"a": {}}}), "INVALID_DATA"),
        (json!({"headers": "x"}), "INVALID_DATA"),
        (json!({"headers": {"a b": "x"}}), "INVALID_DATA"),
        (json!({"headers": {"a": "x\ny"}}), "INVALID_DATA"),
        (json!({"body": [1]}), "INVALID_DATA"),
        (json!({"body": {"data": [{"Last_Name": "Hello @{name}"}]}}), "INVALID_REFERENCE"),
        (json!({"params": {"ids": "@{a:$..id}"}}), "INVALID_REFERENCE"),
        (json!({"uri": "/crm/v8/Contacts/@{a}"}), "INVALID_REFERENCE"),
        (json!({"headers": {"If-Modified-Since": "@{a"}}), "INVALID_REFERENCE"),
    ]
}

#[tokio::test]
async fn what_is_wrong_with_a_sub_request_is_said_with_its_place() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        for (wrong, code) in faults() {
            let details = site.refused_for(wrong.clone(), code).await;
            let path = details["json_path"].as_str().unwrap();
            let (name, _) = wrong.as_object().unwrap().iter().next().unwrap();
            assert!(path.starts_with(&format!("$.{SEVERAL}[0].{name}")), "{wrong}: {path}");
        }
        let version = site.refused_for(json!({"uri": "/crm/v9/Contacts"}), "NOT_ALLOWED").await;
        assert_eq!(
            (&version["sub_request_version"], &version["composite_request_version"]),
            (&json!(9), &json!(8))
        );
        let methods = site.refused_for(json!({"method": "TRACE"}), "INVALID_DATA").await;
        assert_eq!(methods["supported_values"], json!(["GET", "POST", "PUT", "PATCH", "DELETE"]));
        for name in [
            "Authorization",
            "X-CRM-ORG",
            "cookie",
            "Host",
            "X-Forwarded-For",
            "Sec-Fetch-Site",
            "Connection",
        ] {
            let details = site.refused_for(json!({"headers": { name: "x" }}), "INVALID_DATA").await;
            assert_eq!(details["restricted_headers"], json!([name.to_lowercase()]));
        }
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_cannot_be_told_is_said_to_be_so() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let long = "x".repeat(30_000);
        for n in 0..8 {
            let records: Vec<Value> = (0..10)
                .map(|_| json!({"Last_Name": format!("c{n}"), "Description": long}))
                .collect();
            site.post(&site.admin, "Contacts", json!({ "data": records })).await.expect(201);
        }
        let all = read("/crm/v8/Contacts?fields=Description&per_page=80");
        let answer = site.several(&site.admin, json!([all, contact("Anders")])).await.expect(207);
        assert_eq!((answer.item_code(0), answer.item_code(1)), ("LIMIT_EXCEEDED", "SUCCESS"));
        let details = &answer.body[SEVERAL][0]["details"];
        assert_eq!((&details["status_code"], &details["limit"]), (&json!(200), &json!(2 * 1024 * 1024)));
        let more = json!([
            {"sub_request_id": "one", "method": "GET", "uri": "/crm/v8/Contacts?fields=Description&per_page=2"},
            {"method": "POST", "uri": "/crm/v8/Contacts", "body": {"data": [{"Last_Name": "@{one:$.data[1].Description}".repeat(40)}]}},
        ]);
        let answer = site.several(&site.admin, more).await.expect(207);
        assert_eq!(answer.item_code(1), "LIMIT_EXCEEDED");
    })
    .await;
}

#[tokio::test]
async fn the_scope_of_the_whole_call_and_that_of_each_are_needed() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let count = || {
            json!([
                read("/crm/v8/Contacts/actions/count"),
                read("/crm/v8/Accounts/actions/count"),
                contact("Anders")
            ])
        };
        let without = token(&site, "ZohoCRM.modules.ALL").await;
        site.several(&without, count()).await.refused(401, "OAUTH_SCOPE_MISMATCH");
        let narrow = token(&site, "ZohoCRM.composite_requests.CUSTOM,ZohoCRM.modules.contacts.READ").await;
        let answer = site.several(&narrow, count()).await.expect(200);
        assert_eq!(answer.statuses(), [200, 401, 401]);
        assert_eq!(answer.response(1)["body"]["code"], "OAUTH_SCOPE_MISMATCH");
        site.get(&narrow, "Contacts/actions/count").await.expect(200);
        site.several("forged", count()).await.refused(401, "INVALID_TOKEN");
        assert!(clients::EVERYTHING.contains("ZohoCRM.composite_requests.CUSTOM"));
    })
    .await;
}

#[tokio::test]
async fn a_portal_user_gets_in_each_what_they_get_by_itself() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let (hers, maria) = site.client("maria").await;
        let peter = site.record("Contacts", json!({"Last_Name": "Peter", "Description": hers})).await;
        let paths = [
            "Contacts?fields=Last_Name".to_owned(),
            format!("Contacts/{hers}"),
            format!("Contacts/{peter}"),
            "Vendors?fields=id".to_owned(),
            "settings/portals".to_owned(),
        ];
        let requests: Vec<Value> = paths.iter().map(|path| read(&format!("/crm/v8/{path}"))).collect();
        let answer = site.several(&maria, json!(requests)).await.expect(200);
        for (place, path) in paths.iter().enumerate() {
            let alone = site.get(&maria, path).await;
            let response = answer.response(place);
            assert_eq!(response["status_code"], alone.status.as_u16(), "{path}");
            assert_eq!(response["body"], alone.body, "{path}");
        }
        // What she names of an answer is what she was given.
        let hidden = json!([
            {"sub_request_id": "me", "method": "GET", "uri": format!("/crm/v8/Contacts/{hers}")},
            {"method": "PUT", "uri": format!("/crm/v8/Contacts/{peter}"), "body": {"data": [{"Phone": "@{me:$.data[0].Last_Name}"}]}},
            read("/crm/v8/Contacts/@{me:$.data[0].Description}"),
        ]);
        let answer = site.several(&maria, hidden).await.expect(207);
        assert_eq!((answer.statuses()[1], answer.item_code(2)), (400, "INVALID_REFERENCE"));
        let ctx = site.bench.system().await;
        let members = app::members::of_record(&ctx, hers.parse().unwrap()).await.unwrap();
        app::members::deactivate(&ctx, members[0].id).await.unwrap();
        site.several(&maria, json!([read("/crm/v8/org")]))
            .await
            .refused(401, "INVALID_TOKEN");
    })
    .await;
}

/// Whoever is locked out by the first is nobody in the second, which looks into memory.
#[tokio::test]
async fn what_one_changes_holds_for_the_next() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let module = json!({"modules": [{"singular_label": "Boat", "plural_label": "Boats", "api_name": "Boats"}]});
        let requests = json!([
            {"sub_request_id": "before", "method": "GET", "uri": "/crm/v8/Boats/actions/count"},
            {"sub_request_id": "new", "method": "POST", "uri": "/crm/v8/settings/modules", "body": module},
            read("/crm/v8/Boats/actions/count"),
        ]);
        let body = json!({"concurrent_execution": false, SEVERAL: requests});
        let answer = site.post(&site.admin, SEVERAL, body).await.expect(200);
        assert_eq!(answer.statuses(), [400, 201, 200]);
        assert_eq!(answer.response(0)["body"]["code"], "INVALID_MODULE");
    })
    .await;
}

#[tokio::test]
async fn each_counts_as_a_call() {
    store::testing::each_database(async |place: &Place| {
        let mut settings = Settings::default();
        settings.rates.calls_per_minute = 4;
        let site = Site::new(Bench::with(place, settings).await).await;
        let program = site.token(ADMIN).await;
        let ask = Request::post(format!("/crm/v8/{SEVERAL}")).header(header::AUTHORIZATION, format!("Bearer {program}"));
        let five = vec![contact("a"), contact("b"), contact("c"), contact("d"), contact("e")];
        let (status, _, bytes) = site.raw(ask.body(Body::from(json!({ SEVERAL: five }).to_string())).unwrap()).await;
        let answer = Answer {
            status,
            body: serde_json::from_slice(&bytes).unwrap(),
        };
        // The whole call is the first of the four.
        let answer = answer.expect(200);
        assert_eq!(answer.statuses(), [201, 201, 201, 429, 429]);
        assert_eq!(answer.response(3)["headers"]["retry-after"], "60");
        assert_eq!(answer.response(3)["body"]["code"], "TOO_MANY_REQUESTS");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_key_all_of_it_is_carried_out_once() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let ask = async |key: &str, requests: Value| {
            let request = Request::post(format!("/crm/v8/{SEVERAL}"))
                .header("Idempotency-Key", key)
                .header(header::AUTHORIZATION, format!("Zoho-oauthtoken {}", site.admin));
            site.send(request.body(Body::from(json!({ SEVERAL: requests }).to_string())).unwrap())
                .await
        };
        let two = || json!([contact("Anders"), contact("Berg")]);
        let first = ask("one", two()).await.expect(200);
        assert_eq!(ask("one", two()).await.expect(200).body, first.body);
        ask("one", json!([contact("Cole")])).await.refused(422, "IDEMPOTENCY_KEY_REUSED");
        // One of them may have a key of its own.
        let mut keyed = contact("Dahl");
        keyed["headers"] = json!({"Idempotency-Key": "two"});
        for replayed in [Value::Null, json!("true")] {
            let answer = site.several(&site.admin, json!([keyed])).await.expect(200);
            assert_eq!(answer.response(0)["headers"]["idempotency-replayed"], replayed);
            assert_eq!(answer.statuses(), [201]);
        }
        let count = site.get(&site.admin, "Contacts/actions/count").await.expect(200);
        assert_eq!(count.body["count"], 3);
    })
    .await;
}

/// A page of a portal, which has a cookie and no token, from its own site and from another.
#[tokio::test]
async fn a_cookie_is_carried_along_and_so_is_where_it_comes_from() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let secret = app::accounts::sign_in_staff(&site.bench.app, ADMIN, app::testing::PASSWORD)
            .await
            .unwrap();
        let ask = async |from: &str| {
            let request = Request::builder()
                .method(Method::POST)
                .uri(format!("/crm/v8/{SEVERAL}"))
                .header(header::COOKIE, format!("loggia_staff={secret}"))
                .header("sec-fetch-site", from);
            let body = json!({ SEVERAL: [contact("Anders"), read("/crm/v8/Contacts/actions/count")] });
            site.send(request.body(Body::from(body.to_string())).unwrap()).await
        };
        let answer = ask("same-origin").await.expect(200);
        assert_eq!(answer.statuses(), [201, 200]);
        ask("cross-site").await.refused(403, "NO_PERMISSION");
        let count = site.get(&site.admin, "Contacts/actions/count").await.expect(200);
        assert_eq!(count.body["count"], 1);
    })
    .await;
}
