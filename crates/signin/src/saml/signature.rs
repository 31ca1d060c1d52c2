//! Signatures: which one counts, what it covers, and whether it is the pinned key's.

use saml_rs::crypto::{verify_message_signature, verify_signature_with_limits};
use uppsala::NodeId;

use super::certificate::Kind;
use super::xml::{LIMITS, Tree};
use super::{Certificate, DSIG, Refused};

const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const RSA: [&str; 3] = [
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
];
const ECDSA: [&str; 3] = [
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
];
const DIGESTS: [&str; 3] = [
    "http://www.w3.org/2001/04/xmlenc#sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512",
];

/// The most bytes of a list of prefixes: the verifier looks through it for every element, before it looks at any key.
const MAX_PREFIXES: usize = 256;

/// Whether the pinned key has signed one of `allowed`, directly within which the signature stands. Signatures anywhere else
/// are refused, and so is more than one within the same element.
///
/// The verifier looks at the first signature of the document, and so does this; where a response and its assertion are
/// signed, the response's is the first and covers both.
pub(super) fn signed(tree: &Tree<'_>, allowed: &[NodeId], certificate: &Certificate) -> Result<(), Refused> {
    let signatures = tree.everywhere("Signature");
    if signatures.is_empty() {
        return Err(Refused::Signature("it is not signed"));
    }
    let mut signed = Vec::new();
    for id in signatures {
        let parent = tree.parent(id).filter(|parent| allowed.contains(parent));
        let parent = parent.ok_or(Refused::Signature("there is a signature in an unusual place"))?;
        if !tree.is(id, DSIG, "Signature") || signed.contains(&parent) {
            return Err(Refused::Signature("there is a signature in an unusual place"));
        }
        check_shape(tree, id, parent, certificate)?;
        signed.push(parent);
    }
    match verify_signature_with_limits(tree.text, &[certificate.pem().to_owned()], LIMITS) {
        Ok((true, Some(_))) => Ok(()),
        Err(saml_rs::SamlError::CertificateMismatch) => {
            Err(Refused::Signature("it shows another certificate than the one that was entered"))
        }
        _ => Err(Refused::Signature("it was made with another key, or the message was changed")),
    }
}

/// Holds a signature against the one shape that SAML allows: one reference, to the element around it, by its id; signed
/// after exclusive canonicalisation and without the signature itself; with an algorithm that is still good.
fn check_shape(tree: &Tree<'_>, signature: NodeId, parent: NodeId, certificate: &Certificate) -> Result<(), Refused> {
    let unusual = Refused::Signature("it is not of the shape that SAML asks for");
    let known = ["SignedInfo", "SignatureValue", "KeyInfo"];
    if tree.elements(signature).any(|id| !known.iter().any(|name| tree.is(id, DSIG, name))) {
        return Err(unusual);
    }
    check_key_info(tree, signature)?;
    let only = |of, name| tree.only(of, DSIG, name).ok_or(unusual.clone());
    only(signature, "SignatureValue")?;
    let info = only(signature, "SignedInfo")?;
    let canonical = only(info, "CanonicalizationMethod")?;
    if tree.elements(info).count() != 3 || algorithm(tree, canonical) != EXCLUSIVE || !names_few_prefixes(tree, canonical) {
        return Err(unusual);
    }
    let method = only(info, "SignatureMethod")?;
    check_method(algorithm(tree, method), certificate)?;
    let reference = only(info, "Reference")?;
    let id = tree.attribute(parent, "ID").filter(|id| !id.is_empty());
    let uri = tree.attribute(reference, "URI").and_then(|uri| uri.strip_prefix('#'));
    if id.is_none() || id != uri {
        return Err(Refused::Signature("it covers something else than the element in which it stands"));
    }
    if tree.elements(method).count() != 0 || tree.elements(reference).count() != 3 {
        return Err(unusual);
    }
    let digest = only(reference, "DigestMethod")?;
    only(reference, "DigestValue")?;
    if !DIGESTS.contains(&algorithm(tree, digest)) {
        return Err(Refused::Signature("its digest must be SHA-256, SHA-384 or SHA-512"));
    }
    check_transforms(tree, only(reference, "Transforms")?).ok_or(unusual)
}

/// `Some` if the transforms are the two that SAML names, in their order.
fn check_transforms(tree: &Tree<'_>, transforms: NodeId) -> Option<()> {
    let [enveloped, exclusive] = tree.elements(transforms).collect::<Vec<_>>().try_into().ok()?;
    let named = |id| tree.is(id, DSIG, "Transform");
    let right = algorithm(tree, enveloped) == ENVELOPED && algorithm(tree, exclusive) == EXCLUSIVE;
    let few = names_few_prefixes(tree, exclusive) && tree.elements(enveloped).count() == 0;
    (named(enveloped) && named(exclusive) && right && few).then_some(())
}

/// Whether there is at most one list of prefixes within an algorithm, a short one, and nothing else.
fn names_few_prefixes(tree: &Tree<'_>, of: NodeId) -> bool {
    let mut within = tree.elements(of);
    let few = within.next().is_none_or(|id| {
        let attributes = tree.element(id).map_or(0, |element| element.attributes.len());
        let list = tree.attribute(id, "PrefixList").map_or(0, str::len);
        tree.is(id, EXCLUSIVE, "InclusiveNamespaces") && attributes == 1 && list <= MAX_PREFIXES && tree.elements(id).count() == 0
    });
    few && within.next().is_none()
}

/// What a signature says of its key is never trusted; what would send the verifier elsewhere is refused.
fn check_key_info(tree: &Tree<'_>, signature: NodeId) -> Result<(), Refused> {
    let known = ["X509Data", "KeyName", "KeyValue"];
    let infos = tree.children(signature, DSIG, "KeyInfo");
    let within = infos.iter().flat_map(|id| tree.elements(*id));
    if infos.len() > 1 || within.into_iter().any(|id| !known.iter().any(|name| tree.is(id, DSIG, name))) {
        return Err(Refused::Signature("it names its key in an unusual way"));
    }
    Ok(())
}

fn algorithm<'a>(tree: &'a Tree<'_>, of: NodeId) -> &'a str {
    tree.attribute(of, "Algorithm").unwrap_or_default()
}

/// Whether this algorithm is good enough, and one for this key.
fn check_method(method: &str, certificate: &Certificate) -> Result<(), Refused> {
    let good = match certificate.key() {
        Kind::Rsa => RSA.contains(&method),
        Kind::Ec => ECDSA.contains(&method),
    };
    if good {
        Ok(())
    } else {
        Err(Refused::Signature(
            "its algorithm must be RSA or ECDSA, as the certificate's key is, with SHA-256, SHA-384 or SHA-512",
        ))
    }
}

/// Whether the pinned key signed these characters. `method` is the algorithm's URI, `value` base64.
pub(super) fn check_octets(octets: &str, value: &str, method: &str, certificate: &Certificate) -> Result<(), Refused> {
    check_method(method, certificate)?;
    match verify_message_signature(octets, value, certificate.pem(), method) {
        Ok(true) => Ok(()),
        _ => Err(Refused::Signature("it was made with another key, or the message was changed")),
    }
}
