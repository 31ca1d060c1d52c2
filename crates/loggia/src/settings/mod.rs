//! The operator's settings: defaults, then a TOML file, then `LOGGIA_*`, then the command line.
//!
//! Every layer is checked as a whole: an unknown name or a value that is not accepted is refused, with the place, the
//! name and what was expected.

mod document;
mod environment;
mod file;
pub mod keys;
mod layers;
mod policy;
pub mod values;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use app::settings::{Hosts, Smtp};

pub use environment::Environment;
pub use keys::Key;
pub use layers::{Bad, Entry, Layers, Source};

/// What the command line says: a setting, its flag, its value.
pub type Flags = Vec<(&'static str, &'static str, String)>;

/// Where the databases are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Sqlite(PathBuf),
    Postgres { url: String, pool: Option<usize> },
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(directory) => write!(f, "SQLite in {}", directory.display()),
            Self::Postgres { url, .. } => write!(f, "PostgreSQL at {}", values::masked(url)),
        }
    }
}

/// The settings, read.
#[derive(Debug, Clone)]
pub struct Settings {
    pub data: PathBuf,
    pub place: Place,
    /// Host and port.
    pub listen: (String, u16),
    pub log: Option<String>,
    pub log_json: bool,
    pub product: app::Settings,
    /// The texts they were read from.
    pub layers: Layers,
}

impl Settings {
    /// Merges the layers. A file named on the command line comes before one named by the environment.
    pub fn merge(config: Option<PathBuf>, environment: Environment, flags: Flags) -> Result<Self, Bad> {
        let mut layers = Layers::new();
        if let Some(path) = config.or_else(|| environment.config()) {
            file::read(&path, &mut layers)?;
        }
        environment.read(&mut layers)?;
        for (name, flag, text) in flags {
            if let Some(key) = keys::ALL.iter().find(|key| key.name == name) {
                layers.put(key, text, Source::Flag(flag))?;
            }
        }
        Self::read(layers)
    }

    fn read(layers: Layers) -> Result<Self, Bad> {
        let data: PathBuf = layers.read(&keys::DATA, |text| Some(text.into()))?.unwrap_or_default();
        let pool = layers.read(&keys::POOL, values::pool)?;
        let place = match layers.get(&keys::DATABASE) {
            Some(entry) => Place::Postgres {
                url: entry.text.clone(),
                pool,
            },
            None => Place::Sqlite(data.clone()),
        };
        let listen = layers.read(&keys::LISTEN, |text| {
            values::listen(text).map(|(host, port)| (host.to_owned(), port))
        })?;
        let listen = listen.unwrap_or_else(|| ("127.0.0.1".into(), 8080));
        Ok(Self {
            data,
            place,
            product: product(&layers, &listen)?,
            listen,
            log: layers.get(&keys::LOG).map(|entry| entry.text.clone()),
            log_json: layers.get(&keys::LOG_FORMAT).is_some_and(|entry| entry.text == "json"),
            layers,
        })
    }

    /// Takes this directory if nobody has named one.
    #[must_use]
    pub fn with_usual_data(mut self, directory: &str) -> Self {
        let is_named = self.layers.get(&keys::DATA).is_some_and(|entry| entry.source != Source::Default);
        if !is_named {
            self.data = directory.into();
            if let Place::Sqlite(place) = &mut self.place {
                place.clone_from(&self.data);
            }
        }
        self
    }

    /// Whether the operator has said where people reach the server.
    #[must_use]
    pub fn has_public_url(&self) -> bool {
        self.layers.get(&keys::PUBLIC_URL).is_some()
    }
}

/// The address of a server that listens there.
#[must_use]
pub fn address(host: &str, port: u16) -> String {
    match host.parse::<std::net::IpAddr>() {
        // Every address of the machine: a browser on it knows this one.
        Ok(ip) if ip.is_unspecified() => format!("http://localhost:{port}"),
        Ok(std::net::IpAddr::V6(ip)) => format!("http://[{ip}]:{port}"),
        _ => format!("http://{host}:{port}"),
    }
}

