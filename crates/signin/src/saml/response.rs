//! What an identity provider answers: who signs in.

use domain::time::Moment;
use uppsala::NodeId;

use super::conditions::{check_conditions, check_confirmation, check_session};
use super::xml::{Tree, decode};
use super::{ASSERTION, IdentityProvider, PROTOCOL, Refused, SUCCESS, ServiceProvider, signature};

/// The most characters of a name, an address or a session's index.
const MAX_NAME: usize = 512;
/// The names under which identity providers send the e-mail address.
const ADDRESS_ATTRIBUTES: [&str; 4] = [
    "email",
    "mail",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
];

/// Who the identity provider says signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Its name for the person: an e-mail address, or something that only it understands. 1 to 512 characters.
    pub name_id: String,
    /// The person's e-mail address, as it was sent.
    pub email: String,
    /// Its name for the session, needed to sign out of that.
    pub session: Option<String>,
    /// Until when it lets the person be signed in.
    pub until: Option<Moment>,
}

/// Which request a response says that it answers. `None`: none, the person began at the identity provider. Nothing is
/// verified: it serves to find what was asked.
///
/// # Errors
/// [`Refused::NotAMessage`], if it is no response.
pub fn answers(saml_response: &str) -> Result<Option<String>, Refused> {
    let text = decode(saml_response)?;
    let tree = Tree::read(&text)?;
    check_root(&tree)?;
    Ok(tree.attribute(tree.root, "InResponseTo").map(str::to_owned))
}

/// Who signs in, if the response is signed by the identity provider, answers `request` and is meant for the portal now.
/// `saml_response` is base64, as the browser posted it.
///
/// # Errors
/// [`Refused`], with the first thing that is wrong.
pub fn verify(sp: &ServiceProvider, idp: &IdentityProvider, saml_response: &str, request: &str, now: Moment) -> Result<Verified, Refused> {
    let text = decode(saml_response)?;
    let tree = Tree::read(&text)?;
    check_root(&tree)?;
    check_status(&tree)?;
    let assertion = only_assertion(&tree)?;
    // The signed element is the assertion or what holds it: from here on nothing outside the assertion is believed.
    signature::signed(&tree, &[tree.root, assertion], &idp.certificate)?;
    check_envelope(&tree, sp, request)?;
    check_issuers(&tree, assertion)?;
    check_conditions(&tree, assertion, &sp.issuer, now)?;
    let until = check_session(&tree, assertion, now)?;
    let subject = tree
        .only(assertion, ASSERTION, "Subject")
        .ok_or(Refused::NotForUs("it names nobody"))?;
    check_confirmation(&tree, subject, &sp.acs_url, request, now)?;
    let name_id = name_id(&tree, subject)?;
    let email = address(&tree, assertion, &name_id)?;
    Ok(Verified {
        email,
        session: session(&tree, assertion)?,
        name_id,
        until,
    })
}

fn check_root(tree: &Tree<'_>) -> Result<(), Refused> {
    if tree.is(tree.root, PROTOCOL, "Response") && tree.attribute(tree.root, "Version") == Some("2.0") {
        Ok(())
    } else {
        Err(Refused::NotAMessage("it is no response of SAML 2.0"))
    }
}

/// Whether the identity provider says that it worked; what it says otherwise is for the log.
fn check_status(tree: &Tree<'_>) -> Result<(), Refused> {
    let status = tree
        .only(tree.root, PROTOCOL, "Status")
        .ok_or(Refused::NotAMessage("it has no status"))?;
    let code = tree
        .only(status, PROTOCOL, "StatusCode")
        .ok_or(Refused::NotAMessage("it has no status"))?;
    let value = tree.attribute(code, "Value").unwrap_or_default();
    if value == SUCCESS {
        return Ok(());
    }
    let within = tree.only(code, PROTOCOL, "StatusCode").and_then(|id| tree.attribute(id, "Value"));
    let message = tree.only(status, PROTOCOL, "StatusMessage").and_then(|id| tree.value(id));
    let parts = [Some(last(value)), within.map(last), message.as_deref()];
    let said: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    Err(Refused::Failed(tame(&said.join(", "))))
}

/// The last word of a URN.
fn last(urn: &str) -> &str {
    urn.rsplit(':').next().unwrap_or_default()
}

/// Foreign text, for a log: at most 200 characters, none of which ends a line or moves a cursor.
fn tame(text: &str) -> String {
    text.chars()
        .take(200)
        .map(|c| if c.is_control() || is_direction(c) { '\u{fffd}' } else { c })
        .collect()
}

