//! Channels are opened, changed and closed; what cannot be one is refused and changes nothing.

use std::sync::mpsc;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use domain::notifications::Event;
use serde_json::{Value, json};
use store::messages::To;

use super::{WATCH, channel, deliver, each_site, listed, open, with};
use crate::site::{Answer, Site};

async fn patch(site: &Site, wanted: Value) -> Answer {
    site.call(&site.admin, Method::PATCH, WATCH, Some(json!({ "watch": [wanted] })))
        .await
}

/// All events of all channels.
async fn events(site: &Site) -> Value {
    let listed = listed(site).await;
    let mut events: Vec<Value> = listed.iter().flat_map(|one| one["events"].as_array().unwrap().clone()).collect();
    events.sort_by_key(ToString::to_string);
    json!(events)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_is_opened_listed_changed_and_closed() {
    each_site(async |site, receiver| {
        let wanted = with(
            channel(7, &receiver),
            "events",
            json!(["Contacts.create", "Contacts.edit", "Deals.all"]),
        );
        let made = open(&site, wanted.clone()).await.expect(201);
        assert_eq!(
            made.body["watch"][0]["message"],
            "Successfully subscribed for actions-watch of the given module"
        );
        assert!(made.details()["secret"].as_str().unwrap().starts_with("whsec_"));
        assert_eq!(made.details()["events"].as_array().unwrap().len(), 2);
        assert_eq!(events(&site).await, json!(["Contacts.create", "Contacts.edit", "Deals.all"]));
        let one = site
            .get(&site.admin, &format!("{WATCH}?module=Deals&channel_id=7"))
            .await
            .expect(200);
        assert_eq!(
            (&one.body["watch"][0]["token"], &one.body["info"]["count"]),
            (&json!("us"), &json!(1))
        );
        assert!(!one.body.to_string().contains("whsec_"));

        patch(
            &site,
            json!({"channel_id": 7, "events": ["Contacts.create", "Deals.edit"], "_delete_events": true}),
        )
        .await
        .expect(200);
        assert_eq!(events(&site).await, json!(["Contacts.edit", "Deals.create", "Deals.delete"]));
        patch(&site, json!({"channel_id": 7, "events": ["Contacts.delete"], "token": "ours"}))
            .await
            .expect(200);
        assert_eq!(listed(&site).await[0]["token"], "ours");
        let again = site
            .put(&site.admin, WATCH, json!({"watch": [channel(7, &receiver)]}))
            .await
            .expect(200);
        assert_eq!(again.details().get("secret"), None);
        assert_eq!(events(&site).await, json!(["Contacts.all"]));
        let left = patch(
            &site,
            json!({"channel_id": "7", "events": ["Contacts.all"], "_delete_events": true}),
        )
        .await
        .expect(200);
        assert_eq!(left.body["watch"][0]["message"], "Successfully removed the subscribe details");
        site.get(&site.admin, WATCH).await.expect(204);

        open(&site, wanted).await.expect(201);
        let closed = site.delete(&site.admin, &format!("{WATCH}?channel_ids=7,8")).await.expect(207);
        assert_eq!(closed.body["watch"][0]["details"], json!({"channel_id": "7"}));
        assert_eq!(closed.body["watch"][1]["code"], "NOT_SUBSCRIBED");
        site.record("Contacts", json!({"Last_Name": "Anders"})).await;
        assert_eq!(deliver(&site).await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_ends_when_it_was_to_end() {
    each_site(async |site, receiver| {
        open(&site, channel(7, &receiver)).await.expect(201);
        open(
            &site,
            with(channel(8, &receiver), "channel_expiry", json!("2099-01-01T00:00:00+05:30")),
        )
        .await
        .expect(201);
        site.bench.clock.advance(3601);
        site.record("Contacts", json!({"Last_Name": "Anders"})).await;
        assert_eq!(deliver(&site).await, 1);
        assert_eq!(receiver.told()[0]["channel_id"], "8");
        site.put(&site.admin, WATCH, json!({"watch": [channel(7, &receiver)]}))
            .await
            .refused(400, "NOT_SUBSCRIBED");
        open(&site, channel(7, &receiver)).await.expect(201);
        site.bench.clock.advance(7 * 86_400);
        site.bench.upkeep().await;
        site.get(&site.admin, WATCH).await.expect(204);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_condition_says_which_fields_must_have_changed() {
    each_site(async |site, receiver| {
        let selection = json!({"group_operator": "or", "group": [{"field": {"api_name": "Phone"}}, {"field": {"api_name": "Mobile"}}]});
        let condition = json!([{"type": "field_selection", "module": {"api_name": "Contacts"}, "field_selection": selection}]);
        let wanted = with(
            with(channel(7, &receiver), "events", json!(["Contacts.edit"])),
            "notification_condition",
            condition,
        );
        let made = open(&site, wanted).await.expect(201);
        let told = &made.details()["events"][0]["notification_condition"][0]["field_selection"];
        assert_eq!(told["group"][1]["field"]["api_name"], "Mobile");
        let id = site.record("Contacts", json!({"Last_Name": "Anders"})).await;
        for change in [
            json!({"Email": "a@example.com"}),
            json!({"Mobile": "0170", "Email": "b@example.com"}),
        ] {
            site.put(&site.admin, &format!("Contacts/{id}"), json!({ "data": [change] }))
                .await
                .expect(200);
        }
        deliver(&site).await;
        let told = receiver.told();
        assert_eq!(told.len(), 1);
        let mut fields = told[0]["affected_fields"][0][&id].as_array().unwrap().clone();
        fields.sort_by_key(ToString::to_string);
        assert_eq!(fields, ["Email", "Mobile"]);
    })
    .await;
}

/// What cannot be a channel, and the code that says so.
fn refusals(good: &Value) -> Vec<(Value, &'static str)> {
    let of = |key: &str, value: Value| with(good.clone(), key, value);
    let deep = (0..9).fold(
        json!({"field": {"api_name": "Phone"}}),
        |inner, _| json!({"group_operator": "and", "group": [inner]}),
    );
    let condition = |module: &str, selection: Value| {
        of(
            "notification_condition",
            json!([{"module": {"api_name": module}, "field_selection": selection}]),
        )
    };
    vec![
        (json!(7), "INVALID_DATA"),
        (json!({}), "MANDATORY_NOT_FOUND"),
        (of("channel_id", json!("seven")), "INVALID_DATA"),
        (of("channel_id", json!(0)), "INVALID_DATA"),
        (of("events", json!(null)), "MANDATORY_NOT_FOUND"),
        (of("events", json!([])), "INVALID_DATA"),
        (of("events", json!("Contacts.all")), "INVALID_DATA"),
        (of("events", json!(["Contacts"])), "INVALID_DATA"),
        (of("events", json!(["Contacts.nonsense"])), "INVALID_DATA"),
        (of("events", json!(["Nothings.all"])), "INVALID_MODULE"),
        (of("events", json!(vec!["Contacts.all"; 200])), "LIMIT_EXCEEDED"),
        (of("notify_url", json!(null)), "MANDATORY_NOT_FOUND"),
        (of("notify_url", json!(7)), "INVALID_DATA"),
        (of("notify_url", json!("hooks.example.com")), "INVALID_DATA"),
        (of("notify_url", json!("http://hooks.example.com/")), "INVALID_DATA"),
        (of("notify_url", json!("https://192.168.0.1/")), "INVALID_DATA"),
        (of("notify_url", json!("https://[::1]/")), "INVALID_DATA"),
        (of("notify_url", json!("file:///etc/passwd")), "INVALID_DATA"),
        (of("token", json!("x".repeat(51))), "INVALID_DATA"),
        (of("channel_expiry", json!("tomorrow")), "INVALID_DATA"),
        (of("channel_expiry", json!("2020-01-01T00:00:00+00:00")), "INVALID_DATA"),
        (of("return_affected_field_values", json!("yes")), "INVALID_DATA"),
        (of("fields", json!({"Contacts": ["Phone"]})), "INVALID_DATA"),
        (condition("Deals", json!({"field": {"api_name": "Stage"}})), "INVALID_DATA"),
        (condition("Contacts", json!({"field": {"api_name": "Nothing"}})), "INVALID_DATA"),
        (condition("Contacts", json!({})), "MANDATORY_NOT_FOUND"),
        (
            condition("Contacts", json!({"group": [{"field": {"api_name": "Phone"}}]})),
            "INVALID_DATA",
        ),
        (condition("Contacts", deep), "LIMIT_EXCEEDED"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_channel_is_refused_and_changes_nothing() {
    each_site(async |site, receiver| {
        let good = channel(7, &receiver);
        for (bad, code) in refusals(&good) {
            let answer = open(&site, bad.clone()).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (400, code), "{bad}: {answer:?}");
        }
        for (body, code) in [
            (json!({}), "MANDATORY_NOT_FOUND"),
            (json!({"watch": vec![&good; 11]}), "LIMIT_EXCEEDED"),
        ] {
            site.post(&site.admin, WATCH, body).await.refused(400, code);
        }
        patch(&site, json!({"channel_id": 7, "token": "x"}))
            .await
            .refused(400, "NOT_SUBSCRIBED");
        site.delete(&site.admin, WATCH).await.refused(400, "REQUIRED_PARAM_MISSING");
        site.delete(&site.admin, &format!("{WATCH}?channel_ids=x"))
            .await
            .refused(400, "INVALID_DATA");
        site.get(&site.admin, WATCH).await.expect(204);

        let many: Vec<Value> = (1..=10).map(|n| channel(n, &receiver)).collect();
        for five in 0..5 {
            let many: Vec<Value> = many
                .iter()
                .map(|one| {
                    with(
                        one.clone(),
                        "channel_id",
                        json!(five * 10 + one["channel_id"].as_str().unwrap().parse::<i64>().unwrap()),
                    )
                })
                .collect();
            site.post(&site.admin, WATCH, json!({ "watch": many })).await.expect(201);
        }
        open(&site, channel(51, &receiver)).await.refused(400, "LIMIT_EXCEEDED");
        open(&site, channel(50, &receiver)).await.expect(201);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_was_moved_meanwhile_outlives_the_end_of_the_old_address() {
    each_site(async |site, receiver| {
        open(&site, channel(7, &receiver)).await.expect(201);
        site.record("Contacts", json!({"Last_Name": "Anders"})).await;
        let held = receiver.holds();
        let moved = async {
            held.came.await.unwrap();
            let to = json!({"watch": [{"channel_id": "7", "notify_url": format!("{}&new", receiver.url)}]});
            site.call(&site.admin, Method::PATCH, WATCH, Some(to)).await.expect(200);
            held.answer.send(StatusCode::GONE).unwrap();
        };
        let (attempts, ()) = tokio::join!(deliver(&site), moved);
        assert_eq!((attempts, receiver.came().len()), (2, 2), "the new address is told");
        assert_eq!(listed(&site).await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_is_closed_fails_no_change_of_which_it_is_being_told() {
    each_site(async |site, receiver| {
        open(&site, channel(7, &receiver)).await.expect(201);
        let ctx = site.bench.system().await;
        let (db, now, id) = (ctx.tenant.db.clone(), ctx.now, ctx.app.id());
        let contacts = ctx.snapshot.catalogue.named("Contacts").unwrap().id;
        let ((found, is_found), (closed, is_closed)) = (mpsc::channel(), mpsc::channel::<()>());
        let change = db.write::<_, store::engine::Error>(move |conn| {
            let watching = store::notifications::watching(conn, contacts, Event::Create, now)?;
            found.send(()).unwrap();
            // Long enough for it to be closed, if that did not have to wait for this transaction.
            is_closed.recv_timeout(Duration::from_millis(500)).unwrap_err();
            store::messages::post(conn, id, &To::Channel(watching[0]), "{}", now)
        });
        let close = async {
            tokio::task::spawn_blocking(move || is_found.recv()).await.unwrap().unwrap();
            site.delete(&site.admin, &format!("{WATCH}?channel_ids=7")).await.expect(200);
            drop(closed);
        };
        let (changed, ()) = tokio::join!(change, close);
        changed.unwrap();
        assert_eq!(deliver(&site).await, 0, "what it waited for went with it");
        assert_eq!(listed(&site).await, Vec::<Value>::new());
    })
    .await;
}
