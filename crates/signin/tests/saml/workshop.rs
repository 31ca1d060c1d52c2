//! Keys by `openssl`, signatures by `xmlsec1`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

/// A key pair with its certificate, among the files of the workshop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// RSA, 2048 bits: the identity provider's.
    Idp,
    /// Another RSA key of the same subject.
    Other,
    /// RSA, 1024 bits.
    Short,
    /// The identity provider's, with a certificate that ran out in 2001.
    Expired,
    P256,
    P384,
    P521,
    Ed25519,
}

const ALL: [Key; 8] = [
    Key::Idp,
    Key::Other,
    Key::Short,
    Key::Expired,
    Key::P256,
    Key::P384,
    Key::P521,
    Key::Ed25519,
];

impl Key {
    fn options(self) -> &'static [&'static str] {
        match self {
            Self::Idp | Self::Other => &["-newkey", "rsa:2048", "-days", "30"],
            Self::Short => &["-newkey", "rsa:1024", "-days", "30"],
            Self::Expired => &["-newkey", "rsa:2048", "-days", "1"],
            Self::P256 => &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
            Self::P384 => &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
            Self::P521 => &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521"],
            Self::Ed25519 => &["-newkey", "ed25519"],
        }
    }

    fn file(self, ending: &str) -> PathBuf {
        workshop().join(format!("{self:?}.{ending}"))
    }

    /// The certificate as PEM.
    pub fn certificate(self) -> String {
        std::fs::read_to_string(self.file("crt")).unwrap()
    }

    /// The private key as PEM.
    pub fn private(self) -> String {
        std::fs::read_to_string(self.file("key")).unwrap()
    }
}

/// The directory with all keys, made once.
fn workshop() -> &'static Path {
    static PLACE: OnceLock<TempDir> = OnceLock::new();
    let place = PLACE.get_or_init(|| {
        let place = tempfile::tempdir().unwrap();
        for key in ALL {
            let path = |ending: &str| place.path().join(format!("{key:?}.{ending}")).display().to_string();
            let mut openssl = Command::new("openssl");
            openssl
                .args(["req", "-x509", "-nodes", "-subj", "/CN=login.example.com"])
                .args(key.options());
            done(openssl.args(["-keyout", &path("key"), "-out", &path("crt")]));
        }
        expire(place.path());
        place
    });
    place.path()
}

/// Certifies the key of [`Key::Expired`] for the year 2000.
fn expire(place: &Path) {
    let path = |name: &str| place.join(name).display().to_string();
    let settings = format!(
        "[ca]\ndefault_ca=d\n[d]\ndatabase={}\nnew_certs_dir={}\nrand_serial=yes\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n",
        path("index"),
        place.display(),
    );
    std::fs::write(place.join("ca.cnf"), settings).unwrap();
    std::fs::write(place.join("index"), "").unwrap();
    let (key, request) = (path("Expired.key"), path("Expired.csr"));
    done(Command::new("openssl").args(["req", "-new", "-subj", "/CN=login.example.com", "-key", &key, "-out", &request]));
    let mut ca = Command::new("openssl");
    ca.args([
        "ca",
        "-batch",
        "-selfsign",
        "-notext",
        "-startdate",
        "20000101000000Z",
        "-enddate",
        "20010101000000Z",
    ]);
    done(ca.args([
        "-config",
        &path("ca.cnf"),
        "-keyfile",
        &key,
        "-in",
        &request,
        "-out",
        &path("Expired.crt"),
    ]));
}

/// Runs a program to its end; its output.
fn done(command: &mut Command) -> Vec<u8> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{command:?} must be installed: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// How a signature is made.
#[derive(Debug, Clone, Copy)]
pub struct How {
    pub key: Key,
    pub method: &'static str,
    pub digest: &'static str,
    /// Whether the certificate is shown within.
    pub shown: bool,
    /// What `Reference` points to, where that is not the element around it.
    pub reference: Option<&'static str>,
    /// What is done before the digest.
    pub transforms: &'static str,
}

pub const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
pub const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
pub const TRANSFORMS: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>\
    <ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";

/// RSA with SHA-256 by the identity provider's key.
pub const USUAL: How = How {
    key: Key::Idp,
    method: RSA_SHA256,
    digest: SHA256,
    shown: true,
    reference: None,
    transforms: TRANSFORMS,
};

impl How {
    /// The signature before it is made.
    pub fn template(self, id: &str) -> String {
        let shown = if self.shown {
            "<ds:KeyInfo><ds:X509Data/></ds:KeyInfo>"
        } else {
            ""
        };
        format!(
            "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo>\
             <ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>\
             <ds:SignatureMethod Algorithm=\"{}\"/><ds:Reference URI=\"#{}\"><ds:Transforms>{}</ds:Transforms>\
             <ds:DigestMethod Algorithm=\"{}\"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/>{shown}</ds:Signature>",
            self.method,
            self.reference.unwrap_or(id),
            self.transforms,
            self.digest,
        )
    }
}

const IDS: [&str; 6] = [
    "--id-attr:ID",
    "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
    "--id-attr:ID",
    "urn:oasis:names:tc:SAML:2.0:protocol:Response",
    "--id-attr:ID",
    "urn:oasis:names:tc:SAML:2.0:protocol:LogoutRequest",
];

/// `xmlsec1` about to do something with the keys that are named next. Since its version 1.3 it must be told to use those.
fn xmlsec1(deed: &str) -> Command {
    static LAX: OnceLock<bool> = OnceLock::new();
    let lax = LAX.get_or_init(|| {
        let version = done(Command::new("xmlsec1").arg("--version"));
        !String::from_utf8_lossy(&version).starts_with("xmlsec1 1.2.")
    });
    let mut xmlsec = Command::new("xmlsec1");
    xmlsec.arg(deed).args(lax.then_some("--lax-key-search")).args(IDS);
    xmlsec
}

/// Makes the first signature of the document that is not made yet.
pub fn sign(xml: &str, how: How) -> String {
    let place = tempfile::tempdir().unwrap();
    let input = place.path().join("in.xml");
    std::fs::write(&input, xml).unwrap();
    let mut xmlsec = xmlsec1("--sign");
    if how.method.contains("hmac") {
        xmlsec.arg("--hmackey").arg(how.key.file("crt"));
    } else {
        let pair = format!("{},{}", how.key.file("key").display(), how.key.file("crt").display());
        xmlsec.arg("--privkey-pem").arg(pair);
    }
    xmlsec.args([
        "--node-xpath",
        "//*[local-name()='Signature'][*[local-name()='SignatureValue' and not(text())]]",
    ]);
    String::from_utf8(done(xmlsec.arg(&input))).unwrap()
}

/// Whether `xmlsec1` finds that this key made the first signature.
pub fn holds(xml: &str, key: Key) -> bool {
    let place = tempfile::tempdir().unwrap();
    let input = place.path().join("in.xml");
    std::fs::write(&input, xml).unwrap();
    let mut xmlsec = xmlsec1("--verify");
    xmlsec.args(["--enabled-key-data", "key-name"]);
    xmlsec.arg("--pubkey-cert-pem").arg(key.file("crt")).arg(&input);
    xmlsec.output().unwrap().status.success()
}

/// The signature of `text` by `openssl dgst`.
pub fn sign_octets(text: &str, key: Key, digest: &str) -> Vec<u8> {
    let place = tempfile::tempdir().unwrap();
    let input = place.path().join("octets");
    std::fs::write(&input, text).unwrap();
    done(
        Command::new("openssl")
            .arg("dgst")
            .arg(digest)
            .arg("-sign")
            .arg(key.file("key"))
            .arg(&input),
    )
}