/// What the product itself wants to know.
fn product(layers: &Layers, listen: &(String, u16)) -> Result<app::Settings, Bad> {
    let mut product = app::Settings::default();
    let public_url = layers.read(&keys::PUBLIC_URL, |text| values::public_url(text).map(str::to_owned))?;
    product.public_url = public_url.unwrap_or_else(|| address(&listen.0, listen.1));
    product.smtp = smtp(layers)?;
    product.licences = policy::merged(layers)?;
    product.payments = stripe(layers)?;
    for (key, seconds) in [
        (&keys::PORTAL_SESSION, &mut product.sessions.portal),
        (&keys::STAFF_SESSION, &mut product.sessions.staff),
        (&keys::TOKEN_SESSION, &mut product.sessions.token),
        (&keys::INVITATION, &mut product.sessions.invitation),
        (&keys::RESET, &mut product.sessions.reset),
    ] {
        *seconds = layers.read(key, values::seconds)?.unwrap_or(*seconds);
    }
    for (key, rate) in [
        (&keys::SIGN_IN_RATE, &mut product.rates.sign_in_per_minute),
        (&keys::REQUEST_RATE, &mut product.rates.requests_per_minute),
        (&keys::CALL_RATE, &mut product.rates.calls_per_minute),
        (&keys::QUERY_SECONDS, &mut product.rates.query_seconds),
    ] {
        *rate = layers.read(key, values::rate)?.unwrap_or(*rate);
    }
    product.rates.calls_by_edition = layers
        .read(&keys::CALLS, values::by_edition)?
        .unwrap_or(product.rates.calls_by_edition);
    if let Some(schedule) = layers.read(&keys::MAIL_RETRY, values::schedule)? {
        product.mail_retry_seconds = schedule;
    }
    product.webhooks.hosts = layers.read(&keys::WEBHOOK_HOSTS, Hosts::parse)?.unwrap_or_default();
    if let Some(schedule) = layers.read(&keys::WEBHOOK_RETRY, values::schedule)? {
        product.webhooks.retry_seconds = schedule;
    }
    product.trusted_proxies = layers.read(&keys::PROXIES, values::networks)?.unwrap_or_default();
    Ok(product)
}

/// Stripe, if there is a key for it; then its messages must be recognised too.
fn stripe(layers: &Layers) -> Result<Option<payments::Settings>, Bad> {
    let Some(key) = layers.get(&keys::STRIPE_KEY) else {
        return Ok(None);
    };
    let Some(secret) = layers.get(&keys::STRIPE_WEBHOOK_SECRET) else {
        return Err(needed(&keys::STRIPE_WEBHOOK_SECRET, key, &keys::STRIPE_KEY));
    };
    let url = layers.read(&keys::STRIPE_URL, |text| values::public_url(text).map(str::to_owned))?;
    Ok(Some(payments::Settings {
        secret_key: key.text.clone(),
        webhook_secret: secret.text.clone(),
        url: url.unwrap_or_else(|| payments::STRIPE.to_owned()),
    }))
}

/// A setting is missing that another one needs.
fn needed(missing: &Key, set: &Entry, by: &Key) -> Bad {
    Bad::Value {
        place: missing.name.into(),
        expected: missing.expected,
        found: format!(", because {} is set", set.source.locate(by)),
    }
}

fn smtp(layers: &Layers) -> Result<Option<Smtp>, Bad> {
    let Some(url) = layers.get(&keys::SMTP_URL) else { return Ok(None) };
    match layers.get(&keys::SMTP_FROM) {
        Some(from) => Ok(Some(Smtp {
            url: url.text.clone(),
            from: from.text.clone(),
        })),
        None => Err(needed(&keys::SMTP_FROM, url, &keys::SMTP_URL)),
    }
}
