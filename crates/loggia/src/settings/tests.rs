//! What wins over what, and what is refused.

use std::path::{Path, PathBuf};

use domain::licences::{Currency, Cycle, FreeFor, LicencePolicy, Policies, PriceBook, Reading, Side};
use domain::orgs::Edition;
use domain::time::Day;

use super::{Bad, Environment, Hosts, Settings};

fn environment(pairs: &[(&str, &str)]) -> Environment {
    Environment::from_pairs(pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())))
}

/// A settings file in a directory of its own.
fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("loggia.toml");
    std::fs::write(&path, text).unwrap();
    (directory, path)
}

fn merge(text: &str, pairs: &[(&str, &str)]) -> Result<Settings, Bad> {
    let (_directory, path) = file(text);
    Settings::merge(Some(path), environment(pairs), Vec::new())
}

#[test]
fn the_command_line_wins_over_the_environment_over_the_file_over_the_default() {
    for (in_file, in_environment, in_flag, port, from) in [
        (None, None, None, 8080, "default"),
        (Some(1001), None, None, 1001, "loggia.toml"),
        (None, Some(1002), None, 1002, "LOGGIA_LISTEN"),
        (Some(1001), Some(1002), None, 1002, "LOGGIA_LISTEN"),
        (None, None, Some(1003), 1003, "--listen"),
        (Some(1001), None, Some(1003), 1003, "--listen"),
        (Some(1001), Some(1002), Some(1003), 1003, "--listen"),
    ] {
        let (_directory, path) = file(&in_file.map_or(String::new(), |port| format!("listen = \"127.0.0.1:{port}\"")));
        let value = in_environment.map_or(String::new(), |port| format!("127.0.0.1:{port}"));
        let flags = in_flag.map(|port| ("listen", "--listen", format!("127.0.0.1:{port}")));
        let settings = Settings::merge(Some(path), environment(&[("LOGGIA_LISTEN", &value)]), flags.into_iter().collect()).unwrap();
        assert_eq!(settings.listen, ("127.0.0.1".to_owned(), port));
        let entry = settings.layers.get(&super::keys::LISTEN).unwrap();
        assert!(entry.source.to_string().ends_with(from), "{} {from}", entry.source);
        assert_eq!(settings.product.public_url, format!("http://127.0.0.1:{port}"));
    }
}

/// A file in which everything is set.
const EVERYTHING: &str = r#"
data = "kept"
listen = "0.0.0.0:80"
public_url = "https://portal.example.com/"
trusted_proxies = ["10.0.0.7", "fd00::/8"]
[database]
url = "postgres://u:p@host/db"
pool = 7
[smtp]
url = "smtps://u:p@mail.example.com"
from = "Northwind <portal@example.com>"
[mail]
retry = ["1m", 600]
[webhooks]
hosts = ["hooks.intern", "10.0.0.7:8080"]
retry = ["5s"]
[licences]
free_seats = "unlimited"
[sessions]
portal = "1h"
staff = "2h"
token = 3
invitation = "4d"
reset = "5m"
[rates]
sign_in_per_minute = 6
requests_per_minute = 7
query_seconds = 8
calls = "edition"
calls_per_minute = 9
[log]
filter = "warn"
format = "json"
"#;

#[test]
fn everything_can_be_set_in_the_file() {
    let (directory, path) = file(EVERYTHING);
    let settings = Settings::merge(Some(path), Environment::default(), Vec::new()).unwrap();
    assert_eq!(settings.data, directory.path().join("kept"));
    assert_eq!(settings.place.to_string(), "PostgreSQL at postgres://u:***@host/db");
    let product = settings.product;
    assert_eq!(product.public_url, "https://portal.example.com");
    assert_eq!(product.smtp.unwrap().from, "Northwind <portal@example.com>");
    assert_eq!(product.mail_retry_seconds, [60, 600]);
    assert_eq!(Hosts::parse("hooks.intern,10.0.0.7:8080"), Some(product.webhooks.hosts));
    assert_eq!(product.webhooks.retry_seconds, [5]);
    assert_eq!(product.licences.all().next().unwrap().free, None);
    let sessions = product.sessions;
    assert_eq!(
        [sessions.portal, sessions.staff, sessions.token, sessions.invitation, sessions.reset],
        [3600, 7200, 3, 345_600, 300]
    );
    let rates = product.rates;
    assert_eq!((rates.calls_per_minute, rates.calls_by_edition), (9, true));
    assert_eq!(
        [rates.sign_in_per_minute, rates.requests_per_minute, rates.query_seconds],
        [6, 7, 8]
    );
    assert_eq!(
        product.trusted_proxies,
        [([10, 0, 0, 7].into(), 32), ("fd00::".parse().unwrap(), 8)]
    );
    assert!(settings.log_json && settings.log.as_deref() == Some("warn"));
}

