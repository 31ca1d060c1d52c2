//! Hosts that the operator has named: they may be reached wherever they are, also without TLS.

/// Some hosts, each with a port or without.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hosts(Vec<(String, Option<u16>)>);

impl Hosts {
    /// Reads `hooks.intern.example, 10.0.0.7:8080, [::1]:9000`. None: something else stands there.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.split(',').map(|one| host(one.trim())).collect::<Option<_>>().map(Self)
    }

    pub(crate) fn has(&self, host: &str, port: u16) -> bool {
        let is = |(named, at): &(String, Option<u16>)| named.eq_ignore_ascii_case(host) && at.is_none_or(|at| at == port);
        self.0.iter().any(is)
    }
}

/// The host as a URL has it, and its port.
fn host(text: &str) -> Option<(String, Option<u16>)> {
    let url = url::Url::parse(&format!("https://{text}/")).ok()?;
    // Nothing but a host and a port: whatever else were in it would stand elsewhere in the URL.
    let bare = url.username().is_empty() && url.password().is_none() && url.path() == "/" && url.query().is_none();
    let has_port = text
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()) && !port.is_empty());
    let port = if has_port && !text.ends_with(']') {
        Some(url.port_or_known_default()?)
    } else {
        None
    };
    (bare && !text.is_empty() && url.fragment().is_none()).then_some(())?;
    Some((url.host_str()?.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_with_a_port_is_that_port_only() {
        let hosts = Hosts::parse("Hooks.Intern.example, 10.0.0.7:8080,[::1]:443, [fd00::2]").unwrap();
        for (host, port, is) in [
            ("hooks.intern.example", 80, true),
            ("hooks.intern.example", 9, true),
            ("10.0.0.7", 8080, true),
            ("10.0.0.7", 80, false),
            ("[::1]", 443, true),
            ("[::1]", 80, false),
            ("[fd00::2]", 80, true),
            ("intern.example", 80, false),
        ] {
            assert_eq!(hosts.has(host, port), is, "{host} {port}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in ["", "a,,b", "https://a", "a/b", "a b", "user@a", "a:b", "a?b", "a#b", "a:99999"] {
            assert_eq!(Hosts::parse(text), None, "{text:?}");
        }
    }
}
