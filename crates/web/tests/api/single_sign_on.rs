//! `saml_configuration` of a portal: the provider at which its people sign in.

use app::testing::{PROVIDER, each_database};
use serde_json::{Value, json};

use crate::portals::clients;
use crate::site::{Answer, Site};

const PORTAL: &str = "settings/portals/northwind";
const TYPES: &str = "settings/portals/northwind/user_type";

/// A provider that can be used, but for what `change` says.
fn provider(change: &Value) -> Value {
    let mut provider = json!({
        "login_url": "https://sso.example.com/saml", "logout_url": "https://sso.example.com/sign-out",
        "public_key": PROVIDER, "active": true,
    });
    for (name, value) in change.as_object().unwrap() {
        provider[name] = value.clone();
    }
    provider
}

async fn put(site: &Site, provider: Value) -> Answer {
    let body = json!({"portals": [{"name": "northwind", "saml_configuration": provider}]});
    site.put(&site.admin, PORTAL, body).await
}

async fn kept(site: &Site) -> Value {
    site.get(&site.admin, PORTAL).await.expect(200).body["portals"][0]["saml_configuration"].clone()
}

#[tokio::test]
async fn a_portal_gets_a_provider_and_is_told_with_what_that_needs_to_know() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        assert_eq!(kept(&site).await, Value::Null);
        let done = put(&site, provider(&json!({}))).await.expect(200);
        assert_eq!(done.body["portals"][0]["message"], "Portal updated successfully");

        let portal = site.get(&site.admin, PORTAL).await.expect(200).body["portals"][0].clone();
        let ends = |name: &str, with: &str| assert!(portal[name].as_str().unwrap().ends_with(with), "{name}: {}", portal[name]);
        ends("issuer", "/portal/northwind/saml/metadata");
        ends("acs_url", "/portal/northwind/saml/acs");
        ends("single_logout_url", "/portal/northwind/saml/sign-out");
        ends("default_relay_state_url", "/portal/northwind");
        ends("login_url", "/portal/northwind/sign-in");
        let told = &portal["saml_configuration"];
        assert_eq!(
            (&told["login_url"], &told["logout_url"], &told["active"]),
            (
                &json!("https://sso.example.com/saml"),
                &json!("https://sso.example.com/sign-out"),
                &json!(true)
            )
        );
        assert_eq!(told["public_key"].as_str().unwrap().trim(), PROVIDER.trim());
        assert!(told["created_by"]["id"].is_string() && told["modified_by"]["name"].is_string());

        // Who does not speak of it changes nothing of it, and without `active` it is on.
        site.put(&site.admin, PORTAL, json!({"portals": [{"title": "Our clients"}]}))
            .await
            .expect(200);
        put(&site, Value::Null).await.expect(200);
        assert_eq!(kept(&site).await["active"], true);
        put(&site, provider(&json!({"active": false}))).await.expect(200);
        assert_eq!(kept(&site).await["active"], false);
        let mut silent = provider(&json!({}));
        silent.as_object_mut().unwrap().remove("active");
        put(&site, silent).await.expect(200);
        assert_eq!(kept(&site).await["active"], true);
    })
    .await;
}

#[tokio::test]
async fn what_a_provider_lacks_is_named_and_nothing_is_kept() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        for (name, message) in [
            ("login_url", "login url is mandatory to configure saml"),
            ("logout_url", "logout url is mandatory to configure saml"),
            ("public_key", "public key is mandatory to configure saml"),
        ] {
            let path = format!("$.portals[0].saml_configuration.{name}");
            let mut without = provider(&json!({}));
            without.as_object_mut().unwrap().remove(name);
            let missing = put(&site, without).await.refused(400, "MANDATORY_NOT_FOUND");
            assert_eq!((missing.message(), &missing.details()["json_path"]), (message, &json!(path)));
            let null = put(&site, provider(&json!({name: null}))).await.refused(400, "NOT_ALLOWED");
            assert_eq!(
                (null.message(), &null.details()["json_path"]),
                ("not allowed to set value as null", &json!(path))
            );
            let bad = put(&site, provider(&json!({name: "x"}))).await.refused(400, "INVALID_DATA");
            assert_eq!(bad.details()["json_path"], json!(path));
            put(&site, provider(&json!({name: 7}))).await.refused(400, "INVALID_DATA");
        }
        let long = put(&site, provider(&json!({"public_key": "x".repeat(5001)})))
            .await
            .refused(400, "INVALID_DATA");
        assert_eq!(long.details()["maximum_length"], 5000);
        let none = put(&site, provider(&json!({"public_key": "no certificate!"})))
            .await
            .refused(400, "INVALID_DATA");
        assert_eq!(none.details()["maximum_length"], 5000);
        assert_eq!(
            none.message(),
            "invalid data: the certificate cannot be used: it is neither PEM nor base64"
        );
        put(&site, provider(&json!({"active": "yes"}))).await.refused(400, "INVALID_DATA");
        put(&site, json!([])).await.refused(400, "INVALID_DATA");
        put(&site, json!("saml")).await.refused(400, "INVALID_DATA");
        assert_eq!(kept(&site).await, Value::Null);

        let new = json!({"portals": [{"name": "partners", "saml_configuration": provider(&json!({}))}]});
        site.post(&site.admin, "settings/portals", new).await.refused(400, "NOT_ALLOWED");
        let portals = site.get(&site.admin, "settings/portals").await.expect(200);
        assert_eq!(portals.body["portals"].as_array().unwrap().len(), 1, "nothing was made");
    })
    .await;
}

/// A user type whose people are invited by this field of their module.
async fn invited_by(site: &Site, field: Value) -> Answer {
    let mut wanted = clients(site, "Buyers").await;
    wanted["user_type"][0]["invitation_field"] = field;
    site.post(&site.admin, TYPES, wanted).await
}

#[tokio::test]
async fn people_are_invited_by_their_address_alone() {
    each_database(async |bench| {
        let site = Site::new(bench).await;
        let path = "$.user_type[0].invitation_field.id";
        let by_phone = async || invited_by(&site, json!({"api_name": "Phone"})).await.refused(400, "NOT_ALLOWED");
        let phone = by_phone().await;
        assert_eq!(phone.message(), "people are invited by the e-mail address of their record");
        assert_eq!(phone.details()["json_path"], path);
        put(&site, provider(&json!({}))).await.expect(200);
        assert_eq!(
            by_phone().await.message(),
            "SAML configured for portal so phone field was not allowed for user types"
        );
        for bad in [json!({"api_name": "None"}), json!({"id": "1"}), json!({"id": {}}), json!("Email")] {
            invited_by(&site, bad).await.refused(400, "INVALID_DATA");
        }
        invited_by(&site, json!({})).await.refused(400, "MANDATORY_NOT_FOUND");
        let types = site.get(&site.admin, TYPES).await.expect(200);
        assert_eq!(types.body["user_type"].as_array().unwrap().len(), 1, "nothing was made");
        invited_by(&site, json!({"api_name": "Email"})).await.expect(200);
    })
    .await;
}
