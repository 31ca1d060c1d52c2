//! What a signed response must say.

use signin::saml::{Refused, Verified, answers, verify};

use super::messages::{ISSUER, Message, REQUEST, at, encode, idp, now, read, read_by, sp};
use super::workshop::{How, Key, SHA256, USUAL, holds};

fn ann() -> Verified {
    Verified {
        name_id: "ann@example.com".to_owned(),
        email: "ann@example.com".to_owned(),
        session: Some("_session".to_owned()),
        until: Some(at("2026-11-30T20:00:00Z")),
    }
}

#[test]
fn whoever_the_identity_provider_names_signs_in() {
    assert_eq!(read(&Message::new().signed(USUAL)), Ok(ann()));
    assert_eq!(read(&Message::new().response_signed(USUAL)), Ok(ann()));
    assert_eq!(read(&Message::new().signed_twice(USUAL)), Ok(ann()));
    assert_eq!(read(&Message::new().signed(How { shown: false, ..USUAL })), Ok(ann()));
}

#[test]
fn all_good_algorithms_are_understood_as_xmlsec1_understands_them() {
    let more = "http://www.w3.org/2001/04/xmldsig-more#";
    let methods = [
        (Key::Idp, "rsa-sha256"),
        (Key::Idp, "rsa-sha384"),
        (Key::Idp, "rsa-sha512"),
        (Key::P256, "ecdsa-sha256"),
        (Key::P384, "ecdsa-sha384"),
        (Key::P521, "ecdsa-sha512"),
        (Key::P384, "ecdsa-sha256"),
        (Key::P256, "ecdsa-sha512"),
    ];
    for (key, method) in methods {
        for digest in [
            SHA256,
            "http://www.w3.org/2001/04/xmldsig-more#sha384",
            "http://www.w3.org/2001/04/xmlenc#sha512",
        ] {
            let method = format!("{more}{method}").leak();
            let xml = Message::new().signed(How {
                key,
                method,
                digest,
                ..USUAL
            });
            assert!(holds(&xml, key), "{key:?} {method} {digest}");
            assert_eq!(read_by(&xml, key), Ok(ann()), "{key:?} {method} {digest}");
        }
    }
}

