//! What is asked of Stripe for a payment page, byte by byte, and what its answers come to.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::licences::{Currency, Money};
use payments::{Checkout, Failure, Session, Settings, Stripe};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A server that gives one answer. Returns its address, and what it was asked.
async fn answering(status: &str, body: &str) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let asked = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = Vec::new();
        while !is_whole(&asked) {
            let mut part = [0; 4096];
            let read = stream.read(&mut part).await.unwrap();
            asked.extend(part.iter().take(read));
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8(asked).unwrap()
    });
    (url, asked)
}

/// Whether a request with a length is there to its last byte.
fn is_whole(asked: &[u8]) -> bool {
    let text = String::from_utf8_lossy(asked).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
    length.is_some_and(|length| body.len() >= length.parse().unwrap())
}

fn stripe(url: String) -> Stripe {
    Stripe::new(Settings {
        secret_key: "sk_test_1".into(),
        webhook_secret: "whsec_1".into(),
        url,
    })
}

fn checkout() -> Checkout {
    let usd = Currency::parse("USD").unwrap();
    Checkout {
        org: "7".into(),
        invoice: 12,
        total: Money::parse("35.70", usd).unwrap(),
        description: "Invoice 12 of Alder & Finch".into(),
        back: "https://portal.example.com/admin/licences/invoices/12".into(),
        key: "loggia-7-12-2026-11-28".into(),
    }
}

#[tokio::test]
async fn a_payment_page_is_asked_for_with_all_that_is_owed() {
    let (url, asked) = answering(
        "200 OK",
        r#"{"id":"cs_1","object":"checkout.session","url":"https://checkout.example/c/1"}"#,
    )
    .await;
    let session = stripe(url).checkout(&checkout()).await.unwrap();
    let expected = Session {
        id: "cs_1".into(),
        url: "https://checkout.example/c/1".into(),
    };
    assert_eq!(session, expected);
    let asked = asked.await.unwrap();
    let (head, body) = asked.split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    for line in [
        "post /v1/checkout/sessions http/1.1",
        "authorization: bearer sk_test_1",
        "idempotency-key: loggia-7-12-2026-11-28",
        "stripe-version: 2024-06-20",
        "content-type: application/x-www-form-urlencoded",
    ] {
        assert!(head.lines().any(|found| found == line), "{line} in {head}");
    }
    let fields: Vec<(String, String)> = serde_urlencoded::from_str(body).unwrap();
    let said = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
    assert_eq!(said("line_items[0][price_data][unit_amount]"), Some("3570"));
    assert_eq!(said("line_items[0][price_data][currency]"), Some("usd"));
    assert_eq!(
        said("line_items[0][price_data][product_data][name]"),
        Some("Invoice 12 of Alder & Finch")
    );
    assert_eq!(said("payment_intent_data[metadata][org]"), Some("7"));
    assert_eq!(said("payment_intent_data[metadata][invoice]"), Some("12"));
    assert_eq!(said("client_reference_id"), Some("7:12"));
}

#[tokio::test]
async fn a_provider_that_refuses_or_is_not_there_is_told() {
    let (url, _asked) = answering("401 Unauthorized", r#"{"error":{"message":"Invalid API Key provided"}}"#).await;
    let refused = stripe(url).checkout(&checkout()).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the payment provider refuses: whoever runs this server finds the reason in its log"
    );
    for body in ["<html>", r#"{"id":1}"#, ""] {
        let (url, _asked) = answering("200 OK", body).await;
        let broken = stripe(url).checkout(&checkout()).await;
        assert!(matches!(broken, Err(Failure::Unreadable)), "{broken:?}");
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let nobody = stripe(url).checkout(&checkout()).await;
    assert!(matches!(nobody, Err(Failure::Unreachable)), "{nobody:?}");
}
