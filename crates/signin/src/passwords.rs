//! Passwords: argon2id, and a look at how easily one is guessed.
//!
//! Hashing takes tens of milliseconds and 19 MiB on purpose: call it where blocking is allowed.

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Argon2, PasswordHash};
use domain::accounts::{BadPassword, MAX_PASSWORD, MIN_PASSWORD};

/// A hash that no password has, so that an unknown address costs as much as a known one.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ib2R5$2XBhyoTQPMIeWVGkxAN4cVKAbkGY8Mv6b6EIXpBt6Qk";

/// Checks a new password. `hints` are words it must not consist of, such as the address and the name.
pub fn check(password: &str, hints: &[&str]) -> Result<(), BadPassword> {
    let length = password.chars().count();
    if length < MIN_PASSWORD {
        return Err(BadPassword::TooShort);
    }
    if length > MAX_PASSWORD {
        return Err(BadPassword::TooLong);
    }
    // Five attempts in a quarter of an hour are allowed, so what takes thousands of guesses is safe
    // from guessing at the door; argon2id guards the rest.
    match zxcvbn::zxcvbn(password, hints).score() {
        zxcvbn::Score::Zero => Err(BadPassword::Guessable),
        _ => Ok(()),
    }
}

/// Hashes a password with argon2id. `None` if the library refuses, which it does not for texts of allowed length.
#[must_use]
pub fn hash(password: &str, salt: &[u8; 16]) -> Option<String> {
    Argon2::default()
        .hash_password_with_salt(password.as_bytes(), salt)
        .ok()
        .map(|hash| hash.to_string())
}

/// Whether the password has this hash. Without a hash the same work is done, and the answer is no.
#[must_use]
pub fn verify(password: &str, hash: Option<&str>) -> bool {
    if password.chars().count() > MAX_PASSWORD {
        return false;
    }
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODY)) else {
        return false;
    };
    let matches = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
    matches && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_itself_passes() {
        let kept = hash("correct horse battery", &[9; 16]).unwrap();
        assert!(kept.starts_with("$argon2id$"));
        assert!(verify("correct horse battery", Some(&kept)));
        assert!(!verify("correct horse batterz", Some(&kept)));
        assert!(!verify("", Some(&kept)) && !verify("x", Some("not a hash")));
    }

    #[test]
    fn nobody_signs_in_without_a_password() {
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!verify("anything", None));
    }

    #[test]
    fn weak_passwords_are_refused_with_the_reason() {
        assert_eq!(check("short", &[]), Err(BadPassword::TooShort));
        assert_eq!(check(&"x".repeat(201), &[]), Err(BadPassword::TooLong));
        assert_eq!(check("password", &[]), Err(BadPassword::Guessable));
        assert_eq!(check("tulip-meadow-42-lantern", &[]), Ok(()));
    }
}
