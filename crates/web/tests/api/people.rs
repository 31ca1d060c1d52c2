//! Invitations, one and many, and the portal users of a type.

use app::Settings;
use app::testing::{Bench, each_database};
use domain::licences::LicencePolicy;
use serde_json::{Value, json};
use store::testing::Place;

use crate::site::Site;

const TYPES: &str = "settings/portals/northwind/user_type";

async fn default_type(site: &Site) -> String {
    let types = site.get(&site.admin, TYPES).await.expect(200);
    types.body["user_type"][0]["id"].as_str().unwrap().to_owned()
}

async fn contact(site: &Site, name: &str) -> String {
    let email = format!("{name}@example.com");
    site.record("Contacts", json!({"Last_Name": name, "Email": email})).await
}

#[tokio::test]
async fn an_invitation_is_sent_refused_and_sent_again() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let (kind, ann) = (default_type(&site).await, contact(&site, "ann").await);
        let nameless = site.record("Contacts", json!({"Last_Name": "Nobody"})).await;
        let invite = async |record: &str, query: &str| {
            let path = format!("Contacts/{record}/actions/portal_invite?{query}");
            site.post(&site.admin, &path, Value::Null).await
        };
        let good = format!("user_type_id={kind}&type=invite&language=en_US");
        let sent = invite(&ann, &good).await.expect(200);
        assert_eq!(
            sent.body["portal_invite"][0]["message"],
            "An Invite has been sent to the personality."
        );
        assert_eq!(sent.details()["record_id"], json!(ann));
        let twice = invite(&ann, &good).await.refused(400, "DUPLICATE_DATA");
        assert_eq!(twice.details()["record_id"], json!(ann));
        invite(&ann, &format!("user_type_id={kind}&type=reinvite")).await.expect(200);
        invite(&nameless, &format!("user_type_id={kind}&type=reinvite"))
            .await
            .refused(400, "CANNOT_PROCESS");
        invite(&nameless, &good).await.refused(400, "INVALID_DATA");
        invite("12", &good).await.refused(400, "INVALID_DATA");
        invite("x", &good).await.refused(400, "INVALID_DATA");
        invite(&ann, &format!("user_type_id={kind}&type=call"))
            .await
            .refused(400, "CANNOT_PROCESS");
        invite(&ann, &format!("user_type_id={kind}&type=invite&language=xx"))
            .await
            .refused(400, "INVALID_DATA");
        invite(&ann, "user_type_id=12&type=invite").await.refused(400, "INVALID_DATA");
        assert_eq!(
            invite(&ann, "type=invite").await.refused(400, "REQUIRED_PARAM_MISSING").details()["param"],
            "user_type_id"
        );
        assert_eq!(
            invite(&ann, "user_type_id=1")
                .await
                .refused(400, "REQUIRED_PARAM_MISSING")
                .details()["param"],
            "type"
        );
        let lead = site.record("Leads", json!({"Last_Name": "L", "Email": "l@example.com"})).await;
        let path = format!("Leads/{lead}/actions/portal_invite?{good}");
        let wrong = site.post(&site.admin, &path, Value::Null).await.refused(400, "INVALID_DATA");
        assert_eq!(wrong.details()["param_name"], "user_type_id");
        let ctx = site.bench.system().await;
        assert_eq!(app::licences::show(&ctx).await.unwrap().consumed, 1);
    })
    .await;
}

#[tokio::test]
async fn many_are_invited_in_the_background() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let kind = default_type(&site).await;
        let (ann, bob) = (contact(&site, "ann").await, contact(&site, "bob").await);
        let wish = |id: &str| json!({"id": id, "user_type_id": kind, "type": "invite", "language": "en_US"});
        let body = json!({"portal_invite": [{"data": [wish(&ann), wish("12"), wish(&bob)]}]});
        let job = site.post(&site.admin, "Contacts/actions/portal_invite", body).await.expect(200);
        assert_eq!(job.code(), "SCHEDULED");
        let path = format!(
            "Contacts/actions/portal_invite?job_id={}",
            job.details()["job_id"].as_str().unwrap()
        );
        let mut state = site.get(&site.admin, &path).await.expect(200);
        for _ in 0..500 {
            if state.body["portal_invite"][0]["status"] == "completed" {
                break;
            }
            assert_eq!(state.body["portal_invite"][0]["data"], json!([]));
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            state = site.get(&site.admin, &path).await.expect(200);
        }
        let data = state.body["portal_invite"][0]["data"].as_array().unwrap();
        let codes: Vec<&str> = data.iter().map(|i| i["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["SUCCESS", "INVALID_DATA", "SUCCESS"]);
        assert_eq!(data[0]["details"]["id"], json!(ann));
        site.get(&site.admin, "Contacts/actions/portal_invite?job_id=12").await.expect(204);
        for nonsense in ["null", "x", "1.5", "9223372036854775808"] {
            let path = format!("Contacts/actions/portal_invite?job_id={nonsense}");
            let refused = site.get(&site.admin, &path).await.refused(400, "INVALID_DATA");
            assert_eq!(refused.details()["param_name"], "job_id", "{nonsense}");
        }
        site.get(&site.admin, "Contacts/actions/portal_invite")
            .await
            .refused(400, "REQUIRED_PARAM_MISSING");

        let bad = json!({"portal_invite": [{"data": [{"id": ann, "type": "invite"}]}]});
        let refused = site
            .post(&site.admin, "Contacts/actions/portal_invite", bad)
            .await
            .refused(400, "MANDATORY_NOT_FOUND");
        assert_eq!(refused.details()["json_path"], "$.portal_invite[0].data[0].user_type_id");
        let many = json!({"portal_invite": [{"data": vec![wish(&ann); 101]}]});
        site.post(&site.admin, "Contacts/actions/portal_invite", many)
            .await
            .refused(400, "LIMIT_EXCEEDED");
    })
    .await;
}

