//! Posting.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::public::PublicOnly;
use crate::signature::Secret;
use crate::target::Target;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(15);
const AGENT: &str = concat!("Loggia/", env!("CARGO_PKG_VERSION"));

type Over<C> = legacy::Client<HttpsConnector<C>, Full<Bytes>>;

/// Posts messages, over connections that stay open. It follows no redirects, and reads nothing of an answer but its status.
#[derive(Clone)]
pub struct Client {
    /// To hosts that the operator has named.
    named: Over<HttpConnector>,
    public: Over<HttpConnector<PublicOnly>>,
}

/// A message.
#[derive(Debug, Clone)]
pub struct Message {
    /// The same in each attempt, so that whoever got it twice can tell.
    pub id: String,
    /// When this attempt is made, in seconds since 1970.
    pub time: i64,
    pub body: Bytes,
    /// What it is signed with, if whoever receives it knows a secret.
    pub secret: Option<Secret>,
}

/// Why a message is not delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The innermost reason, as far as it can be told.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    #[error("no answer within {} seconds", PATIENCE.as_secs())]
    TooSlow,
    #[error("it answers {0}")]
    Refused(StatusCode),
    /// 410: whoever it was does not want any more messages.
    #[error("it answers that it is gone")]
    Gone,
}

impl Default for Client {
    fn default() -> Self {
        let mut public = HttpConnector::new_with_resolver(PublicOnly);
        // What may be reached without TLS was decided when the address was read.
        public.enforce_http(false);
        let mut named = HttpConnector::new();
        named.enforce_http(false);
        Self {
            named: over(named),
            public: over(public),
        }
    }
}

/// With TLS in front of the connector.
fn over<C>(connector: C) -> Over<C>
where
    HttpsConnector<C>: legacy::connect::Connect + Clone,
{
    let secured = HttpsConnectorBuilder::new()
        .with_webpki_roots()
        .https_or_http()
        .enable_http1()
        .wrap_connector(connector);
    legacy::Client::builder(TokioExecutor::new()).build(secured)
}

impl Client {
    /// Posts a message. It is delivered when the answer is one of 200 to 299.
    pub async fn post(&self, target: &Target, message: &Message) -> Result<(), Failure> {
        let request = request(target, message).map_err(|error| Failure::Unreachable(error.to_string()))?;
        let answer = async {
            match target.is_named {
                true => self.named.request(request).await,
                false => self.public.request(request).await,
            }
        };
        let answer = tokio::time::timeout(PATIENCE, answer).await.map_err(|_| Failure::TooSlow)?;
        match answer.map_err(|error| Failure::Unreachable(innermost(&error)))?.status() {
            status if status.is_success() => Ok(()),
            StatusCode::GONE => Err(Failure::Gone),
            status => Err(Failure::Refused(status)),
        }
    }
}

fn request(target: &Target, message: &Message) -> Result<Request<Full<Bytes>>, http::Error> {
    let mut request = Request::post(target.as_str())
        .header(header::CONTENT_TYPE, "application/json;charset=UTF-8")
        .header(header::USER_AGENT, AGENT)
        .header("webhook-id", &message.id)
        .header("webhook-timestamp", message.time);
    let secret = message.secret.as_ref();
    if let Some(signature) = secret.and_then(|secret| secret.sign(&message.id, message.time, &message.body)) {
        request = request.header("webhook-signature", signature);
    }
    request.body(Full::new(message.body.clone()))
}

/// The last of an error's causes: those before it only say that there is one.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
