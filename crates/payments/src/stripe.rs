//! Asking Stripe for a page on which somebody pays.

use std::time::Duration;

use bytes::Bytes;
use domain::licences::Money;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;

use crate::{Settings, charged};

/// The version of the API that is spoken, whatever the account's own is.
const VERSION: &str = "2024-06-20";
/// How long an answer may take, and how many bytes it may have.
const PATIENCE: Duration = Duration::from_secs(20);
const MAX_ANSWER: usize = 1 << 20;

/// Stripe, with connections that stay open.
#[derive(Clone)]
pub struct Stripe {
    settings: Settings,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// What somebody is to pay.
#[derive(Debug, Clone)]
pub struct Checkout {
    /// The organisation and the invoice's number: what the message says when it was paid.
    pub org: String,
    pub invoice: u64,
    pub total: Money,
    /// What the page says that is paid for.
    pub description: String,
    /// Where the page leads back to, in either case.
    pub back: String,
    /// Whoever asks with the same key within a day gets the same page.
    pub key: String,
}

/// A page on which somebody pays.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Session {
    pub id: String,
    pub url: String,
}

/// Why there is no such page.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("the payment provider does not answer")]
    Unreachable,
    /// What it said stands in the log: it may speak of the operator's key.
    #[error("the payment provider refuses: whoever runs this server finds the reason in its log")]
    Refused,
    #[error("the payment provider cannot charge such an amount: ask whoever runs this server how to pay")]
    NoSuchAmount,
    #[error("the payment provider answers what cannot be read")]
    Unreadable,
}

#[derive(Deserialize)]
struct Refusal {
    error: Reason,
}

#[derive(Deserialize)]
struct Reason {
    message: Option<String>,
}

impl std::fmt::Debug for Stripe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.settings.fmt(f)
    }
}

impl Stripe {
    /// Stripe as the settings say. Nothing is asked yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .build();
        Self {
            settings,
            client: Client::builder(TokioExecutor::new()).build(connector),
        }
    }

    /// What the provider signs its messages with.
    #[must_use]
    pub fn webhook_secret(&self) -> &str {
        &self.settings.webhook_secret
    }

    /// A page on which somebody pays.
    pub async fn checkout(&self, checkout: &Checkout) -> Result<Session, Failure> {
        let amount = charged(checkout.total).ok_or(Failure::NoSuchAmount)?;
        let form = serde_urlencoded::to_string(fields(checkout, amount)).map_err(|_| Failure::Unreadable)?;
        let request = Request::post(format!("{}/v1/checkout/sessions", self.settings.url))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.settings.secret_key))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("idempotency-key", &checkout.key)
            .header("stripe-version", VERSION)
            .body(Full::new(Bytes::from(form)))
            .map_err(|_| Failure::Unreadable)?;
        let (status, body) = tokio::time::timeout(PATIENCE, self.ask(request))
            .await
            .map_err(|_| Failure::Unreachable)??;
        if status.is_success() {
            return serde_json::from_slice(&body).map_err(|_| Failure::Unreadable);
        }
        let refusal: Refusal = serde_json::from_slice(&body).map_err(|_| Failure::Unreadable)?;
        let message = refusal.error.message.unwrap_or_default();
        tracing::error!(%status, message, "the payment provider refuses");
        Err(Failure::Refused)
    }

    async fn ask(&self, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), Failure> {
        let answer = self.client.request(request).await.map_err(|error| {
            tracing::warn!(%error, "the payment provider does not answer");
            Failure::Unreachable
        })?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), MAX_ANSWER).collect().await;
        Ok((status, body.map_err(|_| Failure::Unreadable)?.to_bytes()))
    }
}

fn fields(checkout: &Checkout, amount: i64) -> [(&'static str, String); 10] {
    [
        ("mode", "payment".to_owned()),
        ("client_reference_id", format!("{}:{}", checkout.org, checkout.invoice)),
        ("success_url", checkout.back.clone()),
        ("cancel_url", checkout.back.clone()),
        ("line_items[0][quantity]", "1".to_owned()),
        ("line_items[0][price_data][currency]", checkout.total.currency.code().to_lowercase()),
        ("line_items[0][price_data][unit_amount]", amount.to_string()),
        ("line_items[0][price_data][product_data][name]", checkout.description.clone()),
        // The message that something was paid speaks of the payment, not of the page.
        ("payment_intent_data[metadata][org]", checkout.org.clone()),
        ("payment_intent_data[metadata][invoice]", checkout.invoice.to_string()),
    ]
}