/// Characters that turn the direction of text around.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The one assertion, directly within the response. Anything of that name anywhere else is refused.
fn only_assertion(tree: &Tree<'_>) -> Result<NodeId, Refused> {
    if !tree.everywhere("EncryptedAssertion").is_empty() {
        return Err(Refused::Encrypted);
    }
    let [assertion] = *tree.everywhere("Assertion") else {
        return Err(Refused::NotAMessage("it must hold exactly one assertion"));
    };
    let placed = tree.parent(assertion) == Some(tree.root) && tree.is(assertion, ASSERTION, "Assertion");
    if placed && tree.attribute(assertion, "Version") == Some("2.0") {
        Ok(assertion)
    } else {
        Err(Refused::NotAMessage("its assertion is in an unusual place"))
    }
}

/// The response around the assertion, which may be unsigned: it can only make things worse.
fn check_envelope(tree: &Tree<'_>, sp: &ServiceProvider, request: &str) -> Result<(), Refused> {
    match tree.attribute(tree.root, "Destination") {
        Some(destination) if destination == sp.acs_url => {}
        Some(_) => return Err(Refused::NotForUs("it was sent to another address than this")),
        None => return Err(Refused::NotForUs("it does not say to which address it was sent")),
    }
    match tree.attribute(tree.root, "InResponseTo") {
        Some(answered) if answered == request => Ok(()),
        _ => Err(Refused::NotForUs("it answers another request")),
    }
}

/// The response and the assertion must be of the same issuer. Its name is not configured: the key is.
fn check_issuers(tree: &Tree<'_>, assertion: NodeId) -> Result<(), Refused> {
    let issuer = |of| {
        tree.only(of, ASSERTION, "Issuer")
            .and_then(|id| tree.value(id))
            .filter(|name| !name.is_empty())
    };
    let asserting = issuer(assertion).ok_or(Refused::NotForUs("its assertion names no issuer"))?;
    match tree.children(tree.root, ASSERTION, "Issuer").len() {
        0 => Ok(()),
        _ if issuer(tree.root) == Some(asserting) => Ok(()),
        _ => Err(Refused::NotForUs("the response and its assertion are of different issuers")),
    }
}

fn name_id(tree: &Tree<'_>, subject: NodeId) -> Result<String, Refused> {
    if !tree.children(subject, ASSERTION, "EncryptedID").is_empty() {
        return Err(Refused::Encrypted);
    }
    let found = tree.only(subject, ASSERTION, "NameID").and_then(|id| tree.value(id));
    found.filter(|name| is_plain(name)).ok_or(Refused::NotForUs("it names nobody"))
}

/// Whether a text is something that can be kept and shown: neither empty nor endless, on one line.
pub(super) fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().count() <= MAX_NAME && !text.chars().any(char::is_control)
}

/// The e-mail address: the name, if it looks like one, else the one value of the first attribute that is there.
fn address(tree: &Tree<'_>, assertion: NodeId, name_id: &str) -> Result<String, Refused> {
    if is_address(name_id) {
        return Ok(name_id.to_owned());
    }
    let statements = tree.children(assertion, ASSERTION, "AttributeStatement");
    let attributes: Vec<NodeId> = statements
        .iter()
        .flat_map(|id| tree.children(*id, ASSERTION, "Attribute"))
        .collect();
    for name in ADDRESS_ATTRIBUTES {
        let named = attributes.iter().filter(|id| tree.attribute(**id, "Name") == Some(name));
        let values: Vec<NodeId> = named.flat_map(|id| tree.children(*id, ASSERTION, "AttributeValue")).collect();
        match values.as_slice() {
            [] => {}
            [one] => return tree.value(*one).filter(|value| is_address(value)).ok_or(Refused::NoAddress),
            _ => return Err(Refused::NoAddress),
        }
    }
    Err(Refused::NoAddress)
}

/// Whether this looks like one e-mail address, in ASCII: letters that others are taken for prove nobody. Whose it is, the portal
/// users tell.
pub(super) fn is_address(text: &str) -> bool {
    let odd = |c: char| !c.is_ascii_graphic() || ",;<>()[]\"\\".contains(c);
    match text.split_once('@') {
        Some((name, host)) => !name.is_empty() && host.contains('.') && !host.contains('@') && text.len() <= 254 && !text.chars().any(odd),
        None => false,
    }
}

fn session(tree: &Tree<'_>, assertion: NodeId) -> Result<Option<String>, Refused> {
    let statements = tree.children(assertion, ASSERTION, "AuthnStatement");
    let index = statements.iter().find_map(|id| tree.attribute(*id, "SessionIndex"));
    match index {
        Some(index) if !is_plain(index) => Err(Refused::NotForUs("its session has an unusual name")),
        index => Ok(index.map(str::to_owned)),
    }
}
