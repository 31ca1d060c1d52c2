//! Reading the values of settings. None: not acceptable; the key says what is.

use std::net::IpAddr;

/// A time: `45s`, `30m`, `12h`, `7d`, or a number of seconds. At most ten years.
pub fn seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    let (number, unit) = match text.strip_suffix(|c: char| c.is_ascii_alphabetic()) {
        None => (text, 1),
        Some(number) if text.ends_with('s') => (number, 1),
        Some(number) if text.ends_with('m') => (number, 60),
        Some(number) if text.ends_with('h') => (number, 3600),
        Some(number) if text.ends_with('d') => (number, 86_400),
        Some(_) => return None,
    };
    let seconds = i64::from(digits::<u32>(number)?).checked_mul(unit)?;
    (1..=315_360_000).contains(&seconds).then_some(seconds)
}

/// Times with commas between them.
pub fn schedule(text: &str) -> Option<Vec<i64>> {
    text.split(',').map(seconds).collect()
}

/// A number; 0 is no limit.
pub fn rate(text: &str) -> Option<u32> {
    digits(text)
}

/// Whether calls are limited by edition.
pub fn by_edition(text: &str) -> Option<bool> {
    match text {
        "edition" => Some(true),
        "unlimited" => Some(false),
        _ => None,
    }
}

/// A number of connections.
pub fn pool(text: &str) -> Option<usize> {
    digits(text).filter(|n| (1..=10_000).contains(n))
}

/// A number of seats; `Some(None)` is unlimited.
pub fn seats(text: &str) -> Option<Option<u64>> {
    match text.trim() {
        "unlimited" => Some(None),
        number => digits(number).map(Some),
    }
}

/// Host and port.
pub fn listen(text: &str) -> Option<(&str, u16)> {
    let (host, port) = text.trim().rsplit_once(':')?;
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let fits = match bare {
        Some(v6) => v6.parse::<std::net::Ipv6Addr>().is_ok(),
        None => is_host(host),
    };
    Some((bare.unwrap_or(host), digits(port)?)).filter(|_| fits)
}

/// Scheme, host and port, without the slash at the end.
pub fn public_url(text: &str) -> Option<&str> {
    let url = text.trim().trim_end_matches('/');
    let authority = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let with_port = listen(authority).is_some();
    (with_port || is_host(authority)).then_some(url)
}

/// An address of a PostgreSQL database.
pub fn is_database(text: &str) -> bool {
    ["postgres://", "postgresql://"]
        .iter()
        .any(|scheme| text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
}

/// An address of a mail server.
pub fn is_smtp(text: &str) -> bool {
    ["smtp://", "smtps://"].iter().any(|scheme| {
        let host = text.strip_prefix(scheme).map(|rest| rest.rsplit('@').next().unwrap_or(rest));
        host.is_some_and(|host| host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '['))
    })
}

/// `portal@example.com` or `Northwind <portal@example.com>`.
pub fn is_sender(text: &str) -> bool {
    let address = match text.trim().split_once('<') {
        Some((_, rest)) => rest.strip_suffix('>'),
        None => Some(text),
    };
    address.is_some_and(|a| domain::records::normalise_email(a).is_some())
}

/// Addresses and networks with commas between them, each with the length of its prefix.
pub fn networks(text: &str) -> Option<Vec<(IpAddr, u8)>> {
    text.split(',').map(|one| network(one.trim())).collect()
}

fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address.parse().ok()?, Some(digits::<u8>(prefix)?)),
        None => (text.parse().ok()?, None),
    };
    let longest = if matches!(address, IpAddr::V4(_)) { 32 } else { 128 };
    let prefix = prefix.unwrap_or(longest);
    (prefix <= longest).then_some((address, prefix))
}

