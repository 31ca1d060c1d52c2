//! Where the people of a portal sign in, as programs say and read it.

use app::single_sign_on::{Draft, checked, service_provider};
use app::{Ctx, Error};
use axum::http::StatusCode;
use domain::portals::{MAX_CERTIFICATE, Portal, SingleSignOn};
use serde_json::{Map, Value, json};
use store::portals::{Actor, Stamps};

use super::super::ApiError;
use super::super::request::text;

const PATH: &str = "$.portals[0].saml_configuration";

/// What is told of one portal beside what is told of all.
pub async fn tell(ctx: &Ctx, portal: &Portal, object: &mut Map<String, Value>) -> Result<(), ApiError> {
    let here = service_provider(&ctx.app, portal);
    let entered = app::single_sign_on::show(ctx, portal.id).await?;
    object.insert("issuer".into(), json!(here.issuer));
    object.insert("acs_url".into(), json!(here.acs_url));
    object.insert("single_logout_url".into(), json!(here.single_logout_url));
    let home = format!("{}/portal/{}", ctx.app.settings().public_url, portal.name);
    object.insert("default_relay_state_url".into(), json!(home));
    object.insert(
        "saml_configuration".into(),
        entered.map(|(provider, by)| told(&provider, &by)).into(),
    );
    Ok(())
}

fn told(provider: &SingleSignOn, stamps: &Stamps) -> Value {
    let actor = |actor: &Actor| json!({"name": actor.name, "id": actor.id.to_string()});
    json!({
        "login_url": provider.login_url,
        "logout_url": provider.logout_url,
        "public_key": provider.certificate,
        "active": provider.active,
        "created_by": actor(&stamps.created_by),
        "modified_by": actor(&stamps.modified_by),
    })
}

/// What a call wants; nothing if it does not speak of it. Without `active` it is on.
pub fn wanted(portal: &Map<String, Value>) -> Result<Option<SingleSignOn>, ApiError> {
    let sent = match portal.get("saml_configuration") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(sent)) => sent,
        Some(_) => return Err(ApiError::wrong_type(PATH, "jsonobject")),
    };
    let active = match sent.get("active") {
        None => true,
        Some(Value::Bool(active)) => *active,
        Some(_) => return Err(ApiError::wrong_type(&format!("{PATH}.active"), "boolean")),
    };
    let draft = Draft {
        login_url: needed(sent, "login_url", "login url is mandatory to configure saml")?,
        logout_url: needed(sent, "logout_url", "logout url is mandatory to configure saml")?,
        certificate: needed(sent, "public_key", "public key is mandatory to configure saml")?,
        active,
    };
    checked(draft).map(Some).map_err(refused)
}

fn needed(sent: &Map<String, Value>, name: &str, message: &'static str) -> Result<String, ApiError> {
    let path = format!("{PATH}.{name}");
    if sent.get(name).is_some_and(Value::is_null) {
        let message = "not allowed to set value as null";
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "NOT_ALLOWED", message).at(&path));
    }
    let missing = || ApiError::new(StatusCode::BAD_REQUEST, "MANDATORY_NOT_FOUND", message).at(&path);
    Ok(text(sent, name, PATH)?.ok_or_else(missing)?.to_owned())
}

fn refused(error: Error) -> ApiError {
    let bad = |name, why| ApiError::invalid(format!("invalid data: {why}")).at(&format!("{PATH}.{name}"));
    let of_certificate = |why| bad("public_key", why).with("maximum_length", MAX_CERTIFICATE);
    match error {
        Error::Certificate(why) => of_certificate(why.to_string()),
        Error::Input("public_key", expected) => of_certificate(format!("expected {expected}")),
        Error::Input(name, expected) => bad(name, format!("expected {expected}")),
        other => other.into(),
    }
}
