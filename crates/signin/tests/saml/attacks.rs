//! Messages that somebody else has written or changed.

use signin::saml::{Refused, answers, verify};

use super::messages::{Message, REQUEST, encode, idp, now, read, read_by, sp};
use super::workshop::{How, Key, SHA256, USUAL, holds};

/// The part of a signed message from `<saml:Assertion` to its end.
fn assertion(xml: &str) -> String {
    let from = xml.find("<saml:Assertion").unwrap();
    let to = xml.find("</saml:Assertion>").unwrap() + "</saml:Assertion>".len();
    xml[from..to].to_owned()
}

/// The signature in a text.
fn signature(xml: &str) -> String {
    let from = xml.find("<ds:Signature ").unwrap();
    let to = xml.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    xml[from..to].to_owned()
}

/// An unsigned assertion that names Eve, with this id.
fn forged(id: &str) -> String {
    assertion(&Message::new().unsigned())
        .replace("_assertion", id)
        .replace("ann@example.com", "eve@example.com")
}

#[track_caller]
fn refused(xml: &str) {
    let outcome = read(xml);
    assert!(
        matches!(outcome, Err(Refused::Signature(_) | Refused::NotAMessage(_))),
        "{outcome:?}"
    );
}

#[test]
fn what_is_changed_after_signing_is_refused() {
    for xml in [
        Message::new().signed(USUAL),
        Message::new().response_signed(USUAL),
        Message::new().signed_twice(USUAL),
    ] {
        read(&xml).unwrap();
        for (old, new) in [("ann@", "eve@"), ("nal<", "nel<"), ("_session", "_other"), ("12:10:00", "13:10:00")] {
            assert!(xml.contains(old));
            assert!(matches!(read(&xml.replace(old, new)), Err(Refused::Signature(_))), "{old}");
        }
    }
    let response = Message::new().response_signed(USUAL);
    refused(&response.replace("</samlp:Status>", "</samlp:Status><samlp:Extensions/>"));
}

#[test]
fn only_the_pinned_key_counts() {
    for shown in [true, false] {
        let how = How {
            key: Key::Other,
            shown,
            ..USUAL
        };
        assert!(matches!(read(&Message::new().signed(how)), Err(Refused::Signature(_))));
        assert!(matches!(read(&Message::new().response_signed(how)), Err(Refused::Signature(_))));
    }
    // The right certificate is shown, another key has signed.
    let right = Message::new().signed(USUAL);
    let (from, to) = (right.find("<ds:KeyInfo>").unwrap(), right.find("</ds:KeyInfo>").unwrap());
    let other = Message::new().signed(How {
        key: Key::Other,
        shown: false,
        ..USUAL
    });
    let shown = format!("{}</ds:KeyInfo></ds:Signature>", &right[from..to]);
    refused(&other.replace("</ds:Signature>", &shown));
    refused(&Message::new().unsigned());
}

#[test]
fn weak_algorithms_are_refused_although_xmlsec1_takes_them() {
    let sha1 = "http://www.w3.org/2000/09/xmldsig#sha1";
    for (method, digest) in [
        ("http://www.w3.org/2000/09/xmldsig#rsa-sha1", SHA256),
        (USUAL.method, sha1),
        ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha224", SHA256),
        ("http://www.w3.org/2000/09/xmldsig#rsa-sha1", sha1),
    ] {
        let xml = Message::new().signed(How { method, digest, ..USUAL });
        assert!(holds(&xml, Key::Idp), "{method} {digest}");
        refused(&xml);
    }
}

#[test]
fn the_certificate_is_no_secret_to_sign_with() {
    for method in [
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
    ] {
        refused(&Message::new().signed(How {
            method,
            shown: false,
            ..USUAL
        }));
    }
    let rsa = Message::new().signed(USUAL);
    assert!(matches!(read_by(&rsa, Key::P256), Err(Refused::Signature(_))));
}

#[test]
fn a_forged_assertion_beside_the_signed_one_is_refused() {
    let xml = Message::new().signed(USUAL);
    let signed = assertion(&xml);
    for id in ["_evil", "_assertion"] {
        let forged = forged(id);
        refused(&xml.replace(&signed, &format!("{forged}{signed}")));
        refused(&xml.replace(&signed, &format!("{signed}{forged}")));
        let hidden = format!("<samlp:Extensions>{signed}</samlp:Extensions><samlp:Status>");
        refused(&xml.replace(&signed, &forged).replace("<samlp:Status>", &hidden));
        refused(&xml.replace(
            "<samlp:Status>",
            &format!("<samlp:Extensions>{forged}</samlp:Extensions><samlp:Status>"),
        ));
    }
}

