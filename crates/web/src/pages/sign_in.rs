//! The sign-in form, the same for portals and the administration.

use askama::Template;
use serde::Deserialize;

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
    if plain && inside && !next.contains("..") {
        next.to_owned()
    } else {
        base.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_nobody_is_led_to_another_site() {
        assert_eq!(landing("/portal/acme", "/portal/acme/Deals/17"), "/portal/acme/Deals/17");
        for bad in [
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
