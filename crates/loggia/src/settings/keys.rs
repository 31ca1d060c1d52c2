//! Every setting there is: its name in the file, its variable, its default, and what it accepts.

use super::values;

/// How a setting may be written in the file. In variables and on the command line everything is text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Text,
    Number,
    /// A number, or a text such as `12h` or `unlimited`.
    NumberOrText,
    /// An array, or a text with commas.
    List,
}

/// A setting.
#[derive(Debug)]
pub struct Key {
    /// As the file has it: `smtp.url`.
    pub name: &'static str,
    pub variable: &'static str,
    pub default: Option<&'static str>,
    pub shape: Shape,
    /// What it accepts, in words.
    pub expected: &'static str,
    pub accepts: fn(&str) -> bool,
    /// May hold a password: never shown whole.
    pub secret: bool,
    /// A path: one in the file is taken from the directory of the file.
    pub path: bool,
}

const TEXT: Key = Key {
    name: "",
    variable: "",
    default: None,
    shape: Shape::Text,
    expected: "a text",
    accepts: |text| !text.trim().is_empty(),
    secret: false,
    path: false,
};

const SECONDS: Key = Key {
    shape: Shape::NumberOrText,
    expected: "a time such as 45s, 30m, 12h or 7d, or a number of seconds",
    accepts: |text| values::seconds(text).is_some(),
    ..TEXT
};

const RATE: Key = Key {
    shape: Shape::Number,
    expected: "a whole number up to 4294967295, 0 for no limit",
    accepts: |text| values::rate(text).is_some(),
    ..TEXT
};

