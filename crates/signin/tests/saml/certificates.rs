//! What an administrator may paste as the certificate.

use signin::saml::{Certificate, Refused};

use super::workshop::Key;

#[test]
fn a_certificate_is_read_however_it_was_pasted() {
    let pem = Key::Idp.certificate();
    let read = Certificate::from_pem(&pem).unwrap();
    assert_eq!(read.pem(), pem);
    assert_eq!(read.subject(), "CN=login.example.com");
    assert!(read.not_after().iso().starts_with("20"));
    let bare: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    for text in [
        pem.replace('\n', "\r\n"),
        pem.replace('\n', "\r"),
        format!("\n  {pem}\n\n"),
        bare.clone(),
        format!("{bare} \t"),
        pem.replace('\n', " \n "),
    ] {
        assert_eq!(Certificate::from_pem(&text).as_ref(), Ok(&read), "{text}");
    }
    for key in [Key::P256, Key::P384, Key::P521, Key::Expired] {
        Certificate::from_pem(&key.certificate()).unwrap();
    }
}

#[test]
fn what_is_no_usable_certificate_is_refused_with_the_reason() {
    let pem = Key::Idp.certificate();
    let public = pem.replace("CERTIFICATE", "PUBLIC KEY");
    let two = format!("{pem}{}", Key::Other.certificate());
    let cut = pem.replacen("MII", "", 1);
    let longer = pem.replace("\n-----END", "\nAAAA\n-----END");
    for (text, reason) in [
        ("", "there is none"),
        ("hello", "base64"),
        ("aGVsbG8=", "no X.509"),
        (cut.as_str(), ""),
        (longer.as_str(), ""),
        (public.as_str(), "BEGIN CERTIFICATE"),
        (two.as_str(), "several"),
        (Key::Idp.private().as_str(), "private key"),
        (&format!("{pem}{}", Key::Idp.private()), "private key"),
        (Key::Short.certificate().as_str(), "2048"),
        (Key::Ed25519.certificate().as_str(), "RSA"),
        (&"A".repeat(40_000), "too long"),
    ] {
        let Err(Refused::Certificate(why)) = Certificate::from_pem(text) else {
            panic!("{text}")
        };
        assert!(why.contains(reason), "{why} / {reason}");
    }
}
