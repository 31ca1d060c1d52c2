//! The certificate of an identity provider: read strictly, kept in one spelling.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::time::Moment;
use saml_rs::crypto::keys::load_certificate;
use x509_cert::der::asn1::{ObjectIdentifier, UintRef};
use x509_cert::der::{Decode as _, Reader as _, SliceReader};

use super::Refused;

/// The most characters that are read.
const MAX: usize = 32 * 1024;
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// The fewest and the most bits of an RSA key.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// An X.509 certificate whose key can verify signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    pem: String,
    subject: String,
    not_after: Moment,
    key: Kind,
}

/// What kind of key a certificate has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Rsa,
    Ec,
}

impl Certificate {
    /// Reads one certificate: PEM with its first and last line, or the base64 between them alone, with any white space.
    ///
    /// # Errors
    /// [`Refused::Certificate`] with the reason.
    pub fn from_pem(text: &str) -> Result<Self, Refused> {
        let der = decode(text)?;
        let read = x509_cert::Certificate::from_der(&der).map_err(|_| refused("it is no X.509 certificate"))?;
        let tbs = &read.tbs_certificate;
        let info = &tbs.subject_public_key_info;
        let key = kind(info.algorithm.oid, info.subject_public_key.as_bytes())?;
        let pem = armour(&der);
        // What the verifier cannot load would refuse every signature later.
        load_certificate(&pem).map_err(|_| refused("its key is of a kind that is not supported"))?;
        let until = tbs.validity.not_after.to_unix_duration().as_secs();
        Ok(Self {
            pem,
            subject: tbs.subject.to_string().chars().filter(|c| !c.is_control()).take(200).collect(),
            not_after: Moment(0).plus_seconds(i64::try_from(until).unwrap_or(i64::MAX)),
            key,
        })
    }

    /// The certificate as PEM: lines of 64 characters, each ended by a line feed.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Whose it says to be, such as `CN=login.example.com,O=Example`; at most 200 characters. Nothing vouches for it.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Until when it says to be valid. It is used longer, if nobody replaces it: see the module.
    #[must_use]
    pub fn not_after(&self) -> Moment {
        self.not_after
    }

    /// What its key can verify.
    pub(super) fn key(&self) -> Kind {
        self.key
    }
}

/// The bytes of the one certificate in `text`.
fn decode(text: &str) -> Result<Vec<u8>, Refused> {
    let text = text.trim();
    if text.is_empty() {
        return Err(refused("there is none"));
    }
    if text.len() > MAX {
        return Err(refused("it is too long"));
    }
    if text.contains("PRIVATE KEY") {
        return Err(refused(
            "this is a private key; it belongs to the identity provider alone, enter the certificate",
        ));
    }
    if text.matches("-----BEGIN").count() > 1 {
        return Err(refused("there are several; enter the one that signs"));
    }
    let body = match text.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END)) {
        Some(body) => body,
        None if text.contains("-----") => {
            return Err(refused(
                "it must begin with -----BEGIN CERTIFICATE----- and end with -----END CERTIFICATE-----",
            ));
        }
        None => text,
    };
    let dense: String = body.split_whitespace().collect();
    STANDARD.decode(dense).map_err(|_| refused("it is neither PEM nor base64"))
}

/// What kind of key this is, if it is good enough. `bytes` are what the certificate holds of it.
fn kind(algorithm: ObjectIdentifier, bytes: Option<&[u8]>) -> Result<Kind, Refused> {
    match algorithm {
        RSA => {
            let bits = bytes.and_then(rsa_bits).ok_or(refused("its RSA key cannot be read"))?;
            if RSA_BITS.contains(&bits) {
                Ok(Kind::Rsa)
            } else {
                Err(refused("its RSA key must have 2048 to 4096 bits"))
            }
        }
        EC => Ok(Kind::Ec),
        _ => Err(refused("its key must be RSA, or on a NIST curve")),
    }
}

/// How many bits the modulus of a PKCS#1 public key has.
fn rsa_bits(der: &[u8]) -> Option<usize> {
    let mut reader = SliceReader::new(der).ok()?;
    let modulus = reader
        .sequence(|inner| {
            let modulus = UintRef::decode(inner)?;
            UintRef::decode(inner)?;
            Ok(modulus)
        })
        .ok()?;
    let first = modulus.as_bytes().first()?;
    Some(modulus.as_bytes().len() * 8 - usize::try_from(first.leading_zeros()).ok()?)
}

fn armour(der: &[u8]) -> String {
    let mut pem = format!("{BEGIN}\n");
    for (at, letter) in STANDARD.encode(der).chars().enumerate() {
        if at > 0 && at % 64 == 0 {
            pem.push('\n');
        }
        pem.push(letter);
    }
    pem.push('\n');
    pem.push_str(END);
    pem.push('\n');
    pem
}

fn refused(why: &'static str) -> Refused {
    Refused::Certificate(why)
}