pub const DATA: Key = Key {
    name: "data",
    variable: "LOGGIA_DATA",
    default: Some("./data"),
    expected: "a directory",
    path: true,
    ..TEXT
};
pub const DATABASE: Key = Key {
    name: "database.url",
    variable: "LOGGIA_DATABASE",
    expected: "the address of a PostgreSQL database, postgres://user:password@host/name; without it SQLite is used in the data directory",
    accepts: values::is_database,
    secret: true,
    ..TEXT
};
pub const POOL: Key = Key {
    name: "database.pool",
    variable: "LOGGIA_DATABASE_POOL",
    shape: Shape::Number,
    expected: "a whole number of connections from 1 to 10000",
    accepts: |text| values::pool(text).is_some(),
    ..TEXT
};
pub const LISTEN: Key = Key {
    name: "listen",
    variable: "LOGGIA_LISTEN",
    default: Some("127.0.0.1:8080"),
    expected: "an address and a port such as 127.0.0.1:8080",
    accepts: |text| values::listen(text).is_some(),
    ..TEXT
};
pub const PUBLIC_URL: Key = Key {
    name: "public_url",
    variable: "LOGGIA_PUBLIC_URL",
    expected: "scheme and host, such as https://portal.example.com",
    accepts: |text| values::public_url(text).is_some(),
    ..TEXT
};
pub const SMTP_URL: Key = Key {
    name: "smtp.url",
    variable: "LOGGIA_SMTP_URL",
    expected: "a mail server such as smtps://user:password@mail.example.com",
    accepts: values::is_smtp,
    secret: true,
    ..TEXT
};
pub const SMTP_FROM: Key = Key {
    name: "smtp.from",
    variable: "LOGGIA_SMTP_FROM",
    expected: "a sender such as Northwind <portal@example.com>",
    accepts: values::is_sender,
    ..TEXT
};
pub const POLICY_FILE: Key = Key {
    name: "licences.policy_file",
    variable: "LOGGIA_LICENCES_POLICY_FILE",
    expected: "a TOML file with name and free",
    path: true,
    ..TEXT
};
pub const FREE_SEATS: Key = Key {
    name: "licences.free_seats",
    variable: "LOGGIA_FREE_SEATS",
    shape: Shape::NumberOrText,
    expected: "a whole number of seats, or unlimited",
    accepts: |text| values::seats(text).is_some(),
    ..TEXT
};
pub const STRIPE_KEY: Key = Key {
    name: "payments.stripe_key",
    variable: "LOGGIA_PAYMENTS_STRIPE_KEY",
    expected: "the secret key of a Stripe account, sk_… or rk_…",
    accepts: |text| text.starts_with("sk_") || text.starts_with("rk_"),
    secret: true,
    ..TEXT
};
pub const STRIPE_WEBHOOK_SECRET: Key = Key {
    name: "payments.stripe_webhook_secret",
    variable: "LOGGIA_PAYMENTS_STRIPE_WEBHOOK_SECRET",
    expected: "what Stripe signs its messages with, whsec_…",
    accepts: |text| text.starts_with("whsec_"),
    secret: true,
    ..TEXT
};
pub const STRIPE_URL: Key = Key {
    name: "payments.stripe_url",
    variable: "LOGGIA_PAYMENTS_STRIPE_URL",
    expected: "scheme and host of Stripe's API, such as https://api.stripe.com",
    accepts: |text| values::public_url(text).is_some(),
    ..TEXT
};
pub const SIGN_IN_RATE: Key = Key {
    name: "rates.sign_in_per_minute",
    variable: "LOGGIA_RATES_SIGN_IN_PER_MINUTE",
    ..RATE
};
pub const REQUEST_RATE: Key = Key {
    name: "rates.requests_per_minute",
    variable: "LOGGIA_RATES_REQUESTS_PER_MINUTE",
    ..RATE
};
pub const CALL_RATE: Key = Key {
    name: "rates.calls_per_minute",
    variable: "LOGGIA_RATES_CALLS_PER_MINUTE",
    ..RATE
};
pub const CALLS: Key = Key {
    name: "rates.calls",
    variable: "LOGGIA_RATES_CALLS",
    default: Some("unlimited"),
    expected: "unlimited, or edition for what the organisation's edition has",
    accepts: |text| values::by_edition(text).is_some(),
    ..TEXT
};
pub const QUERY_SECONDS: Key = Key {
    name: "rates.query_seconds",
    variable: "LOGGIA_RATES_QUERY_SECONDS",
    ..RATE
};
pub const MAIL_RETRY: Key = Key {
    name: "mail.retry",
    variable: "LOGGIA_MAIL_RETRY",
    shape: Shape::List,
    expected: "times such as 1m, 5m, 30m, one for each further attempt",
    accepts: |text| values::schedule(text).is_some(),
    ..TEXT
};
pub const WEBHOOK_HOSTS: Key = Key {
    name: "webhooks.hosts",
    variable: "LOGGIA_WEBHOOKS_HOSTS",
    shape: Shape::List,
    expected: "hosts such as hooks.intern.example, 10.0.0.7:8080, that may be posted to although they are not public, and without TLS",
    accepts: |text| app::settings::Hosts::parse(text).is_some(),
    ..TEXT
};
pub const WEBHOOK_RETRY: Key = Key {
    name: "webhooks.retry",
    variable: "LOGGIA_WEBHOOKS_RETRY",
    ..MAIL_RETRY
};
pub const PORTAL_SESSION: Key = Key {
    name: "sessions.portal",
    variable: "LOGGIA_SESSIONS_PORTAL",
    ..SECONDS
};
pub const STAFF_SESSION: Key = Key {
    name: "sessions.staff",
    variable: "LOGGIA_SESSIONS_STAFF",
    ..SECONDS
};
pub const TOKEN_SESSION: Key = Key {
    name: "sessions.token",
    variable: "LOGGIA_SESSIONS_TOKEN",
    ..SECONDS
};
pub const INVITATION: Key = Key {
    name: "sessions.invitation",
    variable: "LOGGIA_SESSIONS_INVITATION",
    ..SECONDS
};
pub const RESET: Key = Key {
    name: "sessions.reset",
    variable: "LOGGIA_SESSIONS_RESET",
    ..SECONDS
};
pub const PROXIES: Key = Key {
    name: "trusted_proxies",
    variable: "LOGGIA_TRUSTED_PROXIES",
    shape: Shape::List,
    expected: "addresses or networks such as 10.0.0.7, 192.168.0.0/16",
    accepts: |text| values::networks(text).is_some(),
    ..TEXT
};
pub const LOG: Key = Key {
    name: "log.filter",
    variable: "LOGGIA_LOG",
    expected: "what to log, such as warn or info,store=debug",
    accepts: crate::logs::is_filter,
    ..TEXT
};
pub const LOG_FORMAT: Key = Key {
    name: "log.format",
    variable: "LOGGIA_LOG_FORMAT",
    default: Some("text"),
    expected: "text or json",
    accepts: |text| matches!(text, "text" | "json"),
    ..TEXT
};

/// All settings, in the order in which they are shown.
pub static ALL: [Key; 28] = [
    DATA,
    DATABASE,
    POOL,
    LISTEN,
    PUBLIC_URL,
    PROXIES,
    SMTP_URL,
    SMTP_FROM,
    MAIL_RETRY,
    WEBHOOK_HOSTS,
    WEBHOOK_RETRY,
    POLICY_FILE,
    FREE_SEATS,
    STRIPE_KEY,
    STRIPE_WEBHOOK_SECRET,
    STRIPE_URL,
    PORTAL_SESSION,
    STAFF_SESSION,
    TOKEN_SESSION,
    INVITATION,
    RESET,
    SIGN_IN_RATE,
    REQUEST_RATE,
    CALL_RATE,
    CALLS,
    QUERY_SECONDS,
    LOG,
    LOG_FORMAT,
];

/// The variable that names the file.
pub const CONFIG_VARIABLE: &str = "LOGGIA_CONFIG";
