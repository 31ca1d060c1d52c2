//! Reading the XML of messages: bounded, without a DOCTYPE, with namespaces, and no value that another reader would see
//! otherwise.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::time::Moment;
use saml_rs::xml::XmlLimits;
use uppsala::{Document, Element, NodeId, NodeKind};

use super::{MAX_MESSAGE, Refused};

/// The bounds of every message. Real ones nest about ten deep; a person may be a member of thousands of groups.
pub(super) const LIMITS: XmlLimits = XmlLimits {
    max_bytes: MAX_MESSAGE,
    max_depth: 48,
    max_nodes: 10_000,
    max_attributes_per_element: 32,
    max_attribute_value_bytes: 8 * 1024,
    max_text_bytes: 64 * 1024,
};

/// The XML in base64, as forms carry it.
pub(super) fn decode(base64: &str) -> Result<String, Refused> {
    String::from_utf8(bytes(base64)?).map_err(|_| Refused::NotAMessage("it is not UTF-8"))
}

/// The bytes in base64, with or without white space.
pub(super) fn bytes(base64: &str) -> Result<Vec<u8>, Refused> {
    if base64.len() > MAX_MESSAGE {
        return Err(Refused::NotAMessage("it is too long"));
    }
    let dense: String = base64.split_ascii_whitespace().collect();
    STANDARD.decode(dense).map_err(|_| Refused::NotAMessage("it is not base64"))
}

/// A message as a tree.
pub(super) struct Tree<'a> {
    /// The text that it was read from.
    pub text: &'a str,
    document: Document<'a>,
    pub root: NodeId,
}

impl<'a> Tree<'a> {
    /// Reads a message, twice: the reader of `saml-rs` keeps the bounds, before the other one, which its verifier uses,
    /// makes the tree that values are taken from.
    pub fn read(text: &'a str) -> Result<Self, Refused> {
        if text.contains("<!DOCTYPE") {
            return Err(Refused::NotAMessage("it has a DOCTYPE"));
        }
        saml_rs::xml::dom::parse_with_limits(text, LIMITS).map_err(|_| Refused::NotAMessage("it is not well-formed XML, or too large"))?;
        let document = uppsala::Parser::new()
            .with_forbid_dtd(true)
            .with_forbid_entities(true)
            .parse(text)
            .map_err(|_| Refused::NotAMessage("it is not well-formed XML"))?;
        let root = document.document_element().ok_or(Refused::NotAMessage("it is empty"))?;
        let tree = Self { text, document, root };
        tree.refuse_doubtful_ids()?;
        tree.refuse_undeclared_prefixes()?;
        Ok(tree)
    }

    /// `xmlns:saml=""` is no XML with namespaces, but the reader takes it: an element would have no namespace any more, and be
    /// passed over here, while what is signed of it stays the same.
    fn refuse_undeclared_prefixes(&self) -> Result<(), Refused> {
        let elements = self.all().filter_map(|id| self.element(id));
        let mut declared = elements.flat_map(|element| &element.namespace_declarations);
        if declared.any(|(prefix, namespace)| !prefix.is_empty() && namespace.is_empty()) {
            return Err(Refused::NotAMessage("it takes a prefix back"));
        }
        Ok(())
    }

    /// The verifier looks ids up by the local names of attributes; none may be there twice, in whatever spelling.
    fn refuse_doubtful_ids(&self) -> Result<(), Refused> {
        let mut seen = std::collections::HashSet::new();
        let elements = self.all().filter_map(|id| self.element(id));
        for attribute in elements.flat_map(|element| &element.attributes) {
            let name = attribute.name.local_name.as_ref();
            let is_id = name.eq_ignore_ascii_case("id") || name.eq_ignore_ascii_case("AssertionID");
            if is_id && !seen.insert(attribute.value.as_ref()) {
                return Err(Refused::Signature("two elements have the same id"));
            }
        }
        Ok(())
    }

    /// All nodes, in the order of the document.
    pub fn all(&self) -> impl Iterator<Item = NodeId> {
        self.document.descendants(self.document.root()).into_iter()
    }

    pub fn element(&self, id: NodeId) -> Option<&Element<'a>> {
        self.document.element(id)
    }

    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.document.parent(id)
    }

    /// Whether this element has this name.
    pub fn is(&self, id: NodeId, namespace: &str, name: &str) -> bool {
        self.element(id).is_some_and(|element| element.matches_name_ns(namespace, name))
    }

    /// All elements with this local name, in whatever namespace and at whatever depth.
    pub fn everywhere(&self, name: &str) -> Vec<NodeId> {
        self.all()
            .filter(|id| self.element(*id).is_some_and(|element| element.name.local_name == name))
            .collect()
    }

    /// The elements directly within this one.
    pub fn elements(&self, of: NodeId) -> impl Iterator<Item = NodeId> {
        self.document.children_iter(of).filter(|id| self.element(*id).is_some())
    }

    /// The elements of this name directly within this one.
    pub fn children(&self, of: NodeId, namespace: &str, name: &str) -> Vec<NodeId> {
        self.elements(of).filter(|id| self.is(*id, namespace, name)).collect()
    }

    /// The one element of this name directly within this one. `None` also if there are several.
    pub fn only(&self, of: NodeId, namespace: &str, name: &str) -> Option<NodeId> {
        match self.children(of, namespace, name).as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// An attribute without a namespace.
    pub fn attribute(&self, of: NodeId, name: &str) -> Option<&str> {
        let mut attributes = self.element(of)?.attributes.iter();
        let found = attributes.find(|a| a.name.local_name == name && a.name.namespace_uri.is_none())?;
        Some(found.value.as_ref())
    }

    /// The whole text of an element that holds nothing but text, without the white space around it. Comments within it
    /// divide it into several nodes, and are no reason to lose what follows them.
    pub fn value(&self, of: NodeId) -> Option<String> {
        let mut text = String::new();
        for id in self.document.children_iter(of) {
            match self.document.node_kind(id)? {
                NodeKind::Text(part) | NodeKind::CData(part) => text.push_str(part),
                NodeKind::Comment(_) => {}
                _ => return None,
            }
        }
        Some(text.trim().to_owned())
    }

    /// A moment that stands in an attribute. `Ok(None)` if it is absent.
    pub fn moment(&self, of: NodeId, name: &str) -> Result<Option<Moment>, Refused> {
        let Some(text) = self.attribute(of, name) else {
            return Ok(None);
        };
        let read = Moment::parse(text.trim());
        read.map(Some).ok_or(Refused::NotAMessage("a moment in it cannot be read"))
    }
}
