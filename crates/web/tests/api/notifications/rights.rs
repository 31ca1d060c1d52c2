//! Nobody is told what they may not know, nor who they are not any more.

use app::accounts::{Freshness, authenticate};
use app::testing::ADMIN;
use axum::http::Method;
use domain::ids::ModuleId;
use domain::notifications::{Events, Watch};
use serde_json::{Value, json};
use store::accounts::{Session, SessionKind};
use store::notifications::Channel;

use super::{Receiver, WATCH, channel, deliver, each_site, listed};
use crate::site::Site;

#[tokio::test(flavor = "multi_thread")]
async fn only_employees_with_the_scopes_open_channels() {
    each_site(async |site, receiver| {
        let (_, maria) = site.client("maria").await;
        let body = json!({"watch": [channel(7, &receiver)]});
        site.post(&maria, WATCH, body.clone()).await.refused(400, "API_NOT_SUPPORTED");
        for scope in [
            "ZohoCRM.modules.ALL",
            "ZohoCRM.notifications.ALL",
            "ZohoCRM.notifications.READ,ZohoCRM.modules.ALL",
        ] {
            let narrow = site.token_for(ADMIN, scope).await;
            site.post(&narrow, WATCH, body.clone()).await.refused(401, "OAUTH_SCOPE_MISMATCH");
        }
        let enough = site
            .token_for(ADMIN, "ZohoCRM.notifications.CREATE,ZohoCRM.modules.contacts.READ")
            .await;
        site.post(&enough, WATCH, body).await.expect(201);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_ends_with_the_rights_of_its_owner() {
    each_site(async |site, receiver| {
        let client = app::clients::create(&site.bench.system().await, "listener", ADMIN, app::clients::EVERYTHING)
            .await
            .unwrap();
        let token = app::clients::refresh(&site.bench.app, &client.client_id, &client.client_secret, &client.refresh_token).await;
        let token = token.unwrap().access.token;
        site.post(&token, WATCH, json!({"watch": [channel(7, &receiver)]}))
            .await
            .expect(201);
        site.record("Contacts", json!({"Last_Name": "Anders"})).await;
        app::clients::revoke(&site.bench.app, &client.refresh_token).await.unwrap();
        deliver(&site).await;
        assert_eq!(receiver.told(), Vec::<Value>::new());
        assert_eq!(listed(&site).await, Vec::<Value>::new());
    })
    .await;
}

/// A channel by the rights of a portal user, which nobody can open: what is told is looked up as whatever they read.
async fn by_rights_of(site: &Site, token: &str, receiver: &Receiver, module: ModuleId) {
    let ctx = authenticate(&site.bench.app, token, &[SessionKind::Token], Freshness::Now)
        .await
        .unwrap();
    let session = Session {
        id: site.bench.app.id(),
        kind: SessionKind::Job,
        ..ctx.signed_in.as_ref().unwrap().session.clone()
    };
    let watch = Watch {
        module,
        events: Events::named("all").unwrap(),
        condition: None,
    };
    let channel = Channel {
        id: site.bench.app.id(),
        owner: ctx.viewer.actor,
        number: 9,
        session: Some(session.id),
        url: receiver.url.clone(),
        token: None,
        secret: "whsec_AAAA".into(),
        with_values: true,
        with_related: false,
        expires: ctx.now.plus_seconds(3600),
        last_error: None,
        watches: vec![watch],
    };
    let written = ctx.tenant.db.write::<_, app::Error>(move |conn| {
        store::accounts::insert_session(conn, &session, "nobody has it")?;
        Ok(store::notifications::insert(conn, &channel)?)
    });
    assert!(written.await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_goes_through_the_gate() {
    each_site(async |site, receiver| {
        let (hers, maria) = site.client("maria").await;
        let other = site.record("Contacts", json!({"Last_Name": "Other"})).await;
        let contacts = site.bench.system().await.snapshot.catalogue.named("Contacts").unwrap().id;
        by_rights_of(&site, &maria, &receiver, contacts).await;
        for (id, change) in [
            // Nothing of this is hers to read: neither the record, nor the field.
            (&other, json!({"Phone": "030 1"})),
            (&hers, json!({"Description": "hidden"})),
            (&hers, json!({"Phone": "030 2", "Description": "hidden too"})),
        ] {
            site.put(&site.admin, &format!("Contacts/{id}"), json!({ "data": [change] }))
                .await
                .expect(200);
        }
        site.record("Contacts", json!({"Last_Name": "New"})).await;
        site.delete(&site.admin, &format!("Contacts/{other}")).await.expect(200);
        deliver(&site).await;
        let told = receiver.told();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(
            told[0]["affected_values"],
            json!([{"record_id": hers, "values": {"Phone": "030 2"}}])
        );
        assert_eq!(told[0]["affected_fields"], json!([{hers.as_str(): ["Phone"]}]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_is_moved_only_by_a_token_that_may_read_what_it_watches() {
    each_site(async |site, receiver| {
        site.post(&site.admin, WATCH, json!({"watch": [channel(7, &receiver)]}))
            .await
            .expect(201);
        let narrow = site.token_for(ADMIN, "ZohoCRM.notifications.ALL,ZohoCRM.modules.deals.READ").await;
        let elsewhere = json!({"watch": [{"channel_id": "7", "notify_url": format!("{}&elsewhere", receiver.url)}]});
        site.call(&narrow, Method::PATCH, WATCH, Some(elsewhere))
            .await
            .refused(401, "OAUTH_SCOPE_MISMATCH");
        assert_eq!(listed(&site).await[0]["notify_url"], receiver.url);
    })
    .await;
}
