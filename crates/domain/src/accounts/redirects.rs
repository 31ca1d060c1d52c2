//! Where a client may have people led back to.

use url::{Host, Url};

/// The most addresses of a client, and the most characters of one.
pub const MOST_REDIRECTS: usize = 10;
const MAX_LENGTH: usize = 2000;

/// Checks an address to be led back to: https; http on the same machine; or a program's own scheme, with a dot in it as in
/// `com.example.app:/back`. Gives what is expected instead.
pub fn check_redirect(text: &str) -> Result<(), &'static str> {
    if text.len() > MAX_LENGTH {
        return Err("at most 2,000 characters");
    }
    let url = Url::parse(text).map_err(|_| "an address such as https://example.com/back")?;
    if url.fragment().is_some() {
        return Err("an address without #");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address without a user's name");
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '[' | ']' | ':');
    if url.host_str().is_some_and(|host| !host.chars().all(is_plain)) {
        return Err("a host of letters and digits");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(&url) => Ok(()),
        "http" => Err("https, or http on the same machine"),
        own if own.contains('.') => Ok(()),
        _ => Err("https, or a scheme of a program's own such as com.example.app"),
    }
}

/// Whether an address is on the same machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether somebody may be led to an address, because it is registered: letter by letter, but for the port where a program listens on
/// the same machine (RFC 8252, section 7.3).
#[must_use]
pub fn is_registered(registered: &[String], asked: &str) -> bool {
    registered.iter().any(|known| known == asked || differs_in_port(known, asked))
}

fn differs_in_port(known: &str, asked: &str) -> bool {
    let portless = |text: &str| {
        let mut url = Url::parse(text).ok().filter(|url| url.scheme() == "http" && is_loopback(url))?;
        url.set_port(None).ok()?;
        Some(url)
    };
    let (known, asked_url) = (portless(known), portless(asked));
    known.is_some() && known == asked_url && check_redirect(asked).is_ok()
}

/// The address with more in its query.
#[must_use]
pub fn redirect_with(address: &str, pairs: &[(&str, &str)]) -> Option<String> {
    let mut url = Url::parse(address).ok()?;
    url.query_pairs_mut()
        .extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    Some(url.into())
}

/// Scheme and host of an address, for people: `https://example.com`.
#[must_use]
pub fn place_of(address: &str) -> String {
    match Url::parse(address) {
        Ok(url) => match url.host_str() {
            Some(host) => format!(
                "{}://{host}{}",
                url.scheme(),
                url.port().map(|port| format!(":{port}")).unwrap_or_default()
            ),
            None => format!("{}:", url.scheme()),
        },
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_led_back_by_https_or_to_a_program_of_their_own() {
        for good in [
            "https://example.com/back?x=1",
            "http://localhost:8080/back",
            "http://127.0.0.1/",
            "http://[::1]:9/x",
            "com.example.app:/back",
        ] {
            assert_eq!(check_redirect(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "/back",
            "http://example.com/back",
            "http://localhost.example.com/",
            "https://example.com/#x",
            "https://anna:secret@example.com/",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://*.com/",
            "https://a;sandbox/",
        ] {
            assert!(check_redirect(bad).is_err(), "{bad}");
        }
        assert!(check_redirect(&format!("https://example.com/{}", "x".repeat(2000))).is_err());
    }

    #[test]
    fn only_a_registered_address_will_do() {
        let known = ["https://example.com/back".to_owned(), "http://127.0.0.1:1/back".to_owned()];
        for good in ["https://example.com/back", "http://127.0.0.1:1/back", "http://127.0.0.1:4711/back"] {
            assert!(is_registered(&known, good), "{good}");
        }
        for bad in [
            "https://example.com/back/",
            "https://example.com/back?x=1",
            "https://example.com:444/back",
            "https://example.com.evil.example/back",
            "http://127.0.0.1:4711/other",
            "http://localhost:1/back",
            "http://anna@127.0.0.1:1/back",
            "",
        ] {
            assert!(!is_registered(&known, bad), "{bad}");
        }
    }

    #[test]
    fn what_is_said_stands_in_the_query() {
        let said = redirect_with("https://example.com/back?x=1", &[("code", "a b&c"), ("state", "")]);
        assert_eq!(said.as_deref(), Some("https://example.com/back?x=1&code=a+b%26c"));
        assert_eq!(place_of("https://example.com:444/back"), "https://example.com:444");
        assert_eq!(place_of("com.example.app:/back"), "com.example.app:");
    }
}
