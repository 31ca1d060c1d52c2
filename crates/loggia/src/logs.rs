//! The log, on stderr.

use tracing_subscriber::EnvFilter;

use crate::failure::Failure;
use crate::settings::Settings;

/// Whether a text says what to log.
pub fn is_filter(text: &str) -> bool {
    !text.trim().is_empty() && EnvFilter::try_new(text).is_ok()
}

/// Begins to log: a server what it does, another command only what is wrong.
pub fn start(settings: &Settings, server: bool) -> Result<(), Failure> {
    let usual = if server { "info" } else { "warn" };
    let filter = EnvFilter::try_new(settings.log.as_deref().unwrap_or(usual)).map_err(|error| Failure::Usage(error.to_string()))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if settings.log_json {
        log.json().flatten_event(true).try_init()
    } else {
        log.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init()
    };
    started.map_err(|error| Failure::Undone(error.to_string()))
}
