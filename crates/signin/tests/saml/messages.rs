//! Messages of an identity provider, before and after they are signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::time::Moment;
use signin::saml::{Certificate, IdentityProvider, Refused, ServiceProvider, Verified, verify};

use super::workshop::{How, Key, USUAL, sign};

/// The request that the messages answer.
pub const REQUEST: &str = "_request-1";
pub const ACS: &str = "https://portal.example/saml/acs";
pub const LOGOUT: &str = "https://portal.example/saml/logout";
pub const ISSUER: &str = "https://portal.example/saml/metadata";

const RESPONSE: &str = r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_response" Version="2.0" IssueInstant="2026-11-30T12:00:00Z" Destination="https://portal.example/saml/acs" InResponseTo="_request-1"><saml:Issuer>https://login.example.com</saml:Issuer>{response signature}<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>{assertion}</samlp:Response>"#;
const ASSERTION: &str = r#"<saml:Assertion ID="_assertion" Version="2.0" IssueInstant="2026-11-30T12:00:00Z"><saml:Issuer>https://login.example.com</saml:Issuer>{assertion signature}<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">ann@example.com</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="2026-11-30T12:05:00Z" Recipient="https://portal.example/saml/acs" InResponseTo="_request-1"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="2026-11-30T11:59:00Z" NotOnOrAfter="2026-11-30T12:10:00Z"><saml:AudienceRestriction><saml:Audience>https://portal.example/saml/metadata</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="2026-11-30T11:58:00Z" SessionIndex="_session" SessionNotOnOrAfter="2026-11-30T20:00:00Z"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement><saml:Attribute Name="name"><saml:AttributeValue>Ann &amp; Ünal</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>"#;

/// A message that is not signed yet.
#[derive(Debug, Clone)]
pub struct Message(pub String);

impl Message {
    /// Ann signs in.
    pub fn new() -> Self {
        Self(RESPONSE.replace("{assertion}", ASSERTION))
    }

    /// The same with another text in place of one that must be there.
    pub fn with(self, old: &str, new: &str) -> Self {
        assert!(self.0.contains(old), "there is no {old}");
        Self(self.0.replace(old, new))
    }

    /// Without signatures.
    pub fn unsigned(self) -> String {
        self.0.replace("{response signature}", "").replace("{assertion signature}", "")
    }

    /// Signed around the assertion.
    pub fn signed(self, how: How) -> String {
        sign(
            &Self(self.0.replace("{assertion signature}", &how.template("_assertion"))).unsigned(),
            how,
        )
    }

    /// Signed around the response.
    pub fn response_signed(self, how: How) -> String {
        sign(
            &Self(self.0.replace("{response signature}", &how.template("_response"))).unsigned(),
            how,
        )
    }

    /// Signed around the assertion, then around the response.
    pub fn signed_twice(self, how: How) -> String {
        let inner = sign(&self.0.replace("{assertion signature}", &how.template("_assertion")), how);
        sign(&inner.replace("{response signature}", &how.template("_response")), how)
    }

    /// What comes of it, signed as usual around the assertion.
    pub fn outcome(self) -> Result<Verified, Refused> {
        read(&self.signed(USUAL))
    }
}

pub fn sp() -> ServiceProvider {
    ServiceProvider {
        issuer: ISSUER.to_owned(),
        acs_url: ACS.to_owned(),
        single_logout_url: LOGOUT.to_owned(),
    }
}

/// The identity provider that signs with this key.
pub fn idp(key: Key) -> IdentityProvider {
    IdentityProvider {
        sign_in_url: "https://login.example.com/sso".to_owned(),
        sign_out_url: "https://login.example.com/slo?tenant=1".to_owned(),
        certificate: Certificate::from_pem(&key.certificate()).unwrap(),
    }
}

pub fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

/// The moment at which the messages are written.
pub fn now() -> Moment {
    at("2026-11-30T12:00:00Z")
}

pub fn encode(xml: &str) -> String {
    STANDARD.encode(xml)
}

/// What the portal makes of a response, if the key is the usual one.
pub fn read(xml: &str) -> Result<Verified, Refused> {
    read_by(xml, Key::Idp)
}

/// The same, if it is this one.
pub fn read_by(xml: &str, key: Key) -> Result<Verified, Refused> {
    verify(&sp(), &idp(key), &encode(xml), REQUEST, now())
}
