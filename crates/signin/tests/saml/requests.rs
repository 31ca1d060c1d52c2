//! What the portal writes.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saml_rs::binding::deflate_raw_decode;
use signin::saml::{Refused, ask, ask_sign_out, metadata, sign_out_answer};
use url::Url;

use super::messages::{idp, now, sp};
use super::workshop::Key;

/// The parameters of an address, and the XML in one of them.
fn taken_apart(address: &str, name: &str) -> (HashMap<String, String>, String) {
    let parameters: HashMap<String, String> = Url::parse(address).unwrap().query_pairs().into_owned().collect();
    let xml = deflate_raw_decode(&STANDARD.decode(&parameters[name]).unwrap()).unwrap();
    (parameters, String::from_utf8(xml).unwrap())
}

#[test]
fn a_request_names_the_portal_and_where_to_answer() {
    let id = "_abc-DEF_0123";
    let address = ask(&sp(), &idp(Key::Idp), id, now()).unwrap();
    assert!(address.starts_with("https://login.example.com/sso?SAMLRequest="), "{address}");
    let (parameters, xml) = taken_apart(&address, "SAMLRequest");
    assert!(!parameters.contains_key("RelayState"));
    for part in [
        "<samlp:AuthnRequest ",
        " ID=\"_abc-DEF_0123\"",
        " IssueInstant=\"2026-11-30T12:00:00Z\"",
        " Destination=\"https://login.example.com/sso\"",
        " AssertionConsumerServiceURL=\"https://portal.example/saml/acs\"",
        "<saml:Issuer>https://portal.example/saml/metadata</saml:Issuer>",
        "AllowCreate=\"true\"",
    ] {
        assert!(xml.contains(part), "{part} in {xml}");
    }
    saml_rs::xml::dom::parse(&xml).unwrap();
    assert!(!xml.contains("ForceAuthn"));
}

#[test]
fn an_address_with_a_query_keeps_it() {
    let mut other = idp(Key::Idp);
    other.sign_in_url = "https://login.example.com/sso?tenant=1&x=%20\"".to_owned();
    let address = ask(&sp(), &other, "_1", now()).unwrap();
    assert!(
        address.starts_with("https://login.example.com/sso?tenant=1&x=%20\"&SAMLRequest="),
        "{address}"
    );
    let (_, xml) = taken_apart(&address, "SAMLRequest");
    assert!(xml.contains("tenant=1&amp;x=%20&quot;\""), "{xml}");
}

#[test]
fn what_cannot_be_written_is_refused() {
    for id in ["", "1", "-a", "a b", "a\"b", "ä", &"a".repeat(200)] {
        assert!(matches!(ask(&sp(), &idp(Key::Idp), id, now()), Err(Refused::Address(_))), "{id}");
    }
    for bad in [
        "",
        "login",
        "javascript:alert(1)",
        "https://login.example.com/#x",
        "https://login.example.com/a b",
        "https://a.example/\r\nX: y",
    ] {
        let mut other = idp(Key::Idp);
        other.sign_in_url = bad.to_owned();
        assert!(matches!(ask(&sp(), &other, "_1", now()), Err(Refused::Address(_))), "{bad}");
    }
    assert!(matches!(
        ask_sign_out(&sp(), &idp(Key::Idp), "_1", "", None, now()),
        Err(Refused::Address(_))
    ));
}

#[test]
fn to_sign_out_names_the_person_and_the_session() {
    let address = ask_sign_out(&sp(), &idp(Key::Idp), "_1", "a<n>n@example.com", Some("s&1"), now()).unwrap();
    assert!(
        address.starts_with("https://login.example.com/slo?tenant=1&SAMLRequest="),
        "{address}"
    );
    let (_, xml) = taken_apart(&address, "SAMLRequest");
    assert!(
        xml.contains("<saml:NameID>a&lt;n&gt;n@example.com</saml:NameID><samlp:SessionIndex>s&amp;1</samlp:SessionIndex>"),
        "{xml}"
    );
    let address = ask_sign_out(&sp(), &idp(Key::Idp), "_1", "ann@example.com", None, now()).unwrap();
    assert!(
        taken_apart(&address, "SAMLRequest")
            .1
            .contains("emailAddress\">ann@example.com</saml:NameID></samlp:LogoutRequest>")
    );
}

#[test]
fn an_answer_names_what_it_answers() {
    let address = sign_out_answer(&sp(), &idp(Key::Idp), "_2", "_asked\"1", Some("state"), now()).unwrap();
    let (parameters, xml) = taken_apart(&address, "SAMLResponse");
    assert_eq!(parameters["RelayState"], "state");
    let long = "x".repeat(1025);
    let address = sign_out_answer(&sp(), &idp(Key::Idp), "_2", "_asked", Some(&long), now()).unwrap();
    assert!(!address.contains("RelayState"), "a very long state is left out");
    assert!(
        xml.contains(" InResponseTo=\"_asked&quot;1\"") && xml.contains("status:Success"),
        "{xml}"
    );
}

#[test]
fn the_metadata_is_xml_with_both_addresses() {
    let mut odd = sp();
    odd.issuer = "https://portal.example/saml?a=1&b=\"<".to_owned();
    let xml = metadata(&odd);
    let read = saml_rs::xml::dom::parse(&xml).unwrap();
    assert_eq!(read.root.attr("entityID"), Some(odd.issuer.as_str()));
    saml_rs::metadata::SpMetadata::from_xml(&xml).unwrap();
    assert!(
        xml.contains("WantAssertionsSigned=\"true\"") && xml.matches(super::messages::LOGOUT).count() == 2,
        "{xml}"
    );
}
