//! Signing in: what a person shows becomes a verified identity, or nothing.
//!
//! Heavy dependencies live here, away from what is edited every day. Nothing here knows SQL or HTTP.

pub mod passwords;
pub mod saml;
pub mod tokens;
