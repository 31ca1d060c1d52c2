//! Scopes: a token can be used for what they allow, and for nothing else.

use app::clients;
use app::testing::{ADMIN, each_database};
use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::json;

use crate::site::Site;

async fn token(site: &Site, scopes: &str) -> String {
    let ctx = site.bench.system().await;
    let client = clients::create(&ctx, "narrow", ADMIN, scopes).await.unwrap();
    let form = format!(
        "grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={}",
        client.client_id, client.client_secret, client.refresh_token
    );
    let answer = site
        .send(Request::post("/oauth/v2/token").body(Body::from(form)).unwrap())
        .await
        .expect(200);
    assert_eq!(answer.body["scope"], scopes.replace(',', " "));
    answer.body["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_token_reaches_only_what_its_scopes_name() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let narrow = token(&site, "ZohoCRM.modules.contacts.READ,ZohoCRM.modules.accounts.CREATE").await;
        site.get(&narrow, "Contacts?fields=Last_Name").await.expect(204);
        site.get(&narrow, "Contacts/actions/count").await.expect(200);
        let account = json!({"data": [{"Account_Name": "Kontor"}]});
        let made = site
            .call(&narrow, Method::POST, "Accounts", Some(account.clone()))
            .await
            .expect(201)
            .id();
        let contact = json!({"data": [{"Last_Name": "Anders"}]});
        let row = |method: Method, path: &str, body| (method, path.to_owned(), body);
        for (method, path, body) in [
            row(Method::POST, "Contacts", Some(contact)),
            row(Method::GET, &format!("Accounts/{made}"), None),
            row(Method::PUT, &format!("Accounts/{made}"), Some(account)),
            row(Method::DELETE, &format!("Accounts/{made}"), None),
            row(Method::POST, "Contacts/1/actions/portal_invite?user_type_id=1&type=invite", None),
            row(Method::GET, "settings/portals", None),
            row(Method::GET, "settings/fields?module=Contacts", None),
            row(Method::GET, "settings/portals/licences", None),
            row(Method::GET, "users?type=CurrentUser", None),
            row(Method::GET, "org", None),
        ] {
            let refused = site.call(&narrow, method.clone(), &path, body).await;
            refused.refused(401, "OAUTH_SCOPE_MISMATCH");
        }
        site.get(&site.admin, &format!("Accounts/{made}")).await.expect(200);
        let portals = token(&site, "ZohoCRM.settings.clientportal.READ").await;
        site.get(&portals, "settings/portals").await.expect(200);
        let wanted = json!({"portals": [{"name": "another"}]});
        site.call(&portals, Method::POST, "settings/portals", Some(wanted))
            .await
            .refused(401, "OAUTH_SCOPE_MISMATCH");
    })
    .await;
}

#[tokio::test]
async fn a_query_needs_a_scope_of_its_own_and_those_of_what_it_reads() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let ask = async |scopes: &str, query: &str| {
            let token = token(&site, scopes).await;
            site.post(&token, "coql", json!({ "select_query": query })).await
        };
        let both = "ZohoCRM.coql.READ,ZohoCRM.modules.contacts.READ";
        ask(both, "select Last_Name, Account_Name from Contacts").await.expect(204);
        for (scopes, query) in [
            ("ZohoCRM.modules.contacts.READ", "select id from Contacts"),
            ("ZohoCRM.coql.READ", "select id from Contacts"),
            (both, "select id from Accounts"),
            (both, "select Account_Name.Phone from Contacts"),
            (
                "ZohoCRM.coql.READ,ZohoCRM.modules.deals.READ,ZohoCRM.modules.accounts.READ",
                "select Contact_Name.Account_Name.Phone from Deals",
            ),
            (both, "select id from Contacts where not (Account_Name.Phone is null)"),
        ] {
            ask(scopes, query).await.refused(401, "OAUTH_SCOPE_MISMATCH");
        }
    })
    .await;
}

#[tokio::test]
async fn a_client_without_scopes_or_with_unknown_ones_is_not_made() {
    each_database(async |bench| {
        let ctx = bench.system().await;
        let before = store::testing::contents(&ctx.tenant.db).await;
        for scopes in ["", " , ", "everything", "ZohoCRM.modules.ALL,ZohoCRM.secrets.READ"] {
            let refused = clients::create(&ctx, "wide", ADMIN, scopes).await;
            assert!(matches!(refused, Err(app::Error::Input("scope", _))), "{scopes}");
        }
        assert!(store::testing::contents(&ctx.tenant.db).await == before);
    })
    .await;
}
