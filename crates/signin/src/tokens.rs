//! Secrets that are handed out once and kept as hashes only: session cookies, links, API tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// How many random bytes a secret has.
pub const BYTES: usize = 32;

/// Writes random bytes as a text that can stand in a URL: 43 characters.
#[must_use]
pub fn encode(random: &[u8; BYTES]) -> String {
    URL_SAFE_NO_PAD.encode(random)
}

/// The hash under which a secret is kept. Secrets are random, so a fast hash is enough.
#[must_use]
pub fn hash(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}

/// Compares two texts in a time that does not tell where they differ.
#[must_use]
pub fn equal(a: &str, b: &str) -> bool {
    use subtle::ConstantTimeEq as _;
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_fits_a_url_and_its_hash_says_nothing_of_it() {
        let secret = encode(&[7; BYTES]);
        assert_eq!(secret.len(), 43);
        assert!(secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        assert_ne!(hash(&secret), secret);
        assert!(equal(&hash(&secret), &hash(&secret)) && !equal("a", "b"));
    }
}