#[test]
fn what_is_not_accepted_is_named_with_its_place_and_what_was_expected() {
    for (text, pairs, expected) in [
        (
            "listen = 8080",
            &[][..],
            "loggia.toml: listen: expected an address and a port such as 127.0.0.1:8080, found \"8080\"",
        ),
        (
            "lisen = \"x:1\"",
            &[],
            "loggia.toml: there is no setting lisen; expected one of data, ",
        ),
        (
            "[smtp]\nurll = \"x\"",
            &[],
            "there is no setting smtp.urll; expected one of smtp.url, smtp.from",
        ),
        ("[smtpp]\nurl = \"x\"", &[], "there is no setting smtpp; expected one of data, "),
        ("smtp = 3", &[], "there is no setting smtp; expected one of "),
        (
            "[database]\npool = \"7\"",
            &[],
            "database.pool: expected a whole number of connections from 1 to 10000",
        ),
        ("a = 1\nb = [", &[], "loggia.toml: line 2: "),
        (
            "",
            &[("LOGGIA_LISEN", "x")],
            "environment: there is no setting LOGGIA_LISEN; expected one of LOGGIA_DATA, ",
        ),
        (
            "",
            &[("LOGGIA_PAYMENTS_STRIPE_KEY", "sk_hush")],
            "payments.stripe_webhook_secret: expected what Stripe signs its messages with, whsec_…, because LOGGIA_PAYMENTS_STRIPE_KEY is set",
        ),
        (
            "",
            &[("LOGGIA_PAYMENTS_STRIPE_KEY", "pk_hush")],
            "LOGGIA_PAYMENTS_STRIPE_KEY: expected the secret key of a Stripe account",
        ),
        (
            "",
            &[("LOGGIA_FREE_SEATS", "-1")],
            "LOGGIA_FREE_SEATS: expected a whole number of seats, or unlimited, found \"-1\"",
        ),
        ("", &[("LOGGIA_LOG", "a=b=c")], "LOGGIA_LOG: expected what to log"),
        (
            "",
            &[("LOGGIA_SMTP_URL", "smtp://mail")],
            "smtp.from: expected a sender such as Northwind <portal@example.com>, because LOGGIA_SMTP_URL is set",
        ),
        // Even where another layer covers it.
        (
            "listen = \"x\"",
            &[("LOGGIA_LISTEN", "127.0.0.1:80")],
            "loggia.toml: listen: expected an address",
        ),
    ] {
        let message = merge(text, pairs).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn secrets_are_not_repeated_in_errors() {
    for (text, pairs) in [
        ("", &[("LOGGIA_DATABASE", "mysql://u:secret@host")][..]),
        ("", &[("LOGGIA_SMTP_URL", "mailto:u:secret@host")]),
        ("[smtp]\nurl = \"smtp://u:secret", &[]),
    ] {
        let message = merge(text, pairs).unwrap_err().to_string();
        assert!(!message.contains("secret"), "{message}");
    }
}

#[test]
fn a_variable_that_is_empty_or_not_ours_does_not_count() {
    let pairs = [
        ("LOGGIA_SMTP_URL", ""),
        ("LOGGIA_SERVICE_HOST", "10.0.0.1"),
        ("LOGGIA_PORT", "tcp://10.0.0.1:80"),
        ("PATH", "/bin"),
    ];
    assert!(merge("", &pairs).unwrap().product.smtp.is_none());
}

/// The only policy there is.
fn only(settings: Settings) -> LicencePolicy {
    let all: Vec<_> = settings.product.licences.all().cloned().collect();
    let [only] = all.try_into().unwrap();
    only
}

#[test]
fn the_policy_file_says_how_many_seats_are_free() {
    let with = |policy: &str, pairs: &[(&str, &str)]| {
        let (directory, path) = file("[licences]\npolicy_file = \"policy.toml\"");
        std::fs::write(directory.path().join("policy.toml"), policy).unwrap();
        Settings::merge(Some(path), environment(pairs), Vec::new()).map(only)
    };
    let policy = with("name = \"2027\"\nfree = 50", &[]).unwrap();
    assert_eq!((policy.name.as_str(), policy.free), ("2027", Some(50)));
    assert_eq!(with("name = \"all\"\nfree = \"unlimited\"", &[]).unwrap().free, None);
    assert_eq!(with("name = \"x\"\nfree = 1", &[("LOGGIA_FREE_SEATS", "9")]).unwrap().free, Some(9));
    for (text, expected) in [
        (
            "name = \"x\"",
            "policy.toml: free: expected a whole number of seats, or \"unlimited\"",
        ),
        ("name = \"x\"\nfree = -1", "free: expected"),
        ("free = 1", "policy.toml: name: expected a text"),
        (
            "name = \"x\"\nfree = 1\nfee = 2",
            "there is no setting fee; expected one of name, formerly, like, since, free, free_for,",
        ),
    ] {
        let message = with(text, &[]).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
    let absent = merge("[licences]\npolicy_file = \"nowhere.toml\"", &[]).unwrap_err().to_string();
    assert!(absent.contains("nowhere.toml: No such file"), "{absent}");
}

/// Two policies, and what both say.
const BOTH: &str = r#"
seller = "Harbour Hosting"
[[policies]]
like = "2023"
[[policies]]
like = "2025"
since = "2027-02-01"
trial = 3
free = 900
[policies.promises]
uncharged = "last"
"#;

/// One that says all that can be said.
const OWN: &str = r#"
[[policies]]
name = "a"
free = 1
portals = 2
user_types = 3
editions = ["standard"]
free_for = "clients"
own_domain = false
employees = false
"#;

/// What a policy file with this text comes to.
fn policies(text: &str, pairs: &[(&str, &str)]) -> Result<Policies, Bad> {
    let (directory, path) = file("[licences]\npolicy_file = \"policy.toml\"");
    std::fs::write(directory.path().join("policy.toml"), text).unwrap();
    Settings::merge(Some(path), environment(pairs), Vec::new()).map(|settings| settings.product.licences)
}

#[test]
fn a_policy_file_may_have_several_policies_one_after_another() {
    let both = policies(BOTH, &[]).unwrap();
    let (old, new) = (both.named("2023").unwrap(), both.named("2025").unwrap());
    assert_eq!(
        (old.free, old.free_for, old.limits.own_domain),
        (Some(10_000), FreeFor::Clients, false)
    );
    assert_eq!((new.free, new.since.iso().as_str(), new.limits.trial), (Some(900), "2027-02-01", 3));
    assert_eq!((new.reading.uncharged, old.reading.uncharged), (Side::Last, Side::First));
    assert!([old, new].iter().all(|policy| policy.seller == "Harbour Hosting"));
    let own = policies(OWN, &[]).unwrap();
    let limits = &own.named("a").unwrap().limits;
    assert_eq!(
        (limits.portals, limits.user_types, limits.editions.as_slice()),
        (2, 3, &[Edition::Standard][..])
    );
}

#[test]
fn policies_that_cannot_be_are_refused_with_their_place() {
    for (text, expected) in [
        ("policies = 3".to_owned(), "policies: expected a list"),
        ("policies = []".to_owned(), "policies: expected at least one policy"),
        (
            OWN.replace("free = 1", "fee = 1"),
            "policy.toml, policies 1: there is no setting fee",
        ),
        (OWN.replace("free = 1", "free = -1"), "policies 1: free: expected a whole number"),
        (
            OWN.replace("\"clients\"", "\"staff\""),
            "policies 1: free_for: expected everybody or clients",
        ),
        (
            OWN.replace("\"standard\"", "\"tiny\""),
            "policies 1: editions: \"tiny\" is not an edition",
        ),
        (
            OWN.replace("portals = 2", "portals = 0"),
            "portals: expected a whole number from 1 to 1000, found 0",
        ),
        (
            OWN.replace("own_domain = false", "own_domain = 0"),
            "own_domain: expected true or false",
        ),
        (
            BOTH.replace("like = \"2025\"", "like = \"2024\""),
            "policies 2: like: expected 2023, 2025 or unlimited",
        ),
        (
            BOTH.replace("like = \"2025\"", "like = \"2023\""),
            "policies: two policies are named \"2023\"",
        ),
        (
            BOTH.replace("since = \"2027-02-01\"", "since = \"2023-01-01\""),
            "both hold since the same day",
        ),
        (
            BOTH.replace("since = \"2027-02-01\"", "since = 2027"),
            "policies 2: since: expected a day",
        ),
        (
            BOTH.replace("trial = 3", "trial = -3"),
            "policies 2: trial: expected a whole number of seats",
        ),
        (
            BOTH.replace("\"last\"", "\"none\""),
            "policies 2: promises: uncharged: expected first or last, found \"none\"",
        ),
        (
            BOTH.replace("uncharged", "charged"),
            "policies 2: promises: unknown field `charged`",
        ),
    ] {
        let message = policies(&text, &[]).unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
    let seats = policies(BOTH, &[("LOGGIA_FREE_SEATS", "9")]).unwrap_err().to_string();
    assert!(seats.contains("it has several policies: free seats are said there"), "{seats}");
}

#[test]
fn the_policy_file_says_what_more_seats_cost() {
    let with = |prices: &str| {
        let (directory, path) = file("[licences]\npolicy_file = \"policy.toml\"");
        std::fs::write(directory.path().join("policy.toml"), format!("name = \"x\"\nfree = 1\n{prices}")).unwrap();
        Settings::merge(Some(path), environment(&[]), Vec::new()).map(|settings| only(settings).prices)
    };
    let euro =
        |from: &str, slabs: &str| format!("[[prices]]\ncurrency = \"EUR\"\ncycle = \"yearly\"\nfrom = \"{from}\"\nslabs = [{slabs}]\n");
    let book = with(&euro("2027-01-01", "{ to = 10, price = \"30\" }, { price = \"20.50\" }")).unwrap();
    let quote = |day| book.quote(11, Currency::parse("EUR").unwrap(), Cycle::Yearly, Day::parse(day).unwrap());
    assert_eq!(quote("2027-01-01").unwrap().total.to_string(), "320.50");
    assert!(quote("2026-12-31").is_err());
    assert_eq!(
        with("").unwrap(),
        PriceBook::of_2025(),
        "a file without prices has the product's own"
    );
    assert_eq!(with("prices = []").unwrap().offers(Day(30_000)), [], "or none");
    for (prices, expected) in [
        ("prices = 3".to_owned(), "prices: expected a list"),
        (
            euro("soon", "{ price = \"1\" }"),
            "prices 1: from: expected a day like 2027-01-31, found \"soon\"",
        ),
        (euro("2027-01-01", ""), "prices 1: expected at least one slab"),
        (euro("2027-01-01", "{ price = \"-1\" }"), "prices 1: slab 1: expected a price like"),
        (
            euro("2027-01-01", "{ price = \"1.005\" }"),
            "at most 2 digits behind the point, found \"1.005\"",
        ),
        (
            euro("2027-01-01", "{ to = -5, price = \"1\" }"),
            "prices 1: invalid value: integer `-5`",
        ),
        (euro("2027-01-01", "{ upto = 5, price = \"1\" }"), "prices 1: unknown field `upto`"),
        (
            euro(
                "2027-01-01",
                "{ to = 9, price = \"1\" }, { to = 5, price = \"1\" }, { price = \"1\" }",
            ),
            "prices 1, slab 2: it ends where",
        ),
        (
            euro("2027-01-01", "{ price = \"1\" }").replace("EUR", "EURO"),
            "currency: expected a code of ISO 4217, found \"EURO\"",
        ),
        (
            euro("2027-01-01", "{ price = \"1\" }").replace("yearly", "weekly"),
            "prices 1: unknown variant `weekly`",
        ),
        (
            [euro("2027-01-01", "{ price = \"1\" }"), euro("2027-01-01", "{ price = \"2\" }")].concat(),
            "prices 1 and 2 are both for",
        ),
    ] {
        let message = with(&prices).unwrap_err().to_string();
        assert!(message.contains("policy.toml: ") && message.contains(expected), "{message}");
    }
}

#[test]
fn the_policy_file_says_which_taxes_there_are_and_when_one_pays() {
    let with = |more: &str| {
        let (directory, path) = file("[licences]\npolicy_file = \"policy.toml\"");
        std::fs::write(directory.path().join("policy.toml"), format!("name = \"x\"\nfree = 1\n{more}")).unwrap();
        Settings::merge(Some(path), environment(&[]), Vec::new()).map(only)
    };
    let tax = |name: &str, percent: &str| format!("[[taxes]]\nname = \"{name}\"\npercent = \"{percent}\"\n");
    let policy = with(&[tax("GST", "5"), tax("QST", "9.975").replace("75", "7"), "[terms]\ngrace = 0".into()].concat()).unwrap();
    let taxes: Vec<_> = policy.taxes.iter().map(|t| (t.name.as_str(), t.rate)).collect();
    assert_eq!(taxes, [("GST", 500), ("QST", 997)]);
    assert_eq!((policy.terms.days_to_pay, policy.terms.grace), (14, 0));
    assert_eq!(with("").unwrap().taxes, []);
    for (text, expected) in [
        ("taxes = 19".to_owned(), "taxes: expected a list"),
        (tax("", "19"), "taxes 1: name: expected 1 to 50 characters"),
        (
            tax("VAT", "-19"),
            "taxes 1: percent: expected 0 to 100 like \"19\" or \"7.75\", found \"-19\"",
        ),
        (tax("VAT", "9.975"), "found \"9.975\""),
        (tax("VAT", "19").replace("percent", "rate"), "taxes 1: unknown field `rate`"),
        ("[terms]\ndays_to_pay = -1".to_owned(), "terms: invalid value: integer `-1`"),
        (
            "[terms]\ngrace = 9999".to_owned(),
            "terms: grace: expected 0 to 3650 days, found 9999",
        ),
    ] {
        let message = with(&text).unwrap_err().to_string();
        assert!(message.contains("policy.toml: ") && message.contains(expected), "{message}");
    }
}

#[test]
fn the_file_may_be_named_by_the_environment_but_the_command_line_wins() {
    let ((_a, first), (_b, second)) = (file("listen = \"first:1\""), file("listen = \"second:2\""));
    let named = || environment(&[("LOGGIA_CONFIG", second.to_str().unwrap())]);
    assert_eq!(Settings::merge(None, named(), Vec::new()).unwrap().listen.0, "second");
    assert_eq!(Settings::merge(Some(first), named(), Vec::new()).unwrap().listen.0, "first");
    let absent = Settings::merge(Some("nowhere.toml".into()), Environment::default(), Vec::new()).unwrap_err();
    assert!(absent.to_string().starts_with("nowhere.toml: "), "{absent}");
}

#[test]
fn the_demo_has_a_directory_of_its_own_unless_one_is_named() {
    let data = |pairs: &[(&str, &str)]| merge("", pairs).unwrap().with_usual_data("./data/demo").data;
    assert_eq!(data(&[]), Path::new("./data/demo"));
    assert_eq!(data(&[("LOGGIA_DATA", "here")]), Path::new("here"));
}

#[test]
fn the_example_in_the_documentation_is_accepted() {
    let page = std::fs::read_to_string("../../docs/operators.md").unwrap();
    let examples = || page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let example = |saying: &str| examples().find(|example| example.contains(saying)).unwrap();
    let settings = merge(example("/var/lib/loggia"), &[]).unwrap();
    assert_eq!(settings.data, Path::new("/var/lib/loggia"));
    assert!(settings.product.smtp.is_some() && only(settings).free.is_none());
    let paid = merge(&example("[payments]").replace('…', "x"), &[]).unwrap();
    assert_eq!(paid.product.payments.map(|stripe| stripe.url), Some(payments::STRIPE.to_owned()));
    let (directory, path) = file("[licences]\npolicy_file = \"policy.toml\"");
    std::fs::write(directory.path().join("policy.toml"), example("name = \"ours\"")).unwrap();
    let policy = only(Settings::merge(Some(path.clone()), environment(&[]), Vec::new()).unwrap());
    let quote = policy.prices.quote(
        501,
        Currency::parse("EUR").unwrap(),
        Cycle::Monthly,
        Day::parse("2027-01-01").unwrap(),
    );
    assert_eq!((policy.free, quote.unwrap().total.to_string().as_str()), (Some(200), "1251.75"));
    assert_eq!((policy.taxes[0].rate, policy.terms.days_to_pay), (1900, 30));
    assert_eq!(policy.seller.lines().next(), Some("Harbour Hosting"));
    // What is said to hold for 2025 is what holds for it.
    std::fs::write(directory.path().join("policy.toml"), example("own_domain")).unwrap();
    let said = only(Settings::merge(Some(path.clone()), environment(&[]), Vec::new()).unwrap());
    assert_eq!(said, LicencePolicy::default());
    std::fs::write(directory.path().join("policy.toml"), example("[[policies]]")).unwrap();
    let several = Settings::merge(Some(path), environment(&[]), Vec::new()).unwrap().product.licences;
    assert_eq!(several.named("2025").map(|policy| policy.reading), Some(Reading::default()));
    assert_eq!(
        several.all().map(|policy| policy.seller.as_str()).collect::<Vec<_>>(),
        ["Harbour Hosting"; 2]
    );
}
