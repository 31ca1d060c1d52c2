//! What the operator decides. Read once, by the binary, from a file, the environment and the command line.

use std::net::IpAddr;

use domain::licences::Policies;
pub use webhooks::Hosts;

/// The settings of a running product.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where people reach the server: scheme, host and port, without a slash at the end.
    pub public_url: String,
    /// How mail leaves. Without it mails stay in the outbox.
    pub smtp: Option<Smtp>,
    /// The licence policies, of which one holds for each organisation.
    pub licences: Policies,
    /// Where invoices are paid; without it the operator notes by hand what was paid.
    pub payments: Option<payments::Settings>,
    pub sessions: Sessions,
    /// After how many seconds a mail that failed is tried again: one number for each attempt.
    pub mail_retry_seconds: Vec<i64>,
    pub webhooks: Webhooks,
    pub rates: Rates,
    /// The reverse proxies whose word on the visitor's address counts: addresses with the length of their prefix.
    pub trusted_proxies: Vec<(IpAddr, u8)>,
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// `smtp://user:password@host:port` or `smtps://…`; `?tls=required` for STARTTLS.
    pub url: String,
    /// The sender: `Northwind <portal@example.com>`.
    pub from: String,
}

/// What is posted to programs, where they want it.
#[derive(Debug, Clone)]
pub struct Webhooks {
    /// Hosts that may be posted to although they are not public, and without TLS.
    pub hosts: Hosts,
    /// After how many seconds a message that failed is tried again: one number for each attempt.
    pub retry_seconds: Vec<i64>,
}

/// How long somebody stays signed in, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Sessions {
    pub portal: i64,
    pub staff: i64,
    pub token: i64,
    pub invitation: i64,
    pub reset: i64,
}

/// How often something may be asked, for one address and minute where nothing else is said, and how much one question may cost.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Wrong guesses of passwords, addresses and links. 0 is no limit.
    pub sign_in_per_minute: u32,
    /// Everything. 0 is no limit.
    pub requests_per_minute: u32,
    /// What a program may call for a person. 0 is no limit.
    pub calls_per_minute: u32,
    /// Whether the programs of an organisation have together what its edition has.
    pub calls_by_edition: bool,
    /// How many seconds a query in COQL may take. 0 is no limit.
    pub query_seconds: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8080".into(),
            smtp: None,
            licences: Policies::default(),
            payments: None,
            sessions: Sessions {
                portal: 12 * 3600,
                staff: 8 * 3600,
                token: 3600,
                invitation: domain::members::INVITATION_SECONDS,
                reset: domain::accounts::RESET_SECONDS,
            },
            mail_retry_seconds: vec![60, 300, 1800, 7200, 43_200],
            webhooks: Webhooks {
                hosts: Hosts::default(),
                retry_seconds: vec![5, 60, 300, 1800, 7200, 18_000, 36_000],
            },
            rates: Rates {
                sign_in_per_minute: 30,
                requests_per_minute: 0,
                calls_per_minute: 0,
                calls_by_edition: false,
                query_seconds: 10,
            },
            trusted_proxies: Vec::new(),
        }
    }
}
