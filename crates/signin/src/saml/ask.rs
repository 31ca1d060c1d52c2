//! What the portal writes: requests, the answer to a request to sign out, and its metadata.

use domain::time::Moment;
use saml_rs::binding::{build_redirect_url, xml_escape};
use saml_rs::constants::ParserType;
use url::Url;

use super::response::{is_address, is_plain};
use super::{
    ASSERTION, EMAIL_FORMAT, IdentityProvider, METADATA, POST, PROTOCOL, REDIRECT, Refused, SUCCESS, ServiceProvider, UNSPECIFIED_FORMAT,
};

/// The most bytes of a relay state that is handed back. SAML has 80, and providers have more.
const MAX_RELAY_STATE: usize = 1024;

/// Where to send the browser to be signed in. `id` is the request's, random, kept until it is answered: a letter or `_`
/// first, then letters, digits, `-`, `_`, `.`. No relay state goes with it: it holds 80 bytes, and nobody signs it.
///
/// # Errors
/// [`Refused::Address`], if the identity provider's address or the id cannot be used.
pub fn ask(sp: &ServiceProvider, idp: &IdentityProvider, id: &str, now: Moment) -> Result<String, Refused> {
    let head = head("AuthnRequest", id, &idp.sign_in_url, now)?;
    let xml = format!(
        "{head} ProtocolBinding=\"{POST}\" AssertionConsumerServiceURL=\"{acs}\">{issuer}\
         <samlp:NameIDPolicy Format=\"{UNSPECIFIED_FORMAT}\" AllowCreate=\"true\"/></samlp:AuthnRequest>",
        acs = xml_escape(&sp.acs_url),
        issuer = issuer(sp),
    );
    redirect(&idp.sign_in_url, ParserType::SamlRequest, &xml, None)
}

/// Where to send the browser to be signed out at the identity provider, too. `name_id` and `session` are what it said
/// when the person signed in. It is not signed.
///
/// # Errors
/// [`Refused::Address`], if something that was handed in cannot be used.
pub fn ask_sign_out(
    sp: &ServiceProvider,
    idp: &IdentityProvider,
    id: &str,
    name_id: &str,
    session: Option<&str>,
    now: Moment,
) -> Result<String, Refused> {
    if !is_plain(name_id) || session.is_some_and(|session| !is_plain(session)) {
        return Err(Refused::Address("the name of the person or the session is unusual"));
    }
    let format = if is_address(name_id) {
        format!(" Format=\"{EMAIL_FORMAT}\"")
    } else {
        String::new()
    };
    let session = session.map(|session| format!("<samlp:SessionIndex>{}</samlp:SessionIndex>", xml_escape(session)));
    let xml = format!(
        "{head}>{issuer}<saml:NameID{format}>{name}</saml:NameID>{session}</samlp:LogoutRequest>",
        head = head("LogoutRequest", id, &idp.sign_out_url, now)?,
        issuer = issuer(sp),
        name = xml_escape(name_id),
        session = session.unwrap_or_default(),
    );
    redirect(&idp.sign_out_url, ParserType::SamlRequest, &xml, None)
}

/// Where the browser goes after the identity provider asked to sign somebody out, and that was done. `in_response_to` is
/// the id of its request, `relay_state` what came with it, which is left out if it is very long; `id` is the answer's own. It is
/// not signed.
///
/// # Errors
/// [`Refused::Address`], if something that was handed in cannot be used.
pub fn sign_out_answer(
    sp: &ServiceProvider,
    idp: &IdentityProvider,
    id: &str,
    in_response_to: &str,
    relay_state: Option<&str>,
    now: Moment,
) -> Result<String, Refused> {
    let xml = format!(
        "{head} InResponseTo=\"{asked}\">{issuer}<samlp:Status><samlp:StatusCode Value=\"{SUCCESS}\"/></samlp:Status></samlp:LogoutResponse>",
        head = head("LogoutResponse", id, &idp.sign_out_url, now)?,
        asked = xml_escape(in_response_to),
        issuer = issuer(sp),
    );
    let relay_state = relay_state.filter(|state| state.len() <= MAX_RELAY_STATE);
    redirect(&idp.sign_out_url, ParserType::SamlResponse, &xml, relay_state)
}

/// The portal's metadata, which an identity provider can be configured with.
#[must_use]
pub fn metadata(sp: &ServiceProvider) -> String {
    let logout = xml_escape(&sp.single_logout_url);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <md:EntityDescriptor xmlns:md=\"{METADATA}\" entityID=\"{issuer}\">\
         <md:SPSSODescriptor AuthnRequestsSigned=\"false\" WantAssertionsSigned=\"true\" protocolSupportEnumeration=\"{PROTOCOL}\">\
         <md:SingleLogoutService Binding=\"{REDIRECT}\" Location=\"{logout}\"/>\
         <md:SingleLogoutService Binding=\"{POST}\" Location=\"{logout}\"/>\
         <md:NameIDFormat>{EMAIL_FORMAT}</md:NameIDFormat>\
         <md:AssertionConsumerService Binding=\"{POST}\" Location=\"{acs}\" index=\"0\" isDefault=\"true\"/>\
         </md:SPSSODescriptor></md:EntityDescriptor>\n",
        issuer = xml_escape(&sp.issuer),
        acs = xml_escape(&sp.acs_url),
    )
}

/// The start tag that all messages have, still open.
fn head(name: &str, id: &str, destination: &str, now: Moment) -> Result<String, Refused> {
    let mut letters = id.chars();
    let first = letters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if !first || id.len() > 128 || !letters.all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
        return Err(Refused::Address("the id of the message is unusual"));
    }
    Ok(format!(
        "<samlp:{name} xmlns:samlp=\"{PROTOCOL}\" xmlns:saml=\"{ASSERTION}\" ID=\"{id}\" Version=\"2.0\" \
         IssueInstant=\"{now}\" Destination=\"{destination}\"",
        now = now.iso().replace("+00:00", "Z"),
        destination = xml_escape(destination),
    ))
}

fn issuer(sp: &ServiceProvider) -> String {
    format!("<saml:Issuer>{}</saml:Issuer>", xml_escape(&sp.issuer))
}

/// The address with the message in its query: compressed, in base64.
fn redirect(to: &str, kind: ParserType, xml: &str, relay_state: Option<&str>) -> Result<String, Refused> {
    let parsed = Url::parse(to).map_err(|_| Refused::Address("the identity provider's address is none"))?;
    if !matches!(parsed.scheme(), "https" | "http") || parsed.fragment().is_some() || to.chars().any(|c| c.is_control() || c == ' ') {
        return Err(Refused::Address("the identity provider's address must be https://… without a #"));
    }
    build_redirect_url(to, kind, xml, relay_state).map_err(|_| Refused::Address("the message cannot be compressed"))
}
