//! What the provider says: messages with a signature, which is checked before anything of them is read.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use sha2::Sha256;

/// How many seconds old, or early, a message may be.
const TOLERANCE: i64 = 300;

/// A message that the provider has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Something was paid.
    Paid(Paid),
    /// Something else happened, that nobody here waits for: its type.
    Other(String),
}

/// What was paid for which invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    /// The provider's name for the payment, `pi_…`.
    pub payment: String,
    /// The organisation and the invoice's number, as they were said when the payment was begun.
    pub org: String,
    pub invoice: u64,
    /// As [`crate::charged`] has it.
    pub amount: i64,
    /// The currency's code, in capital letters.
    pub currency: String,
}

/// A message that is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadMessage {
    #[error("the message has no signature that can be read: expected Stripe-Signature: t=…,v1=…")]
    Unsigned,
    #[error("the signature is not that of the message")]
    Forged,
    #[error("the message is not of the last {TOLERANCE} seconds")]
    Old,
    #[error("the message cannot be read")]
    Unreadable,
}

#[derive(Deserialize)]
struct Event {
    r#type: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: serde_json::Value,
}

#[derive(Deserialize)]
struct Intent {
    id: String,
    amount: i64,
    /// What has come in; without it all of it has.
    amount_received: Option<i64>,
    currency: String,
    metadata: std::collections::BTreeMap<String, String>,
}

/// Reads a message, at a time in seconds since 1970. `signature` is the header `Stripe-Signature`.
pub fn read(secret: &str, signature: &str, body: &[u8], now: i64) -> Result<Message, BadMessage> {
    let time = check(secret, signature, body)?;
    // Whoever has caught a message cannot send it again later.
    if (now - time).abs() > TOLERANCE {
        return Err(BadMessage::Old);
    }
    let event: Event = serde_json::from_slice(body).map_err(|_| BadMessage::Unreadable)?;
    if event.r#type != "payment_intent.succeeded" {
        return Ok(Message::Other(event.r#type));
    }
    let intent: Intent = serde_json::from_value(event.data.object).map_err(|_| BadMessage::Unreadable)?;
    let said = |name| intent.metadata.get(name).cloned();
    let Some((org, invoice)) = said("org").zip(said("invoice").and_then(|number| number.parse().ok())) else {
        // A payment for something else that the same account sells.
        return Ok(Message::Other(event.r#type));
    };
    Ok(Message::Paid(Paid {
        payment: intent.id,
        org,
        invoice,
        amount: intent.amount_received.unwrap_or(intent.amount),
        currency: intent.currency.to_uppercase(),
    }))
}

/// The time that is signed with the body.
fn check(secret: &str, signature: &str, body: &[u8]) -> Result<i64, BadMessage> {
    let parts = || signature.split(',').filter_map(|part| part.trim().split_once('='));
    let time = parts().find(|(name, _)| *name == "t").map(|(_, time)| time);
    let time = time.ok_or(BadMessage::Unsigned)?;
    let seconds: i64 = time.parse().map_err(|_| BadMessage::Unsigned)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| BadMessage::Forged)?;
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    // While a secret is exchanged for another one there are signatures with both.
    let signed = |(name, hex): (&str, &str)| name == "v1" && unhex(hex).is_some_and(|tag| mac.clone().verify_slice(&tag).is_ok());
    match parts().any(signed) {
        true => Ok(seconds),
        false => Err(BadMessage::Forged),
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pair = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) || text.len() % 2 == 1 {
        return None;
    }
    (0..text.len()).step_by(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_test";
    const NOW: i64 = 1_800_000_000;

    fn sign(secret: &str, time: i64, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{time}.{body}").as_bytes());
        let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("t={time},v1={hex}")
    }

    fn paid(metadata: &str) -> String {
        format!(
            r#"{{"id":"evt_1","type":"payment_intent.succeeded","data":{{"object":{{"id":"pi_1","object":"payment_intent","amount":3570,
                "amount_received":3570,"currency":"usd","metadata":{metadata}}}}}}}"#
        )
    }

    /// Worked out with another implementation: `printf '1800000000.{}' | openssl dgst -sha256 -hmac whsec_test`.
    #[test]
    fn a_signature_is_the_one_of_the_scheme() {
        let header = "t=1800000000,v1=482e6337ac5272392d375c6fdc4d52a7e615dc2facedab0ffe155ddfd6a56e66";
        assert_eq!(read(SECRET, header, b"{}", NOW), Err(BadMessage::Unreadable));
    }

    #[test]
    fn a_payment_is_read_with_what_it_is_for() {
        let body = paid(r#"{"org":"7","invoice":"12"}"#);
        let message = read(SECRET, &sign(SECRET, NOW, &body), body.as_bytes(), NOW + 60).unwrap();
        let expected = Paid {
            payment: "pi_1".into(),
            org: "7".into(),
            invoice: 12,
            amount: 3570,
            currency: "USD".into(),
        };
        assert_eq!(message, Message::Paid(expected));
        let other = paid(r#"{"order":"9"}"#);
        let message = read(SECRET, &sign(SECRET, NOW, &other), other.as_bytes(), NOW);
        assert_eq!(message, Ok(Message::Other("payment_intent.succeeded".into())));
    }

    #[test]
    fn what_is_forged_replayed_or_broken_is_not_taken() {
        let body = paid(r#"{"org":"7","invoice":"12"}"#);
        let good = sign(SECRET, NOW, &body);
        let answer = |header: &str, body: &str, now| read(SECRET, header, body.as_bytes(), now).unwrap_err();
        assert_eq!(answer(&good, &body.replace("3570", "3571"), NOW), BadMessage::Forged);
        assert_eq!(answer(&sign("whsec_other", NOW, &body), &body, NOW), BadMessage::Forged);
        assert_eq!(answer(&good.replace("1800000000", "1800000001"), &body, NOW), BadMessage::Forged);
        assert_eq!(answer(&good, &body, NOW + 301), BadMessage::Old);
        assert_eq!(answer(&good, &body, NOW - 301), BadMessage::Old);
        for header in [
            "",
            "t=1800000000",
            "v1=00",
            "t=soon,v1=00",
            "t=1800000000,v1=zz",
            "t=1800000000,v1=ü0",
            "t=1800000000,v0=00",
        ] {
            let why = answer(header, &body, NOW);
            assert!([BadMessage::Unsigned, BadMessage::Forged].contains(&why), "{header:?}: {why}");
        }
        for broken in ["", "{", "[]", r#"{"type":"payment_intent.succeeded","data":{"object":{}}}"#] {
            assert_eq!(answer(&sign(SECRET, NOW, broken), broken, NOW), BadMessage::Unreadable);
        }
        let both = format!("{},{}", sign("whsec_old", NOW, &body), good.split(',').next_back().unwrap());
        assert!(read(SECRET, &both, body.as_bytes(), NOW).is_ok(), "one of two signatures is enough");
    }
}
