//! The sign-in form, the same for portals and the administration.

use askama::Template;
use serde::Deserialize;

use super::consent::PLACE;

/// The form's page.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    pub site: String,
    pub base: String,
    pub next: String,
    pub email: String,
    pub notice: Option<&'static str>,
    pub error: Option<String>,
    /// Where people go who sign in at a provider of their own, and not with a password.
    pub provider: Option<String>,
    /// Whether a forgotten password can be set anew here.
    pub forgot: bool,
    /// Where people ask for access who have none, if they can.
    pub sign_up: Option<String>,
    /// Where visitors look around without signing in, if there is something for them.
    pub look_around: Option<String>,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct SignInForm {
    pub email: String,
    pub password: String,
    #[serde(default)]
    pub next: String,
}

/// Where to go after signing in: only to a page of the same site.
#[must_use]
pub fn landing(base: &str, next: &str) -> String {
    let plain = next.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-_.".contains(&b));
    let inside = next.strip_prefix(base).is_some_and(|rest| rest.starts_with('/'));
    if is_consent(next) || (plain && inside && !next.contains("..")) {
        next.to_owned()
    } else {
        base.to_owned()
    }
}

/// Whether it is the page where somebody agrees to what a program asks: an address of this server, whatever its query says.
fn is_consent(next: &str) -> bool {
    let query = next.strip_prefix(PLACE).and_then(|rest| rest.strip_prefix('?'));
    query.is_some_and(|query| query.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~*&=+%".contains(&b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_nobody_is_led_to_another_site() {
        assert_eq!(landing("/portal/acme", "/portal/acme/Deals/17"), "/portal/acme/Deals/17");
        let asked = "/oauth/v2/auth?client_id=1000.1.2&redirect_uri=https%3A%2F%2Fexample.com";
        assert_eq!(landing("/portal/acme", asked), asked);
        for bad in [
            "/oauth/v2/auth",
            "/oauth/v2/auth?x=\r\nSet-Cookie: a=b",
            "/oauth/v2/authentic?x=1",
            "https://evil.example/oauth/v2/auth?x=1",
            "https://evil.example",
            "//evil.example",
            "/portal/acmes",
            "/admin",
            "/portal/acme/../x",
            "",
        ] {
            assert_eq!(landing("/portal/acme", bad), "/portal/acme", "{bad}");
        }
    }
}
