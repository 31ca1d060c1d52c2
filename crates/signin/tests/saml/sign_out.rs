//! Requests of the identity provider to sign somebody out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml_rs::binding::deflate_raw_encode;
use signin::saml::{LogoutMessage, Refused, SignOut, sign_out_asked};
use url::form_urlencoded::byte_serialize;

use super::messages::{at, encode, idp, now, sp};
use super::workshop::{How, Key, RSA_SHA256, USUAL, sign, sign_octets};

const REQUEST: &str = r#"<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_logout" Version="2.0" IssueInstant="2026-11-30T12:00:00Z" Destination="https://portal.example/saml/logout" NotOnOrAfter="2026-11-30T12:05:00Z"><saml:Issuer>https://login.example.com</saml:Issuer>{signature}<saml:NameID>ann@example.com</saml:NameID><samlp:SessionIndex>_session</samlp:SessionIndex><samlp:SessionIndex>_other</samlp:SessionIndex></samlp:LogoutRequest>"#;

fn asked() -> SignOut {
    SignOut {
        id: "_logout".to_owned(),
        name_id: "ann@example.com".to_owned(),
        sessions: vec!["_session".to_owned(), "_other".to_owned()],
    }
}

fn url_encode(bytes: &[u8]) -> String {
    byte_serialize(bytes).collect()
}

/// A query signed by `openssl`.
fn query(xml: &str, key: Key, method: &str, digest: &str, state: &str) -> String {
    let request = STANDARD.encode(deflate_raw_encode(xml.replace("{signature}", "").as_bytes()).unwrap());
    let octets = format!(
        "SAMLRequest={}{state}&SigAlg={}",
        url_encode(request.as_bytes()),
        url_encode(method.as_bytes())
    );
    let signature = STANDARD.encode(sign_octets(&octets, key, digest));
    format!("{octets}&Signature={}", url_encode(signature.as_bytes()))
}

fn usual(xml: &str) -> String {
    query(xml, Key::Idp, RSA_SHA256, "-sha256", "&RelayState=a%20b")
}

fn read(query: &str) -> Result<SignOut, Refused> {
    sign_out_asked(&sp(), &idp(Key::Idp), LogoutMessage::Query(query), now())
}

fn form(xml: &str, how: How) -> String {
    encode(&sign(&xml.replace("{signature}", &how.template("_logout")), how))
}

fn read_form(base64: &str) -> Result<SignOut, Refused> {
    sign_out_asked(&sp(), &idp(Key::Idp), LogoutMessage::Form { saml_request: base64 }, now())
}

#[test]
fn a_signed_request_names_the_person_and_the_sessions() {
    assert_eq!(read(&usual(REQUEST)), Ok(asked()));
    assert_eq!(read(&query(REQUEST, Key::Idp, RSA_SHA256, "-sha256", "")), Ok(asked()));
    let sha512 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512";
    assert_eq!(read(&query(REQUEST, Key::Idp, sha512, "-sha512", "&RelayState=")), Ok(asked()));
    assert_eq!(read_form(&form(REQUEST, USUAL)), Ok(asked()));
    // The order of parameters, and others beside them, do not matter.
    let mut pairs: Vec<String> = usual(REQUEST).split('&').map(str::to_owned).collect();
    pairs.reverse();
    assert_eq!(read(&format!("lang=en&{}", pairs.join("&"))), Ok(asked()));
}

