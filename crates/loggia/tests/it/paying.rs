//! An invoice is paid: a server that speaks like Stripe takes the money, and says so with a signature of its own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use store::testing::{Place, each_database};

use crate::server::Server;
use crate::setup::{ADMIN, PASSWORD, Setup};

const SECRET: &str = "whsec_of_the_test";
const KEY: &str = "sk_test_of_the_test";

/// How long the provider's message may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The payment provider. It is killed when this is dropped.
struct Provider {
    child: Child,
    url: String,
}

impl Provider {
    fn start() -> Self {
        let e2e = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e");
        let mut command = Command::new(e2e.join("python/bin/python3"));
        let mut child = command
            .arg(e2e.join("stripe.py"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("e2e/python, which `cargo xtask test` installs");
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        let url = format!("http://127.0.0.1:{}", port.trim());
        Self { child, url }
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let asked = reqwest::Client::new().post(format!("{}{path}", self.url)).form(form);
        let answer = asked.header("authorization", format!("Bearer {KEY}")).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Somebody pays with a card, as on the page that we lead to.
    async fn take(&self, org: &str, invoice: &str, amount: &str) -> String {
        let card = [
            ("type", "card"),
            ("card[number]", "4242424242424242"),
            ("card[exp_month]", "12"),
            ("card[exp_year]", "2099"),
            ("card[cvc]", "123"),
        ];
        let method = self.post("/v1/payment_methods", &card).await;
        let intent = [
            ("amount", amount),
            ("currency", "usd"),
            ("payment_method", method["id"].as_str().unwrap()),
            ("metadata[org]", org),
            ("metadata[invoice]", invoice),
        ];
        let intent = self.post("/v1/payment_intents", &intent).await;
        let id = intent["id"].as_str().unwrap().to_owned();
        self.post(&format!("/v1/payment_intents/{id}/confirm"), &[]).await;
        id
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn invoice(setup: &Setup) -> Value {
    setup.run(&["licence", "invoices", "--org", "Northwind", "--json"]).json()["invoices"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_is_paid_as_soon_as_the_provider_says_so() {
    let provider = Provider::start();
    each_database(async |place: &Place| {
        let setup = Setup::new(place);
        let org = setup.org("Northwind");
        setup.run(&["licence", "buy", "--org", "Northwind", "--quantity", "10"]);
        let mut command = setup.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.env("LOGGIA_PAYMENTS_STRIPE_KEY", KEY);
        command.env("LOGGIA_PAYMENTS_STRIPE_WEBHOOK_SECRET", SECRET);
        let server = Server::run(command);
        let hook = format!("{}/payments/stripe", server.url);
        provider
            .post("/_config/webhooks/loggia", &[("url", &hook), ("secret", SECRET)])
            .await;
        let forged = reqwest::Client::new()
            .post(&hook)
            .header("stripe-signature", "t=1,v1=00")
            .body("{}");
        assert_eq!(forged.send().await.unwrap().status(), 400);
        assert_eq!(invoice(&setup)["paid"], Value::Null);
        let payment = provider.take(&org, "1", "3000").await;
        let paid = async {
            while invoice(&setup)["paid"].is_null() {
                tokio::task::yield_now().await;
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, paid).await;
        in_time.expect("the provider's message does not arrive");
        assert_eq!(invoice(&setup)["reference"], json!(format!("Stripe {payment}")));
    })
    .await;
}

/// The text of a PDF file, as another program reads it.
fn text_of(file: &[u8]) -> String {
    let e2e = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e");
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("invoice.pdf");
    std::fs::write(&path, file).unwrap();
    let mut command = Command::new(e2e.join("python/bin/python3"));
    let read = command.arg(e2e.join("pdf_text.py")).arg(path).output().unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    String::from_utf8(read.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_is_printed_with_all_that_it_says() {
    let place = Place::sqlite();
    let setup = Setup::new(&place);
    let policy = "name = \"ours\"\nfree = 1\nseller = \"Ærø Hosting\\nPier 7\"\n[[taxes]]\nname = \"VAT\"\npercent = \"19\"\n";
    std::fs::write(setup.directory().join("policy.toml"), policy).unwrap();
    setup.org("Northwind");
    let with_policy = |arguments: &[&str]| {
        let mut command = setup.command(arguments);
        command.env("LOGGIA_LICENCES_POLICY_FILE", "policy.toml");
        command
    };
    let bought = with_policy(&["licence", "buy", "--org", "Northwind", "--quantity", "1500"]).output();
    assert!(bought.unwrap().status.success());
    let server = Server::run(with_policy(&["serve", "--listen", "127.0.0.1:0"]));
    let browser = reqwest::Client::builder().cookie_store(true).build().unwrap();
    let form = [("email", ADMIN), ("password", PASSWORD)];
    browser
        .post(format!("{}/admin/sign-in", server.url))
        .form(&form)
        .send()
        .await
        .unwrap();
    let answer = browser
        .get(format!("{}/admin/licences/invoices/1/file", server.url))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["content-type"], "application/pdf");
    assert_eq!(answer.headers()["content-disposition"], "attachment; filename=\"invoice-1.pdf\"");
    let text = text_of(&answer.bytes().await.unwrap());
    for said in [
        "Invoice 1",
        "Ærø Hosting",
        "Northwind",
        "1,001 to 1,500",
        "USD 2.00",
        "VAT 19 %",
        "USD 4,760.00",
        "1 / 1",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let missing = browser
        .get(format!("{}/admin/licences/invoices/9/file", server.url))
        .send()
        .await
        .unwrap();
    assert_eq!(missing.status(), 404);
}
