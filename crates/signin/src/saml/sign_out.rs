//! The identity provider asks to sign somebody out.

use domain::time::Moment;
use saml_rs::binding::deflate_raw_decode_with_limit;
use url::form_urlencoded;

use super::conditions::check_times;
use super::response::is_plain;
use super::xml::{Tree, bytes, decode};
use super::{ASSERTION, IdentityProvider, MAX_MESSAGE, PROTOCOL, Refused, ServiceProvider, signature};

/// How old a request may be, or how far in the future, in seconds.
pub const FRESH: i64 = 300;
/// The most sessions that one request names.
const MAX_SESSIONS: usize = 100;

/// A request to sign out, as the browser brings it.
#[derive(Debug, Clone, Copy)]
pub enum LogoutMessage<'a> {
    /// The query of the address, as it came, without the `?`: the signature is over its very characters.
    Query(&'a str),
    /// The field `SAMLRequest` of a posted form, which is signed within.
    Form {
        /// Base64.
        saml_request: &'a str,
    },
}

/// Whom the identity provider asks to sign out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOut {
    /// The id of the request, for the answer, and to refuse it a second time.
    pub id: String,
    /// Its name for the person: [`super::Verified::name_id`].
    pub name_id: String,
    /// Which sessions: [`super::Verified::session`]. Empty: all of that person.
    pub sessions: Vec<String>,
}

/// Whom to sign out, if the request is signed by the identity provider, meant for the portal, and fresh.
///
/// # Errors
/// [`Refused`], with the first thing that is wrong.
pub fn sign_out_asked(sp: &ServiceProvider, idp: &IdentityProvider, message: LogoutMessage<'_>, now: Moment) -> Result<SignOut, Refused> {
    match message {
        LogoutMessage::Query(query) => {
            let text = verified_query(query, idp)?;
            let tree = Tree::read(&text)?;
            check_root(&tree)?;
            read(&tree, sp, now)
        }
        LogoutMessage::Form { saml_request } => {
            let text = decode(saml_request)?;
            let tree = Tree::read(&text)?;
            check_root(&tree)?;
            signature::signed(&tree, &[tree.root], &idp.certificate)?;
            read(&tree, sp, now)
        }
    }
}

fn check_root(tree: &Tree<'_>) -> Result<(), Refused> {
    if tree.is(tree.root, PROTOCOL, "LogoutRequest") && tree.attribute(tree.root, "Version") == Some("2.0") {
        Ok(())
    } else {
        Err(Refused::NotAMessage("it is no request to sign out of SAML 2.0"))
    }
}

/// The XML of a signed query. Each parameter may be there once.
fn verified_query(query: &str, idp: &IdentityProvider) -> Result<String, Refused> {
    if query.len() > MAX_MESSAGE {
        return Err(Refused::NotAMessage("it is too long"));
    }
    let request = parameter(query, "SAMLRequest")?.ok_or(Refused::NotAMessage("there is no SAMLRequest"))?;
    let unsigned = Refused::Signature("it is not signed");
    let method = parameter(query, "SigAlg")?.ok_or(unsigned.clone())?;
    let value = parameter(query, "Signature")?.ok_or(unsigned)?;
    if parameter(query, "SAMLEncoding")?
        .is_some_and(|encoding| plain(encoding) != "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE")
    {
        return Err(Refused::NotAMessage("its encoding is not known"));
    }
    let state = parameter(query, "RelayState")?
        .map(|state| format!("&RelayState={state}"))
        .unwrap_or_default();
    let octets = format!("SAMLRequest={request}{state}&SigAlg={method}");
    signature::check_octets(&octets, &plain(value), &plain(method), &idp.certificate)?;
    let xml = deflate_raw_decode_with_limit(&bytes(&plain(request))?, MAX_MESSAGE);
    let xml = xml.map_err(|_| Refused::NotAMessage("it cannot be inflated, or is too long"))?;
    String::from_utf8(xml).map_err(|_| Refused::NotAMessage("it is not UTF-8"))
}

/// The value of a parameter as it stands in the query, still encoded.
fn parameter<'a>(query: &'a str, name: &str) -> Result<Option<&'a str>, Refused> {
    let mut found = None;
    for pair in query.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if plain(key) != name {
            continue;
        }
        if key != name || found.is_some() {
            return Err(Refused::NotAMessage("a parameter is there twice, or its name is encoded"));
        }
        found = Some(value);
    }
    Ok(found)
}

/// A part of a query without its encoding.
fn plain(part: &str) -> String {
    // The pairs are divided already: nothing in here divides another.
    let whole = part.replace('=', "%3D").replace('&', "%26");
    form_urlencoded::parse(whole.as_bytes())
        .map(|(key, _)| key.into_owned())
        .next()
        .unwrap_or_default()
}

/// What a request that is signed says.
fn read(tree: &Tree<'_>, sp: &ServiceProvider, now: Moment) -> Result<SignOut, Refused> {
    if tree.attribute(tree.root, "Destination") != Some(sp.single_logout_url.as_str()) {
        return Err(Refused::NotForUs("it does not say that it was sent to this address"));
    }
    let written = tree
        .moment(tree.root, "IssueInstant")?
        .ok_or(Refused::NotNow("it does not say when it was written"))?;
    if written < now.plus_seconds(-FRESH) || written > now.plus_seconds(FRESH) {
        return Err(Refused::NotNow("it was not written just now"));
    }
    check_times(tree, tree.root, now)?;
    if !tree.children(tree.root, ASSERTION, "EncryptedID").is_empty() {
        return Err(Refused::Encrypted);
    }
    let id = tree
        .attribute(tree.root, "ID")
        .filter(|id| is_plain(id))
        .ok_or(Refused::NotAMessage("it has no id"))?;
    let name_id = tree.only(tree.root, ASSERTION, "NameID").and_then(|id| tree.value(id));
    let name_id = name_id.filter(|name| is_plain(name)).ok_or(Refused::NotForUs("it names nobody"))?;
    let named = tree.children(tree.root, PROTOCOL, "SessionIndex");
    let sessions: Vec<String> = named
        .iter()
        .filter_map(|id| tree.value(*id))
        .filter(|session| is_plain(session))
        .collect();
    // To leave one out would sign out all of them, or too few.
    if sessions.len() != named.len() || sessions.len() > MAX_SESSIONS {
        return Err(Refused::NotForUs("it names sessions in an unusual way"));
    }
    Ok(SignOut {
        id: id.to_owned(),
        name_id,
        sessions,
    })
}