#[test]
fn a_signature_is_not_moved_to_another_assertion() {
    let xml = Message::new().signed(USUAL);
    let signed = assertion(&xml);
    let signature = signature(&xml);
    let original = signed.replace(&signature, "");
    let object = signature.replace("</ds:Signature>", &format!("<ds:Object>{original}</ds:Object></ds:Signature>"));
    let issuer = "</saml:Issuer>";
    for id in ["_evil", "_assertion"] {
        for moved in [
            &object,
            &signature,
            &signature.replace("#_assertion", "#_evil"),
            &signature.replace("#_assertion", ""),
        ] {
            refused(&xml.replace(&signed, &forged(id).replacen(issuer, &format!("{issuer}{moved}"), 1)));
        }
        // The signed one within the forged one, and the other way round.
        let within = forged(id).replacen("<saml:Subject>", &format!("{signed}<saml:Subject>"), 1);
        refused(&xml.replace(&signed, &within));
        let advice = format!("<saml:Advice>{signed}</saml:Advice><saml:AuthnStatement");
        refused(&xml.replace(&signed, &forged(id).replacen("<saml:AuthnStatement", &advice, 1)));
    }
}

#[test]
fn a_signed_response_is_not_wrapped() {
    let xml = Message::new().response_signed(USUAL);
    let from = xml.find("<samlp:Response").unwrap();
    let inner = &xml[from..];
    let outer = Message::new()
        .with("ann@", "eve@")
        .with("_response", "_evil")
        .with("_assertion", "_evil2")
        .unsigned();
    let extended = format!("<samlp:Extensions>{inner}</samlp:Extensions><samlp:Status>");
    refused(&outer.replace("<samlp:Status>", &extended));
    let signature = signature(&xml);
    let object = signature.replace(
        "</ds:Signature>",
        &format!("<ds:Object>{}</ds:Object></ds:Signature>", inner.replace(&signature, "")),
    );
    refused(&outer.replacen("</saml:Issuer>", &format!("</saml:Issuer>{object}"), 1));
    refused(&outer.replacen("</saml:Issuer>", &format!("</saml:Issuer>{signature}"), 1));
}

#[test]
fn a_signature_covers_the_whole_element_around_it() {
    // Truly signed by the right key, but over the other element, or over less than all of it.
    let reference = Some("_response");
    refused(&Message::new().signed(How { reference, ..USUAL }));
    let xpath = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>\
        <ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>not(ancestor-or-self::*[local-name()='Subject'])</ds:XPath></ds:Transform>\
        <ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
    let xml = Message::new().signed(How {
        transforms: xpath,
        ..USUAL
    });
    assert!(holds(&xml, Key::Idp));
    refused(&xml);
    let comments = super::workshop::TRANSFORMS.replace("c14n#", "c14n#WithComments").leak();
    refused(&Message::new().signed(How {
        transforms: comments,
        ..USUAL
    }));
}

#[test]
fn a_signature_stands_where_it_belongs_and_names_no_key_elsewhere() {
    let xml = Message::new().signed(USUAL);
    let copy = format!("<samlp:Extensions>{}</samlp:Extensions></samlp:Response>", signature(&xml));
    let place = Refused::Signature("there is a signature in an unusual place");
    assert_eq!(read(&xml.replace("</samlp:Response>", &copy)), Err(place));
    // What a signature says of its key is not signed.
    read(&xml.replace("<ds:KeyInfo>", "<ds:KeyInfo><ds:KeyName>another</ds:KeyName>")).unwrap();
    let key = Refused::Signature("it names its key in an unusual way");
    for other in [
        "<ds:RetrievalMethod URI=\"#_assertion\"/>",
        "<x:KeyInfoReference xmlns:x=\"http://www.w3.org/2009/xmldsig11#\" URI=\"#_assertion\"/>",
        "<x:EncryptedKey xmlns:x=\"http://www.w3.org/2001/04/xmlenc#\"/>",
    ] {
        let named = xml.replace("<ds:KeyInfo>", &format!("<ds:KeyInfo>{other}"));
        assert_eq!(read(&named), Err(key.clone()), "{other}");
    }
}

#[test]
fn two_assertions_are_refused_even_if_both_are_signed() {
    let xml = Message::new();
    let second = forged("_second");
    let both = xml.with("</saml:Assertion>", &format!("</saml:Assertion>{second}"));
    refused(&both.response_signed(USUAL));
}

#[test]
fn a_comment_hides_nothing_of_a_name() {
    let xml = Message::new()
        .with(">ann@example.com<", ">ann@example.com.eve.example<")
        .signed(USUAL);
    let cut = xml.replace("ann@example.com.eve", "ann@example.com<!-- -->.eve");
    assert!(holds(&cut, Key::Idp), "comments are not signed");
    let found = read(&cut).unwrap();
    assert_eq!(
        (found.name_id.as_str(), found.email.as_str()),
        ("ann@example.com.eve.example", "ann@example.com.eve.example")
    );
    for inside in ["<?x y?>", "<saml:NameID/>"] {
        read(&xml.replace("ann@example.com.eve", &format!("ann@example.com{inside}.eve"))).unwrap_err();
    }
}

