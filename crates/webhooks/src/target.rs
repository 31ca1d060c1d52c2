//! Where a message goes.

use std::net::IpAddr;

use url::{Host, Url};

use crate::hosts::Hosts;
use crate::public::is_public;

/// The most bytes of an address.
const MAX_BYTES: usize = 2048;

/// An address that may be posted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    url: Url,
    /// The operator has named it: it may be anywhere.
    pub(crate) is_named: bool,
}

/// Why an address cannot be posted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadTarget {
    #[error("expected an address such as https://hooks.example.com/loggia, of at most {MAX_BYTES} bytes, without name and password")]
    Shape,
    #[error("expected https: what is told is not for others to read")]
    Plain,
    #[error("the address is not one of the public Internet")]
    Private,
}

impl Target {
    /// Reads an address. What a name leads to is looked at when something is posted.
    pub fn parse(text: &str, named: &Hosts) -> Result<Self, BadTarget> {
        if text.len() > MAX_BYTES {
            return Err(BadTarget::Shape);
        }
        let mut url = Url::parse(text).map_err(|_| BadTarget::Shape)?;
        let is_bare = url.username().is_empty() && url.password().is_none();
        let (Some(host), Some(port), true) = (url.host(), url.port_or_known_default(), is_bare) else {
            return Err(BadTarget::Shape);
        };
        let is_named = named.has(&host.to_string(), port);
        let literal = match host {
            Host::Domain(_) => None,
            Host::Ipv4(ip) => Some(IpAddr::V4(ip)),
            Host::Ipv6(ip) => Some(IpAddr::V6(ip)),
        };
        match url.scheme() {
            "https" => {}
            "http" if is_named => {}
            "http" => return Err(BadTarget::Plain),
            _ => return Err(BadTarget::Shape),
        }
        if !is_named && literal.is_some_and(|ip| !is_public(ip)) {
            return Err(BadTarget::Private);
        }
        // It is never sent.
        url.set_fragment(None);
        // Not everything that a browser would take can be asked for.
        http::Uri::try_from(url.as_str()).map_err(|_| BadTarget::Shape)?;
        Ok(Self { url, is_named })
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// What stands behind the question mark.
    pub fn query(&self) -> impl Iterator<Item = (String, String)> {
        self.url.query_pairs().into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_with_tls_and_those_that_the_operator_has_named() {
        let named = Hosts::parse("127.0.0.1:8099, hooks.intern").unwrap();
        for (text, found) in [
            ("https://hooks.example.com/a?key=1", Ok(false)),
            ("https://hooks.example.com:8443/a", Ok(false)),
            ("http://127.0.0.1:8099/x", Ok(true)),
            ("http://hooks.intern/x", Ok(true)),
            ("http://hooks.example.com/a", Err(BadTarget::Plain)),
            ("https://127.0.0.1/x", Err(BadTarget::Private)),
            ("https://127.1/x", Err(BadTarget::Private)),
            ("https://0x7f000001/x", Err(BadTarget::Private)),
            ("https://2130706433/x", Err(BadTarget::Private)),
            ("https://[::ffff:10.0.0.1]/x", Err(BadTarget::Private)),
            ("https://169.254.169.254/latest", Err(BadTarget::Private)),
            ("https://8.8.8.8/x", Ok(false)),
            ("ftp://hooks.example.com/a", Err(BadTarget::Shape)),
            ("https://user:secret@hooks.example.com/a", Err(BadTarget::Shape)),
            ("hooks.example.com", Err(BadTarget::Shape)),
            ("mailto:anna@example.com", Err(BadTarget::Shape)),
            ("", Err(BadTarget::Shape)),
        ] {
            assert_eq!(Target::parse(text, &named).map(|t| t.is_named), found, "{text}");
        }
        let long = format!("https://hooks.example.com/{}", "a".repeat(MAX_BYTES));
        assert_eq!(Target::parse(&long, &named), Err(BadTarget::Shape));
    }

    #[test]
    fn what_only_a_browser_sees_is_not_sent() {
        let target = Target::parse("https://hooks.example.com/a?x=1&y=a%20b#part", &Hosts::default()).unwrap();
        assert_eq!(target.as_str(), "https://hooks.example.com/a?x=1&y=a%20b");
        assert_eq!(
            target.query().collect::<Vec<_>>(),
            [("x".into(), "1".into()), ("y".into(), "a b".into())]
        );
    }
}
