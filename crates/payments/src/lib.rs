//! Payments by a provider: whoever owes pays on the provider's page, and the provider says so with a signed message.
//!
//! Nothing here decides what is paid: `app` does, by what is owed.

mod amount;
mod stripe;
mod webhook;

pub use amount::charged;
pub use stripe::{Checkout, Failure, Session, Stripe};
pub use webhook::{BadMessage, Message, Paid, read};

/// How a provider is reached.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// The secret key, `sk_…`.
    pub secret_key: String,
    /// What the provider signs its messages with, `whsec_…`.
    pub webhook_secret: String,
    /// Where the provider's API is, without a slash at the end.
    pub url: String,
}

/// Stripe's own address.
pub const STRIPE: &str = "https://api.stripe.com";

impl std::fmt::Debug for Settings {
    /// Secrets have no business in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Stripe at {}", self.url)
    }
}