#[test]
fn entities_and_doctypes_are_refused() {
    let xml = Message::new().signed(USUAL);
    let from = xml.find("<samlp:Response").unwrap();
    let body = &xml[from..];
    for doctype in [
        "<!DOCTYPE r>",
        "<!DOCTYPE r [<!ENTITY x \"eve\">]>",
        "<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]>",
        "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
        "<!DOCTYPE r [<!ATTLIST samlp:Response ID ID #IMPLIED>]>",
    ] {
        assert!(
            matches!(read(&format!("{doctype}{body}")), Err(Refused::NotAMessage(_))),
            "{doctype}"
        );
    }
    refused(&body.replace("ann@", "&x;@"));
}

#[test]
fn nothing_signed_is_hidden_by_taking_its_prefix_back() {
    let two = "<saml:Attribute Name=\"email\"><saml:AttributeValue>ann@example.com</saml:AttributeValue></saml:Attribute>\
        <saml:Attribute Name=\"mail\"><saml:AttributeValue>eve@example.com</saml:AttributeValue></saml:Attribute>";
    let statement = "<saml:AttributeStatement>";
    let xml = Message::new()
        .with("ann@example.com", "opaque")
        .with(statement, &format!("{statement}{two}"))
        .signed(USUAL);
    assert_eq!(read(&xml).unwrap().email, "ann@example.com");
    let hidden = xml.replace("<saml:Attribute Name=\"email\">", "<saml:Attribute xmlns:saml=\"\" Name=\"email\">");
    assert_eq!(read(&hidden), Err(Refused::NotAMessage("it takes a prefix back")));
}

#[test]
fn a_signature_names_few_prefixes_for_they_cost_time_before_a_key_is_looked_at() {
    let list = |count: usize| {
        let names: Vec<String> = (0..count).map(|n| format!("p{n}")).collect();
        let names = names.join(" ");
        format!("<ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"{names}\"/>")
    };
    let xml = Message::new().signed(USUAL);
    let end = "xml-exc-c14n#\"/></ds:Transforms>";
    let method = "xml-exc-c14n#\"/><ds:SignatureMethod";
    for within in [list(1000), format!("{}{}", list(1), list(1)), "<ds:a/>".to_owned()] {
        for (place, named) in [(end, "ds:Transform"), (method, "ds:CanonicalizationMethod")] {
            assert!(xml.contains(place));
            let opened = format!("xml-exc-c14n#\">{within}</{named}>");
            let changed = xml.replace(place, &place.replace("xml-exc-c14n#\"/>", &opened));
            let shape = Refused::Signature("it is not of the shape that SAML asks for");
            assert_eq!(read(&changed), Err(shape), "{named}");
        }
    }
}

#[test]
fn ids_in_other_spellings_lead_nobody_astray() {
    let xml = Message::new().signed(USUAL);
    for spelling in ["Id", "id", "xml:id", "AssertionID", "x:ID"] {
        let twice = format!("<samlp:Status xmlns:x=\"urn:x\" {spelling}=\"_assertion\">");
        let same = Refused::Signature("two elements have the same id");
        assert_eq!(read(&xml.replace("<samlp:Status>", &twice)), Err(same), "{spelling}");
    }
}

#[test]
fn rubbish_is_refused_and_breaks_nothing() {
    let deep = format!("{}{}", "<a>".repeat(40_000), "</a>".repeat(20_000));
    let wide = format!("<a>{}</a>", "<b/>".repeat(40_000));
    let attributes: String = (0..5_000).map(|n| format!(" a{n}=\"\"")).collect();
    for xml in [
        "",
        "<",
        "\u{0}",
        "<a/><b/>",
        "&",
        "<a:b/>",
        "\u{feff}",
        &deep,
        &wide,
        &format!("<a{attributes}/>"),
    ] {
        assert!(matches!(read(xml), Err(Refused::NotAMessage(_))), "{}", xml.len());
        assert!(answers(&encode(xml)).is_err());
    }
    let within = Message::new().with(
        "</samlp:Status>",
        &format!("{}{}</samlp:Status>", "<a>".repeat(9_000), "</a>".repeat(9_000)),
    );
    refused(&within.unsigned());
    let huge = "A".repeat(300 * 1024);
    assert_eq!(answers(&huge), Err(Refused::NotAMessage("it is too long")));
    for bytes in ["/w==", "AAAA", "====", "é"] {
        assert!(verify(&sp(), &idp(Key::Idp), bytes, REQUEST, now()).is_err());
    }
}

#[test]
fn a_message_that_is_cut_off_or_garbled_anywhere_is_refused() {
    let xml = Message::new().signed(USUAL);
    let letters: Vec<char> = xml.trim().chars().collect();
    for at in (0..letters.len()).step_by(61) {
        let cut: String = letters.iter().take(at).collect();
        assert!(read(&cut).is_err(), "{at}");
        let mut garbled = letters.clone();
        garbled[at] = if garbled[at] == 'x' { 'y' } else { 'x' };
        if let Ok(found) = read(&garbled.into_iter().collect::<String>()) {
            assert_eq!(found.email, "ann@example.com", "{at}");
        }
    }
}
