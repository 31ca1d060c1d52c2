//! Single sign-on: the people of a portal sign in at a provider of their company's own (SAML 2.0), and nowhere else.

use url::Url;

use super::Portal;
use crate::accounts::is_loopback;

/// The most characters of an address of the provider's.
pub const MAX_ADDRESS: usize = 2048;
/// The most characters of the provider's certificate.
pub const MAX_CERTIFICATE: usize = 5000;

/// What an administrator has said of the provider at which the people of a portal sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SingleSignOn {
    /// Where people are sent to sign in.
    pub login_url: String,
    /// Where people can sign out at the provider.
    pub logout_url: String,
    /// The X.509 certificate, as PEM, by whose key the provider signs. It alone is trusted.
    pub certificate: String,
    /// Whether people sign in there. If not, they sign in with the passwords that they have here.
    pub active: bool,
}

/// Checks an address of a provider: https, or http on the same machine. Gives what is expected instead.
pub fn check_address(text: &str) -> Result<(), &'static str> {
    if text.len() > MAX_ADDRESS {
        return Err("at most 2,048 characters");
    }
    // The reader of addresses forgives white space and missing slashes; browsers are led to what stands here.
    let begins = text.starts_with("https://") || text.starts_with("http://");
    let plain = begins && text.bytes().all(|b| b.is_ascii_graphic());
    let url = Url::parse(text).ok().filter(|_| plain);
    let url = url.ok_or("an address such as https://sso.example.com/saml")?;
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err("an address without # and without a user's name");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(&url) => Ok(()),
        _ => Err("an address that begins with https://"),
    }
}

/// Whether somebody who has come in to one portal may go over to another without signing in there.
///
/// A provider speaks for the people of its own portal only, and where there is one nobody comes in past it.
#[must_use]
pub fn may_cross(from: &Portal, to: &Portal) -> bool {
    from.id == to.id || !(from.single_sign_on || to.single_sign_on)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PortalId;

    fn portal(id: i64, single_sign_on: bool) -> Portal {
        Portal {
            id: PortalId(id),
            name: format!("portal-{id}"),
            title: String::new(),
            active: true,
            single_sign_on,
        }
    }

    #[test]
    fn nobody_passes_a_provider_by_nor_takes_its_word_to_another_portal() {
        let (open, other, own, owned) = (portal(1, false), portal(2, false), portal(3, true), portal(4, true));
        assert!(may_cross(&open, &other));
        assert!(may_cross(&own, &own));
        assert!(!may_cross(&open, &own));
        assert!(!may_cross(&own, &open));
        assert!(!may_cross(&own, &owned));
    }

    #[test]
    fn a_provider_is_reached_in_a_way_that_nobody_listens_to() {
        for good in [
            "https://sso.example.com/saml?tenant=7",
            "http://localhost:8080/sso",
            "http://127.0.0.1/sso",
        ] {
            assert_eq!(check_address(good), Ok(()), "{good}");
        }
        let long = format!("https://sso.example.com/{}", "x".repeat(MAX_ADDRESS));
        for bad in [
            "",
            "sso",
            "http://sso.example.com",
            "ftp://sso.example.com",
            "javascript:alert(1)",
            "https://a@sso.example.com",
            "https://sso.example.com/#x",
            "https://sso.example.com/a b",
            "https://sso.example.com/\tsaml",
            "https:sso.example.com/saml",
            "https://münchen.example.com/saml",
            &long,
        ] {
            assert!(check_address(bad).is_err(), "{bad}");
        }
    }
}