#[tokio::test]
async fn portal_users_are_listed_locked_out_moved_and_removed() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let users = format!("{TYPES}/{}/users", default_type(&site).await);
        site.get(&site.admin, &format!("{users}?type=AllUsers")).await.expect(204);
        let (maria, token) = site.client("maria").await;
        let bob = contact(&site, "bob").await;
        let invite = format!(
            "Contacts/{bob}/actions/portal_invite?user_type_id={}&type=invite",
            default_type(&site).await
        );
        site.post(&site.admin, &invite, Value::Null).await.expect(200);

        let all = site.get(&site.admin, &format!("{users}?type=AllUsers")).await.expect(200);
        assert_eq!(all.body["info"]["total_count"], 2);
        let user = &all.body["users"][1];
        assert_eq!((&user["personality_id"], &user["module"]), (&json!(maria), &json!("Contacts")));
        assert_eq!(
            (&user["active"], &user["confirm"], &user["status_reason__s"]),
            (&json!(true), &json!(true), &Value::Null)
        );
        for (kind, found) in [("ActiveConfirmedUsers", &maria), ("NotConfirmedUsers", &bob)] {
            let some = site.get(&site.admin, &format!("{users}?type={kind}")).await.expect(200);
            assert_eq!(some.body["users"][0]["personality_id"], json!(found));
            assert_eq!(some.body["info"]["count"], 1);
        }
        site.get(&site.admin, &format!("{users}?type=Some"))
            .await
            .refused(400, "PATTERN_NOT_MATCHED");

        let status = async |id: &str, active: &str| {
            let path = format!("{users}/{id}/actions/change_status?active={active}");
            site.call(&site.admin, axum::http::Method::PUT, &path, None).await
        };
        status(&maria, "true").await.refused(400, "ALREADY_ACTIVATED");
        status(&bob, "True").await.refused(400, "ALREADY_ACTIVATED");
        status(&bob, "False").await.refused(400, "NOT_ALLOWED");
        status("12", "False").await.refused(400, "INVALID_DATA");
        status(&maria, "perhaps").await.refused(400, "INVALID_DATA");
        site.get(&token, "Contacts?fields=Phone").await.expect(200);
        let done = status(&maria, "False").await.expect(200);
        assert_eq!(done.body["change_status"][0]["message"], "Status of the user changed successfully.");
        site.get(&token, "Contacts?fields=Phone").await.refused(401, "INVALID_TOKEN");
        site.delete(&site.admin, &format!("Contacts/{maria}")).await.expect(200);
        status(&maria, "true").await.refused(400, "INVALID_DATA");

        let removed = site
            .delete(&site.admin, &format!("{users}?personality_ids={bob}%2C12"))
            .await
            .expect(207);
        assert_eq!(removed.body["users"][0]["message"], "User deleted successfully");
        assert_eq!(removed.body["users"][1]["details"]["personality_id"], "12");
        site.delete(&site.admin, &users).await.refused(400, "REQUIRED_PARAM_MISSING");
        let transfer = format!("{users}/action/transfer?transfer_To=12&personality_ids={bob}");
        site.post(&site.admin, &transfer, Value::Null).await.refused(400, "INVALID_DATA");
        site.post(&site.admin, &format!("{users}/action/transfer"), Value::Null)
            .await
            .refused(400, "REQUIRED_PARAM_MISSING");
    })
    .await;
}

async fn two_seats(place: &Place) {
    let licences = LicencePolicy {
        name: "small".into(),
        free: Some(1),
        ..LicencePolicy::default()
    }
    .into();
    let settings = Settings {
        licences,
        ..Settings::default()
    };
    let site = Site::new(Bench::with(place, settings).await).await;
    let kind = default_type(&site).await;
    let (ann, bob) = (contact(&site, "ann").await, contact(&site, "bob").await);
    let invite = async |record: &str| {
        let path = format!("Contacts/{record}/actions/portal_invite?user_type_id={kind}&type=invite");
        site.post(&site.admin, &path, Value::Null).await
    };
    invite(&ann).await.expect(200);
    let full = invite(&bob).await.refused(400, "LICENSE_LIMIT_EXCEEDED");
    assert_eq!((&full.details()["limit"], &full.details()["consumed"]), (&json!(1), &json!(1)));
    let message = full.body["portal_invite"][0]["message"].as_str().unwrap();
    assert!(message.contains("1 of 1"), "{message}");
}

#[tokio::test]
async fn over_the_allowance_an_invitation_is_refused_with_both_figures() {
    store::testing::each_database(async |place| two_seats(place).await).await;
}