fn is_host(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

/// Digits and nothing else: no sign.
fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    let text = text.trim();
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// A URL with its password hidden, or a key of which its sort is left.
pub fn masked(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        // A key: of what sort it is may be seen.
        let sort = url.split_inclusive('_').next().filter(|sort| sort.ends_with('_'));
        return format!("{}***", sort.unwrap_or_default());
    };
    let (before, query) = rest.split_once('?').map_or((rest, None), |(b, q)| (b, Some(q)));
    let before = match before.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:***@{host}"),
            None => format!("{user}@{host}"),
        },
        None => before.to_owned(),
    };
    let query = query.map(|query| {
        let parts = query.split('&').map(|part| match part.split_once('=') {
            Some((name, _)) if name.to_ascii_lowercase().contains("pass") => format!("{name}=***"),
            _ => part.to_owned(),
        });
        format!("?{}", parts.collect::<Vec<_>>().join("&"))
    });
    format!("{scheme}://{before}{}", query.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        let read = |text: &str| seconds(text);
        assert_eq!(
            [read("90"), read("45s"), read("30m"), read("12h"), read("7d")],
            [90, 45, 1800, 43_200, 604_800].map(Some)
        );
        for bad in ["", "0", "-5", "+5", "1.5h", "h", "5w", "5 h m", "99999999999", "4000000000d", "é"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
        assert_eq!(schedule("1m, 300,2h"), Some(vec![60, 300, 7200]));
        assert_eq!(schedule("1m,,2h"), None);
    }

    #[test]
    fn addresses_are_a_host_and_a_port() {
        assert_eq!(listen("127.0.0.1:8080"), Some(("127.0.0.1", 8080)));
        assert_eq!(listen("localhost:0"), Some(("localhost", 0)));
        assert_eq!(listen("[::1]:80"), Some(("::1", 80)));
        for bad in [
            "",
            "8080",
            ":8080",
            "127.0.0.1",
            "127.0.0.1:",
            "127.0.0.1:65536",
            "::1:80",
            "a b:80",
            "http://x:80",
        ] {
            assert_eq!(listen(bad), None, "{bad}");
        }
    }

    #[test]
    fn public_addresses_have_a_scheme_and_no_path() {
        assert_eq!(public_url("https://portal.example.com/"), Some("https://portal.example.com"));
        assert_eq!(public_url("http://127.0.0.1:8080"), Some("http://127.0.0.1:8080"));
        for bad in [
            "portal.example.com",
            "ftp://x",
            "https://",
            "https://x/y",
            "https://x?y",
            "https://u@x",
            "https://x y",
        ] {
            assert_eq!(public_url(bad), None, "{bad}");
        }
    }

    #[test]
    fn networks_have_a_prefix_that_fits() {
        assert_eq!(
            networks("10.0.0.7, 192.168.0.0/16"),
            Some(vec![([10, 0, 0, 7].into(), 32), ([192, 168, 0, 0].into(), 16)])
        );
        assert!(networks("::1/128").is_some() && networks("10.0.0.0/33").is_none() && networks("proxy").is_none());
    }

    #[test]
    fn mail_servers_and_senders_are_told_from_other_texts() {
        assert!(is_smtp("smtp://127.0.0.1:2525") && is_smtp("smtps://u:p@mail.example.com?tls=required"));
        assert!(!is_smtp("mail.example.com") && !is_smtp("smtp://") && !is_smtp("smtp://u:p@"));
        assert!(is_sender("a@example.com") && is_sender("Northwind <a@example.com>"));
        assert!(!is_sender("Northwind") && !is_sender("Northwind <a@example.com"));
    }

    #[test]
    fn passwords_are_hidden_and_the_rest_is_kept() {
        for (url, shown) in [
            ("postgres://u:secret@host:5432/db", "postgres://u:***@host:5432/db"),
            ("postgres://u:se@cret@host/db?sslmode=off", "postgres://u:***@host/db?sslmode=off"),
            (
                "postgres://u@/db?host=/run&password=secret",
                "postgres://u@/db?host=/run&password=***",
            ),
            ("smtp://mail.example.com", "smtp://mail.example.com"),
            ("sk_live_secret", "sk_***"),
            ("secret", "***"),
        ] {
            assert_eq!(masked(url), shown);
        }
    }
}
