//! Accounts: identities, sessions, one-time links and the scopes of tokens.

mod redirects;
mod scopes;

pub(crate) use redirects::is_loopback;
pub use redirects::{MOST_REDIRECTS, check_redirect, is_registered, place_of, redirect_with};
pub use scopes::{Area, Operation, Scope, Scopes, UnknownScope};

/// The shortest password.
pub const MIN_PASSWORD: usize = 8;
/// The longest password, so that hashing cannot be made slow on purpose.
pub const MAX_PASSWORD: usize = 200;

/// How often a wrong password may be given before the sign-in waits.
pub const ATTEMPTS: i64 = 5;
/// How long it then waits, in seconds.
pub const LOCK_SECONDS: i64 = 15 * 60;

/// How long a link to set a new password works: one hour, in seconds.
pub const RESET_SECONDS: i64 = 3600;

/// How long somebody may take to sign in at a provider: ten minutes, in seconds.
pub const SIGN_IN_SECONDS: i64 = 600;

/// Why a password cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    #[error("the password is too short: at least {MIN_PASSWORD} characters are needed")]
    TooShort,
    #[error("the password is too long: at most {MAX_PASSWORD} characters are allowed")]
    TooLong,
    #[error("the password is too easy to guess: try several unrelated words")]
    Guessable,
}

/// What a one-time link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Accept an invitation into a portal.
    Invitation,
    /// Set a new password.
    Reset,
    /// Prove another address of a portal user.
    Address,
}

impl LinkPurpose {
    /// The purpose as stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
            Self::Address => "address",
        }
    }
}