#[test]
fn prefixes_that_are_declared_outside_the_assertion_are_signed_as_okta_does() {
    let transforms = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>\
        <ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">\
        <ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"xs\"/></ds:Transform>";
    let message = Message::new()
        .with("<samlp:Response ", "<samlp:Response xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" ")
        .with(
            "<saml:AttributeValue>",
            "<saml:AttributeValue xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"xs:string\">",
        );
    assert_eq!(read(&message.signed(How { transforms, ..USUAL })), Ok(ann()));
}

#[test]
fn a_certificate_that_ran_out_still_signs() {
    let xml = Message::new().signed(How {
        key: Key::Expired,
        ..USUAL
    });
    assert_eq!(read_by(&xml, Key::Expired), Ok(ann()));
}

#[test]
fn the_address_is_the_name_or_the_one_attribute() {
    let with = |attribute: &str, values: &[&str]| {
        let values: String = values
            .iter()
            .map(|value| format!("<saml:AttributeValue>{value}</saml:AttributeValue>"))
            .collect();
        let attribute = format!("<saml:AttributeStatement><saml:Attribute Name=\"{attribute}\">{values}</saml:Attribute>");
        Message::new()
            .with(">ann@example.com<", ">u-4711<")
            .with("<saml:AttributeStatement>", &attribute)
            .outcome()
    };
    for attribute in [
        "email",
        "mail",
        "urn:oid:0.9.2342.19200300.100.1.3",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    ] {
        let found = with(attribute, &["<!-- -->bo@example.com\n"]).unwrap();
        assert_eq!(
            (found.name_id.as_str(), found.email.as_str()),
            ("u-4711", "bo@example.com"),
            "{attribute}"
        );
    }
    for values in [
        &["bo@example.com", "eve@example.com"][..],
        &["bo"],
        &["bo@example.com <b/>"],
        &[],
        &["a@b.c, d@e.f"],
    ] {
        assert_eq!(with("email", values), Err(Refused::NoAddress), "{values:?}");
    }
    assert_eq!(with("e-mail", &["bo@example.com"]), Err(Refused::NoAddress));
}

#[test]
fn a_response_is_for_one_portal_and_one_request() {
    let wrong = [
        ("Audience>https://portal.example/saml/metadata<", "Audience>https://other.example<"),
        (
            "Recipient=\"https://portal.example/saml/acs\"",
            "Recipient=\"https://portal.example/saml/acs/\"",
        ),
        ("Recipient=\"https://portal.example/saml/acs\"", ""),
        (
            "Destination=\"https://portal.example/saml/acs\"",
            "Destination=\"https://other.example/saml/acs\"",
        ),
        ("Destination=\"https://portal.example/saml/acs\"", ""),
        (" InResponseTo=\"_request-1\"/>", " InResponseTo=\"_request-2\"/>"),
        (" InResponseTo=\"_request-1\"/>", "/>"),
        (" InResponseTo=\"_request-1\">", " InResponseTo=\"_request-2\">"),
        (" InResponseTo=\"_request-1\">", ">"),
        ("cm:bearer", "cm:sender-vouches"),
        (
            "<saml:AudienceRestriction>",
            "<saml:AudienceRestriction><saml:Audience>https://other.example</saml:Audience></saml:AudienceRestriction><saml:AudienceRestriction><!-- -->",
        ),
        ("<saml:AudienceRestriction>", "<saml:Condition/><saml:AudienceRestriction>"),
        (
            "<saml:Issuer>https://login.example.com</saml:Issuer>{response signature}",
            "<saml:Issuer>https://eve.example</saml:Issuer>{response signature}",
        ),
    ];
    for (old, new) in wrong {
        let refused = Message::new().with(old, new);
        assert!(matches!(refused.outcome(), Err(Refused::NotForUs(_))), "{old} → {new}");
    }
    let none = Message::new();
    let start = none.0.find("<saml:AuthnStatement").unwrap();
    let end = none.0.find("<saml:AttributeStatement").unwrap();
    let statement = none.0[start..end].to_owned();
    assert!(matches!(none.with(&statement, "").outcome(), Err(Refused::NotForUs(_))));
    let audiences =
        "<saml:Audience>https://other.example</saml:Audience><saml:Audience>https://portal.example/saml/metadata</saml:Audience>";
    let several = Message::new().with(&format!("<saml:Audience>{ISSUER}</saml:Audience>"), audiences);
    assert_eq!(several.outcome(), Ok(ann()));
}

#[test]
fn of_several_confirmations_one_must_hold() {
    let start = "<saml:SubjectConfirmation Method";
    let other = "<saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:holder-of-key\"/><saml:SubjectConfirmation Method";
    assert_eq!(Message::new().with(start, other).outcome(), Ok(ann()));
}

#[test]
fn two_minutes_are_forgiven_and_no_more() {
    let xml = Message::new().signed(USUAL);
    let outcome = |text: &str| verify(&sp(), &idp(Key::Idp), &encode(&xml), REQUEST, at(text));
    for good in ["2026-11-30T11:58:00Z", "2026-11-30T12:06:59.9Z"] {
        assert_eq!(outcome(good), Ok(ann()), "{good}");
    }
    for bad in ["2026-11-30T11:57:59Z", "2026-11-30T12:07:00Z", "2027-11-30T12:00:00Z", "1970-01-01"] {
        let Err(Refused::NotNow(_)) = outcome(bad) else { panic!("{bad}") };
    }
}

#[test]
fn each_time_in_it_counts() {
    let over = "2026-11-30T11:58:00Z";
    for (old, new) in [
        (
            " NotBefore=\"2026-11-30T11:59:00Z\"",
            " NotBefore=\"2026-11-30T12:02:01Z\"".to_owned(),
        ),
        ("NotOnOrAfter=\"2026-11-30T12:10:00Z\"", format!("NotOnOrAfter=\"{over}\"")),
        ("NotOnOrAfter=\"2026-11-30T12:05:00Z\" ", format!("NotOnOrAfter=\"{over}\" ")),
        ("NotOnOrAfter=\"2026-11-30T12:05:00Z\" ", String::new()),
        (
            "SessionNotOnOrAfter=\"2026-11-30T20:00:00Z\"",
            format!("SessionNotOnOrAfter=\"{over}\""),
        ),
    ] {
        assert!(matches!(Message::new().with(old, &new).outcome(), Err(Refused::NotNow(_))), "{old}");
    }
    let unreadable = Message::new().with("2026-11-30T12:10:00Z", "soon").outcome();
    assert!(matches!(unreadable, Err(Refused::NotAMessage(_))));
}

#[test]
fn a_failure_is_told_in_the_words_of_the_identity_provider() {
    let status = "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\">\
        <samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:AuthnFailed\"/></samlp:StatusCode>\
        <samlp:StatusMessage>not today&#10;\u{202e}{long}</samlp:StatusMessage>";
    let status = status.replace("{long}", &"x".repeat(500));
    let xml = Message::new()
        .with("<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/>", &status)
        .unsigned();
    let Err(Refused::Failed(said)) = read(&xml) else { panic!() };
    assert!(said.starts_with("Responder, AuthnFailed, not today\u{fffd}\u{fffd}xxx"), "{said}");
    assert_eq!(said.chars().count(), 200);
}

#[test]
fn an_encrypted_assertion_is_told_from_a_bad_one() {
    let message = Message::new();
    let from = message.0.find("<saml:Assertion").unwrap();
    let to = message.0.find("</samlp:Response>").unwrap();
    let assertion = message.0[from..to].to_owned();
    let hidden =
        "<saml:EncryptedAssertion><xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"/></saml:EncryptedAssertion>";
    assert_eq!(read(&message.with(&assertion, hidden).unsigned()), Err(Refused::Encrypted));
    let subject = "<saml:NameID Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\">ann@example.com</saml:NameID>";
    assert_eq!(
        Message::new().with(subject, "<saml:EncryptedID/>").outcome(),
        Err(Refused::Encrypted)
    );
}

#[test]
fn a_response_says_what_it_answers_before_it_is_verified() {
    assert_eq!(answers(&encode(&Message::new().unsigned())), Ok(Some(REQUEST.to_owned())));
    let unsolicited = Message::new().with(" InResponseTo=\"_request-1\">", ">").unsigned();
    assert_eq!(answers(&encode(&unsolicited)), Ok(None));
    for bad in [
        "",
        "%",
        "PGE+",
        &encode("<Response/>"),
        &encode("<a"),
        &encode(&Message::new().with("Version=\"2.0\"", "Version=\"1.1\"").unsigned()),
    ] {
        assert!(matches!(answers(bad), Err(Refused::NotAMessage(_))), "{bad}");
    }
    let folded: String = encode(&Message::new().signed(USUAL))
        .as_bytes()
        .chunks(76)
        .map(|line| format!("{}\r\n", str::from_utf8(line).unwrap()))
        .collect();
    assert_eq!(verify(&sp(), &idp(Key::Idp), &folded, REQUEST, now()), Ok(ann()));
}
