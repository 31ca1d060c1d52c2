//! Paying on a provider's page: what its messages do, and what those do that are forged, come twice, or pay what is not owed.

use app::licences::{Settled, Wanted, checkout, credit, invoice, pay, purchase, recompute, take_message};
use app::testing::Bench;
use app::{Ctx, Error, Settings};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

const SECRET: &str = "whsec_test";

fn settings() -> Settings {
    Settings {
        payments: Some(payments::Settings {
            secret_key: "sk_test".into(),
            webhook_secret: SECRET.into(),
            // Nothing answers there.
            url: "http://127.0.0.1:9".into(),
        }),
        ..Settings::default()
    }
}

/// Invoices of 30.00 each.
async fn owing(bench: &Bench, invoices: usize) -> Ctx {
    let ctx = bench.system().await;
    for _ in 0..invoices {
        let wanted = Wanted::read("10", "", "").unwrap();
        purchase(&ctx, wanted).await.unwrap();
    }
    ctx
}

fn message(org: &str, invoice: u64, amount: i64, currency: &str) -> String {
    format!(
        r#"{{"type":"payment_intent.succeeded","data":{{"object":{{"id":"pi_{invoice}","amount":{amount},"currency":"{currency}",
            "metadata":{{"org":"{org}","invoice":"{invoice}"}}}}}}}}"#
    )
}

/// Sends a message that was signed so many seconds ago.
async fn say(bench: &Bench, body: &str, ago: i64) -> Result<Settled, Error> {
    let time = bench.app.now().0 / 1_000_000 - ago;
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{time}.{body}").as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    take_message(&bench.app, &format!("t={time},v1={hex}"), body.as_bytes()).await
}

async fn each(body: impl AsyncFn(&Bench)) {
    store::testing::each_database(async |place| body(&Bench::with(place, settings()).await).await).await;
}

#[tokio::test]
async fn what_was_paid_is_noted_once_however_often_it_is_said() {
    each(async |bench| {
        let ctx = owing(bench, 1).await;
        let org = bench.org().to_string();
        let paid = message(&org, 1, 3000, "usd");
        assert_eq!(say(bench, &paid, 0).await.unwrap(), Settled::Paid);
        let once = invoice(&ctx, 1).await.unwrap();
        assert_eq!((once.paid.as_deref(), once.reference.as_str()), (Some("2026-11-24"), "Stripe pi_1"));
        bench.clock.advance(86_400);
        assert_eq!(say(bench, &paid, 0).await.unwrap(), Settled::Already);
        assert_eq!(invoice(&ctx, 1).await.unwrap(), once);
        assert!(matches!(checkout(&ctx, 1).await, Err(Error::Paid(1))));
        assert_eq!(recompute(&ctx).await.unwrap().wrong, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_is_forged_old_or_not_owed_pays_nothing() {
    each(async |bench| {
        let ctx = owing(bench, 3).await;
        let org = bench.org().to_string();
        let good = message(&org, 1, 3000, "usd");
        assert!(matches!(
            say(bench, &good, 301).await,
            Err(Error::Message(payments::BadMessage::Old))
        ));
        for signature in ["", "t=1,v1=00", "v1=00"] {
            let forged = take_message(&bench.app, signature, good.as_bytes()).await;
            assert!(matches!(forged, Err(Error::Message(_))), "{forged:?}");
        }
        credit(&ctx, 2, "by mistake").await.unwrap();
        pay(&ctx, 3, "bank 77").await.unwrap();
        for (body, expected) in [
            (message(&org, 1, 2999, "usd"), Settled::Unexpected),
            (message(&org, 1, 3000, "eur"), Settled::Unexpected),
            (message(&org, 2, 3000, "usd"), Settled::Unexpected),
            (message(&org, 3, 3000, "usd"), Settled::Unexpected),
            (message(&org, 9, 3000, "usd"), Settled::Unknown),
            (message("77", 1, 3000, "usd"), Settled::Unknown),
            (message("nobody", 1, 3000, "usd"), Settled::Unknown),
            (good.replace("succeeded", "created"), Settled::Ignored),
        ] {
            assert_eq!(say(bench, &body, 0).await.unwrap(), expected, "{body}");
        }
        assert!(invoice(&ctx, 1).await.unwrap().paid.is_none());
        assert_eq!(invoice(&ctx, 3).await.unwrap().reference, "bank 77");
        let trail = app::audit::latest(&ctx, 50).await.unwrap();
        let noted = trail.iter().filter(|n| n.action == "payment_unexpected").count();
        assert_eq!(noted, 5, "money that is not owed is never lost from sight");
    })
    .await;
}

#[tokio::test]
async fn two_payments_for_one_invoice_that_come_at_once_are_not_taken_for_one() {
    each(async |bench| {
        let ctx = owing(bench, 1).await;
        let first = message(&bench.org().to_string(), 1, 3000, "usd");
        let second = first.replace("\"pi_1\"", "\"pi_2\"");
        let (one, other) = tokio::join!(say(bench, &first, 0), say(bench, &second, 0));
        let mut settled = [one.unwrap().name(), other.unwrap().name()];
        settled.sort_unstable();
        assert_eq!(settled, ["paid", "unexpected"]);
        assert!(invoice(&ctx, 1).await.unwrap().paid.is_some());
    })
    .await;
}

#[tokio::test]
async fn without_a_provider_that_answers_nobody_is_led_anywhere() {
    store::testing::each_database(async |place| {
        let bench = Bench::with(place, settings()).await;
        let ctx = owing(&bench, 1).await;
        assert!(matches!(
            checkout(&ctx, 1).await,
            Err(Error::Payment(payments::Failure::Unreachable))
        ));
        assert!(matches!(checkout(&ctx, 2).await, Err(Error::NotFound("invoice"))));
    })
    .await;
    app::testing::each_database(async |bench| {
        let ctx = owing(&bench, 1).await;
        assert!(matches!(checkout(&ctx, 1).await, Err(Error::NotFound("payment provider"))));
        assert!(matches!(take_message(&bench.app, "", b"").await, Err(Error::NotFound(_))));
    })
    .await;
}
