//! Who asks.

use axum::http::{HeaderName, header};

/// Somebody, by what their requests carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub name: &'static str,
    pub headers: Vec<(HeaderName, String)>,
}

impl Caller {
    /// Nobody.
    pub fn stranger() -> Self {
        Self {
            name: "a stranger",
            headers: Vec::new(),
        }
    }

    /// Somebody with the cookie of a portal's page.
    pub fn on_the_portal(name: &'static str, secret: &str) -> Self {
        Self::with(name, header::COOKIE, format!("loggia_portal={secret}"))
    }

    /// Somebody with the cookie of the administrator's pages.
    pub fn in_the_office(name: &'static str, secret: &str) -> Self {
        Self::with(name, header::COOKIE, format!("loggia_staff={secret}"))
    }

    /// A program with an access token.
    pub fn by_token(name: &'static str, token: &str) -> Self {
        Self::with(name, header::AUTHORIZATION, format!("Zoho-oauthtoken {token}"))
    }

    /// The same with one more header.
    pub fn and(mut self, name: &'static str, header: HeaderName, value: &str) -> Self {
        self.name = name;
        self.headers.push((header, value.to_owned()));
        self
    }

    fn with(name: &'static str, header: HeaderName, value: String) -> Self {
        Self {
            name,
            headers: vec![(header, value)],
        }
    }

    /// Whether nobody knows who asks.
    pub fn is_unknown(&self) -> bool {
        self.name.starts_with("a stranger")
    }

    /// Whether the route is one of those that are made for such callers.
    pub fn belongs_at(&self, path: &str) -> bool {
        let (header, value) = self
            .headers
            .first()
            .map_or(("", ""), |(name, value)| (name.as_str(), value.as_str()));
        if self.is_unknown() {
            // One of them is enough: what strangers bring along that nobody knows is tried once.
            return path.starts_with("/portal/{portal}/public") && self.headers.is_empty();
        }
        match path.split('/').nth(1) {
            Some("portal") => value.starts_with("loggia_portal"),
            Some("admin") => value.starts_with("loggia_staff"),
            // None of them is the operator, whatever they ask there.
            Some("operator") => false,
            _ => header == "authorization",
        }
    }
}
