//! Single sign-on by SAML 2.0: the portal is a service provider, the organisation's own server says who somebody is.
//!
//! The identity provider is known by three things that an administrator entered: two addresses and a certificate. The
//! certificate is the trust. Nothing else is: no certificate of a message, no authority, and not the dates of the
//! certificate either, because identity providers go on signing with certificates of their own that ran out long ago.
//!
//! What is checked by whom: `saml-rs` computes digests and signatures. Which signature counts, what it must cover, which
//! algorithms are good enough, and what the message says, is checked here, on the tree that the same XML reader makes of
//! the same text, and values are taken from within the signed element only.
//!
//! What the caller must see to: that a request is answered once (keep its id, and forget it with the first answer), that
//! it is the same browser that asked, and that the e-mail address leads to a portal user.

mod ask;
mod certificate;
mod conditions;
mod response;
mod sign_out;
mod signature;
mod xml;

pub use ask::{ask, ask_sign_out, metadata, sign_out_answer};
pub use certificate::Certificate;
pub use response::{Verified, answers, verify};
pub use sign_out::{FRESH, LogoutMessage, SignOut, sign_out_asked};

/// How far the clock of an identity provider may be off, in seconds.
pub const SKEW: i64 = 120;
/// The most characters of base64 that are read of a message.
pub const MAX_MESSAGE: usize = 256 * 1024;

const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
const EMAIL_FORMAT: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
const UNSPECIFIED_FORMAT: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";

/// The portal, as identity providers know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceProvider {
    /// Its entity id, which is the address of its metadata.
    pub issuer: String,
    /// Where responses are posted to.
    pub acs_url: String,
    /// Where the identity provider sends people to be signed out, and answers to it.
    pub single_logout_url: String,
}

/// The identity provider, as an administrator entered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityProvider {
    /// Where people are sent to be signed in; may have a query.
    pub sign_in_url: String,
    /// Where people are sent to be signed out; may have a query.
    pub sign_out_url: String,
    /// Whose signature is trusted.
    pub certificate: Certificate,
}

/// Why a message, a certificate or an address is not accepted: for the log, and for administrators. Text of the message
/// is part of [`Refused::Failed`] only, short and without control characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It cannot be read, or is a message of another kind.
    #[error("this is no such SAML message: {0}")]
    NotAMessage(&'static str),
    /// It is not signed, or not in a way that proves anything.
    #[error("the signature does not prove it: {0}")]
    Signature(&'static str),
    /// It is signed, and meant for somebody else, for another request or for another use.
    #[error("it is not meant for this: {0}")]
    NotForUs(&'static str),
    /// It came too early or too late.
    #[error("it is not valid now: {0}")]
    NotNow(&'static str),
    /// The identity provider says that nobody was signed in; its own words.
    #[error("the identity provider signed nobody in: {0}")]
    Failed(String),
    /// There is no e-mail address, or several.
    #[error("it does not say exactly one e-mail address: neither as the name nor as the attribute email, mail or emailaddress")]
    NoAddress,
    /// Something that must be read is encrypted.
    #[error("it is encrypted; switch the encryption of assertions off at the identity provider, HTTPS protects them on their way")]
    Encrypted,
    /// The certificate that was entered cannot be used.
    #[error("the certificate cannot be used: {0}")]
    Certificate(&'static str),
    /// An address or an id that was handed in cannot be used.
    #[error("the request cannot be written: {0}")]
    Address(&'static str),
}