#[test]
fn what_the_pinned_key_did_not_sign_signs_nobody_out() {
    let good = usual(REQUEST);
    let unsigned = good.split("&SigAlg").next().unwrap();
    let other = query(REQUEST, Key::Other, RSA_SHA256, "-sha256", "");
    let sha1 = query(REQUEST, Key::Idp, "http://www.w3.org/2000/09/xmldsig#rsa-sha1", "-sha1", "");
    let hmac = good.replace("rsa-sha256", "hmac-sha256");
    for bad in [
        unsigned,
        &other,
        &sha1,
        &hmac,
        &good.replace("a%20b", "a+b"),
        &good.replace("RelayState=a%20b&", ""),
        &good.replace("Signature=", "Signature=A"),
    ] {
        assert!(matches!(read(bad), Err(Refused::Signature(_) | Refused::NotAMessage(_))), "{bad}");
        assert_ne!(bad, good);
    }
    let evil = usual(&REQUEST.replace("ann@", "eve@"));
    let evil = evil.split('&').next().unwrap();
    for bad in [
        format!("{evil}&{good}"),
        format!("{good}&{evil}"),
        good.replace("SAMLRequest", "SAMLReques%74"),
        format!("{good}&RelayState=x"),
        format!("{good}&SAMLReques%74=x"),
    ] {
        assert!(matches!(read(&bad), Err(Refused::NotAMessage(_))), "{bad}");
    }
    assert!(matches!(
        read_form(&form(REQUEST, How { key: Key::Other, ..USUAL })),
        Err(Refused::Signature(_))
    ));
    assert!(matches!(
        read_form(&encode(&REQUEST.replace("{signature}", ""))),
        Err(Refused::Signature(_))
    ));
    let signed = String::from_utf8(STANDARD.decode(form(REQUEST, USUAL)).unwrap()).unwrap();
    assert!(matches!(
        read_form(&encode(&signed.replace("ann@", "eve@"))),
        Err(Refused::Signature(_))
    ));
    let wrapped = format!(
        "<samlp:Extensions>{}</samlp:Extensions>",
        &signed[signed.find("<samlp:Logout").unwrap()..]
    );
    let wrapped = REQUEST
        .replace("_logout", "_evil")
        .replace("ann@", "eve@")
        .replace("{signature}", &wrapped);
    assert!(matches!(read_form(&encode(&wrapped)), Err(Refused::Signature(_))));
}

#[test]
fn it_is_fresh_and_for_this_portal() {
    let outcome = |old: &str, new: &str| {
        assert!(REQUEST.contains(old), "{old}");
        read(&usual(&REQUEST.replace(old, new)))
    };
    let destination = " Destination=\"https://portal.example/saml/logout\"";
    assert!(matches!(outcome(destination, ""), Err(Refused::NotForUs(_))));
    assert_eq!(outcome(" NotOnOrAfter=\"2026-11-30T12:05:00Z\"", ""), Ok(asked()));
    assert!(matches!(outcome("saml/logout", "saml/acs"), Err(Refused::NotForUs(_))));
    assert!(matches!(outcome("12:05:00", "11:58:00"), Err(Refused::NotNow(_))));
    assert!(matches!(outcome("ann@example.com", ""), Err(Refused::NotForUs(_))));
    assert!(matches!(
        outcome("<samlp:SessionIndex>_other", "<samlp:SessionIndex>"),
        Err(Refused::NotForUs(_))
    ));
    assert!(matches!(outcome("LogoutRequest", "AuthnRequest"), Err(Refused::NotAMessage(_))));
    assert_eq!(
        outcome("<saml:NameID>ann@example.com</saml:NameID>", "<saml:EncryptedID/>"),
        Err(Refused::Encrypted)
    );
    let good = usual(REQUEST);
    for (moment, fresh) in [("11:55:00", true), ("11:54:59", false), ("12:05:00", true), ("12:05:01", false)] {
        let moment = at(&format!("2026-11-30T{moment}Z"));
        let outcome = sign_out_asked(&sp(), &idp(Key::Idp), LogoutMessage::Query(&good), moment);
        assert_eq!(outcome.is_ok(), fresh, "{moment:?}");
    }
}

#[test]
fn rubbish_is_refused() {
    for bad in [
        "",
        "&",
        "=",
        "SAMLRequest",
        "SAMLRequest=%",
        "SAMLRequest=%ff&SigAlg=%ff&Signature=%ff",
        &"SAMLRequest=&".repeat(30_000),
    ] {
        assert!(read(bad).is_err(), "{bad}");
        assert!(read_form(bad).is_err());
    }
    // A bomb: what inflates to more than a message may have.
    let bomb = REQUEST.replace("{signature}", &" ".repeat(5_000_000));
    assert_eq!(
        read(&usual(&bomb)),
        Err(Refused::NotAMessage("it cannot be inflated, or is too long"))
    );
}
