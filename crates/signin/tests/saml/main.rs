//! The portal as a SAML service provider, against messages that `xmlsec1` signs with keys that `openssl` makes: neither
//! shares a line with what is tested. Both must be installed (`apt-get install xmlsec1 openssl`); without them the tests
//! fail.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod attacks;
mod certificates;
mod messages;
mod provider;
mod requests;
mod sign_in;
mod sign_out;
mod workshop;
